package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// A person asks what is kept about her (Art. 15 GDPR), or for what she handed in (Art. 20). Somebody with the right to
// inform begins, and the pieces of all her Akten are listed, whichever department keeps them: an answer that left one out
// would be wrong. Pieces with a mark (sealed, of security, in another person's Akte, of the family, sent by a third party)
// are decided one by one, with a reason; the rest leaves unless somebody withholds it. Who proposes answers for all of it,
// and somebody else releases it; what came or changed meanwhile leads back to the review. Data protection sees what an
// inspection would open to it, a lead what she may read for the purpose of informing; of the rest both are told how many
// pieces there are and may withhold them, unseen.

// purposeInform is the purpose of informing a person where the authority's list has it.
const purposeInform = "auskunft"

// informing is the desk with the purpose of informing a person.
func (d *Desk) informing() *Desk {
	as := *d
	if _, ok := d.guard.Policies.Purpose(purposeInform); ok {
		as.subject.Purpose = purposeInform
	}
	return &as
}

// informed is what a subject who informs may know of a person.
type informed struct {
	verdict verdict
	// akten are all of hers, seen those of which the subject may know.
	akten []archive.Akte
	seen  map[archive.AkteID]*access
	// shut are those that a seal or a conflict of interest shuts to her.
	shut map[archive.AkteID]bool
	// groups finds a group of fields.
	groups func(key string) (policies.FieldGroup, bool)
	// inspects says that she sees what an inspection would open.
	inspects bool
}

// informs asks that the subject may inform a person: the officer anybody, a lead those of whom she sees an Akte. A conflict
// of interest, or a seal on all Akten that doesn't name her, makes the person as good as not there.
func (d *Desk) informs(r archive.Reader, id archive.PersonID) (in informed, err error) {
	var ok bool
	if in.verdict, ok = d.able(policies.ActInform); !ok {
		return in, ErrDenied
	}
	_, in.inspects = d.able(policies.ActInspect)
	p, err := r.Person(id)
	if err != nil {
		return in, err
	}
	if err := d.keptFrom(r, id); err != nil {
		return in, err
	}
	if in.akten, err = aktenLeft(r, id); err != nil {
		return in, err
	}
	in.seen, in.shut, in.groups = map[archive.AkteID]*access{}, map[archive.AkteID]bool{}, d.guard.Policies.FieldGroup
	for _, akte := range in.akten {
		a := d.at(r, akte)
		if err := a.state(r); err != nil {
			return in, err
		}
		in.shut[akte.ID] = a.barred(akte.Sealed)
		if !in.shut[akte.ID] && (in.inspects || a.seesHead()) {
			in.seen[akte.ID] = a
		}
	}
	if _, entered := d.able(policies.ActInform, p.EnteredBy); len(in.seen) == 0 && (len(in.akten) > 0 || !in.inspects && !entered) {
		return in, archive.ErrNotFound
	}
	return in, nil
}

// sees reports whether the subject may see a piece.
func (in informed) sees(doc archive.Document) bool {
	a, ok := in.seen[doc.Akte]
	if !ok || a.barred(doc.Sealed) {
		return false
	}
	return in.opens(a, objectOf(doc))
}

// opens reports whether the subject may see something in an Akte that no seal shuts to her.
func (in informed) opens(a *access, o object) bool {
	return in.inspects && slices.Contains(inspected(), o.classification) || a.may(policies.ActRead, o).Allow
}

// seesGroup reports whether she may see what is recorded in a group of fields of the person: through any of the Akten that
// she sees, unless some of it came through one that is shut to her.
func (in informed) seesGroup(g policies.FieldGroup, p archive.Particular) bool {
	if p.FromAny(func(through archive.AkteID) bool { return in.shut[through] }) {
		return false
	}
	for _, a := range in.seen {
		if in.opens(a, object{register: g.Register, classification: g.Classification}) {
			return true
		}
	}
	return false
}

// piece looks at a piece as it is now: whether the subject may see it. [archive.ErrNotFound] where it isn't there any more.
func (in informed) piece(r archive.Reader, q archive.Inquiry, i archive.InquiryItem) (row InquiryRow, seen bool, err error) {
	row.InquiryItem = i
	if i.Group == "" {
		if row.Of, err = r.Document(i.Document); err != nil {
			return row, false, err
		}
		return row, in.sees(row.Of), nil
	}
	if row.Particular, err = particularOf(r, q.Person, i.Group); err != nil {
		return row, false, err
	}
	g, ok := in.groups(i.Group)
	if !ok || row.Particular.Revision == 0 {
		return row, false, archive.ErrNotFound
	}
	row.GroupName = g.Label
	return row, in.seesGroup(g, row.Particular), nil
}

// numbers are those of the Akten that the subject sees.
func (in informed) numbers() (out []string) {
	for _, a := range in.akten {
		if in.seen[a.ID] != nil {
			out = append(out, a.Number)
		}
	}
	return out
}

