package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// DocumentView is a document as one reader may see it.
type DocumentView struct {
	archive.Document
	// Current is the newest version; All are all of them, oldest first.
	Current archive.Version
	All     []archive.Version
	// State is the newest version's, with "processing" while a job is at it.
	State string
	// DuplicateOf is another document of the same bytes that the reader may see; may be empty.
	DuplicateOf archive.DocumentID
	// MayWrite says that the reader may change it.
	MayWrite bool
	// MayDisclose says that the reader may hand it to a body outside.
	MayDisclose bool
	// Quarantine is how the newest version stands with the search for malware.
	Quarantine QuarantineView
	// Transfers are the notes of those versions that are scans, oldest first; of a row of a list the newest version's
	// alone.
	Transfers []TransferView
	// Originals are the paper originals kept of it, newest first; not in lists. MayKeep says that the reader can note
	// that one is.
	Originals []CustodyView
	MayKeep   bool
	// People are the display names of those who brought, changed and checked it.
	People map[archive.UserID]string
}

// Document shows what is recorded of a document, without its content.
func (d *Desk) Document(ctx context.Context, id archive.DocumentID) (DocumentView, error) {
	var view DocumentView
	tried := act{op: audit.OpDocumentOpen, object: "document/" + string(id), window: "document"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		a, doc, v, err := d.reach(r, id, policies.ActRead)
		if err != nil {
			return act{}, err
		}
		done := tried.about(doc, a.akte)
		done.verdict = v
		view, err = a.show(r, doc)
		return done, err
	})
	return view, err
}

// reach finds a document and decides an action on it.
func (d *Desk) reach(r archive.Reader, id archive.DocumentID, action string) (*access, archive.Document, verdict, error) {
	doc, err := r.Document(id)
	if err != nil {
		return nil, archive.Document{}, verdict{}, err
	}
	a, err := d.stand(r, doc.Akte)
	if err != nil {
		return nil, archive.Document{}, verdict{}, err
	}
	v, err := a.document(action, doc)
	return a, doc, v, err
}

// show gathers what the reader may see of a document she may read.
func (a *access) show(r archive.Reader, doc archive.Document) (DocumentView, error) {
	view := DocumentView{Document: doc}
	if !view.Sealed.Holds(a.day) {
		view.Sealed = nil // it has ended
	}
	for _, id := range doc.Versions {
		v, err := r.Version(id)
		if err != nil {
			return DocumentView{}, err
		}
		view.All = append(view.All, v)
	}
	view.Current = view.All[len(view.All)-1]
	for i, v := range view.All {
		if t := a.transfer(doc, v, i+1); t != nil {
			view.Transfers = append(view.Transfers, *t)
		}
	}
	var err error
	if view.Originals, err = a.originals(r, doc); err != nil {
		return DocumentView{}, err
	}
	_, keep := a.handles(doc, "")
	view.MayKeep = keep == nil && !slices.ContainsFunc(view.Originals, func(c CustodyView) bool { return c.Stands.Held })
	if view.State, err = shownState(r, view.Current); err != nil {
		return DocumentView{}, err
	}
	view.MayWrite = a.akte.State == archive.AkteOpen && a.may(policies.ActWrite, objectOf(doc)).Allow
	view.MayDisclose = a.may(policies.ActDisclose, objectOf(doc)).Allow
	if view.People, err = people(r, view); err != nil {
		return DocumentView{}, err
	}
	may := releasing{ask: view.MayWrite}
	_, may.decide = a.desk.able(policies.ActRelease, a.may(policies.ActRead, objectOf(doc)).pair.Department)
	if view.Quarantine, err = a.desk.quarantineView(r, view.Current, may); err != nil {
		return DocumentView{}, err
	}
	view.DuplicateOf, err = a.desk.duplicate(r, view.Current, doc.ID)
	return view, err
}

