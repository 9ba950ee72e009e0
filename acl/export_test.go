package acl

import (
	"eakte/archive"
	"eakte/policies"
)

// Deciding returns what the door says of documents in an Akte, taken as it is given; procedure is the kind of an open case
// that is stated, if any.
func Deciding(d *Desk, r archive.Reader, akte archive.Akte, procedure string) func(action, register, class, broughtBy string, sealed *archive.Seal) bool {
	a := d.at(r, akte)
	a.stated = "bearbeitung"
	if procedure != "" {
		a.stated, a.procedure = policies.PurposeCase, procedure
	}
	return func(action, register, class, broughtBy string, sealed *archive.Seal) bool {
		return a.may(action, object{register, class, broughtBy, sealed}).Allow
	}
}
