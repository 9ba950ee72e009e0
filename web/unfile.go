package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// filedItem is an inbox item as who filed it is reminded of it.
type filedItem struct {
	ID        archive.InboxID `json:"id"`
	At        time.Time       `json:"at"`
	Akten     int             `json:"akten" doc:"Into how many it was filed"`
	Name      string          `json:"name"`
	Documents []filedDocument `json:"documents" doc:"Those made of it that the reader may still see"`
	UndoUntil *time.Time      `json:"undo_until" doc:"Until when the filing can be taken back; null: it can't"`
}

type filedDocument struct {
	ID     archive.DocumentID `json:"id"`
	Akte   archive.AkteID     `json:"akte_id"`
	Number string             `json:"aktenzeichen"`
	Type   string             `json:"type"`
	Title  string             `json:"title"`
}

func filedOf(f acl.FiledView) filedItem {
	v := filedItem{ID: f.ID, At: f.At.UTC(), Akten: f.Akten, Name: f.Name}
	v.Documents = each(f.Documents, func(d acl.FiledDocument) filedDocument {
		return filedDocument{d.ID, d.Akte, d.Number, d.Type, d.Title}
	})
	if f.Undo {
		until := f.Until.UTC()
		v.UndoUntil = &until
	}
	return v
}

type filedList struct {
	Count int         `json:"count" doc:"How many items the reader filed today"`
	Items []filedItem `json:"items" doc:"The newest of them"`
}

func (s *Server) listFiled(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[filedList], error) {
	found, err := desk.FiledToday(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[filedList]{filedList{Count: found.Count, Items: each(found.Items, filedOf)}}, nil
}

func (s *Server) unfileInboxItem(ctx context.Context, desk *acl.Desk, in *ByID) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.Unfile(ctx, id))
}
