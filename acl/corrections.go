package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// CorrectionView is a correction as a reader may know it.
type CorrectionView struct {
	archive.Correction
	// ByName made it; empty where the account is gone.
	ByName string
	// ProofTitle is what the proof is called, and ProofType its type; both are empty, like the proof, for who may not read it.
	ProofTitle, ProofType string
	ProofAkte             archive.AkteID
	// Told are those of its recipients of whom the reader may know, OpenTold how many of them wait.
	Told     []CorrectionTold
	OpenTold int
}

// CorrectionTold is a recipient with its place in the correction.
type CorrectionTold struct {
	archive.CorrectionRecipient
	Place int
	// Numbers are those of the Akten that the reader sees; ByName noted what became of it.
	Numbers []string
	ByName  string
}

// CorrectionsView is a person with what was corrected of her, newest first.
type CorrectionsView struct {
	PersonView
	Items []CorrectionView
}

// Corrections shows what was corrected of a person, or refused to be, to who may see her. The purpose is that of [Desk.Person].
func (d *Desk) Corrections(ctx context.Context, id archive.PersonID) (view CorrectionsView, err error) {
	tried := act{op: audit.OpCorrectionOpen, object: "person/" + string(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		seen, v, err := d.meet(r, id)
		if err != nil {
			return act{}, err
		}
		done := tried
		if done.akten, err = d.reached(r, seen); err != nil {
			return act{}, err
		}
		done.verdict, done.window, done.persons = v, "corrections "+v.Rule, []archive.PersonID{id}
		change, _ := d.writer(r, seen)
		seen.Stated, seen.MayChange = d.subject.purposeOf(done.akten), change.Allow
		view, err = d.corrections(r, seen)
		return done, err
	})
	return view, err
}

func (d *Desk) corrections(r archive.Reader, seen PersonView) (CorrectionsView, error) {
	view := CorrectionsView{PersonView: seen, Items: []CorrectionView{}}
	all, err := r.Corrections(seen.ID)
	if err != nil {
		return view, err
	}
	shut, err := d.shutAkten(r, seen.ID)
	if err != nil {
		return view, err
	}
	for _, c := range all {
		c, ok := c.Without(shut)
		if !ok {
			continue
		}
		one, err := d.correctionView(r, seen, c)
		if err != nil {
			return view, err
		}
		view.Items = append(view.Items, one)
	}
	return view, nil
}

func (d *Desk) correctionView(r archive.Reader, seen PersonView, c archive.Correction) (v CorrectionView, err error) {
	v.Correction = c
	if v.ByName, err = displayName(r, c.By); err != nil {
		return v, err
	}
	if c.Proof != "" {
		if d.checkProof(r, seen, c.Proof) != nil {
			v.Proof = ""
		} else if doc, err := r.Document(c.Proof); err == nil {
			v.ProofTitle, v.ProofType, v.ProofAkte = doc.Title, doc.Type, doc.Akte
		}
	}
	v.Told, err = d.toldOf(r, seen, c)
	for _, one := range v.Told {
		if one.State == archive.RecipientOpen {
			v.OpenTold++
		}
	}
	v.Recipients = nil // those that she may know of are told
	return v, err
}

