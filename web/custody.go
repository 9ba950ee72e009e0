package web

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// custodyView is a paper original in the authority's keeping, or handed back.
type custodyView struct {
	ID         archive.CustodyID  `json:"id"`
	Akte       archive.AkteID     `json:"akte_id"`
	Document   archive.DocumentID `json:"document_id"`
	Number     string             `json:"aktenzeichen,omitempty" doc:"In lists"`
	Type       string             `json:"type,omitempty" doc:"That of the document; in lists"`
	Title      string             `json:"title,omitempty" doc:"That of the document; in lists"`
	Department string             `json:"department" doc:"Keeps it"`
	Held       bool               `json:"held"`
	Void       bool               `json:"void,omitempty" doc:"It never was taken: that was a mistake"`
	Thing      string             `json:"thing,omitempty" doc:"What it is, as a receipt names it"`
	Place      string             `json:"place,omitempty" doc:"Where it lies, or lay last"`
	Since      string             `json:"since,omitempty"`
	Due        string             `json:"due,omitempty" doc:"The day by which it is to go back"`
	Overdue    bool               `json:"overdue"`
	To         string             `json:"to,omitempty" doc:"Who got it back"`
	On         string             `json:"on,omitempty" doc:"And when"`
	MayAct     bool               `json:"may_act"`
	Hidden     bool               `json:"hidden,omitempty" doc:"The reader may not read the document, but has the original to hand back; in lists"`
	Undo       int                `json:"undo,omitempty" doc:"The number of the act that can be undone: the last that stands"`
	Acts       []custodyActView   `json:"acts" doc:"Oldest first; none is ever changed or removed"`
	Revision   int64              `json:"revision"`
}

type custodyActView struct {
	Number int            `json:"number" doc:"From 1"`
	What   string         `json:"what" doc:"taken, placed, returned, undone"`
	By     archive.UserID `json:"by"`
	At     time.Time      `json:"at"`
	On     string         `json:"on" doc:"The day it happened"`
	Thing  string         `json:"thing,omitempty"`
	Place  string         `json:"place,omitempty"`
	Due    string         `json:"due,omitempty"`
	To     string         `json:"to,omitempty"`
	Reason string         `json:"reason,omitempty"`
	Undoes int            `json:"undoes,omitempty" doc:"The number of the act that was a mistake"`
	Stands bool           `json:"stands" doc:"It was not undone"`
}

func custodyOf(c acl.CustodyView) custodyView {
	s := c.Stands
	v := custodyView{
		ID: c.ID, Akte: c.Akte, Document: c.Document, Department: c.Department, Held: s.Held, Void: s.Void, Thing: s.Thing, Place: s.Place,
		Since: s.Since, Due: s.Due, Overdue: c.Overdue, To: s.To, On: s.On, MayAct: c.MayAct, Undo: c.Undo, Revision: c.Revision,
	}
	for i, a := range c.Acts {
		v.Acts = append(v.Acts, custodyActView{
			i + 1, a.What, a.By, a.At.UTC(), a.On, a.Thing, a.Place, a.Due, a.To, a.Reason, a.Undoes, c.Custody.Stands(i + 1),
		})
	}
	return v
}

// custodies are the routes to paper originals in the authority's keeping.
func (s *Server) custodies() {
	handle(s, "GET", "/originals", "List the paper originals in a department's keeping, by the day they are due, or those it handed back", 0, s.listOriginals)
	handle(s, "GET", "/documents/{id}/originals", "List the paper originals kept of a document, newest first", purposed, s.originalsOf)
	handle(s, "POST", "/documents/{id}/originals", "Note that the paper original of a document is in the authority's keeping", purposed|once|created, s.takeOriginal)
	handle(s, "POST", "/originals/{id}/acts", "Place an original elsewhere, hand it back, or undo the last act", purposed, s.actOnOriginal)
	s.raw("GET", "/originals/{id}/receipt.pdf", "The receipt for an original that was taken, or handed back, as PDF", purposed|bytesOut, s.custodyReceipt)
}

