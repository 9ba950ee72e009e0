package web

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// deliveryView is what came of bringing in once what a scan vendor delivered.
type deliveryView struct {
	ID         archive.DeliveryID `json:"id"`
	Department string             `json:"department" doc:"Has the basket of what couldn't be assigned"`
	Vendor     string             `json:"vendor"`
	Name       string             `json:"name" doc:"What its folder is called"`
	At         time.Time          `json:"at"`
	Rows       int                `json:"rows"`
	Counts     map[string]int     `json:"counts" doc:"Rows by result: taken, there, unassigned, missing, surplus, duplicate, unreadable, profile, refused, unread"`
	Back       int                `json:"akten_back" doc:"Akten whose paper is back by it"`
	Erased     *time.Time         `json:"names_erased,omitempty" doc:"When its rows lost file names, numbers and hashes, at the end of their term"`
}

// deliveryRowView is what became of a line of the index, of a file that no line names, or of an Akte.
type deliveryRowView struct {
	Row    int                     `json:"row,omitempty" doc:"The line of the index, from 1"`
	Hidden bool                    `json:"hidden,omitempty" doc:"It lies in an Akte of which the reader may know nothing"`
	File   string                  `json:"file,omitempty"`
	Number string                  `json:"aktenzeichen,omitempty" doc:"As the index or the list has it"`
	Result string                  `json:"result"`
	Reason string                  `json:"reason,omitempty" doc:"A code"`
	Faults []archive.DeliveryFault `json:"faults,omitempty" doc:"How it was scanned otherwise than expected"`
	Tried  []string                `json:"tried,omitempty" doc:"Codes of how its Akte was looked for"`
	Akte   archive.AkteID          `json:"akte_id,omitempty" doc:"If the reader may open it"`
	Size   int64                   `json:"size,omitempty"`
	SHA256 string                  `json:"sha256,omitempty"`
	// Elsewhere is nil for who may not know of it.
	Elsewhere *deliveredElsewhere `json:"elsewhere,omitempty" doc:"A document with the same bytes in another Akte, if the reader may read it"`
}

type deliveredElsewhere struct {
	Akte     archive.AkteID     `json:"akte_id"`
	Document archive.DocumentID `json:"document_id"`
}

func deliveryOf(d archive.Delivery) deliveryView {
	v := deliveryView{ID: d.ID, Department: d.Department, Vendor: d.Vendor, Name: d.Name, At: d.At.UTC(), Rows: d.Rows, Counts: d.Counts, Back: d.Back}
	if at := d.NamesErased.UTC(); !d.NamesErased.IsZero() {
		v.Erased = &at
	}
	return v
}

func deliveryRowOf(r acl.DeliveryRowView) deliveryRowView {
	v := deliveryRowView{
		Row: r.Row, Hidden: r.Hidden, File: r.File, Number: r.Number, Result: r.Result, Reason: r.Reason, Faults: r.Faults, Tried: r.Tried, Size: r.Size,
	}
	if r.Open {
		v.Akte = r.Akte
	}
	if e := r.Elsewhere; e != nil {
		v.Elsewhere = &deliveredElsewhere{e.Akte, e.Document}
	}
	if r.SHA256 != [32]byte{} {
		v.SHA256 = hex.EncodeToString(r.SHA256[:])
	}
	return v
}

// deliveries are the routes to what scan vendors delivered.
func (s *Server) deliveries() {
	handle(s, "GET", "/deliveries", "List what scan vendors delivered to a department, newest first", 0, s.listDeliveries)
	handle(s, "GET", "/deliveries/{id}", "List what became of each row of a delivery", 0, s.showDelivery)
	s.raw("GET", "/deliveries/{id}/receipt.pdf", "The receipt of a delivery, as PDF", bytesOut, s.deliveryReceipt)
}

func (s *Server) listDeliveries(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	Department string `query:"department" maxLength:"100" doc:"Whose; the first that the reader works for if not given"`
}) (*answer[list[deliveryView]], error) {
	page, err := desk.Deliveries(ctx, in.Department, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[deliveryView]]{list[deliveryView]{Next: page.Next, Items: each(page.Items, deliveryOf)}}, nil
}

func (s *Server) showDelivery(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Page
	Result string `query:"result" maxLength:"20" doc:"Only rows that ended so"`
}) (*answer[list[deliveryRowView]], error) {
	id, err := archive.ParseID[archive.DeliveryID](in.ID)
	if err != nil {
		return nil, err
	}
	page, err := desk.Delivery(ctx, id, acl.DeliveryQuery{Result: in.Result, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &answer[list[deliveryRowView]]{list[deliveryRowView]{Next: page.Next, Items: each(page.Items, deliveryRowOf)}}, nil
}

func (s *Server) deliveryReceipt(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.DeliveryID](c)
	if err != nil {
		return err
	}
	made, err := desk.DeliveryReceipt(c.Request.Context(), id, visitOf(c.Request.Context()).language)
	if err != nil {
		return err
	}
	return s.Print(c, made)
}
