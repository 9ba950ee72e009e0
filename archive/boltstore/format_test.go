package boltstore

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("update", false, "rewrite the description of the stored format")

// TestStoredFormat compares the fields of all records with what was agreed for this format: another
// number or type of a field makes old databases unreadable and needs a step in the ladder.
func TestStoredFormat(t *testing.T) {
	var b strings.Builder
	for _, record := range []any{
		personPlain{}, personSecret{}, nameSecret{}, birthSecret{}, particularPlain{}, particularSecret{}, formerSecret{}, correctionPlain{}, correctionSecret{}, correctedSecret{}, valueSecret{}, recipientSecret{}, aktePlain{}, akteSecret{}, participationPlain{}, closingPlain{}, holdPlain{}, offerPlain{}, sealPlain{}, erasurePlain{}, waitPlain{}, erasureSecret{}, sealRequestPlain{}, sealRequestSecret{}, conflictPlain{}, conflictEndPlain{}, conflictSecret{}, reportPlain{}, reportSecret{},
		casePlain{}, caseSecret{}, documentPlain{}, documentSecret{}, versionPlain{}, versionSecret{}, custodyPlain{}, custodySecret{}, grantPlain{}, grantSecret{}, substituteRecord{}, breakGlassPlain{}, reviewPlain{}, breakGlassSecret{}, deliveryPlain{}, deliverySecret{}, deliveryRowPlain{}, deliveryRowSecret{}, scanPlain{}, wordPlain{}, objectPlain{}, pagePlain{},
		inquiryPlain{}, inquirySecret{}, inquiryItem{}, inquiryRecord{}, incidentPlain{}, incidentSecret{}, incidentStep{},
		partPlain{}, inboxPlain{}, inboxSecret{}, asidePlain{}, arrangingPlain{}, enclosedPlain{}, leafPlain{}, claimRecord{}, jobRecord{}, entryRecord{}, userRecord{}, identityRecord{}, pairRecord{}, proposalRecord{}, tokenRecord{}, replayRecord{},
		intentRecord{}, profilePlain{}, profileSecret{}, openedRecord{}, searchRecord{}, filtersRecord{}, draftPlain{}, draftSecret{}, policyPlain{}, policySecret{}, ruleRecord{},
	} {
		typ := reflect.TypeOf(record)
		fmt.Fprintf(&b, "%s\n", typ.Name())
		for i := range typ.NumField() {
			f := typ.Field(i)
			fmt.Fprintf(&b, "\t%s %s %q\n", f.Name, f.Type, f.Tag.Get("cbor"))
		}
	}
	path := filepath.Join("testdata", fmt.Sprintf("format-%d.txt", Format))
	if *rewrite {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("records differ from format %d (-agreed +now):\n%s", Format, diff)
	}
}
