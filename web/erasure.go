package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// erasureView is a proposal to erase something.
type erasureView struct {
	ID        archive.ErasureID  `json:"id"`
	Akte      archive.AkteID     `json:"akte_id"`
	Document  archive.DocumentID `json:"document_id,omitempty"`
	Number    string             `json:"aktenzeichen,omitempty"`
	Name      *archive.Name      `json:"name,omitempty" doc:"Not for data protection"`
	Term      termBody           `json:"term"`
	Closed    string             `json:"closed_on,omitempty" doc:"Of a whole Akte"`
	Offer     *archive.Offer     `json:"offer,omitempty" doc:"That of a whole Akte to the archive; absent where there was none"`
	Because   string             `json:"because"`
	By        archive.UserID     `json:"by"`
	At        time.Time          `json:"at"`
	Own       bool               `json:"own,omitempty" doc:"I proposed it: somebody else decides"`
	MayDecide bool               `json:"may_decide,omitempty"`
}

func erasureOf(v acl.ErasureView) erasureView {
	return erasureView{v.ID, v.Akte, v.Document, v.Number, v.Name, termBodyOf(v.Term), v.Closed, v.Offer, v.Because, v.By, v.At.UTC(), v.Own, v.MayDecide}
}

// erasedView is what is left of an erasure.
type erasedView struct {
	ID        archive.ErasureID  `json:"id"`
	Akte      archive.AkteID     `json:"akte_id"`
	Document  archive.DocumentID `json:"document_id,omitempty"`
	Plan      string             `json:"plan"`
	Lead      string             `json:"lead_department"`
	Term      termBody           `json:"term"`
	By        archive.UserID     `json:"by"`
	At        time.Time          `json:"at"`
	DecidedBy archive.UserID     `json:"decided_by"`
	DecidedAt time.Time          `json:"decided_at"`
	Done      time.Time          `json:"done"`
	Documents int                `json:"documents"`
	Objects   int                `json:"objects"`
	Person    bool               `json:"person,omitempty" doc:"She was erased, too"`
	Kept      int                `json:"objects_kept,omitempty" doc:"Objects whose bytes the storage keeps under a lock, unreadable"`
}

// erasureWaitView is an erasure of which something is left that the storage doesn't let go.
type erasureWaitView struct {
	ID        archive.ErasureID  `json:"id"`
	Akte      archive.AkteID     `json:"akte_id"`
	Document  archive.DocumentID `json:"document_id,omitempty"`
	Plan      string             `json:"plan"`
	Lead      string             `json:"lead_department"`
	DecidedAt time.Time          `json:"decided_at"`
	Since     time.Time          `json:"waits_since"`
	Objects   int                `json:"objects_left"`
	Forbidden bool               `json:"forbidden,omitempty" doc:"The storage refuses it: the server's account lacks a right"`
}

func erasureWaitOf(p acl.ErasureProof) erasureWaitView {
	return erasureWaitView{p.ID, p.Akte, p.Document, p.Plan, p.Lead, p.DecidedAt.UTC(), p.Waits.Since.UTC(), p.Waits.Objects, p.Waits.Forbidden}
}

// proofsView is a page of proofs, with what waits on the first.
type proofsView struct {
	Items   []erasedView      `json:"items"`
	Next    string            `json:"next_cursor"`
	Waiting []erasureWaitView `json:"waiting" doc:"Erasures of which the storage doesn't let everything go, oldest first; on the first page alone"`
}

func erasedOf(p acl.ErasureProof) erasedView {
	return erasedView{
		p.ID, p.Akte, p.Document, p.Plan, p.Lead, termBodyOf(p.Term), p.By, p.At.UTC(), p.DecidedBy, p.DecidedAt.UTC(), p.Done.UTC(), p.Documents, p.Objects, p.Person, p.Kept,
	}
}

