package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/bundle"
	"eakte/ingest/read"
	"eakte/ingest/sandbox"
)

// delivered is what a vendor's index says of a file beside what a manifest would.
type delivered struct {
	// Number and so on say whose it is.
	Number, Register, Family, Given, Birth string
	// Pages is how many it has; 0: the index doesn't say.
	Pages int
	// Expect is how it should have been scanned.
	Expect expectation
	// Delivery names the delivery in notes.
	Delivery string
}

// expectation is how pages should be scanned. Zero values expect nothing.
type expectation struct {
	MinDPI   int    `toml:"min_dpi"`
	Colour   string `toml:"colour"`
	MaxPages int    `toml:"max_pages"`
}

// check reports that the values make sense.
func (e expectation) check() error {
	if !slices.Contains([]string{"", "bw", "gray", "colour"}, e.Colour) {
		return fmt.Errorf("colour: %q is none of bw, gray and colour", e.Colour)
	}
	if e.MinDPI < 0 || e.MaxPages < 0 {
		return errors.New("min_dpi and max_pages are not negative")
	}
	return nil
}

// breach says what about pages isn't as expected; "" where all is. What was scanned with more colours than asked
// for is right.
func (e expectation) breach(pages []read.Scanned, said int) string {
	if said > 0 && said != len(pages) {
		return fmt.Sprintf("pages: %d, the index says %d", len(pages), said)
	}
	if e.MaxPages > 0 && len(pages) > e.MaxPages {
		return fmt.Sprintf("pages: %d, expected at most %d", len(pages), e.MaxPages)
	}
	rank := []string{"", "bw", "gray", "colour"}
	for i, p := range pages {
		if p.DPI < e.MinDPI*95/100 { // devices write 298 for 300
			return fmt.Sprintf("dpi: %d on page %d, expected %d", p.DPI, i+1, e.MinDPI)
		}
		if slices.Index(rank, p.Mode) < slices.Index(rank, e.Colour) {
			return fmt.Sprintf("colour: %s on page %d, expected %s", orUnknown(p.Mode), i+1, e.Colour)
		}
	}
	return ""
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// examine compares a delivered file with what is expected of it, finds out whose it is, and sets the target: the
// Akte, or the basket of finds that belong to nobody known. A result says that it isn't taken. The bytes are
// looked at by children alone; body goes on with them.
func (o *localOperator) examine(ctx context.Context, desk *acl.Desk, to *target, r imported, body io.Reader) (imported, io.Reader, error) {
	src, err := sandbox.Load(body, o.app.cfg.UploadLimit)
	if errors.Is(err, sandbox.ErrTooLarge) {
		r.Result, r.Reason = "refused", "too_large"
		return r, nil, nil
	}
	if err != nil {
		return r, nil, err
	}
	kept := &loaded{src.Reader(), src}
	pages, err := o.app.reader.Profile(ctx, r.File, src)
	var failure *read.Failure
	switch {
	case errors.As(err, &failure):
		r.Result, r.Reason = "unreadable", failure.Code
		return r, kept, nil
	case err != nil:
		return r, kept, err
	}
	d := *to.Delivered
	if wrong := d.Expect.breach(pages, d.Pages); wrong != "" {
		r.Result, r.Reason = "profile", wrong
		return r, kept, nil
	}
	born, err := archive.ParseBirthDate(d.Birth, time.Now())
	if err != nil {
		r.Tried, born = append(r.Tried, "birth_date:no_date"), archive.BirthDate{}
	}
	m, err := desk.MatchDelivered(ctx, acl.Delivered{Number: d.Number, Register: d.Register, Family: d.Family, Given: d.Given, BirthDate: born})
	if err != nil {
		return r, kept, err
	}
	r.Tried = append(r.Tried, m.Tried...)
	to.Akte, r.Akte = string(m.Akte), string(m.Akte)
	if m.Akte == "" {
		to.Note = d.note(r.Tried)
	}
	return r, kept, nil
}

// loaded is a file in memory that is read once more and then given back.
type loaded struct {
	io.Reader
	src *sandbox.File
}

// Close gives the memory back.
func (l *loaded) Close() error { return l.src.Close() }

// note tells who files a find by hand what the index says of it and what was tried.
func (d delivered) note(tried []string) string {
	lines := []string{"Lieferung " + d.Delivery + ": keiner Akte zugeordnet."}
	for _, l := range [][2]string{
		{"Aktenzeichen", d.Number}, {"Registernummer", d.Register}, {"Familienname", d.Family}, {"Vornamen", d.Given}, {"Geburtsdatum", d.Birth},
		{"Versucht", strings.Join(tried, ", ")},
	} {
		if l[1] != "" {
			lines = append(lines, l[0]+": "+l[1])
		}
	}
	note := []rune(strings.Join(lines, "\n"))
	return string(note[:min(len(note), 2000)])
}

func (o *localOperator) returned(ctx context.Context, akte, delivery string) (bool, error) {
	subject, err := o.app.importer()
	if err != nil {
		return false, err
	}
	id, err := archive.ParseID[archive.AkteID](akte)
	if err != nil {
		return false, err
	}
	return o.app.guard.For(subject).ReturnDelivered(ctx, id, delivery)
}

func (o *localOperator) print(ctx context.Context, s bundle.Statement) ([]byte, error) {
	return o.app.bundler.Composer.Print(ctx, s)
}

// returnedFrom is what is said of an Akte that came back.
type returnedFrom struct{ Akte, Delivery string }

// serveReturned answers what the operator says of Akten that came back.
func serveReturned(o operator) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, func(in returnedFrom) (string, error) {
			back, err := o.returned(r.Context(), in.Akte, in.Delivery)
			return fmt.Sprint(back), err
		})
	}
}

// mostPrinted is the largest statement that is printed, in bytes.
const mostPrinted = 64 << 20

// servePrint prints what the operator states.
func servePrint(o operator) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in bundle.Statement
		var reply adminReply
		err := json.NewDecoder(io.LimitReader(r.Body, mostPrinted)).Decode(&in)
		if err == nil {
			reply.Data, err = o.print(r.Context(), in)
		}
		if err != nil {
			reply.Error, reply.Kind = explain(err), kindOf(err)
		}
		w.Header().Set("Content-Type", "application/json")
		// A peer that is gone needs no answer.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func (o *socketOperator) returned(ctx context.Context, akte, delivery string) (bool, error) {
	back, err := o.post(ctx, "/returned", returnedFrom{akte, delivery})
	return back == "true", err
}

func (o *socketOperator) print(ctx context.Context, s bundle.Statement) ([]byte, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	reply, err := o.send(ctx, "/print", strings.NewReader(string(body)))
	return reply.Data, err
}
