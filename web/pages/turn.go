package pages

import (
	"errors"
	"slices"
	"strconv"

	"eakte/archive"
	"eakte/web/ui"
)

// turn is a form's place in a list whose rows are ticked page by page. What was ticked on other pages is carried along
// by the form itself, so that choosing needs no script and leaves nothing behind.
type turn struct {
	// At is the cursor of the page shown, Way those of the pages before it, Next that of the one behind it; empty:
	// there is none.
	At, Next string
	Way      []string
	// Seen is how many pages were shown so far; Fresh says that this one is shown for the first time.
	Seen  int
	Fresh bool
	// Elsewhere is what was ticked on other pages.
	Elsewhere []string
}

// maxTurns is how many pages one can turn.
const maxTurns = 1000

// turnOf is the page that a form asks for with "go"; nil: the first.
func turnOf(form *ui.Form) turn {
	if form == nil {
		return turn{Fresh: true, Seen: 1}
	}
	t := turn{At: form.Value("at"), Way: slices.Clone(form.Values["way"])}
	t.Seen, _ = strconv.Atoi(form.Value("seen")) // none seen: what was ticked was typed by hand
	switch next := form.Value("next"); {
	case form.Value("go") == "next" && next != "" && len(t.Way) < maxTurns:
		t.Way, t.At = append(t.Way, t.At), next
	case form.Value("go") == "back" && len(t.Way) > 0:
		t.At, t.Way = t.Way[len(t.Way)-1], t.Way[:len(t.Way)-1]
	}
	t.Fresh = form.Value("go") == "next" && len(t.Way) >= t.Seen
	t.Seen = max(t.Seen, len(t.Way)+1)
	return t
}

// read reads the page. A cursor that is good no longer, as after a restart, leads to the first one; what was ticked
// stays.
func (t *turn) read(page func(cursor string) (next string, err error)) (err error) {
	t.Next, err = page(t.At)
	var wrong *archive.FieldError
	if errors.As(err, &wrong) && t.At != "" {
		if t.Fresh { // the page that was asked for was not shown, and the first one was before
			t.Seen--
		}
		t.At, t.Way, t.Fresh = "", nil, false
		t.Next, err = page("")
	}
	return err
}

// keep keeps what is ticked on other pages than this one.
func (t *turn) keep(ticked []string, rows []paperRow) {
	for i, key := range ticked {
		here := slices.ContainsFunc(rows, func(row paperRow) bool { return row.Key == key })
		if !here && !slices.Contains(ticked[:i], key) {
			t.Elsewhere = append(t.Elsewhere, key)
		}
	}
}

// Number is that of the page, from 1.
func (t turn) Number() int { return len(t.Way) + 1 }
