package acl

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/bundle"
	"eakte/policies"
)

// Printer prints papers of ours.
type Printer interface {
	// Print makes a PDF. An error is ctx's or trouble of this machine.
	Print(ctx context.Context, s bundle.Statement) ([]byte, error)
}

// Acknowledging says for whom a receipt is made.
type Acknowledging struct {
	// Recipient is the person or sender it is handed to; it stands on it.
	Recipient string
	// Language is "de" or "en".
	Language string
}

// Acknowledgement is a receipt: it states what came in, and when. It claims no signature.
type Acknowledgement struct {
	// Number names it, on the paper and in the trail.
	Number string
	// Issued is its date of issue.
	Issued time.Time
	PDF    []byte
}

// maxAcknowledged is how many papers a receipt can name.
const maxAcknowledged = 500

// check brings it into the form that is printed and recorded.
func (q *Acknowledging) check(named int) (err error) {
	if q.Recipient, err = archive.NormaliseText("/recipient", q.Recipient, 600, false); err != nil {
		return err
	}
	if q.Recipient == "" {
		return &archive.FieldError{Pointer: "/recipient", Code: "required"}
	}
	switch {
	case named == 0:
		return &archive.FieldError{Pointer: "/documents", Code: "required"}
	case named > maxAcknowledged:
		return &archive.FieldError{Pointer: "/documents", Code: "too_many"}
	case q.Language != "de" && q.Language != "en":
		return &archive.FieldError{Pointer: "/language", Code: "unknown"}
	}
	return nil
}

// AcknowledgeDocuments makes a receipt for documents of an Akte. It speaks for the authority, so it takes
// the right to work on each of them, or to have filed it oneself a moment ago; what the subject may not
// read is left out as if it weren't there. Recipient and content are recorded before it is handed out.
func (d *Desk) AcknowledgeDocuments(ctx context.Context, akte archive.AkteID, ids []archive.DocumentID, q Acknowledging) (Acknowledgement, error) {
	if err := q.check(len(ids)); err != nil {
		return Acknowledgement{}, err
	}
	tried := act{op: audit.OpAcknowledge, object: "akte/" + string(akte)}
	return d.acknowledge(ctx, tried, q, func(r archive.Reader, s *slip) (act, error) {
		a, err := d.stand(r, akte)
		if err != nil {
			return act{}, err
		}
		done := tried
		for _, id := range ids {
			v, err := a.acknowledges(r, id, s)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return act{}, err
			}
			done.verdict = v
		}
		if len(s.rows) == 0 {
			return act{}, archive.ErrNotFound
		}
		s.number = a.akte.Number
		done.akten, done.persons = []archive.AkteID{akte}, []archive.PersonID{a.akte.Person}
		return done, nil
	})
}

// acknowledges decides about one document and puts it on the slip. That there is one which the subject may
// not read is not told.
func (a *access) acknowledges(r archive.Reader, id archive.DocumentID, s *slip) (verdict, error) {
	doc, err := r.Document(id)
	if err != nil {
		return verdict{}, err
	}
	if doc.Akte != a.akte.ID {
		return verdict{}, archive.ErrNotFound
	}
	_, err = a.document(policies.ActRead, doc)
	if errors.Is(err, ErrDenied) {
		err = archive.ErrNotFound // she may only know that something is there
	}
	if err != nil {
		return verdict{}, err
	}
	v := a.may(policies.ActWrite, objectOf(doc))
	if !v.Allow {
		v = a.ownFiling(doc)
	}
	if !v.Allow {
		return v, ErrDenied
	}
	version, err := r.Version(doc.Current())
	if err == nil {
		s.document(doc, version)
	}
	return v, err
}

