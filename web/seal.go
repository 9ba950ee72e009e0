package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// sealBody is a seal as it lies or is wanted.
type sealBody struct {
	Kind    string           `json:"kind" enum:"protection,restriction" doc:"restriction: of processing, Art. 18 DSGVO"`
	Ground  string           `json:"ground,omitempty" enum:"accuracy,unlawful,claims,objection,erasure" doc:"Of a restriction: Art. 18 (1) a to d DSGVO, or § 35 BDSG in place of an erasure"`
	Reason  string           `json:"reason" maxLength:"4000" doc:"Empty in a request for readers, for who doesn't see what is sealed"`
	Until   string           `json:"until" maxLength:"20" doc:"The last day"`
	Readers []archive.UserID `json:"readers" doc:"Who alone reads it: two at least, one of whom leads the responsible department"`
}

func sealOf(s *archive.Seal) *sealBody {
	if s == nil {
		return nil
	}
	kind := s.Kind
	if kind == "" {
		kind = archive.SealProtection
	}
	return &sealBody{kind, s.Ground, s.Reason, s.Until, append([]archive.UserID{}, s.Readers...)}
}

func (b *sealBody) seal() *archive.Seal {
	if b == nil {
		return nil
	}
	return &archive.Seal{Kind: b.Kind, Ground: b.Ground, Reason: b.Reason, Until: b.Until, Readers: b.Readers}
}

// sealAskedView is what waits about a seal.
type sealAskedView struct {
	ID        archive.SealRequestID `json:"id"`
	What      string                `json:"what" doc:"lay, change, lift, or name: readers for one that is deserted"`
	Seal      *sealBody             `json:"seal,omitempty" doc:"How it is to be"`
	Because   string                `json:"because,omitempty"`
	By        archive.UserID        `json:"by"`
	At        time.Time             `json:"at"`
	Own       bool                  `json:"own,omitempty" doc:"I asked: somebody else decides"`
	MayDecide bool                  `json:"may_decide,omitempty"`
	Outdated  bool                  `json:"outdated,omitempty" doc:"It can't be granted any more: asking for something else replaces it"`
}

func sealAskedOf(a *acl.SealAsked) *sealAskedView {
	if a == nil {
		return nil
	}
	return &sealAskedView{a.ID, a.What, sealOf(a.Seal), a.Because, a.By, a.At.UTC(), a.Own, a.MayDecide, a.Outdated}
}

// sealReaderView is somebody who can be named.
type sealReaderView struct {
	ID          archive.UserID `json:"id"`
	Name        string         `json:"name"`
	Departments []string       `json:"departments"`
	Leads       bool           `json:"leads,omitempty" doc:"She leads the responsible department"`
}

// sealView is how something stands about seals.
type sealView struct {
	Akte     archive.AkteID     `json:"akte_id"`
	Document archive.DocumentID `json:"document_id,omitempty"`
	Number   string             `json:"aktenzeichen"`
	Seal     *sealBody          `json:"seal,omitempty" doc:"The one in force"`
	EndsSoon bool               `json:"ends_soon,omitempty"`
	Asked    *sealAskedView     `json:"asked,omitempty" doc:"What waits for a second person"`
	MayAsk   bool               `json:"may_ask,omitempty"`
	Readers  []sealReaderView   `json:"candidates,omitempty" doc:"Who can be named, for who may ask"`
}

func sealViewOf(v acl.SealView) *answer[sealView] {
	return &answer[sealView]{sealView{
		Akte: v.Akte, Document: v.Document, Number: v.Number, Seal: sealOf(v.Seal), Asked: sealAskedOf(v.Asked), MayAsk: v.MayAsk,
		Readers: each(v.Readers, sealReaderOf),
	}}
}

func sealReaderOf(r acl.SealReader) sealReaderView {
	return sealReaderView{r.ID, r.Name, r.Departments, r.Leads}
}

// seals are the routes to what shuts everybody out but named readers.
func (s *Server) seals() {
	handle(s, "GET", "/akten/{id}/seal", "Show how an Akte stands about seals", purposed, s.akteSeal)
	handle(s, "POST", "/akten/{id}/seal", "Ask for a seal on an Akte, for its change or its end", purposed, s.sealAkte)
	handle(s, "GET", "/documents/{id}/seal", "Show how a document stands about seals", purposed, s.documentSeal)
	handle(s, "POST", "/documents/{id}/seal", "Ask for a seal on a document, for its change or its end", purposed, s.sealDocument)
	handle(s, "GET", "/seals", "List what waits for my word about seals, or the seals in force that I may see, for who leads", 0, s.listSeals)
	handle(s, "GET", "/seals/deserted", "List the seals whose readers have left, for data protection", 0, s.desertedSeals)
	handle(s, "GET", "/akten/{id}/seal/readers", "Show who can be named for the deserted seal of an Akte, for data protection", 0, s.akteSealReaders)
	handle(s, "POST", "/akten/{id}/seal/readers", "Ask that readers are named for the deserted seal of an Akte", again, s.nameAkteReaders)
	handle(s, "GET", "/documents/{id}/seal/readers", "Show who can be named for the deserted seal of a document, for data protection", 0, s.documentSealReaders)
	handle(s, "POST", "/documents/{id}/seal/readers", "Ask that readers are named for the deserted seal of a document", again, s.nameDocumentReaders)
	handle(s, "POST", "/seals/requests/{id}/decide", "Grant or decline what was asked about a seal", again, s.decideSeal)
	s.raw("DELETE", "/seals/requests/{id}", "Take back what I asked about a seal", 0, s.withdrawSeal)
}

