package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/intake"
	"eakte/web/ui"
)

// systemView is how the installation stands.
type systemView struct {
	ui.Frame
	Tab string
	acl.System
	// Passkeys is what passkeys are made for; empty: nobody can set one up.
	Passkeys string
	// Provider is where people sign in who have no password here, nil: nowhere.
	Provider *Elsewhere
	// Well says that nothing of it needs anybody.
	Well bool
	// Present counts the further languages that are installed.
	Present int
	// Missing names the programs that are not there; may be empty.
	Missing string
	// NoOffice says that the program that draws documents of office programs is among them.
	NoOffice bool
}

func (p *Pages) showSystem(r *request) error {
	s, err := r.desk().System(r.ctx())
	if err != nil {
		return err
	}
	v := systemView{Frame: r.frame("operations", r.say("operations.title")), Tab: "system", System: s, Passkeys: p.Guard.Origin, Provider: p.Host.Elsewhere(r.ctx())}
	var missing []string
	for _, t := range s.Tools {
		if !t.Present {
			missing = append(missing, t.Name)
			v.NoOffice = v.NoOffice || t.Name == "soffice"
		}
	}
	for _, l := range s.Others {
		if l.Present {
			v.Present++
		}
	}
	v.Missing = strings.Join(missing, ", ")
	troubled := slices.ContainsFunc(s.Ways, func(w intake.State) bool { return w.Problem != "" })
	v.Well = s.Known && !s.Behind && s.Sandbox == "" && s.Scanner != "down" && v.Missing == "" && !troubled && (v.Provider == nil || v.Provider.Why == "")
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

// queueJob is a job in words: its age, what it does, how far it came, and why it failed.
type queueJob struct {
	archive.Job
	Age, What, At, Why string
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
			*list.out = append(*list.out, r.queueJob(j))
		}
	}
	for reason, n := range q.Reasons {
		v.Reasons = append(v.Reasons, option{r.reasonWords(reason), r.say("queue.times", "N", n)})
	}
	slices.SortFunc(v.Reasons, func(a, b option) int { return cmp.Compare(a.Key, b.Key) })
	return r.show(http.StatusOK, "queue", v)
}

func (r *request) queueJob(j archive.Job) queueJob {
	q := queueJob{Job: j, Age: r.age(j.Created), What: r.say("queue.kind_other")}
	if slices.Contains([]string{archive.JobRecognise, archive.JobArrange, archive.JobBundle, archive.JobInquiry}, j.Kind) {
		q.What = r.say("queue.kind_" + j.Kind)
	}
	switch {
	case j.Step == "":
	case slices.Contains([]string{"inspect", "text", "images", "arrange", "bundle", "inquiry"}, j.Step):
		q.At = r.say("queue.step_" + j.Step)
	default:
		q.At = r.say("queue.step_other", "Step", j.Step)
	}
	if j.Reason != "" {
		q.Why = r.reasonWords(j.Reason)
	}
	return q
}

// reasons are the codes of failed jobs that have a sentence of their own.
func reasons() []string {
	return []string{
		"corrupt", "truncated", "encrypted", "page_limit", "pixel_limit", "resource_limit", "decompression_limit", "nesting_limit",
		"page_loop", "no_pages", "several_images", "not_text", "tool_missing", "launch_action", "embedded_program", "unbound",
		"damaged_in_store", "gone", "gave_up",
	}
}

// reasonWords says why a job failed; of a code that has no sentence, that there is one.
func (r *request) reasonWords(code string) string {
	if slices.Contains(reasons(), code) {
		return r.say("queue.reason_" + code)
	}
	return r.say("queue.reason_other", "Code", code)
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
	return r.leaveTelling("/operations/queue", "queue.retried")
}
