package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxListed is how many findings a report lists; more are only counted.
const maxListed = 100

// problem keeps something from being checked; it is told by its code.
type problem struct {
	code string
	args []any
}

func (p problem) Error() string { return p.code }

// finding is something that can't be in an honest export, or a note on something that can.
type finding struct {
	// Year is empty where the export as a whole is meant, Entry is -1 where no single one is.
	Year  string `json:"year,omitempty"`
	Entry int64  `json:"entry"`
	Code  string `json:"code"`
	Text  string `json:"text"`
	args  []any
}

// told is what was checked of a year.
type told struct {
	Year   string `json:"year"`
	Origin string `json:"origin"`
	// Size is what the checkpoint says, Entries how many were read.
	Size    int64 `json:"size"`
	Entries int64 `json:"entries"`
	// Details were compared with their commitments; Erased counts parts of them that can't be read any more;
	// Sealed counts entries with a detail that isn't in the export.
	Details int64 `json:"details"`
	Erased  int64 `json:"erased_parts"`
	Sealed  int64 `json:"sealed"`
	// Root is what the entries were found to have, in hexadecimal digits.
	Root     string     `json:"root,omitempty"`
	First    time.Time  `json:"first,omitzero"`
	Last     time.Time  `json:"last,omitzero"`
	Cosigned []cosigned `json:"cosigned,omitempty"`
}

// cosigned says that a witness vouched for so many entries at a time.
type cosigned struct {
	Witness string    `json:"witness"`
	Size    int64     `json:"size"`
	At      time.Time `json:"at"`
}

// upTo notes the time of an entry.
func (t *told) upTo(at time.Time) {
	if t.First.IsZero() || at.Before(t.First) {
		t.First = at
	}
	if at.After(t.Last) {
		t.Last = at
	}
}

// report is the outcome.
type report struct {
	Log      string    `json:"log"`
	Years    []told    `json:"years"`
	Count    int       `json:"count"`
	Findings []finding `json:"findings"`
	Notes    []finding `json:"notes"`
}

func (r *report) find(year string, entry int64, code string, args ...any) {
	if r.Count++; len(r.Findings) < maxListed {
		r.Findings = append(r.Findings, finding{Year: year, Entry: entry, Code: code, args: args})
	}
}

func (r *report) note(year, code string, args ...any) {
	r.Notes = append(r.Notes, finding{Year: year, Entry: -1, Code: code, args: args})
}

// writeJSON writes the report for programs, with the texts for readers in it.
func (r *report) writeJSON(to io.Writer, w vocabulary) error {
	for _, list := range [][]finding{r.Findings, r.Notes} {
		for i := range list {
			list[i].Text = w.say(list[i].Code, list[i].args...)
		}
	}
	e := json.NewEncoder(to)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// text returns the report for readers.
func (r *report) text(w vocabulary) string {
	var b strings.Builder
	fmt.Fprintln(&b, w.say("title", r.Log))
	for _, t := range r.Years {
		if t.Origin == "" {
			fmt.Fprintln(&b, w.say("year-unread", t.Year))
			continue
		}
		fmt.Fprintln(&b, w.say("year", t.Year, t.Entries, t.Size, w.moment(t.First), w.moment(t.Last)))
		if t.Details > 0 {
			fmt.Fprintln(&b, w.say("year-details", t.Details, t.Erased))
		}
		for _, c := range t.Cosigned {
			fmt.Fprintln(&b, w.say("year-cosigned", c.Witness, c.Size, w.moment(c.At)))
		}
		fmt.Fprintln(&b, w.say("year-root", t.Root))
	}
	for _, n := range r.Notes {
		fmt.Fprintln(&b, w.say("note", w.place(n)+w.say(n.Code, n.args...)))
	}
	for _, f := range r.Findings {
		fmt.Fprintln(&b, w.say("finding", w.place(f)+w.say(f.Code, f.args...)))
	}
	switch {
	case r.Count == 0:
		fmt.Fprintln(&b, w.say("whole"))
	case r.Count > len(r.Findings):
		fmt.Fprintln(&b, w.say("more", r.Count-len(r.Findings)))
		fallthrough
	default:
		fmt.Fprintln(&b, w.say("tampered", r.Count))
	}
	return b.String()
}
