package pages

import (
	"net/http"

	"eakte/web/ui"
)

// Waiting shows that the server isn't there, yet or any more, by a page that needs nothing of it. It is safe
// for concurrent use.
type Waiting struct{ ui *ui.Set }

// waitingPage is the only one that it shows.
const waitingPage = "problem"

// NewWaiting returns one; dir is where pages are read from while they are written, and may be empty.
func NewWaiting(dir string) (*Waiting, error) {
	set, err := ui.New(ui.Config{Dir: dir, Label: func(_, key, _ string) string { return key }})
	return &Waiting{set}, err
}

// Static serves what pages load beside themselves.
func (p *Waiting) Static() http.Handler { return p.ui.Static() }

// Show answers with the problem in a language; what was posted can be sent once more from there.
func (p *Waiting) Show(w http.ResponseWriter, r *http.Request, lang string, problem Problem) error {
	r.Body = http.MaxBytesReader(w, r.Body, heldBytes)
	view, block := newProblemView(r, problem), "layout"
	view.Scripts = view.scripts()
	if r.Header.Get("HX-Request") != "" {
		block = "problem-part"
	}
	body, err := p.ui.Part(waitingPage, block, lang, view)
	if err == nil {
		answer(w, problem.Status, lang, body)
	}
	return err
}
