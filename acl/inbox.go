package acl

import (
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// InboxView is an inbox item as one reader may see it.
type InboxView struct {
	archive.InboxItem
	Current archive.Version
	// State is that of its version, with "processing" while a job is at it, "arranging" while its pages
	// are put together anew, "arranged" when they were, and "filed".
	State string
	// Job is how far the machine is; zero where no job is.
	Job archive.Job
	// MayWork says that the reader works the basket it lies in.
	MayWork bool
	// DuplicateOf is a document of the same bytes that the reader may see; may be empty.
	DuplicateOf archive.DocumentID
	// Claim says who works on it, if anybody does.
	Claim ClaimView
	// Suggestions are what its first pages may say for its filing; in lists there are none.
	Suggestions []Suggestion
	// Akten are those it may belong to, the likeliest first; in lists there are none.
	Akten []AkteSuggestion
	// Filing tells where it went, for who may read one of the documents made of it; nil else.
	Filing *FilingView
	// Quarantine is how it stands with the search for malware.
	Quarantine QuarantineView
	// Arrange is the job that puts its pages together anew, done or failed; zero: there is none.
	Arrange archive.Job
	// Enclosing is what it came in; nil: it came by itself, or the reader may know nothing of that.
	Enclosing *EnclosingView
	// Enclosures are what came inside of it; in lists there are none.
	Enclosures []EnclosureView
}

// Writer is who sent it: what somebody recorded, else what a message says of itself; may be empty.
func (v InboxView) Writer() string {
	if v.Sender == "" && v.Current.Container != nil {
		return v.Current.Container.Sender
	}
	return v.Sender
}

// FilingView tells of a filing what one who may read the documents made by it knows of them.
type FilingView struct {
	// By is what pages call who filed it.
	By string
	// Numbers are those of the Akten.
	Numbers []string
}

// AddInboxItem records an upload in the basket of a department; where none is named, in that of
// the subject's own. It is durable when AddInboxItem returns.
func (d *Desk) AddInboxItem(ctx context.Context, item archive.InboxItem, u *Upload) (InboxView, error) {
	able, ok := d.able(policies.ActUpload)
	if ok && item.Basket == "" {
		item.Basket = able.pair.Department
	}
	if err := item.Normalise(d.guard.Policies); err != nil {
		return InboxView{}, err
	}
	if err := d.guard.worked(item.Basket); err != nil {
		return InboxView{}, err
	}
	tried := act{op: audit.OpUpload}
	var made string
	var again bool
	err := u.keep(ctx, func() (err error) {
		v := u.version()
		body := []any{item, u.SHA256()}
		made, again, err = d.create(ctx, tried, body, func(tx archive.Tx) (string, act, error) {
			if !ok || !d.drops(item.Basket) {
				return "", act{}, ErrDenied
			}
			now := d.guard.Now().UTC()
			item.ID, item.BroughtBy = archive.NewID[archive.InboxID](), able.pair.Department
			item.Created, item.Changed, item.Revision = now, now, 1
			item.Version, v.Inbox = v.ID, item.ID
			done := tried
			done.object, done.verdict = "inbox/"+string(item.ID), able
			if err := tx.PutInboxItem(item); err != nil {
				return "", act{}, err
			}
			return string(item.ID), done, u.add(tx, v)
		})
		return err
	})
	if err != nil {
		return InboxView{}, err
	}
	if again {
		if err := u.forget(ctx); err != nil {
			return InboxView{}, err
		}
	}
	view, err := d.received(ctx, archive.InboxID(made))
	if err == nil && len(view.Filed) > 0 {
		return d.InboxItem(ctx, archive.InboxID(made))
	}
	return view, err
}

// drops reports whether the subject may drop into the basket: who works a basket herself into any, a
// technical account into that of its own department only.
func (d *Desk) drops(basket string) bool {
	if _, works := d.able(policies.ActInbox); works {
		return true
	}
	_, own := d.able(policies.ActUpload, basket)
	return own
}

// worked asks that somebody works the department's basket: elsewhere a paper would be lost.
func (g *Guard) worked(department string) error {
	for _, p := range g.Policies.Pairs() {
		if p.Department == department && g.able(archive.Pair{Role: p.Role, Department: department}, policies.ActInbox) {
			return nil
		}
	}
	return &archive.FieldError{Pointer: "/department", Code: "unknown", Detail: "this department has no basket"}
}

func (d *Desk) received(ctx context.Context, id archive.InboxID) (view InboxView, err error) {
	err = d.view(ctx, func(r archive.Reader) error {
		item, err := r.InboxItem(id)
		if err != nil {
			return err
		}
		view, err = d.showItem(r, item)
		return err
	})
	return view, err
}

func (d *Desk) showItem(r archive.Reader, item archive.InboxItem) (InboxView, error) {
	v, err := r.Version(item.Version)
	if err != nil {
		return InboxView{}, err
	}
	view := InboxView{InboxItem: item, Current: v}
	_, view.MayWork = d.able(policies.ActInbox, item.Basket)
	if view.State, err = shownState(r, v); err != nil {
		return InboxView{}, err
	}
	if v.Job != "" {
		if view.Job, err = r.Job(v.Job); err != nil {
			return InboxView{}, err
		}
	}
	if view.DuplicateOf, err = d.duplicate(r, v, ""); err != nil {
		return InboxView{}, err
	}
	var busy bool
	switch view.Arrange, busy, err = arranging(r, item); {
	case err != nil:
		return InboxView{}, err
	case len(item.Arranged) > 0:
		view.State = stateArranged
	case busy:
		view.State = stateArranging
	}
	if err := d.blindSheets(r, &view); err != nil {
		return InboxView{}, err
	}
	if !view.MayWork { // who brought it in; how the others work is theirs
		view.Aside, view.Arranging, view.Arrange = nil, nil, archive.Job{}
		return view, nil
	}
	if view.Enclosing, err = d.showEnclosing(r, item); err != nil {
		return InboxView{}, err
	}
	may := releasing{ask: item.Waits()}
	if item.Waits() {
		may.decide, may.colleague = d.frees(item.Basket)
	}
	if view.Quarantine, err = d.quarantineView(r, v, may); err != nil {
		return InboxView{}, err
	}
	view.Claim, err = d.claimed(r, item)
	return view, err
}

// InboxItem shows an item to who works its basket, and, without its content, to who brought it in
// and works a basket herself.
func (d *Desk) InboxItem(ctx context.Context, id archive.InboxID) (InboxView, error) {
	var view InboxView
	var inside []archive.Version
	tried := act{op: audit.OpInboxOpen, object: "inbox/" + string(id), window: "inbox"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		item, v, err := d.takeItem(r, id)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		if view, err = d.showItem(r, item); err == nil && len(item.Filed) > 0 {
			view, err = d.bare(r, view, &done)
		} else if err == nil && view.MayWork {
			view.Enclosures, inside, err = d.showEnclosures(r, item)
		}
		return done, err
	})
	if err == nil && view.MayWork && view.State == archive.StateReady {
		err = d.suggested(ctx, &view)
	}
	if err == nil && len(view.Enclosures) > 0 {
		err = d.suggestEnclosed(ctx, view.Enclosures, inside)
	}
	return view, err
}