type askSealBody struct {
	What    string    `json:"what" enum:"lay,change,lift"`
	Seal    *sealBody `json:"seal,omitempty" doc:"How it is to be; not to lift one"`
	Because string    `json:"because,omitempty" maxLength:"4000" doc:"Why one that lies is to be changed or lifted"`
}

func (s *Server) akteSeal(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[sealView], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	return shownSeal(ctx, desk, archive.SealedThing{Akte: id})
}

func (s *Server) documentSeal(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[sealView], error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return nil, err
	}
	return shownSeal(ctx, desk, archive.SealedThing{Document: id})
}

func shownSeal(ctx context.Context, desk *acl.Desk, on archive.SealedThing) (*answer[sealView], error) {
	view, err := desk.Seal(ctx, on)
	if err != nil {
		return nil, err
	}
	return sealViewOf(view), nil
}

func (s *Server) sealAkte(ctx context.Context, desk *acl.Desk, in *sending[askSealBody]) (*answer[sealAskedView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return askedSeal(ctx, desk, archive.SealedThing{Akte: id}, body)
}

func (s *Server) sealDocument(ctx context.Context, desk *acl.Desk, in *sending[askSealBody]) (*answer[sealAskedView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	return askedSeal(ctx, desk, archive.SealedThing{Document: id}, body)
}

func askedSeal(ctx context.Context, desk *acl.Desk, on archive.SealedThing, body askSealBody) (*answer[sealAskedView], error) {
	made, err := desk.AskSeal(ctx, on, archive.SealRequest{What: body.What, Seal: body.Seal.seal(), Because: body.Because})
	if err != nil {
		return nil, err
	}
	return &answer[sealAskedView]{*sealAskedOf(&acl.SealAsked{SealRequest: made, Own: true})}, nil
}

func (s *Server) listSeals(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	List string `query:"list" enum:"waiting,held" default:"waiting" doc:"What was asked for, oldest first, or those in force, which end first first"`
}) (*answer[list[sealView]], error) {
	page, err := desk.Seals(ctx, in.List, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[sealView]]{list[sealView]{Next: page.Next, Items: each(page.Items, func(r acl.SealRow) sealView {
		return sealView{Akte: r.Akte, Document: r.Document, Number: r.Number, Seal: sealOf(r.Seal), EndsSoon: r.Soon, Asked: sealAskedOf(r.Asked)}
	})}}, nil
}

// desertedSealView is a seal that nobody can change or end.
type desertedSealView struct {
	Akte       archive.AkteID     `json:"akte_id"`
	Document   archive.DocumentID `json:"document_id,omitempty" doc:"It lies on this alone; absent: on the whole Akte"`
	Number     string             `json:"aktenzeichen"`
	Kind       string             `json:"kind" doc:"protection or restriction"`
	Department string             `json:"department" doc:"In charge of the Akte"`
	Until      string             `json:"until" doc:"The last day"`
	Asked      bool               `json:"readers_asked,omitempty" doc:"Readers were asked for, and wait for a second person"`
	Over       string             `json:"outdated_request,omitempty" doc:"My own request, which can't be granted any more: it can be withdrawn"`
}

func desertedSealOf(r acl.DesertedSeal) desertedSealView {
	return desertedSealView{r.Akte, r.Document, r.Number, cmp.Or(r.Kind, archive.SealProtection), r.Department, r.Until, r.Asked, string(r.Over)}
}

func (s *Server) desertedSeals(ctx context.Context, desk *acl.Desk, in *Page) (*answer[list[desertedSealView]], error) {
	page, err := desk.DesertedSeals(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[desertedSealView]]{list[desertedSealView]{Next: page.Next, Items: each(page.Items, desertedSealOf)}}, nil
}

// secondWordBody is a second person's word.
type secondWordBody struct {
	Grant  bool   `json:"grant" doc:"false declines"`
	Reason string `json:"reason,omitempty" maxLength:"4000" doc:"Needed to decline"`
}

func (s *Server) decideSeal(ctx context.Context, desk *acl.Desk, in *sending[secondWordBody]) (*struct{}, error) {
	id, body, err := sent[archive.SealRequestID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.DecideSeal(ctx, id, body.Grant, body.Reason)
}

func (s *Server) withdrawSeal(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.SealRequestID](c)
	if err != nil {
		return err
	}
	if err := desk.WithdrawSeal(c.Request.Context(), id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
