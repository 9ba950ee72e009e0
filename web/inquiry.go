package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// inquiryHead is a person's request for what is kept about her.
type inquiryHead struct {
	ID         archive.InquiryID `json:"id"`
	PersonID   archive.PersonID  `json:"person_id"`
	Family     string            `json:"family"`
	Given      string            `json:"given"`
	Numbers    []string          `json:"aktenzeichen"`
	Kind       string            `json:"kind" doc:"access (Art. 15 GDPR) or portability (Art. 20 GDPR)"`
	State      string            `json:"state" doc:"review, proposed, released, ended, closed"`
	ReceivedOn string            `json:"received_on"`
	Due        string            `json:"due" doc:"The last day for an answer"`
	ToldOn     string            `json:"told_on,omitempty" doc:"When the person was told that it takes two months longer"`
	Late       bool              `json:"late,omitempty"`
	Undecided  int               `json:"undecided" doc:"How many pieces have to be decided before anything leaves"`
	Revision   int64             `json:"revision"`
}

func inquiryHeadOf(h acl.InquiryHead) inquiryHead {
	return inquiryHead{
		h.ID, h.Person, h.Name.Family, h.Name.Given, plain(h.Numbers), h.Kind, h.State, h.ReceivedOn, h.Due, h.ToldOn, h.Late, h.Undecided, h.Revision,
	}
}

// inquiryView is one with its pieces.
type inquiryView struct {
	inquiryHead
	Identity string         `json:"identity" doc:"How it was made sure that it is she who asks"`
	Language string         `json:"language"`
	Total    int            `json:"total" doc:"How many pieces there are"`
	Marked   int            `json:"marked"`
	Withheld int            `json:"withheld"`
	Hidden   int            `json:"hidden" doc:"Pieces that I may not see: I can withhold them, and nothing else"`
	Steps    []inquiryStep  `json:"steps"`
	Pieces   []inquiryPiece `json:"pieces"`
	Next     int            `json:"next,omitempty" doc:"Where the pieces go on: ask with from"`
	JobID    archive.JobID  `json:"job_id,omitempty" doc:"What makes the package"`
	Expires  *time.Time     `json:"expires,omitempty" doc:"When the package is removed"`

	MayDecide  bool `json:"may_decide"`
	MayPropose bool `json:"may_propose"`
	MayRelease bool `json:"may_release"`
	MayProlong bool `json:"may_prolong"`
	MayTake    bool `json:"may_take"`
}

type inquiryStep struct {
	By    archive.UserID `json:"by"`
	Name  string         `json:"name,omitempty"`
	At    time.Time      `json:"at"`
	State string         `json:"state"`
	Note  string         `json:"note,omitempty"`
}

// inquiryPiece is a document and what is decided about it.
type inquiryPiece struct {
	Piece          string             `json:"piece" doc:"Names it in decisions: the id of a document, or the key of a group of fields"`
	Document       archive.DocumentID `json:"document_id,omitempty"`
	Akte           archive.AkteID     `json:"akte_id,omitempty"`
	Number         string             `json:"aktenzeichen,omitempty"`
	Text           string             `json:"text,omitempty" doc:"Of a group of fields: what is recorded"`
	Type           string             `json:"type,omitempty"`
	Register       string             `json:"register,omitempty"`
	Title          string             `json:"title,omitempty"`
	Classification string             `json:"classification,omitempty"`
	Sender         string             `json:"sender,omitempty"`
	Flags          []string           `json:"flags" doc:"Why it is to be looked at first: sealed, security, shared, family, sender, others"`
	Decision       string             `json:"decision,omitempty" doc:"give or withhold; without a flag it leaves unless it is withheld"`
	Reason         string             `json:"reason,omitempty"`
	By             archive.UserID     `json:"by,omitempty"`
}

func inquiryOf(v acl.InquiryView) inquiryView {
	out := inquiryView{
		inquiryHead: inquiryHeadOf(v.InquiryHead), Identity: v.Identity, Language: v.Language, Total: v.Total, Marked: v.Marked,
		Withheld: v.Withheld, Hidden: v.Hidden, Next: v.Next, JobID: v.Job, Expires: timeOrNone(v.Expires),
		MayDecide: v.MayDecide, MayPropose: v.MayPropose, MayRelease: v.MayRelease, MayProlong: v.MayProlong, MayTake: v.MayTake,
		Steps: each(v.Steps, func(s acl.InquiryStep) inquiryStep { return inquiryStep{s.By, s.Name, s.At.UTC(), s.State, s.Note} }),
	}
	out.Pieces = each(v.Rows, func(r acl.InquiryRow) inquiryPiece {
		return inquiryPiece{
			r.Key(), r.Document, r.Of.Akte, r.Number, r.Particular.Text, r.Of.Type, r.Of.Register, r.Of.Title, r.Of.Classification, r.Of.Sender, plain(r.Flags), r.Decision, r.Reason, r.By,
		}
	})
	return out
}