// shownState is a version's state, with "processing" while a job is at it.
func shownState(r archive.Reader, v archive.Version) (string, error) {
	if v.Anew && v.State == archive.StateReady {
		return archive.StateProcessing, nil
	}
	if v.State != archive.StateReceived || v.Job == "" {
		return v.State, nil
	}
	job, err := r.Job(v.Job)
	if err != nil {
		return "", err
	}
	if job.State == archive.JobRunning {
		return archive.StateProcessing, nil
	}
	return v.State, nil
}

// duplicates is how many arrivals of the same bytes are looked at.
const duplicates = 200

// duplicate finds an older document with the same bytes, if the subject may read it.
func (d *Desk) duplicate(r archive.Reader, v archive.Version, self archive.DocumentID) (archive.DocumentID, error) {
	d = d.anywhere()
	others, err := r.SameBytes(v.Original.SHA256, duplicates)
	if err != nil {
		return "", err
	}
	for _, other := range others {
		if other.Version == v.ID || other.ReceivedAt.After(v.ReceivedAt) {
			continue
		}
		for _, doc := range other.Documents {
			if doc == self {
				continue
			}
			if _, _, _, err := d.reach(r, doc, policies.ActRead); err == nil {
				return doc, nil
			}
		}
	}
	return "", nil
}

// AddDocument records an upload as a document of an Akte. It is durable when AddDocument returns.
// doc says what it is; its Akte, BroughtBy and all that follows from the act are set here.
func (d *Desk) AddDocument(ctx context.Context, id archive.AkteID, doc archive.Document, u *Upload) (DocumentView, error) {
	doc.Akte = id
	if err := doc.Normalise(d.guard.Policies); err != nil {
		return DocumentView{}, err
	}
	tried := act{op: audit.OpUpload, object: "akte/" + string(id)}
	var made string
	var again bool
	err := u.keep(ctx, func() (err error) {
		v := u.version()
		body := []any{doc, u.SHA256()}
		made, again, err = d.create(ctx, tried, body, func(tx archive.Tx) (string, act, error) {
			a, err := d.stand(tx, id)
			if err != nil {
				return "", act{}, err
			}
			allowed, err := a.place(tx, &doc)
			if err != nil {
				return "", act{}, err
			}
			doc.Versions, v.Documents = []archive.VersionID{v.ID}, []archive.DocumentID{doc.ID}
			if sniff.Kind(v.Kind).Container() {
				if doc.Item, err = d.hostItem(tx, doc, allowed.pair.Department); err != nil {
					return "", act{}, err
				}
			}
			done := tried.about(doc, a.akte)
			done.verdict = allowed
			if err := tx.PutDocument(doc); err != nil {
				return "", act{}, err
			}
			return string(doc.ID), done, u.add(tx, v)
		})
		return err
	})
	if err != nil {
		return DocumentView{}, err
	}
	return d.madeOnce(ctx, archive.DocumentID(made), again, u)
}

// place decides whether the subject may bring the document into the Akte and fills in what follows.
func (a *access) place(r archive.Reader, doc *archive.Document) (verdict, error) {
	v := a.adds(doc.Register, doc.Classification)
	switch {
	case !v.Allow && !a.seesHead() && a.mayAdd("") != nil:
		return v, archive.ErrNotFound
	case !v.Allow || a.akte.State != archive.AkteOpen:
		return v, ErrDenied
	case a.mustState() != nil:
		return v, ErrPurpose
	}
	if err := a.checkCase(r, doc.Case); err != nil {
		return v, err
	}
	now := a.desk.guard.Now().UTC()
	doc.ID, doc.Akte = archive.NewID[archive.DocumentID](), a.akte.ID
	doc.BroughtBy, doc.FiledBy = a.bringer(v.pair, doc.Register), a.desk.subject.User
	doc.Created, doc.Changed, doc.Revision = now, now, 1
	doc.Checked, doc.History = nil, nil
	doc.Note(archive.DocumentChange{At: now, By: doc.FiledBy, What: archive.DocumentFiled})
	if !a.takesPart(v.pair, doc.Register) {
		doc.FiledFrom = v.pair.Department // the mail room's look back
	}
	return v, nil
}

