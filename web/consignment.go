package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// Consignment tells that the paper of an Akte is at a scan vendor.
type Consignment struct {
	Department string `json:"department"`
	Vendor     string `json:"vendor"`
	Since      string `json:"since"`
	Expected   string `json:"expected,omitempty"`
	Rush       *rush  `json:"rush,omitempty"`
}

type rush struct {
	Reason string `json:"reason,omitempty" doc:"For who keeps the paper"`
	Wanted string `json:"wanted"`
}

func consignmentOf(c *archive.Consignment) *Consignment {
	if c == nil {
		return nil
	}
	out := &Consignment{Department: c.Department, Vendor: c.Vendor, Since: c.Since, Expected: c.Expected}
	if c.Rush != nil {
		out.Rush = &rush{Reason: c.Rush.Reason, Wanted: c.Rush.Wanted}
	}
	return out
}

type consignBody struct {
	Vendor   string `json:"vendor" maxLength:"200"`
	Since    string `json:"since,omitempty" maxLength:"10" doc:"A day; today if not given"`
	Expected string `json:"expected,omitempty" maxLength:"10" doc:"The day on which it is to be back"`
}

type rushBody struct {
	Reason string `json:"reason" maxLength:"2000"`
	Wanted string `json:"wanted" maxLength:"10" doc:"The day on which it is needed"`
}

// consignmentRow is an Akte whose paper is at a vendor.
type consignmentRow struct {
	Consignment
	Akte AkteHead `json:"akte"`
	Late bool     `json:"late"`
}

// consignments are the routes to where the paper of Akten is.
func (s *Server) consignments() {
	handle(s, "GET", "/consignments", "Akten of a department whose paper is at a scan vendor, what is due first first", 0, s.listConsignments)
	handle(s, "POST", "/akten/{id}/consignment", "Note that the paper of an Akte went to a scan vendor", purposed, s.consign)
	handle(s, "POST", "/akten/{id}/consignment/rush", "Order an Akte back from its vendor before its turn", purposed, s.hasten)
	s.raw("DELETE", "/akten/{id}/consignment", "Note that the paper of an Akte is back", purposed, s.takeBack)
}

func (s *Server) listConsignments(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" required:"true" maxLength:"100"`
}) (*answer[list[consignmentRow]], error) {
	page, err := desk.Consignments(ctx, in.Department, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[consignmentRow]]{list[consignmentRow]{Next: page.Next, Items: each(page.Items, func(r acl.ConsignmentRow) consignmentRow {
		head := akteHeadOf(r.Head.Akte, personRef{r.Head.Akte.Person, r.Head.Name, r.Head.BirthDate.Given})
		return consignmentRow{Consignment: *consignmentOf(&r.Consignment), Akte: head, Late: r.Late}
	})}}, nil
}

func (s *Server) consign(ctx context.Context, desk *acl.Desk, in *sending[consignBody]) (*record[akteView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return s.kept(ctx, desk, in.ID, func(id archive.AkteID) error {
		return desk.Consign(ctx, id, archive.Consignment{Vendor: body.Vendor, Since: body.Since, Expected: body.Expected})
	})
}

func (s *Server) hasten(ctx context.Context, desk *acl.Desk, in *sending[rushBody]) (*record[akteView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return s.kept(ctx, desk, in.ID, func(id archive.AkteID) error {
		return desk.Hasten(ctx, id, archive.Rush{Reason: body.Reason, Wanted: body.Wanted})
	})
}

// kept carries out a change of where the paper of an Akte is and shows the head of it.
func (s *Server) kept(ctx context.Context, desk *acl.Desk, name string, change func(archive.AkteID) error) (*record[akteView], error) {
	id, err := archive.ParseID[archive.AkteID](name)
	if err != nil {
		return nil, err
	}
	if err := change(id); err != nil {
		return nil, err
	}
	view, err := desk.Akte(ctx, id)
	if err != nil {
		return nil, err
	}
	return akteOf(view), nil
}

func (s *Server) takeBack(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.AkteID](c)
	if err != nil {
		return err
	}
	if err := desk.TakeBack(c.Request.Context(), id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
