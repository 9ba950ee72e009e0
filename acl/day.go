package acl

import (
	"context"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Bounds of what is looked at for a day: it costs the same however much there is.
const (
	dayUnread = 20
	dayMonth  = 30 * 24 * time.Hour
	dayFiled  = 20
)

// MaxDayOverdue is as many originals as a day counts: more are told by their list.
const MaxDayOverdue = 20

// Day is what waits for a user when she comes in.
type Day struct {
	// Baskets are those she works, by department.
	Baskets []DayBasket
	// Unread is what she brought in and the machine couldn't read, newest first.
	Unread []UnreadPaper
	// Filed is what she filed out of a basket and can take back now, newest first.
	Filed []FiledView
	// Pinned and Recent are the Akten she keeps at hand and those she opened last.
	Pinned []AkteHead
	Recent []RecentAkte
	// Lent are the Akten in which she holds something for a time, as far as it reaches anything now.
	Lent []LentAkte
	// Searches are those of her saved ones that have new hits.
	Searches []KeptSearch
	// Drafts are without their values.
	Drafts []archive.Draft
	// Approvals are scans that wait for a second person, by department, where there are any.
	Approvals []ApprovalCount
	// Standing tells for whom the subject stands in today or soon, Away who does so for her.
	Standing, Away []SubstituteView
	// BreakGlass counts break-glass accesses that wait for data protection; nil but for the officer and for leads.
	BreakGlass *BreakGlassCount
	// Proposed counts the roles that wait for the subject's word.
	Proposed int
	// Trail is there for who may read the trail, Jobs for who operates the system; else nil.
	Trail *TrailHealth
	Jobs  *JobHealth
}

// DayBasket counts what lies unfiled in a basket.
type DayBasket struct {
	Department string
	// Waiting is all of it, Aside what of it was set aside and Unread what the machine couldn't read.
	Waiting, Aside, Unread int
	// Overdue counts the originals in the department's keeping that should have been handed back, as far as the
	// subject may read their documents: those due first, [MaxDayOverdue] at most.
	Overdue int
	// Oldest is when the oldest came in; zero for an empty basket.
	Oldest time.Time
}

// UnreadPaper is something the machine couldn't read: an inbox item, or a document of an Akte. It tells
// nothing of a document but that there is one.
type UnreadPaper struct {
	Inbox    archive.InboxID
	Document archive.DocumentID
	// Akte is that of the document.
	Akte          AkteHead
	State, Reason string
	Received      time.Time
}

// RecentAkte is an Akte with when it was last opened.
type RecentAkte struct {
	AkteHead
	At time.Time
}

// TrailHealth is what an officer looks at first.
type TrailHealth struct {
	// Refusals are those of the last 24 hours; Partial says that there were too many events to look at all.
	Refusals int
	Partial  bool
	Integrity
}

// JobHealth is what an operator looks at first.
type JobHealth struct {
	// Failed are those that nobody has tried again, as in [Queue].
	Waiting, Running, Failed int
	// Oldest is when the oldest waiting job was made; zero where none waits.
	Oldest time.Time
}

// Day gathers what waits for the subject. The heads of Akten it shows are recorded like a list of them.
func (d *Desk) Day(ctx context.Context) (Day, error) {
	var day Day
	tried := act{op: audit.OpAkteList}
	if err := d.guard.expire(ctx); err != nil {
		return day, err
	}
	err := d.look(ctx, tried, func(r archive.Reader) (done act, err error) {
		day = Day{}
		if err := d.atHand(r, &day); err != nil {
			return act{}, err
		}
		if day.Lent, err = d.lentAkten(r); err != nil {
			return act{}, err
		}
		if err := d.unread(r, &day); err != nil {
			return act{}, err
		}
		done = tried
		done.window = "day"
		for _, h := range day.heads() {
			if !slices.Contains(done.akten, h.ID) {
				done.akten, done.persons = append(done.akten, h.ID), append(done.persons, h.Akte.Person)
			}
		}
		if err := d.undoable(r, &day, &done); err != nil {
			return act{}, err
		}
		return done, nil
	})
	if err != nil {
		return Day{}, err
	}
	if err = d.view(ctx, func(r archive.Reader) error { return d.waiting(r, &day) }); err != nil {
		return Day{}, err
	}
	if day.Searches, err = d.Searches(ctx); err != nil {
		return Day{}, err
	}
	day.Searches = slices.DeleteFunc(day.Searches, func(s KeptSearch) bool { return s.New == 0 })
	if day.Trail != nil {
		day.Trail.Integrity, err = d.integrity(ctx)
	}
	return day, err
}

// heads are all that a day shows.
func (d Day) heads() (out []AkteHead) {
	out = append(out, d.Pinned...)
	for _, recent := range d.Recent {
		out = append(out, recent.AkteHead)
	}
	for _, l := range d.Lent {
		out = append(out, l.AkteHead)
	}
	for _, u := range d.Unread {
		if u.Akte.ID != "" {
			out = append(out, u.Akte)
		}
	}
	return out
}

// atHand finds the heads of what the subject pinned and opened last.
func (d *Desk) atHand(r archive.Reader, day *Day) error {
	p, err := d.profile(r)
	if err != nil {
		return err
	}
	if day.Pinned, err = d.headsOf(r, p.Pinned...); err != nil {
		return err
	}
	for _, o := range p.Recent {
		heads, err := d.headsOf(r, o.Akte)
		if err != nil {
			return err
		}
		for _, h := range heads {
			day.Recent = append(day.Recent, RecentAkte{h, o.At})
		}
	}
	return nil
}

// headsOf returns the heads of those Akten that are there and whose head the subject may see.
func (d *Desk) headsOf(r archive.Reader, ids ...archive.AkteID) ([]AkteHead, error) {
	var akten []archive.Akte
	for _, id := range ids {
		akte, err := r.Akte(id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		akten = append(akten, akte)
	}
	page, err := d.heads(r, akten)
	return page.Items, err
}

// unread finds what the subject brought in lately and the machine couldn't read, as far as she may
// know of it now.
func (d *Desk) unread(r archive.Reader, day *Day) error {
	looked := 0
	for row, err := range r.Unread(d.subject.User, "") {
		if err != nil {
			return err
		}
		v := row.Value
		if looked++; looked > 5*dayUnread || len(day.Unread) >= dayUnread || d.guard.Now().Sub(v.ReceivedAt) > dayMonth {
			return nil
		}
		papers, err := d.unreadPapers(r, v)
		if err != nil {
			return err
		}
		day.Unread = append(day.Unread, papers...)
	}
	return nil
}

func (d *Desk) unreadPapers(r archive.Reader, v archive.Version) (out []UnreadPaper, err error) {
	paper := UnreadPaper{State: v.State, Reason: v.Reason, Received: v.ReceivedAt}
	if v.Inbox != "" {
		paper.Inbox = v.Inbox
		_, _, err := d.takeItem(r, v.Inbox)
		if err == nil {
			out = append(out, paper)
		}
		return out, unlessMissing(err)
	}
	for _, id := range v.Documents {
		doc, err := r.Document(id)
		if isNotFound(err) {
			continue // erased
		}
		if err != nil {
			return nil, err
		}
		a, err := d.stand(r, doc.Akte)
		if err != nil {
			return nil, err
		}
		if doc.Current() != v.ID || !a.mayKnow(doc) {
			continue
		}
		heads, err := d.headsOf(r, doc.Akte)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			paper.Document, paper.Akte = id, h
			out = append(out, paper)
		}
	}
	return out, nil
}

// undoable finds what the subject filed within the last half hour and can take back, and notes in the act
// whose documents it shows.
func (d *Desk) undoable(r archive.Reader, day *Day, seen *act) error {
	if _, ok := d.able(policies.ActInbox); !ok {
		return nil
	}
	for row, err := range r.FiledBy(d.subject.User, "") {
		if err != nil {
			return err
		}
		if !d.guard.Now().Before(row.Value.FiledAt.Add(unfileWithin)) || len(day.Filed) >= dayFiled {
			return nil
		}
		shown := *seen
		view, err := d.filedView(r, row.Value, &shown)
		if err != nil {
			return err
		}
		if view.Undo {
			day.Filed, *seen = append(day.Filed, view), shown
		}
	}
	return nil
}

// mayKnow reports whether there is a purpose for which the subject might learn that something is in
// the document's register: enough to tell her that what she brought there couldn't be read.
func (a *access) mayKnow(doc archive.Document) bool {
	return !a.barred(doc.Sealed) && a.knows(doc.Register)
}

// waiting counts what isn't an Akte.
func (d *Desk) waiting(r archive.Reader, day *Day) (err error) {
	for _, dep := range d.subject.departments() {
		if _, ok := d.able(policies.ActInbox, dep); !ok {
			continue
		}
		b, err := countBasket(r, dep)
		if err != nil {
			return err
		}
		if b.Overdue, err = d.countOverdue(r, dep); err != nil {
			return err
		}
		day.Baskets = append(day.Baskets, b)
	}
	for _, dep := range d.Judging() {
		n, err := d.countApprovals(r, dep)
		if err != nil {
			return err
		}
		if n.Waiting+n.Own > 0 {
			day.Approvals = append(day.Approvals, n)
		}
	}
	if day.Drafts, err = r.Drafts(d.subject.User); err != nil {
		return err
	}
	if _, ok := d.able(policies.ActGrant); ok {
		proposed, err := d.proposals(r)
		if err != nil {
			return err
		}
		day.Proposed = len(proposed)
	}
	if day.Standing, day.Away, err = d.ownSubstitutes(r); err != nil {
		return err
	}
	if day.BreakGlass, err = d.countBreakGlass(r); err != nil {
		return err
	}
	if _, ok := d.able(policies.ActTrailRead); ok {
		if day.Trail, err = d.countRefusals(r); err != nil {
			return err
		}
	}
	if _, ok := d.able(policies.ActOperate); ok {
		count, oldest, err := r.Jobs()
		if err != nil {
			return err
		}
		day.Jobs = &JobHealth{Waiting: count[archive.JobWaiting], Running: count[archive.JobRunning], Oldest: oldest}
		if _, err := failures(r, func(archive.Job) { day.Jobs.Failed++ }); err != nil {
			return err
		}
	}
	return nil
}

func countBasket(r archive.Reader, department string) (DayBasket, error) {
	b := DayBasket{Department: department}
	count, err := r.CountBasket(department)
	if err != nil {
		return b, err
	}
	b.Waiting, b.Aside, b.Unread = count.Unfiled, count.Aside, count.Failed
	for row, err := range r.Basket(department, "") {
		b.Oldest = row.Value.Created
		return b, err
	}
	return b, nil
}

// countOverdue counts originals that should have been handed back. Numbers alone leave it.
func (d *Desk) countOverdue(r archive.Reader, department string) (n int, err error) {
	looked := 0
	for row, err := range r.Custodies(department, archive.CustodyHeld, "") {
		if err != nil {
			return 0, err
		}
		if looked++; looked > 5*MaxDayOverdue || n == MaxDayOverdue {
			break
		}
		a, doc, _, err := d.original(r, row.Value)
		if err != nil {
			return 0, err
		}
		if a == nil {
			continue
		}
		if !a.custody(doc, row.Value).Overdue {
			break // those come first
		}
		n++
	}
	return n, nil
}

// countRefusals counts those of the last 24 hours. Numbers alone leave it.
func (d *Desk) countRefusals(r archive.Reader) (*TrailHealth, error) {
	_, refusals, _, since, err := d.lately(r, d.guard.Now().Add(-24*time.Hour))
	return &TrailHealth{Refusals: refusals, Partial: !since.IsZero()}, err
}

// PinnedAkten are the heads of the Akten that the subject keeps at hand, as far as she may see them now.
func (d *Desk) PinnedAkten(ctx context.Context) (out []AkteHead, err error) {
	tried := act{op: audit.OpAkteList}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		p, err := d.profile(r)
		if err != nil {
			return act{}, err
		}
		if out, err = d.headsOf(r, p.Pinned...); err != nil {
			return act{}, err
		}
		done := tried
		done.window = "pins"
		for _, h := range out {
			done.akten, done.persons = append(done.akten, h.ID), append(done.persons, h.Akte.Person)
		}
		return done, nil
	})
	return out, err
}
