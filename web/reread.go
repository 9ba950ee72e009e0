package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// rereadBody chooses the language that a file is recognised in.
type rereadBody struct {
	Language string `json:"language" maxLength:"100" doc:"A key of /languages, or several with + between; empty: the pages tell it"`
}

// rereadInboxItem answers at once; job tells how far the machine is.
func (s *Server) rereadInboxItem(ctx context.Context, desk *acl.Desk, in *sending[rereadBody]) (*record[inboxView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.RereadItem(ctx, id, body.Language))
}

func (s *Server) rereadDocument(ctx context.Context, desk *acl.Desk, in *sending[rereadBody]) (*record[documentView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	doc, err := desk.RereadDocument(ctx, id, body.Language)
	if err != nil {
		return nil, err
	}
	return documentRecord(doc), nil
}
