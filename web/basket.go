package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// claimView says who works on an inbox item.
type claimView struct {
	User  archive.UserID `json:"user_id"`
	Name  string         `json:"name"`
	Until time.Time      `json:"until"`
	Mine  bool           `json:"mine"`
}

// asideView says why an inbox item waits.
type asideView struct {
	Until string         `json:"until" doc:"The day on which it is to be looked at again; may be empty"`
	Note  string         `json:"note"`
	By    archive.UserID `json:"by"`
	At    time.Time      `json:"at"`
}

func (s *Server) listInbox(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"Whose basket; the first that the reader works if not given"`
	Shelf      string `query:"shelf" maxLength:"100" doc:"A part of it: open (not set aside), aside (by day), failed (what the machine couldn't read); all if not given"`
}) (*answer[list[inboxView]], error) {
	found, err := desk.Shelf(ctx, in.Department, in.Shelf, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[inboxView]]{list[inboxView]{Next: found.Next, Items: each(found.Items, inboxOf)}}, nil
}

type basketView struct {
	Department string `json:"department"`
	Unfiled    int    `json:"unfiled" doc:"All that lies in it"`
	Aside      int    `json:"aside" doc:"Of these, set aside"`
	Failed     int    `json:"failed" doc:"Of these, not readable for the machine"`
	Arranged   int    `json:"arranged" doc:"Taken apart or put together anew, and still kept as received"`
}

func (s *Server) listBaskets(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[basketView]], error) {
	found, err := desk.Baskets(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[basketView]]{list[basketView]{Items: each(found, func(b acl.BasketView) basketView {
		return basketView{b.Department, b.Unfiled, b.Aside, b.Failed, b.Arranged}
	})}}, nil
}

type claimBody struct {
	TakeOver bool `json:"take_over,omitempty" doc:"Also from a colleague who works on it; recorded"`
}

func (s *Server) claimInboxItem(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body *strict[claimBody]
}) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	var body claimBody
	if in.Body != nil {
		if body, err = in.Body.read(s.registry()); err != nil {
			return nil, err
		}
	}
	return inboxRecord(desk.ClaimItem(ctx, id, body.TakeOver))
}

func (s *Server) releaseInboxItem(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.InboxID](c)
	if err != nil {
		return err
	}
	if err := desk.ReleaseItem(c.Request.Context(), id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

type asideBody struct {
	Until string `json:"until,omitempty" maxLength:"20" doc:"2026-11-30"`
	Note  string `json:"note,omitempty" maxLength:"4000"`
}

func (s *Server) setAsideInboxItem(ctx context.Context, desk *acl.Desk, in *sending[asideBody]) (*record[inboxView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.SetAside(ctx, id, archive.Aside{Until: body.Until, Note: body.Note}))
}

func (s *Server) takeUpInboxItem(ctx context.Context, desk *acl.Desk, in *ByID) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.TakeUp(ctx, id))
}

type inboxEdit struct {
	ReceivedOn edit[string] `json:"received_on,omitempty"`
	Channel    edit[string] `json:"channel,omitempty"`
	Sender     edit[string] `json:"sender,omitempty"`
	Note       edit[string] `json:"note,omitempty"`
}

// apply carries the change out.
func (e inboxEdit) apply(i *archive.InboxItem) error {
	e.ReceivedOn.into(&i.ReceivedOn)
	e.Channel.into(&i.Channel)
	e.Sender.into(&i.Sender)
	e.Note.into(&i.Note)
	return nil
}

func (s *Server) changeInboxItem(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Matched
	Body strict[inboxEdit]
}) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.ChangeItem(ctx, id, revision, body.apply))
}

// inboxRecord is the answer of a route that changes an item.
func inboxRecord(view acl.InboxView, err error) (*record[inboxView], error) {
	if err != nil {
		return nil, err
	}
	return &record[inboxView]{ETag: etag(view.Revision), Body: inboxOf(view)}, nil
}
