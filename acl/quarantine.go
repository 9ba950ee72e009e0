package acl

import (
	"context"
	"errors"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// QuarantineView is how a version stands that the search for malware holds back; the zero value where it
// holds back nothing and nobody released anything.
type QuarantineView struct {
	// Held says that nobody gets at the bytes; Found is what they are known as, empty while they wait. Risk is
	// the code of what reading found in place of the scanner; empty: nothing.
	Held        bool
	Found, Risk string
	// Asked is who wants them released and why; Released who granted that; nil: nobody.
	Asked, Released *QuarantineWord
	// MayAsk and MayDecide say what the reader can do about it; Mine that it was her who asked, so that somebody
	// else has to release it. MayFetch says that she gets the bytes to judge them: with Holder.Warned.
	MayAsk, MayDecide, Mine, MayFetch bool
	// Colleague says that in this basket any other person who works it decides, for its department has nobody
	// whose role does.
	Colleague bool
}

// QuarantineWord is what somebody said about a release, with her display name.
type QuarantineWord struct {
	archive.ScanWord
	Name string
}

// What can be said about a release.
const (
	QuarantineAsk     = "ask"
	QuarantineRelease = "release"
	QuarantineDecline = "decline"
)

// Quarantine says something about the release of a version that the search for malware holds back: one
// person who works with the paper asks, and says why; another one, whose role may, releases it or
// declines. Released, it is read like any other. The error may be [ErrSecondPerson],
// [archive.ErrConflict] where the version isn't held or nobody asked, a field error for a missing reason.
func (d *Desk) Quarantine(ctx context.Context, h Holder, word, reason string) error {
	reason, err := archive.NormaliseText("/reason", reason, 2000, true)
	if err != nil {
		return err
	}
	op, known := map[string]audit.Op{
		QuarantineAsk: audit.OpQuarantineAsk, QuarantineRelease: audit.OpQuarantineFree, QuarantineDecline: audit.OpQuarantineRefuse,
	}[word]
	if !known {
		return &archive.FieldError{Pointer: "/word", Code: "unknown"}
	}
	tried := act{op: op, object: h.ref()}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done, id, may, err := d.quarantined(tx, h, tried)
		if err != nil {
			return act{}, err
		}
		v, err := tx.Version(id)
		if err != nil {
			return act{}, err
		}
		if err := d.mayWord(v, may, word, reason); err != nil {
			return act{}, err
		}
		said := archive.ScanWord{By: d.subject.User, At: d.guard.Now().UTC(), Reason: reason}
		done.detail = &audit.Detail{Act: map[string]any{"reason": reason, "signature": scanOf(v).Found, "version": v.ID}}
		return done, d.say(tx, v, word, said)
	})
}

// releasing says what the subject may do about what is held.
type releasing struct{ ask, decide, colleague bool }

// scanOf is what is known of a version's scan; the zero value where none was made.
func scanOf(v archive.Version) archive.Scan {
	if v.Scan == nil {
		return archive.Scan{}
	}
	return *v.Scan
}

// frees reports whether the subject may release what lies in a basket. Where no role of its department may,
// as in the mail room, everybody may who sends papers on from there: of whoever asked, a second person.
func (d *Desk) frees(basket string) (may, colleague bool) {
	if _, may = d.able(policies.ActRelease, basket); may {
		return true, false
	}
	for _, p := range d.guard.Policies.Pairs() {
		if p.Department == basket && d.guard.able(archive.Pair{Role: p.Role, Department: basket}, policies.ActRelease) {
			return false, false
		}
	}
	_, may = d.able(policies.ActRoute, basket)
	return may, true
}

// fetch lets those who ask for a release, or decide about it, have the bytes of what starts or carries a
// program: somebody has to look whether that is wanted. What a scanner knows, or hasn't searched, stays away
// from them, too. Each time is recorded.
func (d *Desk) fetch(r archive.Reader, h Holder, v archive.Version, done act) (act, error) {
	_, _, may, err := d.quarantined(r, h, done)
	if err != nil {
		return act{}, err
	}
	if !d.fetches(v, may) {
		return act{}, ErrQuarantined
	}
	done.window, done.detail = "", &audit.Detail{Act: map[string]any{"quarantined": v.Reason, "version": v.ID}}
	return done, nil
}

func (d *Desk) fetches(v archive.Version, may releasing) bool {
	scan := scanOf(v)
	searched := scan.Found == "" && (!d.guard.Scans || !scan.At.IsZero())
	return v.Held() && v.Risky() && searched && scan.Asked != nil && (scan.Asked.By == d.subject.User || may.decide)
}

