package acl

import (
	"context"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// FindingView is a finding as the officer reads it.
type FindingView struct {
	archive.Finding
	// Name is what the account is called; empty where it is gone.
	Name string
	// Events are the entries it names that are still there, oldest first.
	Events []TrailRow
	// Steps are what was done about it, with who did it.
	Steps []FindingStepView
	// MayReview says that the reader may write down an outcome, MayJudge that one waits for her word.
	MayReview, MayJudge bool
	// Alone says that there is nobody but the reader who may be the second person.
	Alone bool
	// Damaged counts entries it names that are there and can't be read.
	Damaged int
}

// FindingStepView is a step with who took it.
type FindingStepView struct {
	archive.FindingStep
	Name string
}

// FindingsPage is a page of findings, newest first.
type FindingsPage struct {
	Items []FindingView
	Next  string
	// Unread is what wasn't looked at as a whole.
	Unread Unread
	// Damaged counts findings that belong on this page and can't be read.
	Damaged int
}

type findingCursor struct {
	All   bool
	After archive.Position
}

// findingsLooked is how many findings are looked at for a page.
const findingsLooked = 400

// Findings lists what a rule held for unusual, newest first: what isn't closed, or all of it. There is no list of what
// concerns one account and no count by accounts: findings are for looking into, not for comparing people. Those about the
// reader herself are left out.
func (d *Desk) Findings(ctx context.Context, all bool, limit int, cursor string) (page FindingsPage, err error) {
	c, err := openCursor[findingCursor](d, "findings", cursor)
	if err != nil {
		return page, err
	}
	if cursor != "" {
		all = c.All
	}
	limit = clampLimit(limit)
	err = d.look(ctx, act{op: audit.OpFindingList}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		unread, err := readUnread(r)
		if err != nil {
			return act{}, err
		}
		page = FindingsPage{Items: []FindingView{}, Unread: unread}
		looked, last := 0, archive.Position("")
		for row, err := range r.Findings(!all, c.After) {
			if err != nil && !isDamaged(err) {
				return act{}, err
			}
			if len(page.Items) == limit || looked == findingsLooked {
				page.Next = sealCursor(d, "findings", findingCursor{all, last})
				break
			}
			looked, last = looked+1, row.After
			if err != nil {
				page.Damaged++
				continue
			}
			if row.Value.Actor == d.subject.User {
				continue
			}
			view, err := d.findingHead(r, row.Value)
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, view)
		}
		return act{op: audit.OpFindingList, verdict: v, detail: &audit.Detail{Act: map[string]any{"findings": len(page.Items)}}}, nil
	})
	return page, err
}

// findingHead is a finding without its events.
func (d *Desk) findingHead(r archive.Reader, f archive.Finding) (FindingView, error) {
	v := FindingView{Finding: f, Events: []TrailRow{}, Steps: []FindingStepView{}}
	var err error
	if v.Name, err = displayName(r, f.Actor); err != nil {
		return v, err
	}
	for _, s := range f.Steps {
		name, err := displayName(r, s.By)
		if err != nil {
			return v, err
		}
		v.Steps = append(v.Steps, FindingStepView{s, name})
	}
	v.MayReview = f.State == archive.FindingOpen || f.State == archive.FindingReview
	v.MayJudge = f.State == archive.FindingProposed && f.Proposal().By != d.subject.User
	return v, nil
}

// finding reads a finding that the subject may look into; to who it is about it isn't there.
func (d *Desk) finding(r archive.Reader, id archive.FindingID) (archive.Finding, verdict, error) {
	v, ok := d.able(policies.ActTrailRead)
	if !ok {
		return archive.Finding{}, v, ErrDenied
	}
	f, err := r.Finding(id)
	if err == nil && f.Actor == d.subject.User {
		err = archive.ErrNotFound
	}
	return f, v, err
}

// alone reports whether nobody but the subject may look into what is about an account. The trail shows what people did at work,
// so a lead or the administration can't be the second person: that takes another account of data protection.
func (d *Desk) alone(r archive.Reader, about archive.UserID) (bool, error) {
	users, err := r.Users()
	if isDamaged(err) {
		return false, nil // whoever is among those that can't be read
	}
	return !slices.ContainsFunc(users, func(u archive.User) bool {
		return u.ID != d.subject.User && u.ID != about && !u.Disabled && slices.ContainsFunc(u.Roles, func(p archive.Pair) bool {
			return d.guard.able(p, policies.ActTrailRead)
		})
	}), err
}

func findingObject(id archive.FindingID) string { return "finding/" + string(id) }

