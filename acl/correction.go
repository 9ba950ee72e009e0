package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Correcting says why values of a person are replaced (Art. 16 GDPR). The zero value says nothing, which suffices where no name
// and no birth date that stood is replaced.
type Correcting struct {
	// Ground is the key of one of [archive.CorrectionGrounds], Reason somebody's own words.
	Ground, Reason string
	// AskedOn is the day on which the person asked for it.
	AskedOn string
	// Proof is a document of one of her Akten that the subject may read.
	Proof archive.DocumentID
	// Otherwise is the ground of who names none and replaces such a value all the same; empty: that is refused.
	Otherwise string
}

// silent reports whether nothing is said.
func (c Correcting) silent() bool {
	c.Otherwise = ""
	return c == Correcting{}
}

// told is to whom data of a person went, as it was found before a transaction.
type told struct {
	all   []Recipient
	whole bool
	// until is when it was looked for.
	until time.Time
}

// toldAgain is how far a transaction looks back behind what was found before it: an event has the time at which it was
// written, and lies in the trail a little later.
const toldAgain = time.Minute

// everTold finds before a correction to whom data of the person went, so that the transaction need look at the last minute
// alone. It finds nothing for who may not change her, or where nothing wrong was told.
func (d *Desk) everTold(ctx context.Context, id archive.PersonID, why Correcting) (found told, err error) {
	if ground, ok := archive.CorrectionGroundOf(cmp.Or(why.Ground, why.Otherwise)); !ok || ground.Stood {
		return told{}, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		found = told{until: d.guard.Now()}
		seen, _, err := d.meet(r, id)
		if err != nil {
			return unlessMissing(err)
		}
		if v, _ := d.writer(r, seen); !v.Allow {
			return nil
		}
		akten, err := aktenLeft(r, id)
		if err != nil {
			return err
		}
		found.all, found.whole, err = recipients(r, id, akten, seen.Created)
		return err
	})
	return found, err
}

// correct makes the correction that a change of a person is, and keeps names that were right as former ones. It is nil where
// nothing that stood is replaced and nobody says why.
func (d *Desk) correct(tx archive.Tx, seen PersonView, p *archive.Person, why Correcting, found told) (*archive.Correction, error) {
	values := archive.Corrected(seen.Person, *p)
	switch replaces := slices.ContainsFunc(values, archive.CorrectedValue.Replaces); {
	case !replaces && why.silent():
		return nil, nil
	case replaces:
		why.Ground = cmp.Or(why.Ground, why.Otherwise)
	}
	c := archive.Correction{State: archive.CorrectionMade, Ground: why.Ground, Reason: why.Reason, AskedOn: why.AskedOn, Proof: why.Proof, Values: values}
	former, err := d.beginCorrection(tx, seen, &c)
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, &archive.FieldError{Pointer: "/ground", Code: "unchanged"}
	}
	if ground, _ := archive.CorrectionGroundOf(c.Ground); ground.Stood {
		p.KeepFormer(values)
		return &c, p.Normalise(d.guard.Policies, d.guard.Now())
	}
	return &c, d.wronglyTold(tx, &c, archive.Stood(values, former, seen.Created), found)
}

// beginCorrection checks and fills in a new correction, and returns those before it.
func (d *Desk) beginCorrection(tx archive.Tx, seen PersonView, c *archive.Correction) ([]archive.Correction, error) {
	if err := c.Normalise(d.guard.today()); err != nil {
		return nil, err
	}
	if err := d.checkProof(tx, seen, c.Proof); err != nil {
		return nil, err
	}
	former, err := tx.Corrections(seen.ID)
	if err != nil {
		return nil, err
	}
	if len(former) >= archive.CorrectionsKept {
		return nil, &archive.FieldError{Pointer: "/ground", Code: "too_many"}
	}
	c.ID, c.Person, c.By, c.At, c.Revision = archive.NewID[archive.CorrectionID](), seen.ID, d.subject.User, d.guard.Now().UTC(), 1
	if i := slices.IndexFunc(seen.Akten, func(a archive.Akte) bool { return a.Sealed.Holds(d.guard.today()) }); i >= 0 {
		c.Through = seen.Akten[i].ID
	}
	return former, nil
}

// wronglyTold lists to whom data of the person went since a wrong value stood.
func (d *Desk) wronglyTold(tx archive.Tx, c *archive.Correction, since time.Time, found told) error {
	if since.IsZero() {
		return nil // nothing was said before
	}
	akten, err := aktenLeft(tx, c.Person)
	if err != nil {
		return err
	}
	last, whole, err := recipients(tx, c.Person, akten, found.until.Add(-toldAgain))
	if err != nil {
		return err
	}
	c.Cut = !whole || !found.whole
	all, places := slices.Concat(found.all, last), map[archive.Position]bool{}
	slices.SortStableFunc(all, func(a, b Recipient) int { return a.At.Compare(b.At) })
	for _, one := range all {
		if places[one.place] || one.At.Before(since) || one.Op == audit.OpInquiryTake { // what she asked for herself
			continue
		}
		places[one.place] = true
		c.Recipients = append(c.Recipients, archive.CorrectionRecipient{
			At: one.At.UTC(), Name: one.Name, Reason: one.Reason, Op: one.Op, Akten: one.Akten, Document: one.Document, State: archive.RecipientOpen,
		})
	}
	return nil
}

// checkProof asks that the subject may read a document of one of the Akten through which she sees the person. One that she may not
// read is like one that isn't there.
func (d *Desk) checkProof(r archive.Reader, seen PersonView, id archive.DocumentID) error {
	if id == "" {
		return nil
	}
	_, err := d.proofOf(r, seen, id)
	if isNotFound(err) || errors.Is(err, ErrDenied) || errors.Is(err, ErrPurpose) {
		return &archive.FieldError{Pointer: "/proof", Code: "unknown"}
	}
	return err
}