// AcknowledgeItems makes a receipt for items of one basket, for who works it. Items that she can't know of
// are left out as if they weren't there.
func (d *Desk) AcknowledgeItems(ctx context.Context, ids []archive.InboxID, q Acknowledging) (Acknowledgement, error) {
	if err := q.check(len(ids)); err != nil {
		return Acknowledgement{}, err
	}
	tried := act{op: audit.OpAcknowledge, object: "inbox/" + string(ids[0])}
	return d.acknowledge(ctx, tried, q, func(r archive.Reader, s *slip) (act, error) {
		done, basket := tried, ""
		for _, id := range ids {
			item, v, err := d.workItem(r, id, policies.ActInbox)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return act{}, err
			}
			if basket != "" && item.Basket != basket {
				return act{}, &archive.FieldError{Pointer: "/items", Code: "mixed", Detail: "items of one basket"}
			}
			version, err := r.Version(item.Version)
			if err != nil {
				return act{}, err
			}
			s.item(item, version)
			if basket == "" {
				done.object = "inbox/" + string(id)
			}
			basket, done.verdict = item.Basket, v
		}
		if basket == "" {
			return act{}, archive.ErrNotFound
		}
		return done, nil
	})
}

// Together lists what lies in the basket of an item and came from the same sender on the same day, newest first, the
// item itself among it. A page that isn't the last can hold less than was asked for, even nothing. Where no sender is
// known it is the item alone.
func (d *Desk) Together(ctx context.Context, id archive.InboxID, limit int, cursor string) (InboxPage, error) {
	var page InboxPage
	tried := act{op: audit.OpInboxList, object: "inbox/" + string(id), window: "together"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		item, v, err := d.workItem(r, id, policies.ActInbox)
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		page, err = d.together(r, item, clampLimit(limit), cursor)
		return done, err
	})
	return page, err
}

func (d *Desk) together(r archive.Reader, item archive.InboxItem, limit int, cursor string) (InboxPage, error) {
	page, name := InboxPage{Items: []InboxView{}}, "together/"+string(item.ID)
	c, err := openCursor[inboxCursor](d, name, cursor)
	if err != nil {
		return page, err
	}
	if item.Sender == "" {
		view, err := d.showItem(r, item)
		page.Items = append(page.Items, view)
		return page, err
	}
	var last archive.Position
	looked := 0
	for row, err := range r.Latest(item.Basket, c.After) {
		if err != nil {
			return page, err
		}
		if looked++; len(page.Items) == limit || looked > listLooked {
			page.Next = sealCursor(d, name, inboxCursor{last})
			return page, nil
		}
		last = row.After
		other := row.Value
		if other.ID != item.ID && (!other.Waits() || other.Sender != item.Sender || other.ReceivedOn != item.ReceivedOn) {
			continue
		}
		view, err := d.showItem(r, other)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, view)
	}
	return page, nil
}

// acknowledge gathers what a receipt says, has it printed, and records it once everything on it has been
// decided again and is still so.
func (d *Desk) acknowledge(ctx context.Context, tried act, q Acknowledging, gather func(archive.Reader, *slip) (act, error)) (Acknowledgement, error) {
	if d.guard.Printer == nil {
		return Acknowledgement{}, ErrNoBundles
	}
	made := Acknowledgement{Number: archive.NewID[string](), Issued: d.guard.Now().In(d.guard.Zone)}
	state := func(r archive.Reader) (bundle.Statement, *slip, act, error) {
		s := &slip{guard: d.guard, words: acknowledgementWords(q.Language), language: q.Language, seen: map[string]bool{}}
		done, err := gather(r, s)
		return s.statement(made, q, done.verdict.pair.Department), s, done, err
	}
	var printed bundle.Statement
	err := d.view(ctx, func(r archive.Reader) (err error) {
		printed, _, _, err = state(r)
		return err
	})
	if err != nil {
		return made, d.refused(ctx, tried, err)
	}
	if made.PDF, err = d.print(ctx, printed); err != nil {
		return made, err
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		now, s, done, err := state(tx)
		if err != nil {
			return act{}, err
		}
		if !reflect.DeepEqual(now, printed) {
			return act{}, archive.ErrConflict // somebody changed it while it was printed
		}
		done.detail = &audit.Detail{Shared: map[string]any{"recipient": q.Recipient, "number": made.Number, "papers": s.papers}}
		return done, nil
	})
	if err != nil {
		return Acknowledgement{}, err
	}
	return made, nil
}