// Finding tells of a finding with the entries of the trail that it names.
func (d *Desk) Finding(ctx context.Context, id archive.FindingID) (view FindingView, err error) {
	tried := act{op: audit.OpFindingOpen, object: findingObject(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		f, v, err := d.finding(r, id)
		if err != nil {
			return act{}, err
		}
		if view, err = d.findingHead(r, f); err != nil {
			return act{}, err
		}
		if view.Alone, err = d.alone(r, f.Actor); err != nil {
			return act{}, err
		}
		var entries []archive.TrailEntry
		for _, place := range f.Places {
			e, err := r.TrailAt(place)
			if isNotFound(err) {
				continue
			}
			if isDamaged(err) {
				view.Damaged++
				continue
			}
			if err != nil {
				return act{}, err
			}
			entries = append(entries, e)
		}
		if view.Events, err = d.trailRows(r, archive.TrailFilter{}, entries); err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		return done, nil
	})
	return view, err
}

// ReviewFinding writes down what came of looking into a finding: with an outcome it waits for a second person, without
// one somebody goes on looking into it. revision is the one that was read; another one is [*StaleError].
func (d *Desk) ReviewFinding(ctx context.Context, id archive.FindingID, revision int64, outcome, note string) error {
	step := archive.FindingStep{State: archive.FindingReview, Outcome: outcome, Note: note}
	if outcome != "" {
		step.State = archive.FindingProposed
	}
	return d.stepFinding(ctx, act{op: audit.OpFindingReview, object: findingObject(id)}, id, revision, step, func(f archive.Finding) error {
		if f.State != archive.FindingOpen && f.State != archive.FindingReview {
			return ErrSettled
		}
		return nil
	})
}

// JudgeFinding is the word of a second person on what was proposed: she closes the finding, or gives it back. Who proposed
// can't: [ErrSecondPerson].
func (d *Desk) JudgeFinding(ctx context.Context, id archive.FindingID, revision int64, agree bool, note string) error {
	step := archive.FindingStep{State: archive.FindingReview, Note: note}
	if agree {
		step.State = archive.FindingClosed
	}
	return d.stepFinding(ctx, act{op: audit.OpFindingClose, object: findingObject(id)}, id, revision, step, func(f archive.Finding) error {
		switch {
		case f.State != archive.FindingProposed:
			return ErrSettled
		case f.Proposal().By == d.subject.User:
			return ErrSecondPerson
		}
		return nil
	})
}

// stepFinding takes a step about a finding if may lets it.
func (d *Desk) stepFinding(ctx context.Context, tried act, id archive.FindingID, revision int64, step archive.FindingStep,
	may func(archive.Finding) error) error {
	step.By, step.At = d.subject.User, d.guard.Now().UTC()
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		f, v, err := d.finding(tx, id)
		if err != nil {
			return act{}, err
		}
		if err := may(f); err != nil {
			return act{}, err
		}
		if f.Revision != revision {
			return act{}, &StaleError{f.Revision}
		}
		if err := step.Normalise(); err != nil {
			return act{}, err
		}
		if len(f.Steps) >= archive.FindingSteps && step.State == archive.FindingReview { // it can be closed still
			return act{}, &archive.FieldError{Pointer: "/note", Code: "too_many"}
		}
		f.State, f.Steps, f.Revision = step.State, append(f.Steps, step), f.Revision+1
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"state": step.State, "outcome": step.Outcome, "rule": f.Rule}}
		return done, tx.PutFinding(f)
	})
}

// Activity counts what happened on each of the last days, of all together: how many accounts did it, and who, it can't tell.
func (d *Desk) Activity(ctx context.Context, days int) (out []archive.TrailTally, err error) {
	days = min(max(days, 1), 731)
	err = d.look(ctx, act{op: audit.OpTrailRead}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		today := d.guard.Now().In(d.guard.Zone)
		kept, err := r.TrailTallies(today.AddDate(0, 0, 1-days).Format(time.DateOnly), today.Format(time.DateOnly))
		if err != nil {
			return act{}, err
		}
		out = make([]archive.TrailTally, days)
		for i := range out {
			out[i].Day = today.AddDate(0, 0, 1+i-days).Format(time.DateOnly)
			if len(kept) > 0 && kept[0].Day == out[i].Day {
				out[i], kept = kept[0], kept[1:]
			}
		}
		return act{op: audit.OpTrailRead, verdict: v, detail: &audit.Detail{Act: map[string]any{"activity": days}}}, nil
	})
	return out, err
}
