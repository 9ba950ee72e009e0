package acl

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// Recipient is somebody outside the authority to whom a person's data went.
type Recipient struct {
	At   time.Time
	Name string
	// Reason is why; empty where the purpose said it.
	Reason string
	// Op is the act, Document the piece, empty where it was several. Numbers are those of her Akten.
	Op       audit.Op
	Document archive.DocumentID
	Numbers  []string
	// Akten are hers through which it went.
	Akten []archive.AkteID
	// Purpose is the one that was stated.
	Purpose string
	// place is that of the entry in the trail.
	place archive.Position
}

// recipientsLooked is how many entries about a person are looked through for recipients.
const recipientsLooked = 50_000

// recipients lists to whom data of a person went since then, as far as the trail reaches back, oldest first: what was
// disclosed, and paper that went to a scan vendor. whole is false where there was too much to look through.
func recipients(r archive.Reader, id archive.PersonID, akten []archive.Akte, since time.Time) (out []Recipient, whole bool, err error) {
	filters := []archive.TrailFilter{{Person: id}}
	numbers := map[string]string{}
	for _, a := range akten {
		filters = append(filters, archive.TrailFilter{Akte: a.ID})
		numbers[string(a.ID)] = a.Number
	}
	keys := hers(id, akten)
	seen := map[archive.Position]bool{}
	whole = true
	for _, f := range filters {
		f.People, f.Most, f.From = true, recipientsLooked, since
		for row, err := range r.Trail(f, "") {
			if errors.Is(err, archive.ErrUnfinished) {
				whole = false
				break
			}
			if err != nil {
				return nil, false, err
			}
			if seen[row.After] {
				continue
			}
			seen[row.After] = true
			if one, ok := recipientOf(row.Value, keys); ok {
				one.place = row.After
				for _, akte := range row.Value.Leaf.Akten {
					if n := numbers[akte]; n != "" {
						one.Numbers, one.Akten = append(one.Numbers, n), append(one.Akten, archive.AkteID(akte))
					}
				}
				out = append(out, one)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Recipient) int { return a.At.Compare(b.At) })
	return out, whole, nil
}

// recipientOf reads from an entry who got something; of others that it names it tells nothing.
func recipientOf(e archive.TrailEntry, keys map[string]bool) (Recipient, bool) {
	l := e.Leaf
	class, _ := l.Op.Class()
	if l.Result != audit.Allow || class != audit.Disclosure && l.Op != audit.OpConsign {
		return Recipient{}, false
	}
	one := Recipient{At: l.When(), Op: l.Op, Purpose: l.Purpose}
	if id, ok := strings.CutPrefix(l.Object, "document/"); ok {
		one.Document = archive.DocumentID(id)
	}
	for _, p := range e.Parts {
		if p.Kind == audit.PartOwn && !slices.ContainsFunc(p.Keys, func(k string) bool { return keys[k] }) {
			continue
		}
		var said struct{ Recipient, Reason, Vendor string }
		if len(p.Text) == 0 || json.Unmarshal(p.Text, &said) != nil {
			continue
		}
		one.Name += said.Recipient + said.Vendor
		one.Reason += said.Reason
	}
	return one, one.Name != ""
}
