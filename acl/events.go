package acl

import (
	"context"
	"errors"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Watch names something whose state is followed: "inbox/ID", "document/ID", "job/ID" or
// "basket/DEPARTMENT".
type Watch string

// ParseWatch reads a Watch; anything else is an [*archive.FieldError].
func ParseWatch(s string) (Watch, error) {
	kind, id, _ := strings.Cut(s, "/")
	var err error
	switch kind {
	case "inbox":
		_, err = archive.ParseID[archive.InboxID](id)
	case "document":
		_, err = archive.ParseID[archive.DocumentID](id)
	case "job":
		_, err = archive.ParseID[archive.JobID](id)
	case "basket":
		if id == "" || len(id) > 100 {
			err = archive.ErrNotFound
		}
	default:
		err = archive.ErrNotFound
	}
	if err != nil {
		return "", &archive.FieldError{Pointer: "/watch", Code: "format"}
	}
	return Watch(s), nil
}

// parts are what a Watch is of.
func (w Watch) parts() (kind, id string) {
	kind, id, _ = strings.Cut(string(w), "/")
	return kind, id
}

// Status is the present state of something watched. It tells nothing of its content.
type Status struct {
	Watch Watch `json:"watch"`
	// State is that of the item, as [InboxView] has it, of the document or job; of a basket "open".
	State string `json:"state"`
	// Reason is a code of why it failed.
	Reason string `json:"reason,omitempty"`
	// Claim is who works on an inbox item, for who works its basket.
	Claim archive.UserID `json:"claim,omitempty"`
	// Progress is how far the machine is, while it is at work.
	Progress *Progress `json:"progress,omitempty"`
	// Count is how many unfiled items lie in a basket.
	Count *int `json:"count,omitempty"`
}

// Progress is how far a step of a job is, in pages; Total 0: not known yet.
type Progress struct {
	Step  string `json:"step,omitempty"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// Changed returns a channel that is closed when anything was stored after the call.
func (g *Guard) Changed() <-chan struct{} { return g.Store.Changed() }

// States tells the present state of what is watched, and of what the subject may not see, nothing: not
// even that it is there. States without content are no reading that the trail records; that something
// was held back is recorded where opening says that the watch has just begun.
func (d *Desk) States(ctx context.Context, watches []Watch, opening bool) ([]Status, error) {
	var states []Status
	var held []Watch
	err := d.view(ctx, func(r archive.Reader) error {
		for _, w := range watches {
			status, err := d.status(r, w)
			switch {
			case err == nil:
				states = append(states, status)
			case isNotFound(err) || errors.Is(err, ErrDenied) || errors.Is(err, ErrPurpose):
				held = append(held, w)
			default:
				return err
			}
		}
		return nil
	})
	if err == nil && opening && len(held) > 0 {
		err = d.heldBack(ctx, held)
	}
	return states, err
}

// status finds the state of one thing, if the subject may see it.
func (d *Desk) status(r archive.Reader, w Watch) (Status, error) {
	out := Status{Watch: w}
	switch kind, id := w.parts(); kind {
	case "inbox":
		item, _, err := d.takeItem(r, archive.InboxID(id))
		if err != nil {
			return out, err
		}
		return d.itemStatus(r, out, item)
	case "document":
		_, doc, _, err := d.reach(r, archive.DocumentID(id), policies.ActRead)
		if err != nil {
			return out, err
		}
		return d.machine(r, out, doc.Current())
	case "job":
		job, err := d.followed(r, archive.JobID(id))
		if err != nil {
			return out, err
		}
		out.State, out.Reason, out.Progress = job.State, job.Reason, progressOf(job)
		return out, nil
	case "basket":
		if _, ok := d.able(policies.ActInbox, id); !ok {
			return out, archive.ErrNotFound
		}
		n, err := r.CountBasket(id)
		out.State, out.Count = "open", &n.Unfiled
		return out, err
	}
	return out, archive.ErrNotFound
}

// itemStatus adds how an inbox item stands.
func (d *Desk) itemStatus(r archive.Reader, out Status, item archive.InboxItem) (Status, error) {
	if len(item.Filed) > 0 {
		out.State = stateFiled
		return out, nil
	}
	out, err := d.machine(r, out, item.Version)
	if err != nil {
		return out, err
	}
	job, busy, err := arranging(r, item)
	switch {
	case err != nil:
		return out, err
	case len(item.Arranged) > 0:
		out.State, out.Reason, out.Progress = stateArranged, "", nil
	case busy:
		out.State, out.Reason, out.Progress = stateArranging, "", progressOf(job)
	}
	if _, works := d.able(policies.ActInbox, item.Basket); !works { // how the others work is theirs
		return out, nil
	}
	claim, err := r.Claim(item.ID)
	if err == nil && claim.Holds(d.guard.Now()) {
		out.Claim = claim.User
	}
	return out, err
}

// machine adds what the machine has made of a version so far.
func (d *Desk) machine(r archive.Reader, out Status, id archive.VersionID) (Status, error) {
	v, err := r.Version(id)
	if err != nil {
		return out, err
	}
	if out.State, err = shownState(r, v); err != nil {
		return out, err
	}
	out.Reason = v.Reason
	if v.Job == "" {
		return out, nil
	}
	job, err := r.Job(v.Job)
	out.Progress = progressOf(job)
	return out, err
}

func progressOf(j archive.Job) *Progress {
	if j.State != archive.JobRunning {
		return nil
	}
	return &Progress{Step: j.Step, Done: j.Done, Total: j.Total}
}

// heldBack records what the subject asked to watch and may not see.
func (d *Desk) heldBack(ctx context.Context, held []Watch) error {
	for _, w := range held {
		object := string(w)
		if kind, _ := w.parts(); kind == "basket" {
			object = ""
		}
		if err := d.record(ctx, act{op: opWatch, object: object}, ErrDenied); !errors.Is(err, ErrDenied) {
			return err
		}
	}
	return nil
}

// opWatch is what the trail calls it where it was refused; nothing is recorded of it else.
const opWatch audit.Op = "watch"