// about fills in whom an act on an inquiry is about.
func (in informed) about(done act, q archive.Inquiry) act {
	done.verdict, done.object, done.persons = in.verdict, inquiryObject(q.ID), []archive.PersonID{q.Person}
	for _, a := range in.akten {
		done.akten = append(done.akten, a.ID)
	}
	return done
}

func inquiryObject(id archive.InquiryID) string { return "inquiry/" + string(id) }

// InquiryAsk begins an inquiry.
type InquiryAsk struct {
	// Number is the reference number of an Akte of the person; Person names her where it is empty.
	Number string
	Person archive.PersonID
	// Kind is [archive.InquiryAccess] or [archive.InquiryPortability], ReceivedOn the day on which she asked, Identity how it
	// was made sure that it is she, Language that of the answer.
	Kind, ReceivedOn, Identity, Language string
}

// BeginInquiry notes that a person asks what is kept about her, and lists the pieces.
func (d *Desk) BeginInquiry(ctx context.Context, ask InquiryAsk) (archive.InquiryID, error) {
	d = d.informing()
	q := archive.Inquiry{Kind: ask.Kind, State: archive.InquiryReview, ReceivedOn: ask.ReceivedOn, Identity: ask.Identity, Language: ask.Language}
	if err := q.Normalise(d.guard.today()); err != nil {
		return "", err
	}
	number := ask.Number
	tried := act{op: audit.OpInquiryBegin}
	if ask.Person != "" {
		tried.object = "person/" + string(ask.Person)
	}
	made, _, err := d.create(ctx, tried, ask, func(tx archive.Tx) (string, act, error) {
		if _, ok := d.able(policies.ActInform); !ok {
			return "", act{}, ErrDenied
		}
		q := q
		q.Person = ask.Person
		if q.Person == "" {
			id, err := tx.AkteByNumber(number)
			if err != nil {
				return "", act{}, unknownUnless(err)
			}
			akte, err := tx.Akte(id)
			if err != nil {
				return "", act{}, unknownUnless(err)
			}
			q.Person = akte.Person
			if in, err := d.informs(tx, q.Person); err == nil && in.seen[id] == nil {
				return "", act{}, unknownUnless(archive.ErrNotFound)
			}
		}
		in, err := d.informs(tx, q.Person)
		if err != nil {
			if ask.Person == "" {
				err = unknownUnless(err)
			}
			return "", act{}, err
		}
		if q.Items, err = d.pieces(tx, in, q); err != nil {
			return "", act{}, err
		}
		q.ID, q.By, q.At, q.Revision = archive.NewID[archive.InquiryID](), d.subject.User, d.guard.Now().UTC(), 1
		q.Words = []archive.InquiryWord{{By: q.By, At: q.At, State: q.State}}
		done := in.about(tried, q)
		done.detail = &audit.Detail{Shared: map[string]any{"kind": q.Kind, "received_on": q.ReceivedOn, "pieces": len(q.Items)}}
		return string(q.ID), done, tx.PutInquiry(q)
	})
	return archive.InquiryID(made), err
}

// inquiry reads an inquiry that the subject may work on.
func (d *Desk) inquiry(r archive.Reader, id archive.InquiryID) (archive.Inquiry, informed, error) {
	if _, ok := d.able(policies.ActInform); !ok {
		return archive.Inquiry{}, informed{}, ErrDenied
	}
	q, err := r.Inquiry(id)
	if err != nil {
		return q, informed{}, err
	}
	in, err := d.informs(r, q.Person)
	return q, in, err
}

// InquiryRow is a piece as the reader may see it.
type InquiryRow struct {
	archive.InquiryItem
	// Place is that among all pieces, from 1.
	Place int
	// Of is the document, Number that of its Akte; zero for a group of fields.
	Of     archive.Document
	Number string
	Pages  int
	// Particular is what is recorded in a group of fields, GroupName what that is called.
	Particular archive.Particular
	GroupName  policies.Label
	// ByName decided; empty where nobody did, or the account is gone.
	ByName string
}

// InquiryStep is a word about an inquiry with who said it.
type InquiryStep struct {
	archive.InquiryWord
	Name string
}

// InquiryView is an inquiry as it is worked on.
type InquiryView struct {
	InquiryHead
	ByName string
	Steps  []InquiryStep
	// Rows are pieces behind the first From ones; Next is where the list goes on, 0 at its end.
	Rows       []InquiryRow
	From, Next int
	// Total, Marked, Withheld and Given count pieces. Hidden are those that the reader may not see, HiddenOpen how many of
	// them wait for a decision; Gone are those that aren't there any more.
	Total, Marked, Withheld, Given, Hidden, HiddenOpen, Gone int
	// Making is the job that makes the package, nil where none does.
	Making *archive.Job
	// What the reader may do now. Own says that she proposed, so that somebody else releases it.
	MayDecide, MayPropose, MayRelease, MayReturn, MayClose, MayProlong, MayTake, Own bool
}

