package archive

import "strings"

// PurposeCase returns the case that a purpose names, "case:ID"; false where it is a code.
func PurposeCase(purpose string) (CaseID, bool) {
	id, ok := strings.CutPrefix(purpose, "case:")
	return CaseID(id), ok
}
