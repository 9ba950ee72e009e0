package acl

import (
	"slices"
	"strings"
	"unicode"

	"eakte/archive"
)

// Codes of the built-in lists that mark a piece. An authority whose lists lack them has no such marks.
const (
	classifiedSecurity = "sicherheit"
	registerFamily     = "familie"
)

// notHandedIn are the channels by which nobody hands in papers of her own.
func notHandedIn() []string { return []string{"import", "handover", "internal"} }

// sharedLooked is how often the same bytes are looked for elsewhere.
const sharedLooked = 50

// pieces lists what an inquiry is about: the documents of all Akten of the person, by register and oldest first. Of an
// inquiry for portability those alone that she handed in herself, as far as channel and sender tell.
func (d *Desk) pieces(r archive.Reader, in informed, q archive.Inquiry) ([]archive.InquiryItem, error) {
	p, err := r.Person(q.Person)
	if err != nil {
		return nil, err
	}
	var out []archive.InquiryItem
	if q.Kind == archive.InquiryAccess {
		if out, err = d.groupPieces(r, in, q.Person); err != nil {
			return nil, err
		}
	}
	for _, akte := range in.akten {
		for _, reg := range d.guard.Policies.Registers() {
			var some []archive.InquiryItem
			for row, err := range r.Documents(akte.ID, reg.Key, "") {
				if err != nil {
					return nil, err
				}
				doc := row.Value
				if q.Kind == archive.InquiryPortability && !handedIn(doc, p) {
					continue
				}
				flags, err := d.flags(r, akte, doc, p)
				if err != nil {
					return nil, err
				}
				some = append(some, archive.InquiryItem{Document: doc.ID, Akte: akte.ID, Version: doc.Current(), Flags: flags})
			}
			slices.Reverse(some)
			if out = append(out, some...); len(out) > maxBundle {
				return nil, &archive.FieldError{Pointer: "/number", Code: "too_many"}
			}
		}
	}
	return out, nil
}

// groupPieces are the groups of fields in which something is recorded of a person.
func (d *Desk) groupPieces(r archive.Reader, in informed, id archive.PersonID) (out []archive.InquiryItem, err error) {
	today := d.guard.today()
	sealed := func(through archive.AkteID) bool {
		return slices.ContainsFunc(in.akten, func(a archive.Akte) bool { return a.ID == through && a.Sealed.Holds(today) })
	}
	recorded, err := r.Particulars(id)
	for _, one := range recorded {
		g, ok := d.guard.Policies.FieldGroup(one.Group)
		if !ok || one.Text == "" && len(one.Former) == 0 {
			continue
		}
		item := archive.InquiryItem{Group: one.Group, Seen: one.Revision}
		if one.FromAny(sealed) {
			item.Flags = append(item.Flags, archive.InquirySealed)
		}
		if g.Classification == classifiedSecurity {
			item.Flags = append(item.Flags, archive.InquirySecurity)
		}
		if g.Register == registerFamily {
			item.Flags = append(item.Flags, archive.InquiryFamily)
		}
		out = append(out, item)
	}
	return out, err
}

// handedIn reports whether the person herself seems to have brought a document.
func handedIn(doc archive.Document, p archive.Person) bool {
	return doc.Channel != "" && !slices.Contains(notHandedIn(), doc.Channel) && fromHer(doc.Sender, p)
}

// fromHer reports whether a sender is the person, or nobody in particular.
func fromHer(sender string, p archive.Person) bool {
	if sender == "" {
		return true
	}
	sender = words(sender)
	return slices.ContainsFunc(p.Names, func(n archive.Name) bool {
		family, given := words(n.Family), words(n.Given)
		return strings.TrimSpace(family+given) != "" && strings.Contains(sender, family) && strings.Contains(sender, given)
	})
}

// words are those of a text, each between spaces, in small letters.
func words(text string) string {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(parts, " ") + " "
}

// flags says why a document is to be looked at before it leaves.
func (d *Desk) flags(r archive.Reader, akte archive.Akte, doc archive.Document, p archive.Person) (flags []string, err error) {
	today := d.guard.today()
	if akte.Sealed.Holds(today) || doc.Sealed.Holds(today) {
		flags = append(flags, archive.InquirySealed)
	}
	if doc.Classification == classifiedSecurity {
		flags = append(flags, archive.InquirySecurity)
	}
	v, err := r.Version(doc.Current())
	if err != nil {
		return nil, err
	}
	shared, err := sharedWith(r, doc, v, akte.Person)
	if err != nil {
		return nil, err
	}
	if shared {
		flags = append(flags, archive.InquiryShared)
	}
	if doc.Register == registerFamily {
		flags = append(flags, archive.InquiryFamily)
	}
	if namesOthers(v, p) {
		flags = append(flags, archive.InquiryOthers)
	}
	if !fromHer(doc.Sender, p) {
		flags = append(flags, archive.InquirySender)
	}
	return flags, nil
}

// sharedWith reports whether the same paper lies in the Akte of somebody else, too.
func sharedWith(r archive.Reader, doc archive.Document, v archive.Version, person archive.PersonID) (bool, error) {
	same, err := r.SameBytes(v.Original.SHA256, sharedLooked)
	if err != nil {
		return false, err
	}
	others := slices.Clone(v.Documents)
	for _, a := range same {
		others = append(others, a.Documents...)
	}
	for _, id := range others {
		if id == doc.ID {
			continue
		}
		other, err := r.Document(id)
		if err == nil && other.Akte != doc.Akte {
			var akte archive.Akte
			if akte, err = r.Akte(other.Akte); err == nil && akte.Person != person {
				return true, nil
			}
		}
		if unlessMissing(err) != nil {
			return false, err
		}
	}
	return false, nil
}

// namesOthers reports whether a date of birth stands on a paper that can't be the person's: a name may be written in many
// ways, or be that of whoever signed it.
func namesOthers(v archive.Version, p archive.Person) bool {
	hers := []archive.BirthDate{p.BirthDate}
	for _, n := range p.Names {
		hers = append(hers, n.BirthDate)
	}
	hers = slices.DeleteFunc(hers, archive.BirthDate.IsZero)
	for i, b := range hers {
		if b.Imputed() {
			hers[i].Month, hers[i].Day = 0, 0
		}
	}
	for _, page := range v.Pages {
		for _, said := range page.Births {
			b, err := archive.ParseBirthDate(said, v.ReceivedAt)
			if err == nil && !slices.ContainsFunc(hers, b.Compatible) {
				return true
			}
		}
	}
	return false
}

// renew lists the pieces of an inquiry as they are now. What was decided about a piece holds as long as its version is
// the same and it has no further mark; changed says that something has to be looked at, or left out, since.
func (d *Desk) renew(r archive.Reader, in informed, q *archive.Inquiry) (changed bool, err error) {
	now, err := d.pieces(r, in, *q)
	if err != nil {
		return false, err
	}
	before := map[string]archive.InquiryItem{}
	for _, i := range q.Items {
		before[i.Key()] = i
	}
	for n, i := range now {
		old, ok := before[i.Key()]
		further := slices.ContainsFunc(i.Flags, func(f string) bool { return !slices.Contains(old.Flags, f) })
		if !ok || old.Version != i.Version || old.Akte != i.Akte || old.Seen != i.Seen || further {
			changed = true
			continue
		}
		now[n].Decision, now[n].Reason, now[n].By = old.Decision, old.Reason, old.By
	}
	changed = changed || len(now) != len(q.Items)
	q.Items = now
	return changed, nil
}
