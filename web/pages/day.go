package pages

import (
	"net/http"

	"eakte/web/ui"
)

// dayView is what waits for the reader.
type dayView struct {
	ui.Frame
}

func (p *Pages) showDay(r *request) error {
	return r.show(http.StatusOK, "day", dayView{Frame: r.frame("day", r.say("day.title"))})
}
