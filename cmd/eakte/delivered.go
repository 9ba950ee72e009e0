package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
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

// breach says what about pages isn't as expected: one fault for each value found, with all pages that have it. What was
// scanned with more colours than asked for is right.
func (e expectation) breach(pages []read.Scanned, said int) (out []archive.DeliveryFault) {
	if said > 0 && said != len(pages) {
		out = append(out, archive.DeliveryFault{Code: archive.FaultPages, Found: strconv.Itoa(len(pages)), Want: strconv.Itoa(said)})
	}
	if e.MaxPages > 0 && len(pages) > e.MaxPages {
		out = append(out, archive.DeliveryFault{Code: archive.FaultMaxPages, Found: strconv.Itoa(len(pages)), Want: strconv.Itoa(e.MaxPages)})
	}
	add := func(code, found, want string, page int) {
		i := slices.IndexFunc(out, func(f archive.DeliveryFault) bool { return f.Code == code && f.Found == found })
		if i < 0 {
			out, i = append(out, archive.DeliveryFault{Code: code, Found: found, Want: want}), len(out)
		}
		out[i].Pages = append(out[i].Pages, page)
	}
	rank := []string{archive.ColourOther, archive.ColourNone, archive.ColourGrey, archive.ColourTrue}
	for i, p := range pages {
		if p.DPI < e.MinDPI*95/100 { // devices write 298 for 300
			found := ""
			if p.DPI > 0 {
				found = strconv.Itoa(p.DPI)
			}
			add(archive.FaultDPI, found, strconv.Itoa(e.MinDPI), i+1)
		}
		if slices.Index(rank, p.Mode) < slices.Index(rank, e.Colour) {
			add(archive.FaultColour, p.Mode, e.Colour, i+1)
		}
	}
	return out
}

// told are faults in one line, for operators.
func told(faults []archive.DeliveryFault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.String())
	}
	return strings.Join(out, "; ")
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
	if wrong := d.Expect.breach(pages, d.Pages); len(wrong) > 0 {
		r.Result, r.Reason, r.Faults = archive.DeliveryProfile, told(wrong), wrong
		return r, kept, nil
	}
	born, err := archive.ParseBirthDate(d.Birth, time.Now())
	if err != nil {
		r.Tried, born = append(r.Tried, "birth_date:no_date"), archive.BirthDate{}
	}
	whose := acl.Delivered{Number: d.Number, Register: d.Register, Family: d.Family, Given: d.Given, BirthDate: born}
	m, err := desk.MatchDelivered(ctx, whose)
	if err != nil {
		return r, kept, err
	}
	r.Tried = append(r.Tried, m.Tried...)
	to.Akte, r.Akte = string(m.Akte), string(m.Akte)
	if m.Akte == "" {
		to.Note = acl.WordsOfDeliveries(to.Language).Note(d.Delivery, whose, d.Birth, r.Tried)
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

func (o *localOperator) record(ctx context.Context, m madeDelivery) (string, error) {
	subject, err := o.app.importer()
	if err != nil {
		return "", err
	}
	rows, err := m.rows()
	if err != nil {
		return "", err
	}
	id, err := o.app.guard.For(subject).RecordDelivery(ctx, m.Delivery, rows)
	return string(id), err
}

// madeDelivery is a delivery that is to be kept.
type madeDelivery struct {
	archive.Delivery
	Files []deliveredFile
}

// rows are its files as they are kept.
func (m madeDelivery) rows() ([]archive.DeliveryRow, error) {
	var out []archive.DeliveryRow
	for _, f := range m.Files {
		row, err := f.kept()
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// kept is what became of a file as it is kept and printed.
func (f deliveredFile) kept() (archive.DeliveryRow, error) {
	row := archive.DeliveryRow{
		Row: f.Row, File: f.File, Number: f.Number, Result: f.Result, Reason: f.Reason, Faults: f.Faults, Tried: f.Tried,
		ID: f.ID, Size: f.Size,
	}
	if len(f.Faults) > 0 {
		row.Reason = ""
	}
	if f.Akte != "" {
		id, err := archive.ParseID[archive.AkteID](f.Akte)
		if err != nil {
			return row, err
		}
		row.Akte = id
	}
	if f.SHA256 == "" {
		return row, nil
	}
	sum, err := hex.DecodeString(f.SHA256)
	if err == nil && len(sum) != len(row.SHA256) {
		err = archive.ErrInvalid
	}
	copy(row.SHA256[:], sum)
	return row, err
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

// mostPrinted is the largest statement that is printed, and the largest delivery that is kept, in bytes.
const mostPrinted = 64 << 20

// serveRecord keeps the delivery that the operator tells of.
func serveRecord(o operator) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in madeDelivery
		var reply adminReply
		err := json.NewDecoder(io.LimitReader(r.Body, mostPrinted)).Decode(&in)
		if err == nil {
			reply.Result, err = o.record(r.Context(), in)
		}
		if err != nil {
			reply.Error, reply.Kind = explain(err), kindOf(err)
		}
		w.Header().Set("Content-Type", "application/json")
		// A peer that is gone needs no answer.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

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

func (o *socketOperator) record(ctx context.Context, m madeDelivery) (string, error) {
	return o.post(ctx, "/deliveries", m)
}
