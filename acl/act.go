package acl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
)

// act is what the trail is told of a use case; [Desk.event] adds who, when and why.
type act struct {
	op audit.Op
	// object is "document/ID" or the like.
	object  string
	akten   []archive.AkteID
	persons []archive.PersonID
	// what the decision was about and how it came out
	register, classification string
	verdict                  verdict
	detail                   *audit.Detail
	// read are documents that it takes out together.
	read []archive.DocumentID
	// window is not empty for reads that one event covers for a while.
	window string
}

// about fills in a document and its Akte.
func (a act) about(doc archive.Document, akte archive.Akte) act {
	a.object = "document/" + string(doc.ID)
	a.akten, a.persons = []archive.AkteID{doc.Akte}, []archive.PersonID{akte.Person}
	a.register, a.classification = doc.Register, doc.Classification
	return a
}

// naming adds an Akte and its person to those an act is about.
func (a act) naming(akte archive.AkteID, person archive.PersonID) act {
	if !slices.Contains(a.akten, akte) {
		a.akten = append(slices.Clone(a.akten), akte)
	}
	if !slices.Contains(a.persons, person) {
		a.persons = append(slices.Clone(a.persons), person)
	}
	return a
}

// place names what a window is about and where it lies: moved elsewhere, it is another read.
func (a act) place() string {
	return fmt.Sprint(a.object, a.akten, a.register, a.classification)
}

// event makes the trail's event of an act that was allowed.
func (d *Desk) event(a act) audit.Event {
	return audit.Event{
		Time: d.guard.Now(), Actor: d.subject.actor(a.verdict.pair), Op: a.op, Object: a.object,
		Akten: plain(a.akten), Persons: plain(a.persons),
		Register: a.register, Classification: a.classification,
		Result: audit.Allow, Rule: a.verdict.Rule, Policy: d.guard.Policies.Hash(),
		Purpose: d.traced(d.subject.purposeOf(a.akten)), Correlation: d.subject.Correlation, Detail: a.detail,
	}
}

// traced is a stated purpose if the trail can hold it: what is neither a code nor a case was refused
// already.
func (d *Desk) traced(purpose string) string {
	if id, ok := caseOf(purpose); ok {
		if _, err := archive.ParseID[archive.CaseID](string(id)); err != nil {
			return ""
		}
		return purpose
	}
	if _, ok := d.guard.Policies.Purpose(purpose); !ok {
		return ""
	}
	return purpose
}

func plain[T ~string](ids []T) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, string(id))
	}
	return out
}

// change runs a use case that changes something: fn decides, does, and says what it did, all in
// one transaction. A refusal is recorded in one of its own.
func (d *Desk) change(ctx context.Context, tried act, fn func(archive.Tx) (act, error)) error {
	if d.unconfirmed {
		return ErrUnconfirmed
	}
	return d.store(ctx, tried, func(tx archive.Tx) (act, error) {
		if err := d.holdsStill(tx); err != nil {
			return act{}, err
		}
		return fn(tx)
	})
}

// holdsStill looks whether the subject has the rights that the request came with: one whose body takes its time must
// not outlive them. It is [ErrStale] where a pair or a team of hers is gone or the rules are others now.
func (d *Desk) holdsStill(r archive.Reader) error {
	u, err := r.User(d.subject.User)
	switch {
	case isNotFound(err): // the machine itself
		return nil
	case err != nil:
		return err
	case u.Disabled:
		return ErrSignIn
	case d.guard.inForce.Load().Policies.Hash() != d.guard.Policies.Hash():
		return ErrStale
	}
	roles := u.Roles
	if d.subject.Client == clientWeb {
		roles, _ = d.guard.accounts.Pairs(u)
	}
	for _, p := range d.subject.Pairs {
		if !slices.Contains(roles, p) {
			return ErrStale
		}
	}
	for _, team := range d.subject.Teams {
		if !slices.Contains(u.Teams, team) {
			return ErrStale
		}
	}
	return nil
}

// store is change for desks that change nothing, too: reads are recorded there as anywhere.
func (d *Desk) store(ctx context.Context, tried act, fn func(archive.Tx) (act, error)) error {
	err := d.guard.Store.Update(ctx, func(tx archive.Tx) error {
		done, err := fn(tx)
		if err != nil {
			return err
		}
		if d.finishing != "" {
			if err := tx.DeleteDraft(d.subject.User, d.finishing); err != nil {
				return err
			}
		}
		return tx.Record(d.event(done))
	})
	return d.refused(ctx, tried, err)
}

// look runs a use case that only reads. The read is recorded before look returns, unless an event of
// the last minutes covers it. The store's one writer is kept waiting for the event alone, not for the
// reading.
func (d *Desk) look(ctx context.Context, tried act, fn func(archive.Reader) (act, error)) error {
	var done act
	var epoch uint64
	err := d.view(ctx, func(r archive.Reader) (err error) {
		if epoch, err = r.Epoch(); err != nil {
			return err
		}
		done, err = fn(r)
		return err
	})
	if err != nil {
		return d.refused(ctx, tried, err)
	}
	key := windowKey{string(d.subject.User), done.window, done.place(), d.subject.purposeOf(done.akten)}
	if done.window != "" && d.guard.windows.open(key) {
		return nil
	}
	err = d.store(ctx, tried, func(tx archive.Tx) (act, error) {
		now, err := tx.Epoch()
		if err != nil {
			return act{}, err
		}
		seen := done
		if now != epoch { // a right changed since: what was read is decided, and read, once more
			if seen, err = fn(tx); err != nil {
				return act{}, err
			}
		}
		return seen, d.opened(tx, seen)
	})
	if err != nil {
		return err
	}
	if done.window != "" {
		d.guard.windows.start(key)
	}
	return nil
}