// inquiries are the routes to what a person may ask for by Art. 15 and 20 GDPR.
func (s *Server) inquiries() {
	handle(s, "GET", "/inquiries", "List persons' requests for what is kept about them, newest first", 0, s.listInquiries)
	handle(s, "POST", "/inquiries", "Begin one: the pieces of all her Akten are listed", once|created, s.beginInquiry)
	handle(s, "GET", "/inquiries/{id}", "Show one with its pieces", 0, s.showInquiry)
	s.raw("GET", "/inquiries/{id}/documents/{document}", "The received bytes of a piece, to decide about it", bytesOut|again, s.inquiryPiece)
	handle(s, "POST", "/inquiries/{id}/decide", "Decide about pieces", 0, s.decideInquiry)
	handle(s, "POST", "/inquiries/{id}/propose", "Answer for the decisions; a second person has the word then", 0, s.proposeInquiry)
	handle(s, "POST", "/inquiries/{id}/release", "Agree as a second person, which lets the package be made", again, s.releaseInquiry)
	handle(s, "POST", "/inquiries/{id}/return", "Give it back to its review; a package is removed", 0, s.returnInquiry)
	handle(s, "POST", "/inquiries/{id}/close", "End it without a package", 0, s.closeInquiry)
	handle(s, "POST", "/inquiries/{id}/prolong", "Give the answer two months more, once: the person was told, and why", 0, s.prolongInquiry)
	op := s.operation("POST", "/inquiries/{id}/take", "The package as ZIP, for a recipient who is named", bytesOut|again)
	op.Parameters = append(op.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: s.registry().Schema(typeOf[takeInquiryBody](), true, "")},
	}}
	op.Responses["200"] = &huma.Response{Description: "Done", Content: map[string]*huma.MediaType{"application/zip": {Schema: binary()}}}
	s.document(&op, s.provenFirst(s.takeInquiry))
}

func (s *Server) listInquiries(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	All bool `query:"all" doc:"Those that ended, too"`
}) (*answer[list[inquiryHead]], error) {
	page, err := desk.Inquiries(ctx, in.All, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[inquiryHead]]{list[inquiryHead]{Next: page.Next, Items: each(page.Items, inquiryHeadOf)}}, nil
}

type inquiryBody struct {
	Number     string `json:"aktenzeichen,omitempty" maxLength:"100" doc:"Of an Akte of the person; or person_id"`
	PersonID   string `json:"person_id,omitempty" maxLength:"100"`
	Kind       string `json:"kind" enum:"access,portability"`
	ReceivedOn string `json:"received_on" maxLength:"20"`
	Identity   string `json:"identity" maxLength:"4000" doc:"How it was made sure that it is she who asks"`
	Language   string `json:"language,omitempty" enum:"de,en"`
}

func (s *Server) beginInquiry(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[inquiryBody] }) (*record[inquiryView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	ask := acl.InquiryAsk{
		Number: body.Number, Person: archive.PersonID(body.PersonID), Kind: body.Kind, ReceivedOn: body.ReceivedOn, Identity: body.Identity, Language: body.Language,
	}
	if ask.Language == "" {
		ask.Language = "de"
	}
	id, err := desk.BeginInquiry(ctx, ask)
	if err != nil {
		return nil, err
	}
	v, err := desk.Inquiry(ctx, id, false, 0)
	if err != nil {
		return nil, err
	}
	return &record[inquiryView]{ETag: etag(v.Revision), Location: "/api/v1/inquiries/" + string(id), Body: inquiryOf(v)}, nil
}

func (s *Server) showInquiry(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	All  bool `query:"all" doc:"Pieces without a flag, too"`
	From int  `query:"from" minimum:"0" maximum:"100000" doc:"next of the part before"`
}) (*record[inquiryView], error) {
	id, err := archive.ParseID[archive.InquiryID](in.ID)
	if err != nil {
		return nil, err
	}
	v, err := desk.Inquiry(ctx, id, in.All, in.From)
	if err != nil {
		return nil, err
	}
	return &record[inquiryView]{ETag: etag(v.Revision), Body: inquiryOf(v)}, nil
}

func (s *Server) inquiryPiece(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.InquiryID](c)
	if err != nil {
		return err
	}
	doc, err := archive.ParseID[archive.DocumentID](c.Param("document"))
	if err != nil {
		return err
	}
	content, err := desk.ReadInquiryPiece(c.Request.Context(), id, doc)
	if err != nil {
		return err
	}
	return s.Send(c, content)
}