// proofOf reads a document of the person that the subject may read.
func (d *Desk) proofOf(r archive.Reader, seen PersonView, id archive.DocumentID) (archive.Document, error) {
	doc, err := r.Document(id)
	if err != nil {
		return doc, err
	}
	at := slices.IndexFunc(seen.Akten, func(a archive.Akte) bool { return a.ID == doc.Akte })
	if at < 0 {
		return archive.Document{}, archive.ErrNotFound
	}
	a := d.at(r, seen.Akten[at])
	if err := a.state(r); err != nil {
		return doc, err
	}
	_, err = a.document(policies.ActRead, doc)
	return doc, err
}

// RefusedCorrection is that a correction is refused to a person.
type RefusedCorrection struct {
	// AskedOn is the day on which she asked, Reason why it is refused, Statement what she says herself.
	AskedOn, Reason, Statement string
	// Proof is a document that shows it, as in [Correcting].
	Proof archive.DocumentID
}

// RefuseCorrection notes that a person asked for a correction, and why it is refused to her. The rights are those of
// [Desk.ChangePerson].
func (d *Desk) RefuseCorrection(ctx context.Context, id archive.PersonID, ask RefusedCorrection) (archive.CorrectionID, error) {
	tried := act{op: audit.OpCorrectionRefuse, object: "person/" + string(id)}
	body := struct {
		Person archive.PersonID
		RefusedCorrection
	}{id, ask}
	made, _, err := d.create(ctx, tried, body, func(tx archive.Tx) (string, act, error) {
		seen, done, err := d.corrects(tx, id, tried)
		if err != nil {
			return "", act{}, err
		}
		c := archive.Correction{State: archive.CorrectionRefused, AskedOn: ask.AskedOn, Reason: ask.Reason, Statement: ask.Statement, Proof: ask.Proof}
		if _, err := d.beginCorrection(tx, seen, &c); err != nil {
			return "", act{}, err
		}
		done.detail = &audit.Detail{Shared: map[string]any{"correction": c.ID}}
		return string(c.ID), done, tx.PutCorrection(c)
	})
	return archive.CorrectionID(made), err
}

// corrects asks that the subject may change a person, and fills in an act about her.
func (d *Desk) corrects(r archive.Reader, id archive.PersonID, done act) (PersonView, act, error) {
	seen, _, err := d.meet(r, id)
	if err != nil {
		return seen, act{}, err
	}
	v, _ := d.writer(r, seen)
	if !v.Allow {
		return seen, act{}, ErrDenied
	}
	reached, err := d.reached(r, seen)
	if err != nil {
		return seen, act{}, err
	}
	done.verdict, done.akten, done.persons = v, reached, []archive.PersonID{id}
	return seen, done, nil
}

// RecipientWord is what became of telling a recipient of a correction (Art. 19 GDPR).
type RecipientWord struct {
	// State is one of [archive.RecipientOpen] and those beside it; On and Note are those of [archive.CorrectionRecipient].
	State, On, Note string
	// Revision is that of the correction that the subject saw.
	Revision int64
}

// TellRecipient notes what became of telling the recipient at a place of a correction, from 0. The rights are those of
// [Desk.ChangePerson]; a later revision is a [*StaleError].
func (d *Desk) TellRecipient(ctx context.Context, person archive.PersonID, id archive.CorrectionID, place int, word RecipientWord) error {
	tried := act{op: audit.OpCorrectionTell, object: "person/" + string(person)}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		seen, done, err := d.corrects(tx, person, tried)
		if err != nil {
			return act{}, err
		}
		all, err := tx.Corrections(person)
		if err != nil {
			return act{}, err
		}
		at := slices.IndexFunc(all, func(c archive.Correction) bool { return c.ID == id })
		if at < 0 || place < 0 || place >= len(all[at].Recipients) {
			return act{}, archive.ErrNotFound
		}
		c := all[at]
		if sees, err := d.seesRecipient(tx, seen, c.Recipients[place]); err != nil || !sees {
			return act{}, cmp.Or(err, archive.ErrNotFound)
		}
		if c.Revision != word.Revision {
			return act{}, &StaleError{c.Revision}
		}
		c.Recipients = slices.Clone(c.Recipients)
		one := &c.Recipients[place]
		if err := one.Say(word.State, word.On, word.Note, d.subject.User, d.guard.Now(), d.guard.today()); err != nil {
			return act{}, err
		}
		c.Revision++
		done.detail = &audit.Detail{Shared: map[string]any{"correction": c.ID, "place": place, "state": one.State, "on": one.On, "note": one.Note}}
		return done, tx.PutCorrection(c)
	})
}

// seesRecipient reports whether the subject may know that something went to a recipient: through an Akte that she sees, and a
// document of which she may learn what it is.
func (d *Desk) seesRecipient(r archive.Reader, seen PersonView, to archive.CorrectionRecipient) (bool, error) {
	if len(to.Akten) > 0 && !slices.ContainsFunc(seen.Akten, func(a archive.Akte) bool { return slices.Contains(to.Akten, a.ID) }) {
		return false, nil
	}
	if to.Document == "" {
		return true, nil
	}
	switch _, err := d.proofOf(r, seen, to.Document); {
	case errors.Is(err, ErrDenied):
		return false, nil
	case isNotFound(err):
		_, err := r.Document(to.Document)
		return isNotFound(err), unlessMissing(err) // moved out of her sight, or no more
	case errors.Is(err, ErrPurpose):
		return true, nil
	default:
		return err == nil, err
	}
}
