package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// systemView is how the installation stands.
type systemView struct {
	ui.Frame
	Tab string
	acl.System
	// Missing names the programs that are not there; may be empty.
	Missing string
}

func (p *Pages) showSystem(r *request) error {
	s, err := r.desk().System(r.ctx())
	if err != nil {
		return err
	}
	v := systemView{Frame: r.frame("operations", r.say("operations.title")), Tab: "system", System: s}
	var missing []string
	for _, t := range s.Tools {
		if !t.Present {
			missing = append(missing, t.Name)
		}
	}
	v.Missing = strings.Join(missing, ", ")
	return r.show(http.StatusOK, "operations", v)
}

// queueView is how the machine's work stands.
type queueView struct {
	ui.Frame
	Tab             string
	States          []queueState
	Reasons         []option
	Running, Failed []queueJob
	Partial         bool
}

// queueState counts the jobs of a state; Age is how old the oldest is, in words.
type queueState struct {
	Key, Age string
	Count    int
}

// queueJob is a job with its age in words.
type queueJob struct {
	archive.Job
	Age string
}

func (p *Pages) showQueue(r *request) error {
	q, err := r.desk().Queue(r.ctx())
	if err != nil {
		return err
	}
	v := queueView{Frame: r.frame("operations", r.say("queue.title")), Tab: "queue", Partial: q.Partial}
	for _, state := range []string{archive.JobWaiting, archive.JobRunning, archive.JobFailed, archive.JobDone} {
		v.States = append(v.States, queueState{state, r.age(q.Oldest[state]), q.Count[state]})
	}
	for _, list := range []struct {
		in  []archive.Job
		out *[]queueJob
	}{{q.Running, &v.Running}, {q.Failed, &v.Failed}} {
		for _, j := range list.in {
			*list.out = append(*list.out, queueJob{j, r.age(j.Created)})
		}
	}
	for reason, n := range q.Reasons {
		v.Reasons = append(v.Reasons, option{reason, r.say("queue.times", "N", n)})
	}
	slices.SortFunc(v.Reasons, func(a, b option) int { return cmp.Compare(a.Key, b.Key) })
	return r.show(http.StatusOK, "queue", v)
}

// age says how long ago a time was; "" for none.
func (r *request) age(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch d := r.pages.Guard.Now().Sub(t); {
	case d < time.Minute:
		return r.say("queue.now")
	case d < time.Hour:
		return r.say("queue.minutes", "N", int(d/time.Minute))
	case d < 48*time.Hour:
		return r.say("queue.hours", "N", int(d/time.Hour))
	default:
		return r.say("queue.days", "N", int(d/(24*time.Hour)))
	}
}

func (p *Pages) retryJob(r *request) error {
	id, err := pathID[archive.JobID](r, "id")
	if err != nil {
		return err
	}
	if _, err := r.desk().Retry(r.ctx(), id); err != nil {
		return err
	}
	if err := r.tell(ui.Notice{Kind: "success", Text: r.say("queue.retried")}); err != nil {
		return err
	}
	return r.leave("/operations/queue")
}