// opened ends the mail room's look back when somebody else first reads what it filed, alone or in a bundle. An inspection
// changes nothing.
func (d *Desk) opened(tx archive.Tx, a act) error {
	if a.verdict.inspects() {
		return nil
	}
	for _, id := range a.read {
		if err := d.openedOne(tx, id); err != nil {
			return err
		}
	}
	if a.op != audit.OpDocumentOpen && a.op != audit.OpDocumentRead && a.op != audit.OpDocumentDownload && a.op != audit.OpDocumentDisclose {
		return nil
	}
	id, err := parseRef[archive.DocumentID](a.object, "document/")
	if err != nil {
		return nil // an inbox item: nobody's look back
	}
	return d.openedOne(tx, id)
}

func (d *Desk) openedOne(tx archive.Tx, id archive.DocumentID) error {
	doc, err := tx.Document(id)
	if err != nil {
		return err
	}
	if doc.FiledFrom == "" || !doc.OpenedAt.IsZero() || doc.FiledBy == d.subject.User {
		return nil
	}
	doc.OpenedAt = d.guard.Now().UTC()
	return tx.PutDocument(doc)
}

func parseRef[T ~string](ref, prefix string) (T, error) {
	if len(ref) < len(prefix) || ref[:len(prefix)] != prefix {
		return "", archive.ErrNotFound
	}
	return archive.ParseID[T](ref[len(prefix):])
}

// refused records a refusal and passes err on. What doesn't exist and what the subject must
// not know of are recorded alike.
func (d *Desk) refused(ctx context.Context, tried act, err error) error {
	if denied := errors.Is(err, ErrDenied) || errors.Is(err, archive.ErrNotFound) || errors.Is(err, ErrPurpose); !denied {
		return err
	}
	return d.record(ctx, tried, err)
}

// probed is refused for acts whose answers tell of others' data though they refuse nothing: they are
// recorded like refusals.
func (d *Desk) probed(ctx context.Context, tried act, err error) error {
	var field *archive.FieldError
	if errors.Is(err, ErrSecondAkte) || errors.As(err, &field) && field.Pointer == "/person_id" {
		return d.record(ctx, tried, err)
	}
	return err
}

// record writes a refusal into the trail and passes err on.
func (d *Desk) record(ctx context.Context, tried act, err error) error {
	e := d.event(tried)
	e.Op, e.Result, e.Rule = audit.OpAccessRefused, audit.Deny, ""
	e.Detail = &audit.Detail{Act: map[string]any{"op": string(tried.op), "address": d.subject.Address}}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if !d.guard.refusing.alone(refusalKey{e.Actor.User, tried.op}, e.Time) {
		if cerr := d.countRefusal(ctx, tried, e); cerr == nil {
			return err
		} else if !errors.Is(cerr, archive.ErrFull) { // what is kept for the trail takes events alone
			return fmt.Errorf("acl: count refusal: %w", cerr)
		}
	}
	if rerr := d.guard.Store.Update(ctx, func(tx archive.Tx) error {
		akten, persons, err := concerned(tx, tried.object)
		if err != nil {
			return err
		}
		e.Akten, e.Persons = plain(akten), plain(persons)
		return tx.Record(e)
	}); rerr != nil {
		return fmt.Errorf("acl: record refusal: %w", rerr)
	}
	return err
}

// concerned finds the Akte and person that a refused act was about, so that their trails show it; none
// where it was about nothing that exists.
func concerned(r archive.Reader, object string) (akten []archive.AkteID, persons []archive.PersonID, err error) {
	if id, err := parseRef[archive.PersonID](object, "person/"); err == nil {
		if _, err := r.Person(id); err != nil {
			return nil, nil, unlessMissing(err)
		}
		return nil, []archive.PersonID{id}, nil
	}
	if id, err := parseRef[archive.ConflictID](object, "conflict/"); err == nil {
		c, err := r.Conflict(id)
		if err != nil {
			return nil, nil, unlessMissing(err)
		}
		return nil, []archive.PersonID{c.Person}, nil
	}
	akte, err := akteOf(r, object)
	if err != nil || akte == "" {
		return nil, nil, unlessMissing(err)
	}
	a, err := r.Akte(akte)
	if err != nil {
		return nil, nil, unlessMissing(err)
	}
	return []archive.AkteID{akte}, []archive.PersonID{a.Person}, nil
}

// akteOf finds the Akte of what a reference names; empty or [archive.ErrNotFound] where that has none.
func akteOf(r archive.Reader, object string) (archive.AkteID, error) {
	if id, err := parseRef[archive.AkteID](object, "akte/"); err == nil {
		return id, nil
	}
	if id, err := parseRef[archive.DocumentID](object, "document/"); err == nil {
		doc, err := r.Document(id)
		return doc.Akte, err
	}
	if id, err := parseRef[archive.CustodyID](object, "custody/"); err == nil {
		c, err := r.Custody(id)
		if err != nil {
			return "", err
		}
		doc, err := r.Document(c.Document)
		return doc.Akte, err
	}
	if id, err := parseRef[archive.GrantID](object, "grant/"); err == nil {
		g, err := r.Grant(id)
		return g.Akte, err
	}
	if id, err := parseRef[archive.BreakGlassID](object, "breakglass/"); err == nil {
		b, err := r.BreakGlass(id)
		return b.Akte, err
	}
	if id, err := parseRef[archive.SealRequestID](object, "seal/"); err == nil {
		q, err := r.SealRequest(id)
		return q.Akte, err
	}
	return "", nil
}

func unlessMissing(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}
