package pages

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// dayView is what waits for the reader.
type dayView struct {
	ui.Frame
	acl.Day
	Now    time.Time
	Drafts []draftLine
	// Overdue says that originals should have been handed back, MaxOverdue as how many are counted.
	Overdue    bool
	MaxOverdue int
	// Reads and Opens say that she reads Akten and may open one.
	Reads, Opens bool
}

// draftLine is a form that was begun.
type draftLine struct {
	Key, Path string
	// Kind is the key of what it is called.
	Kind    string
	Changed time.Time
}

func (p *Pages) showDay(r *request) error {
	if r.visit.Withheld {
		return r.leave("/profile/factor")
	}
	desk := r.desk()
	day, err := desk.Day(r.ctx())
	if err != nil {
		return err
	}
	view := dayView{Frame: r.frame("day", r.say("day.title")), Day: day, Now: p.Guard.Now(), Reads: desk.Reads(), Opens: opens(desk)}
	view.MaxOverdue = acl.MaxDayOverdue
	view.Overdue = slices.ContainsFunc(day.Baskets, func(b acl.DayBasket) bool { return b.Overdue > 0 })
	for _, d := range day.Drafts {
		view.Drafts = append(view.Drafts, draftLineOf(d))
	}
	return r.show(http.StatusOK, "day", view)
}

// opens reports whether a reader may enter a person and open her Akte.
func opens(d *acl.Desk) bool { return d.May(policies.ActPersonWrite) && d.May(policies.ActAkteCreate) }

// draftLineOf finds the page that a form is on.
func draftLineOf(d archive.Draft) draftLine {
	line := draftLine{Key: d.Key, Kind: "other", Changed: d.Changed}
	parts := strings.Split(d.Key, "/")
	switch {
	case d.Key == entryDraft:
		line.Kind, line.Path = "entry", "/akten/new"
	case parts[0] == "inbox" && len(parts) == 2:
		line.Kind, line.Path = "inbox", "/inbox/"+parts[1]
	case parts[0] == "akte" && len(parts) > 1:
		line.Kind, line.Path = "akte", "/akten/"+parts[1]
	}
	return line
}

func (p *Pages) dropDraft(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().DropDraft(r.ctx(), form.Value("key")); err != nil {
		return err
	}
	return r.leave(local(form.Value("to")))
}
