package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// unlockBody brings a file's password. It is kept nowhere.
type unlockBody struct {
	Password string `json:"password" maxLength:"500" doc:"That of the file; used once and not kept"`
}

func (s *Server) unlockInboxItem(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body strict[unlockBody]
}) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.UnlockItem(ctx, id, body.Password))
}

func (s *Server) unlockDocument(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body strict[unlockBody]
}) (*record[documentView], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	doc, err := desk.UnlockDocument(ctx, id, body.Password)
	if err != nil {
		return nil, err
	}
	return &record[documentView]{ETag: etag(doc.Revision), Body: documentOf(doc)}, nil
}
