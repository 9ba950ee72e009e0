package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// termBody is until when an Akte is kept, and by what.
type termBody struct {
	Rule   string     `json:"rule,omitempty" doc:"Key of a rule of retention; empty: as long as the unit of the file plan says"`
	Label  *labelView `json:"label,omitempty" doc:"What the rule says"`
	Basis  *labelView `json:"basis,omitempty" doc:"The provisions the rule stands on"`
	Years  int        `json:"years,omitempty" doc:"What the unit of the file plan says"`
	Since  string     `json:"since,omitempty" doc:"The day from which it counts; empty: it doesn't run"`
	Ends   string     `json:"ends,omitempty" doc:"Its last day"`
	Unsure bool       `json:"unsure,omitempty" doc:"The rule is an assumption that the authority must confirm"`
}

func termBodyOf(t acl.Term) termBody {
	v := termBody{Rule: t.Rule.Key, Since: t.Since, Ends: t.Ends}
	if v.Rule == "" {
		v.Years = t.Unit.Years
		return v
	}
	v.Unsure = !t.Rule.Verified
	v.Label, v.Basis = &labelView{t.Rule.Label.DE, t.Rule.Label.EN}, &labelView{t.Rule.LegalBasis.DE, t.Rule.LegalBasis.EN}
	return v
}

// stayView is one thing that keeps an Akte from being erased.
type stayView struct {
	Why   string `json:"why" doc:"open, undated, term, hold, seal, case, original, vendor, offer, answer, taken, work, entries, breakglass, inquiry, documents"`
	Until string `json:"until,omitempty"`
}

func staysOf(all []acl.Stay) []stayView {
	return each(all, func(s acl.Stay) stayView { return stayView(s) })
}

// legalHoldView keeps an Akte beyond its term.
type legalHoldView struct {
	Reason string         `json:"reason"`
	Until  string         `json:"until"`
	By     archive.UserID `json:"by"`
	At     time.Time      `json:"at"`
}

// retentionView is how long an Akte is kept.
type retentionView struct {
	Akte      archive.AkteID `json:"akte_id"`
	Number    string         `json:"aktenzeichen"`
	Plan      string         `json:"plan"`
	Closed    string         `json:"closed_on,omitempty"`
	Term      *termBody      `json:"term,omitempty" doc:"Of a closed Akte"`
	Hold      *legalHoldView `json:"hold,omitempty"`
	Offer     *archive.Offer `json:"offer,omitempty" doc:"To the archive"`
	Stays     []stayView     `json:"stays" doc:"What keeps it from being erased"`
	Asked     bool           `json:"erasure_asked,omitempty" doc:"Its erasure was proposed and waits for a second person"`
	MayChange bool           `json:"may_change,omitempty"`
}

// retentionRow is an Akte in a list by terms.
type retentionRow struct {
	Akte   archive.AkteID `json:"akte_id"`
	Number string         `json:"aktenzeichen"`
	Plan   string         `json:"plan"`
	Lead   string         `json:"lead_department"`
	Name   *archive.Name  `json:"name,omitempty" doc:"Not for data protection"`
	Term   termBody       `json:"term"`
	Stays  []stayView     `json:"stays"`
}

// retentions are the routes to how long Akten are kept.
func (s *Server) retentions() {
	handle(s, "GET", "/retention", "List Akten whose terms are over, or don't run", 0, s.listRetention)
	handle(s, "GET", "/akten/{id}/retention", "Show how long an Akte is kept, and what keeps it", purposed, s.showRetention)
	handle(s, "PUT", "/akten/{id}/retention", "Say by which rule a closed Akte is kept, and since when that counts", purposed, s.setTerm)
	handle(s, "POST", "/akten/{id}/offer", "Note that a closed Akte was offered to the archive", purposed, s.offerAkte)
	handle(s, "POST", "/akten/{id}/offer/answer", "Note what the archive said", purposed, s.answerOffer)
	handle(s, "POST", "/akten/{id}/hold", "Keep an Akte beyond its term until a day", purposed, s.holdAkte)
	handle(s, "POST", "/akten/{id}/hold/end", "End a hold on an Akte before its day", purposed, s.endHold)
}

func (s *Server) listRetention(ctx context.Context, desk *acl.Desk, in *struct {
	Page
	List string `query:"list" enum:"due,undated" default:"due" doc:"Those whose terms are over, or those whose terms don't run"`
}) (*answer[list[retentionRow]], error) {
	page, err := desk.DueAkten(ctx, in.List, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[retentionRow]]{list[retentionRow]{Next: page.Next, Items: each(page.Items, func(r acl.RetentionRow) retentionRow {
		return retentionRow{r.Akte, r.Number, r.Plan, r.Lead, r.Name, termBodyOf(r.Term), staysOf(r.Stays)}
	})}}, nil
}

func (s *Server) showRetention(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[retentionView], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Retention(ctx, id)
	if err != nil {
		return nil, err
	}
	out := retentionView{Akte: view.Akte, Number: view.Number, Plan: view.Plan, Offer: view.Offer, Stays: staysOf(view.Stays), Asked: view.Asked, MayChange: view.MayChange}
	if view.Closing != nil {
		term := termBodyOf(view.Term)
		out.Closed, out.Term = view.Closing.On, &term
	}
	if h := view.Hold; h != nil {
		out.Hold = &legalHoldView{h.Reason, h.Until, h.By, h.At.UTC()}
	}
	return &answer[retentionView]{out}, nil
}

type setTermBody struct {
	Rule string `json:"rule,omitempty" maxLength:"100" doc:"Empty: as long as the unit of the file plan says"`
	From string `json:"from,omitempty" maxLength:"20" doc:"The day on which that happened which the rule names; empty: not known, the term doesn't run"`
}

func (s *Server) setTerm(ctx context.Context, desk *acl.Desk, in *sending[setTermBody]) (*struct{}, error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.SetTerm(ctx, id, body.Rule, body.From)
}

func (s *Server) offerAkte(ctx context.Context, desk *acl.Desk, in *ByID) (*struct{}, error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, desk.OfferAkte(ctx, id)
}

type answerBody struct {
	Answer string `json:"answer" enum:"taken,declined"`
}

func (s *Server) answerOffer(ctx context.Context, desk *acl.Desk, in *sending[answerBody]) (*struct{}, error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.AnswerOffer(ctx, id, body.Answer)
}

type legalHoldBody struct {
	Reason string `json:"reason" maxLength:"4000"`
	Until  string `json:"until" maxLength:"20" doc:"The last day"`
}

func (s *Server) holdAkte(ctx context.Context, desk *acl.Desk, in *sending[legalHoldBody]) (*struct{}, error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.HoldAkte(ctx, id, archive.LegalHold{Reason: body.Reason, Until: body.Until})
}

type becauseBody struct {
	Reason string `json:"reason" maxLength:"4000"`
}

func (s *Server) endHold(ctx context.Context, desk *acl.Desk, in *sending[becauseBody]) (*struct{}, error) {
	id, body, err := sent[archive.AkteID](s, in)
	if err != nil {
		return nil, err
	}
	return nil, desk.EndHold(ctx, id, body.Reason)
}
