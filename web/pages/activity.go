package pages

import (
	"net/http"
	"slices"
	"strconv"

	"eakte/archive"
	"eakte/web/ui"
)

// activityView is what happened a day, of all accounts together.
type activityView struct {
	ui.Frame
	Days  int
	Spans []int
	// Table are the days, newest first; Bars the same as a picture, oldest first.
	Table []archive.TrailTally
	Bars  []activityBar
	Sum   archive.TrailTally
	// Top is what the highest bar stands for.
	Top int64
	// Width of the picture, in units of it; it is activityHeight high.
	Width int
}

// activityBar is a day of the picture: three parts on top of each other.
type activityBar struct {
	archive.TrailTally
	X, Wide int
	Parts   []activityPart
}

// activityPart is a part of a bar, from Y on High units down.
type activityPart struct {
	Kind    string
	Y, High int
}

const (
	activityHeight = 160
	activityStep   = 14
)

func (p *Pages) showActivity(r *request) error {
	days := 30
	spans := []int{14, 30, 90}
	if n, err := strconv.Atoi(r.Query("days")); err == nil && slices.Contains(spans, n) {
		days = n
	}
	tallies, err := r.desk().Activity(r.ctx(), days)
	if err != nil {
		return err
	}
	v := activityView{Frame: r.trailFrame("activity", r.say("activity.title")), Days: days, Spans: spans, Width: days * activityStep}
	for _, t := range tallies {
		v.Top = max(v.Top, t.Queries+t.Disclosures+t.Refusals)
		v.Sum.Queries, v.Sum.Disclosures, v.Sum.Refusals = v.Sum.Queries+t.Queries, v.Sum.Disclosures+t.Disclosures, v.Sum.Refusals+t.Refusals
	}
	for i, t := range tallies {
		v.Bars = append(v.Bars, v.bar(i, t))
	}
	v.Table = slices.Clone(tallies)
	slices.Reverse(v.Table)
	return r.show(http.StatusOK, "activity", v)
}

// bar draws a day. What is there at all is seen, however small it is.
func (v *activityView) bar(i int, t archive.TrailTally) activityBar {
	bar, y := activityBar{TrailTally: t, X: i*activityStep + 2, Wide: activityStep - 4}, activityHeight
	for _, part := range []struct {
		kind string
		n    int64
	}{{"queries", t.Queries}, {"disclosures", t.Disclosures}, {"refusals", t.Refusals}} {
		if part.n == 0 {
			continue
		}
		high := max(2, int(part.n*(activityHeight-6)/v.Top))
		y -= high
		bar.Parts = append(bar.Parts, activityPart{part.kind, y, high})
	}
	return bar
}