// bringer is the department that counts as having brought a paper in: the one that filed it, or,
// where the mail room did so for others, the lead of the Akte.
func (a *access) bringer(p archive.Pair, register string) string {
	if !a.takesPart(p, register) {
		return a.akte.Lead
	}
	return p.Department
}

// checkCase asks that a case named by a document is one of the Akte.
func (a *access) checkCase(r archive.Reader, id archive.CaseID) error {
	if id == "" {
		return nil
	}
	cases, err := r.CasesOf(a.akte.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(cases, func(c archive.Case) bool { return c.ID == id }) {
		return &archive.FieldError{Pointer: "/case_id", Code: "unknown"}
	}
	return nil
}

// madeOnce returns the document an upload became. If an earlier request with the same key had made it,
// this upload is dropped, and the subject sees the document only as far as she may today.
func (d *Desk) madeOnce(ctx context.Context, id archive.DocumentID, again bool, u *Upload) (DocumentView, error) {
	if !again {
		return d.made(ctx, id)
	}
	if err := u.forget(ctx); err != nil {
		return DocumentView{}, err
	}
	return d.Document(ctx, id)
}

// made returns a document the subject has just brought in or changed, whether or not she may read it.
func (d *Desk) made(ctx context.Context, id archive.DocumentID) (view DocumentView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		doc, err := r.Document(id)
		if err != nil {
			return err
		}
		a, err := d.stand(r, doc.Akte)
		if err != nil {
			return err
		}
		view, err = a.show(r, doc)
		return err
	})
	return view, err
}

// ChangeDocument changes what is recorded of a document. revision is the one the subject saw; a later
// one is a [*StaleError]. Content, Akte and register stay: see [Desk.MoveDocument].
func (d *Desk) ChangeDocument(ctx context.Context, id archive.DocumentID, revision int64, edit func(*archive.Document) error) (DocumentView, error) {
	tried := act{op: audit.OpDocumentChange, object: "document/" + string(id)}
	retyped := false
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, was, v, err := d.reach(tx, id, policies.ActWrite)
		if err != nil {
			return act{}, err
		}
		if was.Revision != revision {
			return act{}, &StaleError{was.Revision}
		}
		doc := was
		if err := edit(&doc); err != nil {
			return act{}, err
		}
		doc.Akte, doc.Register = was.Akte, was.Register
		if err := doc.Normalise(d.guard.Policies); err != nil {
			return act{}, err
		}
		retyped = doc.Type != was.Type
		if err := a.checkCase(tx, doc.Case); err != nil {
			return act{}, err
		}
		if doc.Classification != was.Classification && !a.may(policies.ActWrite, objectOf(doc)).Allow {
			return act{}, ErrDenied
		}
		return d.put(tx, tried, v, a.akte, was, doc, archive.DocumentChange{What: archive.DocumentChanged})
	})
	if err != nil {
		return DocumentView{}, err
	}
	view, err := d.made(ctx, id)
	if err == nil && retyped {
		d.reteach(ctx, view.Document, view.Current)
	}
	return view, err
}

// put stores a changed document and tells what was done and why. Whatever was checked before has to be
// checked again.
func (d *Desk) put(tx archive.Tx, tried act, v verdict, akte archive.Akte, was, doc archive.Document, change archive.DocumentChange) (act, error) {
	doc.Changed, doc.Revision = d.guard.Now().UTC(), was.Revision+1
	change.At, change.By = doc.Changed, d.subject.User
	if doc.History = was.History; change.What != archive.DocumentChecked {
		doc.Checked = nil
	}
	doc.Note(change)
	if doc.FiledBy != d.subject.User && doc.OpenedAt.IsZero() {
		doc.OpenedAt = doc.Changed // the department works with it: the mail room's look back ends
	}
	done := tried.about(doc, akte)
	done.verdict = v
	before, after := was, doc
	before.History, after.History = nil, nil // they tell what earlier events told
	detail := map[string]any{"before": before, "after": after}
	if change.Reason != "" {
		detail["reason"] = change.Reason
	}
	done.detail = &audit.Detail{Shared: detail}
	return done, tx.PutDocument(doc)
}