// bare leaves of a filed item what says that it was filed, and those documents made of it that the
// subject may read: who works the basket need not see what lies in an Akte. It notes in the act whose Akten
// it names.
func (d *Desk) bare(r archive.Reader, view InboxView, seen *act) (InboxView, error) {
	item := archive.InboxItem{
		ID: view.ID, Basket: view.Basket, Version: view.Version, Created: view.Created, Changed: view.Changed,
		Revision: view.Revision,
	}
	out := InboxView{State: stateFiled}
	for _, id := range view.Filed {
		a, _, _, err := d.reach(r, id, policies.ActRead)
		switch {
		case err == nil:
			if out.Filing == nil {
				out.Filing = &FilingView{}
			}
			out.Filing.Numbers = append(out.Filing.Numbers, a.akte.Number)
			seen.akten, seen.persons = append(seen.akten, a.akte.ID), append(seen.persons, a.akte.Person)
			item.Filed = append(item.Filed, id)
		case !isNotFound(err) && !errors.Is(err, ErrDenied) && !errors.Is(err, ErrPurpose):
			return InboxView{}, err
		}
	}
	out.InboxItem = item
	if out.Filing == nil {
		return out, nil
	}
	var err error
	out.Filing.By, err = displayName(r, view.FiledBy)
	return out, err
}