// quarantined finds what is held, and what the subject may do about it: who may change a paper may ask for
// it; who may release decides in her own department's basket, and on documents she reads by a right of
// that department.
func (d *Desk) quarantined(r archive.Reader, h Holder, tried act) (done act, id archive.VersionID, may releasing, err error) {
	if h.Inbox != "" {
		item, v, err := d.workItem(r, h.Inbox, policies.ActInbox)
		if err != nil {
			return act{}, "", may, err
		}
		done = tried
		done.verdict = v
		may.decide, may.colleague = d.frees(item.Basket)
		may.ask = true
		return done, item.Version, may, nil
	}
	a, doc, v, err := d.reach(r, h.Document, policies.ActRead)
	if err != nil {
		return act{}, "", may, err
	}
	done = tried.about(doc, a.akte)
	done.verdict = v
	may.ask = a.akte.State == archive.AkteOpen && a.may(policies.ActWrite, objectOf(doc)).Allow
	_, may.decide = d.able(policies.ActRelease, v.pair.Department)
	if h.Version < 0 || h.Version > len(doc.Versions) {
		return act{}, "", may, archive.ErrNotFound
	}
	if h.Version > 0 {
		return done, doc.Versions[h.Version-1], may, nil
	}
	return done, doc.Current(), may, nil
}

// mayWord decides whether the subject may say this now.
func (d *Desk) mayWord(v archive.Version, may releasing, word, reason string) error {
	asked := scanOf(v).Asked
	switch asks := word == QuarantineAsk; {
	case asks && !may.ask, !asks && !may.decide:
		return ErrDenied
	case !v.Held() || v.State != archive.StateQuarantined:
		return archive.ErrConflict
	case asks && asked != nil, !asks && asked == nil:
		return archive.ErrConflict
	case word == QuarantineRelease && asked.By == d.subject.User:
		return ErrSecondPerson
	case reason == "":
		return &archive.FieldError{Pointer: "/reason", Code: "required"}
	}
	return nil
}

// say stores a word. A release puts the version back on its way, with a job of its own unless one waits.
func (d *Desk) say(tx archive.Tx, v archive.Version, word string, said archive.ScanWord) error {
	scan := scanOf(v)
	v.Scan = &scan
	switch word {
	case QuarantineAsk:
		scan.Asked = &said
		return tx.PutVersion(v)
	case QuarantineDecline:
		scan.Asked = nil
		return tx.PutVersion(v)
	}
	scan.Released = &said
	v.State, v.Reason = archive.StateReceived, ""
	job, err := tx.Job(v.Job)
	if err != nil && !errors.Is(err, archive.ErrNotFound) {
		return err
	}
	if err == nil && job.State != archive.JobFailed {
		return tx.PutVersion(v)
	}
	v.Job = archive.NewID[archive.JobID]()
	return errors.Join(tx.PutVersion(v), tx.Enqueue(archive.Job{
		ID: v.Job, Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting, Created: said.At, NotBefore: said.At,
		Rank: archive.RankWaited, Lane: string(d.subject.User),
	}))
}

// quarantineView shows how a version stands to who may say these words about it.
func (d *Desk) quarantineView(r archive.Reader, v archive.Version, may releasing) (QuarantineView, error) {
	scan := scanOf(v)
	if !v.Held() && scan.Released == nil {
		return QuarantineView{}, nil
	}
	view := QuarantineView{Held: v.Held(), Found: scan.Found, Colleague: may.colleague}
	if v.Risky() {
		view.Risk = v.Reason
	}
	for _, w := range []struct {
		from *archive.ScanWord
		to   **QuarantineWord
	}{{scan.Asked, &view.Asked}, {scan.Released, &view.Released}} {
		if w.from == nil {
			continue
		}
		name, err := displayName(r, w.from.By)
		if err != nil {
			return QuarantineView{}, err
		}
		*w.to = &QuarantineWord{ScanWord: *w.from, Name: name}
	}
	stuck := v.Held() && v.State == archive.StateQuarantined
	view.MayAsk = stuck && may.ask && view.Asked == nil
	view.MayDecide = stuck && may.decide && view.Asked != nil
	view.Mine, view.MayFetch = view.Asked != nil && view.Asked.By == d.subject.User, d.fetches(v, may)
	return view, nil
}