func (s *Server) listOriginals(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"Whose; the first that the reader works for if not given"`
	List       string `query:"list" maxLength:"100" doc:"held or gone"`
	Overdue    bool   `query:"overdue" doc:"Only those that should have been handed back"`
	Type       string `query:"type" maxLength:"100" doc:"Only those of a document type"`
}) (*answer[list[custodyView]], error) {
	found, err := desk.Originals(ctx, acl.OriginalsQuery{
		Department: in.Department, List: in.List, Overdue: in.Overdue, Type: in.Type, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return &answer[list[custodyView]]{list[custodyView]{Next: found.Next, Items: each(found.Items, func(o acl.OriginalRow) custodyView {
		v := custodyOf(o.CustodyView)
		v.Number, v.Type, v.Title, v.Hidden = o.Number, o.Document.Type, o.Document.Title, o.Hidden
		return v
	})}}, nil
}

func (s *Server) originalsOf(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[custodyView]], error) {
	doc, err := documentNamed(ctx, desk, in)
	if err != nil {
		return nil, err
	}
	return &answer[list[custodyView]]{list[custodyView]{Items: each(doc.Originals, custodyOf)}}, nil
}

type takeBody struct {
	Place  string `json:"place" maxLength:"400" doc:"Where it lies"`
	Thing  string `json:"thing,omitempty" maxLength:"600" doc:"What it is, as a receipt names it"`
	On     string `json:"on,omitempty" maxLength:"20" doc:"The day it was taken; today if not given"`
	Due    string `json:"due,omitempty" maxLength:"20" doc:"The day by which it is to go back"`
	Reason string `json:"reason,omitempty" maxLength:"4000"`
}

func (s *Server) takeOriginal(ctx context.Context, desk *acl.Desk, in *sending[takeBody]) (*record[custodyView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	made, err := desk.TakeOriginal(ctx, id, archive.CustodyAct{Place: body.Place, Thing: body.Thing, On: body.On, Due: body.Due, Reason: body.Reason})
	if err != nil {
		return nil, err
	}
	return original(ctx, desk, made)
}

// original answers with one.
func original(ctx context.Context, desk *acl.Desk, id archive.CustodyID) (*record[custodyView], error) {
	c, err := desk.Custody(ctx, id)
	if err != nil {
		return nil, err
	}
	return &record[custodyView]{ETag: etag(c.Revision), Body: custodyOf(c)}, nil
}

type custodyActBody struct {
	What   string `json:"what" enum:"placed,returned,undone"`
	On     string `json:"on,omitempty" maxLength:"20" doc:"The day it happened; today if not given"`
	Place  string `json:"place,omitempty" maxLength:"400" doc:"Where it lies now; of placed"`
	Due    string `json:"due,omitempty" maxLength:"20" doc:"The day by which it is to go back; of placed"`
	To     string `json:"to,omitempty" maxLength:"600" doc:"Who got it back; of returned"`
	Reason string `json:"reason,omitempty" maxLength:"4000" doc:"Needed to undo"`
}

func (s *Server) actOnOriginal(ctx context.Context, desk *acl.Desk, in *change[custodyActBody]) (*record[custodyView], error) {
	id, revision, body, err := conditional[archive.CustodyID](s, in)
	if err != nil {
		return nil, err
	}
	err = desk.ActOnOriginal(ctx, id, revision, archive.CustodyAct{
		What: body.What, On: body.On, Place: body.Place, Due: body.Due, To: body.To, Reason: body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return original(ctx, desk, id)
}

func (s *Server) custodyReceipt(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.CustodyID](c)
	if err != nil {
		return err
	}
	made, err := desk.CustodyReceipt(c.Request.Context(), id, visitOf(c.Request.Context()).language)
	if err != nil {
		return err
	}
	return s.Print(c, made)
}