// stateFiled is what an item shows that lies in a basket no more.
const stateFiled = "filed"

// takeItem finds an item that the subject may know of.
func (d *Desk) takeItem(r archive.Reader, id archive.InboxID) (archive.InboxItem, verdict, error) {
	item, err := r.InboxItem(id)
	if err != nil {
		return archive.InboxItem{}, verdict{}, err
	}
	if v, ok := d.able(policies.ActInbox, item.Basket); ok {
		return item, v, nil
	}
	version, err := r.Version(item.Version)
	if err != nil {
		return archive.InboxItem{}, verdict{}, err
	}
	if v, ok := d.able(policies.ActInbox); ok && version.ReceivedBy == d.subject.User && len(item.Filed) == 0 {
		return item, v, nil
	}
	return archive.InboxItem{}, verdict{}, archive.ErrNotFound
}

// workItem finds an unfiled item in a basket that the subject works.
func (d *Desk) workItem(r archive.Reader, id archive.InboxID, action string) (archive.InboxItem, verdict, error) {
	item, _, err := d.takeItem(r, id)
	if err != nil {
		return archive.InboxItem{}, verdict{}, err
	}
	v, ok := d.able(action, item.Basket)
	switch {
	case !ok:
		return archive.InboxItem{}, verdict{}, ErrDenied
	case len(item.Filed) > 0:
		return archive.InboxItem{}, verdict{}, ErrFiled
	case len(item.Arranged) > 0:
		return archive.InboxItem{}, verdict{}, ErrArranged
	}
	return item, v, nil
}

// holdItem is workItem for acts that change the item: nobody else may be at it.
func (d *Desk) holdItem(r archive.Reader, id archive.InboxID, action string) (archive.InboxItem, verdict, error) {
	item, v, err := d.workItem(r, id, action)
	if err != nil {
		return archive.InboxItem{}, verdict{}, err
	}
	claim, err := r.Claim(id)
	switch {
	case err != nil:
		return archive.InboxItem{}, verdict{}, err
	case claim.Holds(d.guard.Now()) && claim.User != d.subject.User:
		return archive.InboxItem{}, verdict{}, ErrClaimed
	}
	if _, busy, err := arranging(r, item); busy || err != nil {
		return archive.InboxItem{}, verdict{}, errors.Join(err, ErrArranging)
	}
	return item, v, nil
}

// Filing tells into which Akten an item goes, and as what. Doc's type, register, title, dates and so on
// are those of every document made.
type Filing struct {
	Akten []archive.AkteID
	Doc   archive.Document
	// With are what came inside of the item and is filed along with it.
	With []EnclosureFiling
}

// maxFamily is into how many Akten one paper can be filed at once.
const maxFamily = 20

