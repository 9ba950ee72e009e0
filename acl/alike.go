package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/alike"
	"eakte/policies"
)

// AlikeView is a paper that seems to be the same as an inbox item, received another time: a document of an Akte, or
// another item of the basket. Nothing follows from it by itself.
type AlikeView struct {
	// Document is set, with its Akte and what it is, or else Item.
	Document    archive.DocumentID
	Akte        archive.AkteID
	Type, Title string
	Item        archive.InboxID
	// Name is that of the file; may be empty.
	Name string
	// Date is that of the document, or when the item came in, "2026-11-21"; may be empty.
	Date    string
	version archive.Version
}

const (
	alikeItems = 300  // of a basket that are looked at
	alikeDocs  = 2000 // of Akten
	alikeAkten = 20
	alikeRead  = 12 // that are read and compared
	alikePages = 3  // that are compared
	alikeShown = 5
)

// Alike finds papers like an item: in its basket, and in those of the given Akten that the subject may read, among
// the documents she may read. Papers of the same bytes aren't among them: see [InboxView.DuplicateOf].
func (d *Desk) Alike(ctx context.Context, id archive.InboxID, akten []archive.AkteID) ([]AlikeView, error) {
	if len(akten) > alikeAkten {
		return nil, &archive.FieldError{Pointer: "/akte_id", Code: "too_many"}
	}
	var own archive.Version
	var near []AlikeView
	err := d.view(ctx, func(r archive.Reader) (err error) {
		own, near, err = d.nearTo(r, id, akten)
		return err
	})
	if err != nil {
		return nil, d.refused(ctx, act{op: audit.OpInboxOpen, object: "inbox/" + string(id)}, err)
	}
	found, err := d.guard.sameAs(ctx, own, near)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var out []AlikeView
	tried := act{op: audit.OpInboxOpen, object: "inbox/" + string(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		done := tried
		out = nil
		var err error
		if _, done.verdict, err = d.takeItem(r, id); err != nil {
			return act{}, err
		}
		done.window = "alike"
		for _, f := range found {
			if f.Item != "" {
				out = append(out, f)
				continue
			}
			a, _, _, err := d.anywhere().reach(r, f.Document, policies.ActRead)
			if err != nil {
				if hidden(err) {
					continue // moved out of her sight since
				}
				return act{}, err
			}
			done.akten, done.persons = append(done.akten, a.akte.ID), append(done.persons, a.akte.Person)
			out = append(out, f)
		}
		return done, nil
	})
	return out, err
}

// hidden reports whether an error says that the subject may not see something, or not without a purpose.
func hidden(err error) bool {
	return isNotFound(err) || errors.Is(err, ErrDenied) || errors.Is(err, ErrPurpose)
}

// nearTo gathers by their prints what may be like an item that the subject works on.
func (d *Desk) nearTo(r archive.Reader, id archive.InboxID, akten []archive.AkteID) (own archive.Version, near []AlikeView, err error) {
	item, _, err := d.takeItem(r, id)
	if err != nil {
		return own, nil, err
	}
	if _, works := d.able(policies.ActInbox, item.Basket); !works || !item.Waits() {
		return own, nil, archive.ErrNotFound
	}
	if own, err = r.Version(item.Version); err != nil || own.State != archive.StateReady {
		return own, nil, err
	}
	left := alikeItems
	for row, err := range r.Basket(item.Basket, "") {
		if err != nil {
			return own, nil, err
		}
		if left--; left < 0 {
			break
		}
		o := row.Value
		if o.ID == id || o.Enclosed != nil && o.Enclosed.In == id {
			continue
		}
		v, err := r.Version(o.Version)
		if err != nil {
			return own, nil, err
		}
		if nearPrints(own, v) {
			near = append(near, AlikeView{Item: o.ID, Name: v.Name, Date: o.ReceivedOn, version: v})
		}
	}
	left = alikeDocs
	for _, akte := range akten {
		more, err := d.nearIn(r, own, akte, &left)
		if err != nil {
			return own, nil, err
		}
		near = append(near, more...)
	}
	return own, near, nil
}

