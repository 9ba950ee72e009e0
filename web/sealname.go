package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// sealReadersView is a deserted seal with who can be named for it.
type sealReadersView struct {
	desertedSealView
	Readers    []sealReaderView `json:"readers" doc:"Those of before, who stay"`
	Candidates []sealReaderView `json:"candidates" doc:"Who can be named besides"`
	Waits      *sealAskedView   `json:"asked,omitempty" doc:"What waits for a second person"`
}

// nameReadersBody asks for readers besides those of before.
type nameReadersBody struct {
	Readers []archive.UserID `json:"readers" maxItems:"50" doc:"Who is to read it besides: as many as make it whole, one of whom leads the responsible department"`
	Because string           `json:"because" maxLength:"4000"`
}

func (s *Server) akteSealReaders(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[sealReadersView], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	return shownReaders(ctx, desk, archive.SealedThing{Akte: id})
}

func (s *Server) documentSealReaders(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[sealReadersView], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	return shownReaders(ctx, desk, archive.SealedThing{Document: id})
}

func shownReaders(ctx context.Context, desk *acl.Desk, on archive.SealedThing) (*answer[sealReadersView], error) {
	v, err := desk.DesertedSeal(ctx, on)
	if err != nil {
		return nil, err
	}
	return &answer[sealReadersView]{sealReadersView{
		desertedSealOf(v.DesertedSeal), each(v.Named, sealReaderOf), each(v.Readers, sealReaderOf), sealAskedOf(v.Asked),
	}}, nil
}

func (s *Server) nameAkteReaders(ctx context.Context, desk *acl.Desk, in *sending[nameReadersBody]) (*answer[sealAskedView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return namedReaders(ctx, desk, archive.SealedThing{Akte: id}, body)
}

func (s *Server) nameDocumentReaders(ctx context.Context, desk *acl.Desk, in *sending[nameReadersBody]) (*answer[sealAskedView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	return namedReaders(ctx, desk, archive.SealedThing{Document: id}, body)
}

func namedReaders(ctx context.Context, desk *acl.Desk, on archive.SealedThing, body nameReadersBody) (*answer[sealAskedView], error) {
	made, err := desk.NameReaders(ctx, on, body.Readers, body.Because)
	if err != nil {
		return nil, err
	}
	return &answer[sealAskedView]{*sealAskedOf(&made)}, nil
}