// Move tells where a document goes: to another register, to another Akte, or both.
type Move struct {
	Akte     archive.AkteID
	Register string
	Reason   string
}

// MoveDocument moves a document. The subject must be allowed to write where it is and where it goes.
// revision is the one she saw; a later one is a [*StaleError].
func (d *Desk) MoveDocument(ctx context.Context, id archive.DocumentID, revision int64, m Move) (DocumentView, error) {
	reason, err := archive.NormaliseText("/reason", m.Reason, 2000, true)
	if err != nil {
		return DocumentView{}, err
	}
	if reason == "" {
		return DocumentView{}, &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	tried := act{op: audit.OpDocumentMove, object: "document/" + string(id)}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, was, v, err := d.reach(tx, id, policies.ActWrite)
		if err != nil {
			return act{}, err
		}
		if was.Revision != revision {
			return act{}, &StaleError{was.Revision}
		}
		doc, to := was, a
		if m.Akte != "" && m.Akte != was.Akte {
			if a.akte.Sealed.Holds(a.day) {
				return act{}, ErrDenied // it would lie open there
			}
			if to, err = a.destination(tx, m.Akte); err != nil {
				return act{}, err
			}
			doc.Akte, doc.Case = m.Akte, ""
		}
		if m.Register != "" {
			doc.Register = m.Register
		}
		if err := doc.Normalise(d.guard.Policies); err != nil {
			return act{}, err
		}
		if doc.Akte == was.Akte && doc.Register == was.Register {
			return act{}, &archive.FieldError{Pointer: "/register", Code: "unchanged"}
		}
		if !to.may(policies.ActWrite, objectOf(doc)).Allow || to.akte.State != archive.AkteOpen {
			return act{}, ErrDenied
		}
		done, err := d.put(tx, tried, v, to.akte, was, doc, archive.DocumentChange{What: archive.DocumentMoved, Reason: reason})
		done.akten = []archive.AkteID{was.Akte, doc.Akte}
		done.persons = []archive.PersonID{a.akte.Person, to.akte.Person}
		return done, err
	})
	if err != nil {
		return DocumentView{}, err
	}
	return d.made(ctx, id)
}

// destination is the Akte a document moves to. Where no purpose was stated for it, the one stated for
// the Akte the document comes from counts; of a case that is no more than that there is one.
func (a *access) destination(r archive.Reader, id archive.AkteID) (*access, error) {
	to, err := a.desk.enter(r, id)
	if err != nil {
		return nil, err
	}
	if to.purpose == nil || a.purpose != nil {
		return to, nil
	}
	to.purpose = nil
	if _, named := caseOf(a.stated); !named {
		to.stated = a.stated
	}
	return to, nil
}

// AddVersion records an upload as the newest version of a document.
func (d *Desk) AddVersion(ctx context.Context, id archive.DocumentID, u *Upload) (DocumentView, error) {
	tried := act{op: audit.OpDocumentVersion, object: "document/" + string(id)}
	var made string
	var again bool
	err := u.keep(ctx, func() (err error) {
		v := u.version()
		v.Documents = []archive.DocumentID{id}
		made, again, err = d.create(ctx, tried, []any{id, u.SHA256()}, func(tx archive.Tx) (string, act, error) {
			a, was, allowed, err := d.reach(tx, id, policies.ActWrite)
			if err != nil {
				return "", act{}, err
			}
			doc := was
			doc.Versions = append(slices.Clone(was.Versions), v.ID)
			done, err := d.put(tx, tried, allowed, a.akte, was, doc, archive.DocumentChange{What: archive.DocumentVersioned})
			if err != nil {
				return "", act{}, err
			}
			return string(id), done, u.add(tx, v)
		})
		return err
	})
	if err != nil {
		return DocumentView{}, err
	}
	return d.madeOnce(ctx, archive.DocumentID(made), again, u)
}

// Transfer is the note of the newest version; nil where it is no scan.
func (v DocumentView) Transfer() *TransferView {
	if n := len(v.Transfers); n > 0 && v.Transfers[n-1].Number == len(v.Versions) {
		return &v.Transfers[n-1]
	}
	return nil
}