// toldOf are the recipients of a correction of whom the subject may know.
func (d *Desk) toldOf(r archive.Reader, seen PersonView, c archive.Correction) (out []CorrectionTold, err error) {
	for place, to := range c.Recipients {
		sees, err := d.seesRecipient(r, seen, to)
		if err != nil {
			return nil, err
		}
		if !sees {
			continue
		}
		one := CorrectionTold{CorrectionRecipient: to, Place: place}
		for _, a := range seen.Akten {
			if slices.Contains(to.Akten, a.ID) {
				one.Numbers = append(one.Numbers, a.Number)
			}
		}
		if one.ByName, err = displayName(r, to.By); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// RecipientsOpen is a correction of which recipients wait to be told.
type RecipientsOpen struct {
	// Name is the one under which the person is filed.
	Name archive.Name
	CorrectionView
}

// RecipientsPage is a page of them, newest first.
type RecipientsPage struct {
	Items []RecipientsOpen
	Next  string
}

// RecipientsToTell lists corrections of which recipients wait to be told, for who may change persons: those through whose
// Akten, led by her department, it went.
func (d *Desk) RecipientsToTell(ctx context.Context, limit int, cursor string) (page RecipientsPage, err error) {
	after, err := openCursor[archive.Position](d, "corrections", cursor)
	if err != nil {
		return page, err
	}
	limit = clampLimit(limit)
	err = d.look(ctx, act{op: audit.OpCorrectionList}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActPersonWrite)
		if !ok {
			return act{}, ErrDenied
		}
		page = RecipientsPage{Items: []RecipientsOpen{}}
		done := act{op: audit.OpCorrectionList, verdict: v, window: "corrections"}
		looked, last := 0, after
		for row, err := range r.OpenCorrections(after) {
			if err != nil {
				return act{}, err
			}
			if looked++; len(page.Items) == limit || looked > listLooked {
				page.Next = sealCursor(d, "corrections", last)
				break
			}
			last = row.After
			one, err := d.recipientsOpen(r, row.Value)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, one)
			if !slices.Contains(done.persons, one.Person) {
				done.persons = append(done.persons, one.Person)
			}
		}
		return done, nil
	})
	return page, err
}

// recipientsOpen leaves of a correction those who wait to be told by a department of the subject: [archive.ErrNotFound] where
// there is nobody.
func (d *Desk) recipientsOpen(r archive.Reader, c archive.Correction) (one RecipientsOpen, err error) {
	seen, _, err := d.meet(r, c.Person)
	if err != nil {
		return one, err
	}
	led := map[archive.AkteID]bool{}
	for _, a := range seen.Akten {
		for _, pair := range d.subject.Pairs {
			may := pair.Department == a.Lead && d.guard.capability(pair, policies.ActPersonWrite).Allow
			led[a.ID] = led[a.ID] || may && d.at(r, a).through(pair).seesHead()
		}
	}
	shut, err := d.shutAkten(r, c.Person)
	if err != nil {
		return one, err
	}
	c, _ = c.Without(shut)
	if one.CorrectionView, err = d.correctionView(r, seen, c); err != nil {
		return one, err
	}
	one.Name = seen.Leading()
	one.Told = slices.DeleteFunc(one.Told, func(t CorrectionTold) bool {
		return t.State != archive.RecipientOpen || !slices.ContainsFunc(t.Akten, func(id archive.AkteID) bool { return led[id] })
	})
	if len(one.Told) == 0 {
		return one, archive.ErrNotFound
	}
	return one, nil
}

// Proof is a document that may show what is right of a person.
type Proof struct {
	archive.Document
	// Number is that of its Akte.
	Number string
}

// proofsShown is how many documents are offered as proofs at most.
const proofsShown = 200

// Proofs lists documents of the person that the subject may read, for who may change her: by Akte and register, newest first.
func (d *Desk) Proofs(ctx context.Context, id archive.PersonID) (out []Proof, err error) {
	tried := act{op: audit.OpPersonOpen, object: "person/" + string(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		seen, done, err := d.corrects(r, id, tried)
		if err != nil {
			return act{}, err
		}
		done.window, out = "proofs", nil
		for _, akte := range seen.Akten {
			some, err := d.proofsIn(r, akte, proofsShown-len(out))
			if err != nil {
				return act{}, err
			}
			if out = append(out, some...); len(some) > 0 {
				done = done.naming(akte.ID, id)
			}
		}
		return done, nil
	})
	return out, err
}

// proofsIn are those of one Akte.
func (d *Desk) proofsIn(r archive.Reader, akte archive.Akte, most int) (out []Proof, err error) {
	a := d.at(r, akte)
	if err := a.state(r); err != nil {
		return nil, err
	}
	for _, reg := range d.guard.Policies.Registers() {
		for row, err := range r.Documents(akte.ID, reg.Key, "") {
			if err != nil {
				return nil, err
			}
			if len(out) >= most {
				return out, nil
			}
			if _, err := a.document(policies.ActRead, row.Value); err == nil {
				out = append(out, Proof{row.Value, akte.Number})
			}
		}
	}
	return out, nil
}
