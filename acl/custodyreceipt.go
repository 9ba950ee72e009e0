package acl

import (
	"context"
	"reflect"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/bundle"
)

// CustodyReceipt makes the receipt for an original: that it was taken or, once it was, that it was handed back.
// It speaks for the authority, so it takes the right to act on the original. That it was issued is recorded before
// it is handed out. [archive.ErrConflict] where taking it was a mistake.
func (d *Desk) CustodyReceipt(ctx context.Context, id archive.CustodyID, language string) (Acknowledgement, error) {
	if d.guard.Printer == nil {
		return Acknowledgement{}, ErrNoBundles
	}
	made := Acknowledgement{Number: archive.NewID[string](), Issued: d.guard.Now().In(d.guard.Zone)}
	tried := act{op: audit.OpAcknowledge, object: "custody/" + string(id)}
	state := func(r archive.Reader) (s bundle.Statement, done act, err error) {
		c, err := r.Custody(id)
		if err != nil {
			return s, act{}, err
		}
		a, doc, v, err := d.handles(r, c.Document, c.Department)
		if err != nil {
			return s, act{}, err
		}
		if c.State().Void {
			return s, act{}, archive.ErrConflict
		}
		person, err := r.Person(a.akte.Person)
		if err != nil {
			return s, act{}, err
		}
		done = tried.about(doc, a.akte)
		done.verdict = v
		s = a.custodySlip(c, doc, person, made, custodyWords(language))
		done.detail = &audit.Detail{Shared: map[string]any{
			"recipient": s.Head[0].Value, "number": made.Number, "custody": c.ID, "acts": len(c.Acts),
		}}
		s.Language = language
		return s, done, nil
	}
	var printed bundle.Statement
	err := d.view(ctx, func(r archive.Reader) (err error) {
		printed, _, err = state(r)
		return err
	})
	if err != nil {
		return Acknowledgement{}, d.refused(ctx, tried, err)
	}
	if made.PDF, err = d.print(ctx, printed); err != nil {
		return Acknowledgement{}, err
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		now, done, err := state(tx)
		if err == nil && !reflect.DeepEqual(now, printed) {
			err = archive.ErrConflict // somebody changed it while it was printed
		}
		return done, err
	})
	if err != nil {
		return Acknowledgement{}, err
	}
	return made, nil
}

// custodyWording is what the receipt for an original says in a language.
type custodyWording struct {
	language, taken, returned, recipient, born, akte, number, issued, thing string
	kind, since, due, to, on, entry, day, moment                            string
	closingTaken, closingReturned, unsigned                                 string
}

func custodyWords(language string) custodyWording {
	if language == "en" {
		return custodyWording{
			language: "en", taken: "Receipt for an original in custody", returned: "Receipt for an original handed back", recipient: "Issued to",
			born: "Born", akte: "Reference number", number: "Number of this receipt", issued: "Date of issue", thing: "Original", kind: "Kind",
			since: "Taken on", due: "To go back by", to: "Handed back to", on: "Handed back on", entry: "Entry in the register",
			day: "2 January 2006", moment: "2 January 2006, 15:04",
			closingTaken:    "The original named above was taken and is kept by the authority. It remains the property of the person or of the body that issued it. Please bring this receipt when you collect it.",
			closingReturned: "The original named above was handed back. Its custody has ended.",
			unsigned:        "Made by machine. It bears no signature.",
		}
	}
	return custodyWording{
		language: "de", taken: "Bestätigung über die Verwahrung eines Originals", returned: "Bestätigung über die Rückgabe eines Originals", recipient: "Ausgestellt für",
		born: "Geboren", akte: "Aktenzeichen", number: "Nummer dieser Bestätigung", issued: "Ausgestellt am", thing: "Original", kind: "Art",
		since: "Entgegengenommen am", due: "Zurückzugeben bis", to: "Zurückgegeben an", on: "Zurückgegeben am", entry: "Eintrag im Verwahrbuch",
		day: "02.01.2006", moment: "02.01.2006, 15:04 Uhr",
		closingTaken:    "Das genannte Original wurde entgegengenommen und wird von der Behörde verwahrt. Es bleibt Eigentum der Person oder der ausstellenden Stelle. Bitte bringen Sie diese Bestätigung zur Abholung mit.",
		closingReturned: "Das genannte Original wurde zurückgegeben. Die Verwahrung ist beendet.",
		unsigned:        "Maschinell erstellt. Sie trägt keine Unterschrift.",
	}
}

// date writes a day as people do; what is no whole date stays as it is.
func (w custodyWording) date(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(w.day)
}

// custodySlip is what the receipt states. Where the original lies is nobody's business outside.
func (a *access) custodySlip(c archive.Custody, doc archive.Document, person archive.Person, made Acknowledgement, w custodyWording) bundle.Statement {
	state, policies := c.State(), a.desk.guard.Policies
	term, _ := policies.Department(c.Department)
	kind, _ := policies.DocType(doc.Type)
	out := bundle.Statement{
		Title: w.taken, Number: bundle.Line{Label: w.number, Value: made.Number}, From: []string{term.Label.In(w.language)},
		Closing: []string{w.closingTaken, w.unsigned},
	}
	if line := policies.Address(c.Department); line != "" {
		out.From = append(out.From, line)
	}
	leading := person.Leading()
	name := strings.TrimSpace(leading.Given + " " + leading.Family)
	if leading.OriginalScript != "" {
		name += " (" + leading.OriginalScript + ")"
	}
	row := bundle.Row{Title: state.Thing}
	if row.Title == "" {
		row.Title = kind.Label.In(w.language)
	}
	row.Facts = []bundle.Line{{Label: w.kind, Value: kind.Label.In(w.language)}, {Label: w.since, Value: w.date(state.Since)}}
	if state.Held {
		row.Facts = append(row.Facts, bundle.Line{Label: w.due, Value: w.date(state.Due)})
	} else {
		out.Title, out.Closing[0] = w.returned, w.closingReturned
		row.Facts = append(row.Facts, bundle.Line{Label: w.to, Value: state.To}, bundle.Line{Label: w.on, Value: w.date(state.On)})
	}
	row.Facts = append(row.Facts, bundle.Line{Label: w.entry, Value: string(c.ID)})
	out.Head = filledLines([]bundle.Line{
		{Label: w.recipient, Value: name}, {Label: w.born, Value: w.date(person.BirthDate.Given)}, {Label: w.akte, Value: a.akte.Number},
		{Label: w.number, Value: made.Number}, {Label: w.issued, Value: made.Issued.Format(w.moment)},
	})
	row.Facts = filledLines(row.Facts)
	out.Sections = []bundle.Section{{Title: w.thing, Rows: []bundle.Row{row}}}
	return out
}

// filledLines leaves out lines of which nothing is known.
func filledLines(lines []bundle.Line) (out []bundle.Line) {
	for _, l := range lines {
		if l.Value != "" {
			out = append(out, l)
		}
	}
	return out
}
