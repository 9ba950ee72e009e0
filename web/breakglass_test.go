package web

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"eakte/acl"
)

// TestBreakGlassLimitSaysWhenItEnds breaks the glass as often as a day allows and once more.
func TestBreakGlassLimitSaysWhenItEnds(t *testing.T) {
	t.Parallel()
	m := newLentMatrix(t)
	lead, asker := m.pair("leitung", "auslaenderbehoerde"), m.pair("sachbearbeitung", "soziales")
	number := m.want(200, lead, "GET", "/akten/"+m.akte, nil, purpose).text("aktenzeichen")
	body := fmt.Sprintf(`{"aktenzeichen":%q,"reason":"Probe"}`, number)
	now := m.now().In(m.guard.Zone)
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, m.guard.Zone)
	if tomorrow.Sub(now) < 5*time.Hour { // else midnight comes between them
		m.ahead.Add(int64(6 * time.Hour))
		tomorrow = tomorrow.AddDate(0, 0, 1)
	}
	for range acl.BreakGlassADay {
		m.want(201, asker, "POST", "/break-glass", body)
		m.ahead.Add(int64(61 * time.Minute))
	}
	r := m.want(429, asker, "POST", "/break-glass", body)
	wait, err := strconv.Atoi(r.header.Get("Retry-After"))
	if left := tomorrow.Sub(m.now()).Seconds(); err != nil || float64(wait) < left || float64(wait) > left+60 {
		t.Errorf("Retry-After %q with %.0f s left of the day", r.header.Get("Retry-After"), left)
	}
}