// InquiryRows is how many pieces a view has at most.
const InquiryRows = 100

// Inquiry shows an inquiry with some of its pieces: those that are marked or decided, or all.
func (d *Desk) Inquiry(ctx context.Context, id archive.InquiryID, all bool, from int) (view InquiryView, err error) {
	d = d.informing()
	tried := act{op: audit.OpInquiryOpen, object: inquiryObject(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		q, in, err := d.inquiry(r, id)
		if err != nil {
			return act{}, err
		}
		if view, err = d.inquiryView(r, in, q, all, max(from, 0)); err != nil {
			return act{}, err
		}
		done := in.about(tried, q)
		done.window = "inquiry"
		return done, nil
	})
	return view, err
}

func (d *Desk) inquiryView(r archive.Reader, in informed, q archive.Inquiry, all bool, from int) (v InquiryView, err error) {
	if v.InquiryHead, err = d.inquiryHead(r, in, q); err != nil {
		return v, err
	}
	if v.ByName, err = displayName(r, q.By); err != nil {
		return v, err
	}
	v.Rows, v.Steps, v.From, v.Total = []InquiryRow{}, []InquiryStep{}, from, len(q.Items)
	for _, w := range q.Words {
		name, err := displayName(r, w.By)
		if err != nil {
			return v, err
		}
		v.Steps = append(v.Steps, InquiryStep{w, name})
	}
	if err := d.inquiryRows(r, in, &v, all); err != nil {
		return v, err
	}
	now := d.guard.Now()
	v.MayDecide = q.State == archive.InquiryReview
	v.MayPropose = v.MayDecide && v.Undecided == 0
	v.Own = q.Proposer() == d.subject.User
	v.MayRelease = q.State == archive.InquiryProposed && !v.Own
	v.MayReturn = q.State == archive.InquiryProposed || q.State == archive.InquiryReleased
	v.MayClose = q.State == archive.InquiryReview
	v.MayProlong = q.Unanswered() && q.ToldOn == ""
	v.MayTake = q.State == archive.InquiryReleased && q.Object.Ref != "" && now.Before(q.Expires)
	if q.State == archive.InquiryReleased && q.Object.Ref == "" {
		job, err := r.Job(q.Job)
		if err = unlessMissing(err); err != nil {
			return v, err
		}
		v.Making = &job
	}
	return v, nil
}

// inquiryRows counts the pieces and fills in those of the window.
func (d *Desk) inquiryRows(r archive.Reader, in informed, v *InquiryView, all bool) error {
	passed := 0
	for n, item := range v.Items {
		switch {
		case item.Given():
			v.Given++
		case item.Decision == archive.InquiryWithhold:
			v.Withheld++
		}
		if len(item.Flags) > 0 {
			v.Marked++
		}
		row, seen, err := in.piece(r, v.Inquiry, item)
		if isNotFound(err) {
			v.Gone++
			continue
		}
		if err != nil {
			return err
		}
		if !seen {
			v.Hidden++
			if item.Open() {
				v.HiddenOpen++
			}
			continue
		}
		if !all && len(item.Flags) == 0 && item.Decision == "" {
			continue
		}
		if passed++; passed <= v.From {
			continue
		}
		if len(v.Rows) == InquiryRows {
			v.Next = v.From + InquiryRows
			continue
		}
		if row.Place = n + 1; item.Group == "" {
			row.Number = in.seen[row.Of.Akte].akte.Number
			version, err := r.Version(item.Version)
			if unlessMissing(err) != nil {
				return err
			}
			row.Pages = len(version.Pages)
		}
		if row.ByName, err = displayName(r, item.By); err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// ReadInquiryPiece opens the received bytes of a piece for who decides about it. [ErrQuarantined] for what is held back.
func (d *Desk) ReadInquiryPiece(ctx context.Context, id archive.InquiryID, document archive.DocumentID) (*Content, error) {
	d = d.informing()
	var v archive.Version
	tried := act{op: audit.OpInquiryRead, object: inquiryObject(id)}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		q, in, err := d.inquiry(r, id)
		if err != nil {
			return act{}, err
		}
		i := slices.IndexFunc(q.Items, func(i archive.InquiryItem) bool { return i.Document == document })
		if i < 0 || document == "" || !q.Live() {
			return act{}, archive.ErrNotFound
		}
		doc, err := r.Document(document)
		if err != nil {
			return act{}, err
		}
		if !in.sees(doc) || doc.Akte != q.Items[i].Akte {
			return act{}, archive.ErrNotFound
		}
		if v, err = d.guard.released(r, q.Items[i].Version); err != nil {
			return act{}, err
		}
		done := in.about(tried, q)
		done.akten, done.register, done.classification = []archive.AkteID{doc.Akte}, doc.Register, doc.Classification
		done.detail = &audit.Detail{Shared: map[string]any{"document": document, "version": string(v.ID)}}
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	return d.open(ctx, v)
}
