package web

import (
	"context"
	"fmt"

	"eakte/acl"
	"eakte/archive"
)

// enclosureView is a file that came inside of an inbox item or a document.
type enclosureView struct {
	Name      string          `json:"name"`
	Title     string          `json:"title"`
	Size      int64           `json:"size" doc:"Bytes, unpacked"`
	Depth     int             `json:"depth" doc:"0 for what the item itself holds"`
	Item      archive.InboxID `json:"item_id,omitempty" doc:"The inbox item made of it"`
	Kind      string          `json:"kind,omitempty"`
	State     string          `json:"state,omitempty"`
	Waits     bool            `json:"waits" doc:"It can be filed along"`
	Suggested string          `json:"suggested_type,omitempty"`
	Left      string          `json:"left,omitempty" doc:"Why no item was made of it: unsupported, dangerous, inline, clutter, encrypted, signature, corrupt, part_limit, depth, message, direct …"`
	Hint      string          `json:"hint,omitempty" doc:"What it is, where that is why"`
}

func enclosureOf(e acl.EnclosureView) enclosureView {
	return enclosureView{
		Name: e.Name, Title: e.Title, Size: e.Size, Depth: e.Depth, Item: e.Item, Kind: e.Kind, State: e.State, Waits: e.Waits,
		Suggested: e.Type, Left: e.Left, Hint: e.Hint,
	}
}

// enclosingView is what an inbox item came in.
type enclosingView struct {
	Item      archive.InboxID `json:"item_id,omitempty" doc:"While it lies in a basket of yours"`
	Name      string          `json:"name,omitempty"`
	Documents []documentLink  `json:"documents" doc:"Made of it, as far as you may read them"`
}

// documentLink names a document that hangs together with another.
type documentLink struct {
	ID    archive.DocumentID `json:"id"`
	Akte  archive.AkteID     `json:"akte_id"`
	Type  string             `json:"type"`
	Title string             `json:"title"`
	Date  string             `json:"date"`
}

func linkOf(d archive.Document) documentLink {
	return documentLink{ID: d.ID, Akte: d.Akte, Type: d.Type, Title: d.Title, Date: d.Date}
}

func enclosingOf(e *acl.EnclosingView) *enclosingView {
	if e == nil {
		return nil
	}
	return &enclosingView{Item: e.Item, Name: e.Name, Documents: each(e.Documents, linkOf)}
}

// enclosureBody says as what an enclosure is filed along.
type enclosureBody struct {
	Item           string `json:"item_id" maxLength:"100"`
	Type           string `json:"type" maxLength:"100"`
	Title          string `json:"title,omitempty" maxLength:"300"`
	Register       string `json:"register,omitempty" maxLength:"100"`
	Classification string `json:"classification,omitempty" maxLength:"100"`
}

// along reads what is filed along.
func along(bodies []enclosureBody) (out []acl.EnclosureFiling, err error) {
	for i, b := range bodies {
		id, err := archive.ParseID[archive.InboxID](b.Item)
		if err != nil {
			return nil, &archive.FieldError{Pointer: fmt.Sprintf("/enclosures/%d/item_id", i), Code: "unknown"}
		}
		out = append(out, acl.EnclosureFiling{Item: id, Type: b.Type, Title: b.Title, Register: b.Register, Classification: b.Classification})
	}
	return out, nil
}

// enclosuresView is how a document hangs together with others.
type enclosuresView struct {
	Of     []documentLink  `json:"enclosed_in" doc:"What it was enclosed in"`
	Inside []documentLink  `json:"enclosures" doc:"What was enclosed in it"`
	Left   []enclosureView `json:"left" doc:"Files inside of it that became no document"`
}

func (s *Server) listEnclosures(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[enclosuresView], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Enclosures(ctx, id)
	if err != nil {
		return nil, err
	}
	left := each(view.Left, func(e archive.Enclosure) enclosureView {
		return enclosureOf(acl.EnclosureView{Enclosure: archive.Enclosure{Name: e.Name, Title: e.Title, Size: e.Size, Left: e.Left, Hint: e.Hint}})
	})
	return &answer[enclosuresView]{enclosuresView{Of: each(view.Of, linkOf), Inside: each(view.Inside, linkOf), Left: left}}, nil
}
