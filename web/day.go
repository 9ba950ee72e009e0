package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// dayView is what waits for somebody.
type dayView struct {
	Baskets    []dayBasketView      `json:"baskets"`
	Unread     []unreadPaperView    `json:"unread" doc:"What I brought in within 30 days and could not be read, newest first"`
	Filed      []filedItem          `json:"filed" doc:"What I filed and can take back now, newest first"`
	Pinned     []dayAkteView        `json:"pinned"`
	Recent     []dayAkteView        `json:"recent"`
	Lent       []lentAkteView       `json:"lent" doc:"Akten in which I hold something for a time, newest first; 20 at most"`
	Standing   []substituteView     `json:"standing_in" doc:"For whom I stand in, now or soon"`
	Away       []substituteView     `json:"stood_in_for_by" doc:"Who stands in for me, now or soon"`
	Searches   []keptSearchView     `json:"searches" doc:"Searches I keep that have new hits"`
	Drafts     []draftView          `json:"drafts"`
	Approvals  []approvalCountView  `json:"approvals" doc:"Scans that wait for a second person, where there are any"`
	BreakGlass *breakGlassCountView `json:"break_glass,omitempty" doc:"Break-glass accesses that wait for data protection, for who answers for them"`
	Proposed   int                  `json:"proposed" doc:"Roles that wait for my word"`
	Trail      *trailHealthView     `json:"trail,omitempty" doc:"For who may read the trail"`
	Jobs       *jobHealthView       `json:"jobs,omitempty" doc:"For who operates the system"`
}

type dayBasketView struct {
	Department string     `json:"department"`
	Waiting    int        `json:"waiting"`
	Aside      int        `json:"aside"`
	Unread     int        `json:"unread"`
	Overdue    int        `json:"overdue" doc:"Originals that should have been handed back, as far as I may read their documents; 20 at most"`
	Oldest     *time.Time `json:"oldest,omitempty"`
}

// dayAkteView is an Akte in a line.
type dayAkteView struct {
	ID     archive.AkteID `json:"id"`
	Number string         `json:"aktenzeichen"`
	Person personRef      `json:"person"`
	State  string         `json:"state"`
	At     *time.Time     `json:"at,omitempty"`
}

// lentAkteView is an Akte that is open to me for a time.
type lentAkteView struct {
	dayAkteView
	lentView
}

type unreadPaperView struct {
	Inbox    archive.InboxID    `json:"inbox_id,omitempty"`
	Document archive.DocumentID `json:"document_id,omitempty"`
	Akte     *dayAkteView       `json:"akte,omitempty"`
	State    string             `json:"state"`
	Reason   string             `json:"reason,omitempty"`
	Received time.Time          `json:"received_at"`
}

type trailHealthView struct {
	Refusals int        `json:"refusals" doc:"Within 24 hours"`
	Partial  bool       `json:"partial,omitempty" doc:"There were too many events to look at all of them"`
	Size     int64      `json:"size" doc:"Events of this year"`
	Signed   int64      `json:"signed" doc:"Those that the last checkpoint covers"`
	SignedTo *time.Time `json:"signed_to,omitempty" doc:"Time of the last of them"`
	Whole    bool       `json:"whole" doc:"As far as a quick look tells"`
}

type jobHealthView struct {
	Waiting int        `json:"waiting"`
	Running int        `json:"running"`
	Failed  int        `json:"failed"`
	Oldest  *time.Time `json:"oldest,omitempty"`
}

func dayAkteOf(h acl.AkteHead) dayAkteView {
	return dayAkteView{ID: h.ID, Number: h.Number, State: h.State, Person: personRef{h.Akte.Person, h.Name, h.BirthDate.Given}}
}

func dayOf(d acl.Day) dayView {
	v := dayView{
		Baskets: each(d.Baskets, func(b acl.DayBasket) dayBasketView {
			return dayBasketView{b.Department, b.Waiting, b.Aside, b.Unread, b.Overdue, timeOrNone(b.Oldest)}
		}),
		Unread: each(d.Unread, unreadPaperOf), Filed: each(d.Filed, filedOf), Pinned: each(d.Pinned, dayAkteOf), Searches: each(d.Searches, keptSearchOf), Drafts: each(d.Drafts, draftOf), Proposed: d.Proposed, Approvals: each(d.Approvals, approvalCountOf),
		Standing: each(d.Standing, substituteOf), Away: each(d.Away, substituteOf),
		Lent: each(d.Lent, func(l acl.LentAkte) lentAkteView { return lentAkteView{dayAkteOf(l.AkteHead), *lentOf(&l.LentView)} }),
		Recent: each(d.Recent, func(r acl.RecentAkte) dayAkteView {
			a := dayAkteOf(r.AkteHead)
			a.At = timeOrNone(r.At)
			return a
		}),
	}
	if n := d.BreakGlass; n != nil {
		v.BreakGlass = &breakGlassCountView{n.Waiting, n.More}
	}
	if t := d.Trail; t != nil {
		v.Trail = &trailHealthView{t.Refusals, t.Partial, t.Size, t.Signed, timeOrNone(t.SignedTo), t.Whole}
	}
	if j := d.Jobs; j != nil {
		v.Jobs = &jobHealthView{j.Waiting, j.Running, j.Failed, timeOrNone(j.Oldest)}
	}
	return v
}

func unreadPaperOf(u acl.UnreadPaper) unreadPaperView {
	v := unreadPaperView{Inbox: u.Inbox, Document: u.Document, State: u.State, Reason: u.Reason, Received: u.Received.UTC()}
	if u.Akte.ID != "" {
		a := dayAkteOf(u.Akte)
		v.Akte = &a
	}
	return v
}

func (s *Server) showDay(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[dayView], error) {
	d, err := desk.Day(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[dayView]{dayOf(d)}, nil
}