type decideInquiryBody struct {
	Revision  int64             `json:"revision" doc:"The one that was read"`
	Decisions []inquiryDecision `json:"decisions,omitempty" maxItems:"500"`
	Hidden    string            `json:"hidden,omitempty" maxLength:"4000" doc:"Why what I may not see, and nobody decided, is withheld"`
}

type inquiryDecision struct {
	Piece    string `json:"piece" maxLength:"100"`
	Decision string `json:"decision" maxLength:"20" doc:"give, withhold, or empty: nobody decided"`
	Reason   string `json:"reason,omitempty" maxLength:"4000" doc:"Needed for what is withheld and for what leaves in spite of a flag"`
}

func (s *Server) decideInquiry(ctx context.Context, desk *acl.Desk, in *sending[decideInquiryBody]) (*struct{}, error) {
	id, body, err := sent[archive.InquiryID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.DecideInquiry(ctx, id, body.Revision, each(body.Decisions, func(d inquiryDecision) acl.InquiryDecision {
		return acl.InquiryDecision(d)
	}), body.Hidden)
}

// wordBody is a word on what was read.
type wordBody struct {
	Revision int64  `json:"revision" doc:"The one that was read"`
	Note     string `json:"note,omitempty" maxLength:"4000"`
}

// inquiryState is where a word led: back to review where something changed meanwhile.
type inquiryState struct {
	State string `json:"state" doc:"review where pieces came or changed meanwhile: look at them first"`
}

func (s *Server) proposeInquiry(ctx context.Context, desk *acl.Desk, in *sending[wordBody]) (*answer[inquiryState], error) {
	return led(s, ctx, in, desk.ProposeInquiry)
}

func (s *Server) releaseInquiry(ctx context.Context, desk *acl.Desk, in *sending[wordBody]) (*answer[inquiryState], error) {
	return led(s, ctx, in, desk.ReleaseInquiry)
}

// led takes a word and answers where it led.
func led[ID ~string](s *Server, ctx context.Context, in *sending[wordBody], word func(context.Context, ID, int64, string) (string, error)) (*answer[inquiryState], error) {
	id, body, err := sent[ID](s, in)
	if err != nil {
		return nil, err
	}
	state, err := word(ctx, id, body.Revision, body.Note)
	if err != nil {
		return nil, err
	}
	return &answer[inquiryState]{inquiryState{state}}, nil
}

func (s *Server) returnInquiry(ctx context.Context, desk *acl.Desk, in *sending[wordBody]) (*struct{}, error) {
	id, body, err := sent[archive.InquiryID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.ReturnInquiry(ctx, id, body.Revision, body.Note)
}

func (s *Server) closeInquiry(ctx context.Context, desk *acl.Desk, in *sending[wordBody]) (*struct{}, error) {
	id, body, err := sent[archive.InquiryID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.CloseInquiry(ctx, id, body.Revision, body.Note)
}

// prolongBody says when and why a person was told that her answer takes longer.
type prolongBody struct {
	Revision int64  `json:"revision" doc:"The one that was read"`
	ToldOn   string `json:"told_on" maxLength:"20" doc:"The day on which the person was told, within the first month"`
	Reasons  string `json:"reasons" maxLength:"4000" doc:"The reasons that she was told"`
}

func (s *Server) prolongInquiry(ctx context.Context, desk *acl.Desk, in *sending[prolongBody]) (*struct{}, error) {
	id, body, err := sent[archive.InquiryID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.ProlongInquiry(ctx, id, body.Revision, body.ToldOn, body.Reasons)
}

// takeInquiryBody says who gets a package.
type takeInquiryBody struct {
	Recipient string `json:"recipient" maxLength:"600"`
	Reason    string `json:"reason,omitempty" maxLength:"2000"`
}

func (s *Server) takeInquiry(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.InquiryID](c)
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return errMediaType
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, jsonBytes))
	if err != nil {
		return err
	}
	body, err := decode[takeInquiryBody](s.registry(), raw)
	if err != nil {
		return err
	}
	f, err := desk.TakeInquiry(c.Request.Context(), id, body.Recipient, body.Reason)
	if err != nil {
		return err
	}
	return s.Deliver(c, f)
}

// Deliver implements pages.Host: it sends a package as a file to keep, and closes it.
func (s *Server) Deliver(c *gin.Context, f *acl.InquiryFile) error {
	name := text{"auskunft.zip", "information.zip"}
	header := c.Writer.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", disposition(name.in(visitOf(c.Request.Context()).language)))
	header.Set("Content-Security-Policy", sandboxed)
	header.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	_, err := io.Copy(c.Writer, f)
	if err = errors.Join(err, f.Close()); err != nil {
		s.problemOf(c.Request.Context(), err) // logged
		panic(http.ErrAbortHandler)           // half a package must not look like a whole one
	}
	return nil
}
