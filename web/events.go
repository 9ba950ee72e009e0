package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

const (
	eventsPattern = base + "/events"
	// maxWatches is how much one page may follow.
	maxWatches = 100
	// streamsEach is how many streams one account may have open.
	streamsEach = 20
	// lookEvery is how often at most a stream looks what has changed.
	lookEvery = 500 * time.Millisecond
	// beatEvery is how often a stream says that it is alive, and looks whether it may be.
	beatEvery = 15 * time.Second
	// reconnect is what a browser waits before it comes again.
	reconnect = 3 * time.Second
)

// eventStream registers the stream of states.
func (s *Server) eventStream() {
	op := s.operation("GET", "/events", "Follow states as server-sent events", purposed)
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "watch", In: "query", Required: true, Description: "inbox/ID, document/ID, job/ID or basket/DEPARTMENT; at most 100",
		Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}},
	})
	op.Responses["200"] = &huma.Response{
		Description: "Events named state: first of everything that the reader may see, then of what changes. Of other things nothing is said.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: s.registry().Schema(typeOf[acl.Status](), true, "")}},
	}
	s.document(&op, s.follow)
}

// follow tells states until the reader leaves, her session ends or the server stops.
func (s *Server) follow(c *gin.Context, desk *acl.Desk) error {
	given := c.QueryArray("watch")
	switch {
	case len(given) == 0:
		return &archive.FieldError{Pointer: "/watch", Code: "required"}
	case len(given) > maxWatches:
		return &archive.FieldError{Pointer: "/watch", Code: "too_many"}
	}
	f := &follower{server: s, c: c, purpose: desk.Subject().Purpose, told: map[acl.Watch]string{}}
	for _, one := range given {
		w, err := acl.ParseWatch(one)
		if err != nil {
			return err
		}
		f.watches = append(f.watches, w)
	}
	changed := s.Guard.Changed()
	states, err := desk.States(c.Request.Context(), f.watches, true)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies hand on every event at once
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	f.run(changed, states)
	return nil
}

// follower is one stream.
type follower struct {
	server  *Server
	c       *gin.Context
	purpose string
	watches []acl.Watch
	// told is what was said last.
	told map[acl.Watch]string
}

// run says states first and then what changes. Who can't be told leaves.
func (f *follower) run(changed <-chan struct{}, states []acl.Status) {
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	if f.send(fmt.Sprintf("retry: %d\n\n", reconnect.Milliseconds())) != nil {
		return
	}
	for beating := true; ; {
		err := f.tell(states)
		if err == nil && beating {
			err = f.send(": \n\n")
		}
		if err != nil {
			return
		}
		var on bool
		if beating, on = f.wait(changed, beat.C); !on {
			return
		}
		changed = f.server.Guard.Changed() // before looking, lest something is missed
		if states, err = f.look(); err != nil {
			return
		}
	}
}

// wait returns when there may be something new, but not too often, or when it is time for a sign of
// life; on is false when the stream ends.
func (f *follower) wait(changed <-chan struct{}, beat <-chan time.Time) (beating, on bool) {
	rest := time.NewTimer(lookEvery)
	defer rest.Stop()
	due, news := rest.C, (<-chan struct{})(nil)
	for {
		select {
		case <-f.c.Request.Context().Done():
			return false, false
		case <-f.server.stopping:
			return false, false
		case <-beat:
			return true, true
		case <-due:
			due, news = nil, changed
		case <-news:
			return false, true
		}
	}
}

// look asks once more who the reader is, what she may see, and how that is.
func (f *follower) look() ([]acl.Status, error) {
	s, ctx := f.server, f.c.Request.Context()
	v := visitOf(ctx)
	user, client, err := s.who(f.c)
	if err != nil {
		return nil, err
	}
	v.who, v.client = user, client
	states, err := s.Guard.For(subjectOf(v, f.purpose)).States(ctx, f.watches, false)
	if err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "events ended", "correlation", v.id, "error", err)
	}
	return states, err
}

// tell says what differs from what was said last.
func (f *follower) tell(states []acl.Status) error {
	for _, status := range states {
		data, err := json.Marshal(status)
		if err != nil {
			return err
		}
		if f.told[status.Watch] == string(data) {
			continue
		}
		if err := f.send("event: state\ndata: " + string(data) + "\n\n"); err != nil {
			return err
		}
		f.told[status.Watch] = string(data)
	}
	return nil
}

// send writes to the reader at once.
func (f *follower) send(text string) error {
	w := visitOf(f.c.Request.Context()).answer
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}