// erasures are the routes to what is erased and was.
func (s *Server) erasures() {
	handle(s, "POST", "/akten/{id}/erasure", "Propose to erase an Akte whose term is over", purposed, s.askAkteErasure)
	handle(s, "POST", "/documents/{id}/erasure", "Propose to erase a document before its Akte", purposed, s.askDocumentErasure)
	handle(s, "GET", "/erasures", "List proposals that wait for my word, with my own", 0, s.listErasures)
	handle(s, "POST", "/erasures/{id}/decide", "Release an erasure or decline it", again, s.decideErasure)
	s.raw("DELETE", "/erasures/{id}", "Take back what I proposed to erase", 0, s.withdrawErasure)
	handle(s, "POST", "/erasures/proofs", "List proofs of erasures, newest first, with what waits, or find those of a reference number", 0, s.listProofs)
	handle(s, "GET", "/erasures/{id}/proof", "Show the proof of an erasure", 0, s.showErased)
}

func (s *Server) askAkteErasure(ctx context.Context, desk *acl.Desk, in *sending[eraseBody]) (*answer[erasureView], error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return askedErasure(ctx, desk, archive.SealedThing{Akte: id}, "", body.Because)
}

type eraseBody struct {
	Because string `json:"because" maxLength:"4000"`
}

type eraseDocumentBody struct {
	Rule    string `json:"rule" maxLength:"100" doc:"Key of a rule of retention for single documents"`
	Because string `json:"because" maxLength:"4000"`
}

func (s *Server) askDocumentErasure(ctx context.Context, desk *acl.Desk, in *sending[eraseDocumentBody]) (*answer[erasureView], error) {
	id, body, err := sent[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	return askedErasure(ctx, desk, archive.SealedThing{Document: id}, body.Rule, body.Because)
}

func askedErasure(ctx context.Context, desk *acl.Desk, on archive.SealedThing, rule, because string) (*answer[erasureView], error) {
	e, err := desk.AskErasure(ctx, on, rule, because)
	if err != nil {
		return nil, err
	}
	return &answer[erasureView]{erasureView{
		ID: e.ID, Akte: e.Akte, Document: e.Document, Term: termBody{Rule: e.Rule, Since: e.Since, Ends: e.Ends}, Because: e.Because, By: e.By, At: e.At, Own: true,
	}}, nil
}

func (s *Server) listErasures(ctx context.Context, desk *acl.Desk, in *struct{ Page }) (*answer[list[erasureView]], error) {
	page, err := desk.AskedErasures(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[erasureView]]{list[erasureView]{Next: page.Next, Items: each(page.Items, erasureOf)}}, nil
}

func (s *Server) decideErasure(ctx context.Context, desk *acl.Desk, in *sending[secondWordBody]) (*struct{}, error) {
	id, body, err := sent[archive.ErasureID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.DecideErasure(ctx, id, body.Grant, body.Reason)
}

func (s *Server) withdrawErasure(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.ErasureID](c)
	if err != nil {
		return err
	}
	if err := desk.WithdrawErasure(c.Request.Context(), id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// proofsInput names a reference number in the body: it stands in no address.
type proofsInput struct {
	Body struct {
		Number string `json:"aktenzeichen,omitempty" maxLength:"100"`
		Limit  int    `json:"limit,omitempty" minimum:"0" maximum:"200"`
		Cursor string `json:"cursor,omitempty" maxLength:"2000"`
	}
}

func (s *Server) listProofs(ctx context.Context, desk *acl.Desk, in *proofsInput) (*answer[proofsView], error) {
	page, err := desk.ErasureProofs(ctx, in.Body.Number, in.Body.Limit, in.Body.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[proofsView]{proofsView{Items: each(page.Items, erasedOf), Next: page.Next, Waiting: each(page.Waiting, erasureWaitOf)}}, nil
}

func (s *Server) showErased(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[erasedView], error) {
	id, err := archive.ParseID[archive.ErasureID](in.ID)
	if err != nil {
		return nil, err
	}
	p, err := desk.ErasureProof(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[erasedView]{erasedOf(p)}, nil
}
