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

func (s *Server) unlockInboxItem(ctx context.Context, desk *acl.Desk, in *sending[unlockBody]) (*record[inboxView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.UnlockItem(ctx, id, body.Password))
}

func (s *Server) unlockDocument(ctx context.Context, desk *acl.Desk, in *sending[unlockBody]) (*record[documentView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	doc, err := desk.UnlockDocument(ctx, id, body.Password)
	if err != nil {
		return nil, err
	}
	return &record[documentView]{ETag: etag(doc.Revision), Body: documentOf(doc)}, nil
}