// FileItem files an inbox item: it becomes a document in each of the Akten, sharing one version. Who
// comes second gets [ErrFiled].
func (d *Desk) FileItem(ctx context.Context, id archive.InboxID, f Filing) ([]DocumentView, error) {
	slices.Sort(f.Akten)
	f.Akten = slices.Compact(f.Akten)
	if len(f.Akten) == 0 {
		return nil, &archive.FieldError{Pointer: "/akte_id", Code: "required"}
	}
	if len(f.Akten) > maxFamily {
		return nil, &archive.FieldError{Pointer: "/akte_ids", Code: "too_many"}
	}
	if err := f.Doc.Normalise(d.guard.Policies); err != nil {
		return nil, err
	}
	if err := f.normaliseWith(d.guard.Policies); err != nil {
		return nil, err
	}
	tried := act{op: audit.OpFile, object: "inbox/" + string(id)}
	var filed []archive.DocumentID
	_, again, err := d.create(ctx, tried, []any{id, f}, func(tx archive.Tx) (string, act, error) {
		item, _, err := d.holdItem(tx, id, policies.ActInbox)
		if err != nil {
			return "", act{}, err
		}
		done, err := d.file(tx, tried, &item, f, d.guard.Now().UTC())
		filed = item.Filed
		if err == nil {
			err = d.fileAlong(tx, item, f)
		}
		return string(id), done, err
	})
	if err != nil {
		return nil, err
	}
	if again {
		return d.filedBefore(ctx, id)
	}
	var out []DocumentView
	for _, id := range filed {
		view, err := d.made(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	d.teach(ctx, out[0].Document, out[0].Current)
	return out, nil
}

// filedBefore returns those documents made of an item that the subject may read.
func (d *Desk) filedBefore(ctx context.Context, id archive.InboxID) ([]DocumentView, error) {
	item, err := d.InboxItem(ctx, id)
	if err != nil {
		return nil, err
	}
	out := []DocumentView{}
	for _, id := range item.Filed {
		view, err := d.Document(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	if len(out) == 0 {
		return nil, ErrFiled // done, and no longer hers to see
	}
	return out, nil
}

// file makes the documents and moves the version over to them.
func (d *Desk) file(tx archive.Tx, tried act, item *archive.InboxItem, f Filing, at time.Time) (act, error) {
	version, err := tx.Version(item.Version)
	if err != nil {
		return act{}, err
	}
	if busy, err := unpacking(tx, version); busy || err != nil {
		return act{}, errors.Join(err, ErrUnpacking)
	}
	version.Inbox, version.Documents, item.Filed = "", nil, nil
	done := tried
	for _, id := range f.Akten {
		a, err := d.stand(tx, id)
		if err != nil {
			return act{}, err
		}
		doc := f.Doc
		v, err := a.place(tx, &doc)
		if err != nil {
			return act{}, err
		}
		doc.FiledFrom, doc.Item, doc.Versions = item.Basket, item.ID, []archive.VersionID{item.Version}
		inheritReceipt(&doc, *item)
		if err := tx.PutDocument(doc); err != nil {
			return act{}, err
		}
		version.Documents, item.Filed = append(version.Documents, doc.ID), append(item.Filed, doc.ID)
		done.akten, done.persons = append(done.akten, id), append(done.persons, a.akte.Person)
		done.register, done.classification, done.verdict = doc.Register, doc.Classification, v
	}
	item.Changed, item.Revision = at, item.Revision+1
	item.FiledBy, item.FiledAt, item.Aside, item.Arranging = d.subject.User, item.Changed, nil, nil
	if err := tx.PutInboxItem(*item); err != nil {
		return act{}, err
	}
	if err := tx.PutVersion(version); err != nil {
		return act{}, err
	}
	done.detail = &audit.Detail{Act: map[string]any{"documents": version.Documents}}
	return done, nil
}

// inheritReceipt gives a document what is known of how its paper came in, where the clerk said
// nothing else.
func inheritReceipt(doc *archive.Document, item archive.InboxItem) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&doc.ReceivedOn, item.ReceivedOn}, {&doc.Channel, item.Channel}, {&doc.Sender, item.Sender}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
}

// RouteItem sends an unfiled item to the basket of another department, with what came inside of it and
// lies beside it still.
func (d *Desk) RouteItem(ctx context.Context, id archive.InboxID, department string) (InboxView, error) {
	if err := d.guard.worked(department); err != nil {
		return InboxView{}, err
	}
	tried := act{op: audit.OpRoute, object: "inbox/" + string(id)}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		item, v, err := d.holdItem(tx, id, policies.ActRoute)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{"from": item.Basket, "to": department}}
		along, err := d.alongside(tx, item, policies.ActRoute)
		if err != nil {
			return act{}, err
		}
		for i, item := range append(along, item) {
			item.Basket, item.Aside, item.Arranging = department, nil, nil // they are the colleagues'
			item.Changed, item.Revision = d.guard.Now().UTC(), item.Revision+1
			if err := tx.PutInboxItem(item); err != nil {
				return act{}, err
			}
			if i == len(along) {
				break
			}
			beside := done
			beside.object = "inbox/" + string(item.ID)
			if err := tx.Record(d.event(beside)); err != nil {
				return act{}, err
			}
		}
		return done, nil
	})
	if err != nil {
		return InboxView{}, err
	}
	return d.received(ctx, id)
}