// print has a receipt drawn. As many at once as bundles: each is a process.
func (d *Desk) print(ctx context.Context, s bundle.Statement) ([]byte, error) {
	select {
	case d.guard.bundling <- struct{}{}:
		defer func() { <-d.guard.bundling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.guard.Printer.Print(ctx, s)
}

// slip gathers the rows of a receipt.
type slip struct {
	guard    *Guard
	words    acknowledgementWording
	language string
	// number is the Akte's; empty for items of a basket.
	number string
	rows   []slipRow
	// papers are what the trail is told: what, which version of it, and the hash.
	papers []string
	seen   map[string]bool
}

// slipRow is a paper with what rows are sorted by.
type slipRow struct {
	day string
	bundle.Row
}

func (s *slip) document(doc archive.Document, v archive.Version) {
	kind, _ := s.guard.Policies.DocType(doc.Type)
	label := kind.Label.In(s.language)
	facts := []bundle.Line{{Label: s.words.kind, Value: label}, {Label: s.words.dated, Value: s.words.date(doc.Date)}}
	s.add("document/"+string(doc.ID), cmp.Or(doc.Title, label), doc.ReceivedOn, doc.Channel, facts, v)
}

func (s *slip) item(item archive.InboxItem, v archive.Version) {
	facts := []bundle.Line{{Label: s.words.entry, Value: string(item.ID)}}
	s.add("inbox/"+string(item.ID), cmp.Or(v.Name, s.words.nameless), item.ReceivedOn, item.Channel, facts, v)
}

// add puts a paper on the slip, once.
func (s *slip) add(object, title, day, channel string, facts []bundle.Line, v archive.Version) {
	if s.seen[object] {
		return
	}
	s.seen[object] = true
	day = cmp.Or(day, v.ReceivedAt.In(s.guard.Zone).Format(time.DateOnly))
	way, _ := s.guard.Policies.Channel(channel)
	pages := ""
	if n := len(v.Pages); n > 0 {
		pages = fmt.Sprint(n)
	}
	hash := hex.EncodeToString(v.Original.SHA256[:])
	all := append([]bundle.Line{{Label: s.words.received, Value: s.words.date(day)}, {Label: s.words.channel, Value: way.Label.In(s.language)}}, facts...)
	all = append(all,
		bundle.Line{Label: s.words.pages, Value: pages},
		bundle.Line{Label: s.words.file, Value: s.words.fileKind(v.Kind)},
		bundle.Line{Label: s.words.size, Value: s.words.bytes(v.Original.Size)},
	)
	all = append(all, Grouped(v.Original.SHA256)...)
	all = slices.DeleteFunc(all, func(l bundle.Line) bool { return l.Value == "" })
	s.rows = append(s.rows, slipRow{day, bundle.Row{Title: title, Facts: all}})
	s.papers = append(s.papers, object+" "+string(v.ID)+" "+hash)
}

// Grouped writes a hash so that people can compare it: two lines of four groups of eight digits.
func Grouped(sum [32]byte) []bundle.Line {
	lines := []bundle.Line{{Label: "SHA-256"}, {}}
	for i := 0; i < len(sum); i += 4 {
		line := &lines[i/16]
		line.Value = strings.TrimSpace(line.Value + " " + hex.EncodeToString(sum[i:i+4]))
	}
	return lines
}

// statement is what is printed.
func (s *slip) statement(made Acknowledgement, q Acknowledging, department string) bundle.Statement {
	term, _ := s.guard.Policies.Department(department)
	w := s.words
	out := bundle.Statement{
		Language: q.Language, Title: w.title, Number: bundle.Line{Label: w.number, Value: made.Number},
		From: []string{term.Label.In(q.Language)}, Closing: w.closing,
	}
	if line := s.guard.Policies.Address(department); line != "" {
		out.From = append(out.From, line)
	}
	out.Head = []bundle.Line{
		{Label: w.recipient, Value: q.Recipient}, {Label: w.akte, Value: s.number}, {Label: w.number, Value: made.Number},
		{Label: w.issued, Value: made.Issued.Format(w.moment)}, {Label: w.count, Value: fmt.Sprint(len(s.rows))},
	}
	out.Head = slices.DeleteFunc(out.Head, func(l bundle.Line) bool { return l.Value == "" })
	slices.SortStableFunc(s.rows, func(a, b slipRow) int { return cmp.Compare(a.day, b.day) })
	section := bundle.Section{Title: w.papers}
	for i, r := range s.rows {
		r.Title = fmt.Sprintf("%d. %s", i+1, r.Title)
		section.Rows = append(section.Rows, r.Row)
	}
	out.Sections = []bundle.Section{section}
	return out
}
