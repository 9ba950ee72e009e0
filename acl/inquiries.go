package acl

import (
	"context"
	"errors"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// InquiryHead is an inquiry in a list.
type InquiryHead struct {
	archive.Inquiry
	Name archive.Name
	// Numbers are those of the Akten that the reader may know of.
	Numbers []string
	// Undecided is how many pieces have to be decided still.
	Undecided int
	// Late says that the answer is overdue.
	Late bool
}

// InquiriesPage is a page of inquiries, newest first.
type InquiriesPage struct {
	Items []InquiryHead
	Next  string
}

type inquiryCursor struct {
	All   bool
	After archive.Position
}

// Inquiries lists inquiries of persons whom the subject may inform, newest first: those about which something is to be
// done still, or all.
func (d *Desk) Inquiries(ctx context.Context, all bool, limit int, cursor string) (page InquiriesPage, err error) {
	d = d.informing()
	c, err := openCursor[inquiryCursor](d, "inquiries", cursor)
	if err != nil {
		return page, err
	}
	if cursor != "" {
		all = c.All
	}
	limit = clampLimit(limit)
	err = d.look(ctx, act{op: audit.OpInquiryList}, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActInform)
		if !ok {
			return act{}, ErrDenied
		}
		page = InquiriesPage{Items: []InquiryHead{}}
		done := act{op: audit.OpInquiryList, verdict: v, window: "inquiries"}
		looked, last := 0, c.After
		for row, err := range r.Inquiries(!all, c.After) {
			if err != nil {
				return act{}, err
			}
			if looked++; len(page.Items) == limit || looked > listLooked {
				page.Next = sealCursor(d, "inquiries", inquiryCursor{all, last})
				break
			}
			last = row.After
			in, err := d.informs(r, row.Value.Person)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return act{}, err
			}
			head, err := d.inquiryHead(r, in, row.Value)
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, head)
			if !slices.Contains(done.persons, head.Person) {
				done.persons = append(done.persons, head.Person)
			}
		}
		return done, nil
	})
	return page, err
}

func (d *Desk) inquiryHead(r archive.Reader, in informed, q archive.Inquiry) (InquiryHead, error) {
	p, err := r.Person(q.Person)
	if err != nil {
		return InquiryHead{}, err
	}
	h := InquiryHead{Inquiry: q, Name: p.Leading(), Numbers: in.numbers()}
	for _, i := range q.Items {
		if i.Open() {
			h.Undecided++
		}
	}
	h.Late = q.Unanswered() && q.Due < d.guard.today()
	return h, nil
}

// CountInquiries counts the inquiries that wait for somebody, 50 at most; 0 for who informs nobody.
func (d *Desk) CountInquiries(ctx context.Context) (n int, err error) {
	if !d.May(policies.ActInform) {
		return 0, nil
	}
	d = d.informing()
	err = d.view(ctx, func(r archive.Reader) error {
		n = 0
		looked := 0
		for row, err := range r.Inquiries(true, "") {
			if err != nil {
				return err
			}
			if looked++; looked > sealsLooked || n == sealsCounted {
				return nil
			}
			q := row.Value
			waits := q.State == archive.InquiryReview || q.State == archive.InquiryProposed && q.Proposer() != d.subject.User
			if _, err := d.informs(r, q.Person); waits && err == nil {
				n++
			} else if err != nil && !isNotFound(err) && !errors.Is(err, ErrDenied) {
				return err
			}
		}
		return nil
	})
	return n, err
}