// nearIn gathers the same from an Akte; nothing from one that she may not see.
func (d *Desk) nearIn(r archive.Reader, own archive.Version, id archive.AkteID, left *int) (near []AlikeView, err error) {
	a, err := d.anywhere().enter(r, id)
	if err == nil {
		err = a.mustState()
	}
	if err != nil {
		if hidden(err) {
			return nil, nil
		}
		return nil, err
	}
	for _, register := range d.guard.Policies.Registers() {
		for row, err := range r.Documents(id, register.Key, "") {
			if err != nil {
				return nil, err
			}
			if *left--; *left < 0 {
				return near, nil
			}
			doc := row.Value
			if !a.may(policies.ActRead, objectOf(doc)).Allow {
				continue
			}
			v, err := r.Version(doc.Current())
			if err != nil {
				return nil, err
			}
			if v.ID != own.ID && nearPrints(own, v) {
				near = append(near, AlikeView{
					Document: doc.ID, Akte: doc.Akte, Type: doc.Type, Title: doc.Title, Name: v.Name, Date: doc.Date, version: v,
				})
			}
		}
	}
	return near, nil
}

// nearPrints reports whether two versions may be one paper, by the prints of their first pages. Papers of the same
// bytes are told of elsewhere.
func nearPrints(a, b archive.Version) bool {
	if b.State != archive.StateReady || a.Original.SHA256 == b.Original.SHA256 {
		return false
	}
	left, right := printedPages(a), printedPages(b)
	if len(left) == 0 || len(left) != len(right) {
		return false
	}
	for i := range left {
		if near, _ := alike.Near(a.Pages[left[i]].Print, b.Pages[right[i]].Print); !near {
			return false
		}
	}
	return true
}

// printedPages are the indexes of pages that have a print: blank ones haven't, and scanners add and drop those.
func printedPages(v archive.Version) (out []int) {
	for i, p := range v.Pages {
		if !p.Print.IsZero() {
			out = append(out, i)
		}
	}
	return out
}

// sameAs reads what is near and leaves what is the same, word by word.
func (g *Guard) sameAs(ctx context.Context, own archive.Version, near []AlikeView) (out []AlikeView, err error) {
	if len(near) == 0 {
		return nil, nil
	}
	left := printedPages(own)
	mine, err := g.wordsOf(ctx, own, left)
	if err != nil {
		return nil, err
	}
	for _, n := range near[:min(len(near), alikeRead)] {
		right := printedPages(n.version)
		theirs, err := g.wordsOf(ctx, n.version, right)
		if isNotFound(err) || errors.Is(err, archive.ErrNotReady) {
			continue // gone, or read anew, since
		}
		if err != nil {
			return nil, err
		}
		same := true
		for i := range mine {
			_, sure := alike.Near(own.Pages[left[i]].Print, n.version.Pages[right[i]].Print)
			same = same && (sure || alike.Compare(mine[i], theirs[i]).Same())
		}
		if same && len(out) < alikeShown {
			out = append(out, n)
		}
	}
	return out, nil
}

// wordsOf reads the words of the first pages that have a print.
func (g *Guard) wordsOf(ctx context.Context, v archive.Version, pages []int) ([]archive.PageWords, error) {
	var numbers []int
	for _, i := range pages[:min(len(pages), alikePages)] {
		numbers = append(numbers, i+1)
	}
	return g.Contents.PageWords(ctx, v, numbers)
}

// OpenAlike opens one of the papers that [Desk.Alike] found in an Akte, to be shown beside the item; otherwise like
// [Desk.OpenTwin].
func (d *Desk) OpenAlike(ctx context.Context, id archive.InboxID, document archive.DocumentID, purpose string) (state archive.AkteID, err error) {
	intake := d.purposed(purpose)
	doc, err := intake.documentOf(ctx, document)
	if err != nil {
		return "", err
	}
	found, err := intake.Alike(ctx, id, []archive.AkteID{doc.Akte})
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(found, func(v AlikeView) bool { return v.Document == document }) {
		return "", d.refused(ctx, act{op: audit.OpDocumentOpen, object: "document/" + string(document)}, archive.ErrNotFound)
	}
	_, err = d.Document(ctx, document)
	if !errors.Is(err, ErrPurpose) {
		return "", err
	}
	_, err = intake.Document(ctx, document)
	return doc.Akte, err
}

// documentOf reads a document's record for a decision that is yet to be made.
func (d *Desk) documentOf(ctx context.Context, id archive.DocumentID) (doc archive.Document, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		doc, err = r.Document(id)
		return err
	})
	return doc, err
}
