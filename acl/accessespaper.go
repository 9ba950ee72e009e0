package acl

import (
	"context"
	"strings"
	"time"

	"eakte/archive"
	"eakte/ingest/bundle"
	"eakte/policies"
)

// maxAccessRows is how many entries are printed at most.
const maxAccessRows = 5000

// AccessWords put into words what stands in a report.
type AccessWords struct {
	// Language is "de" or "en".
	Language string
	// Deed, Purpose and Kind name an act, its purpose and what it means for the person, Department a department.
	Deed, Purpose    func(TrailRow) string
	Kind, Department func(string) string
}

// PrintAccesses is [Desk.ExportAccesses] as a PDF, in German or English. [ErrNoBundles] where nothing can be printed here;
// a [*archive.FieldError] where there is too much: a shorter span of time helps.
func (d *Desk) PrintAccesses(ctx context.Context, id archive.PersonID, from, to time.Time, w AccessWords) ([]byte, error) {
	found, err := d.ExportAccesses(ctx, id, from, to)
	if err != nil {
		return nil, err
	}
	if d.guard.Printer == nil {
		return nil, ErrNoBundles
	}
	if found.Acts > maxAccessRows {
		return nil, &archive.FieldError{Pointer: "/from", Code: "too_many"}
	}
	return d.print(ctx, found.statement(w, d.guard.Now().In(d.guard.Zone)))
}

func (w AccessWords) say(de, en string) string { return policies.Label{DE: de, EN: en}.In(w.Language) }

func (w AccessWords) time(t time.Time, zone *time.Location) string {
	return t.In(zone).Format(w.say("02.01.2006, 15:04 Uhr", "2 January 2006, 15:04"))
}

// statement is the report for people: who, and beneath each what, when, for what purpose.
func (a Accesses) statement(w AccessWords, now time.Time) bundle.Statement {
	numbers := numbersOf(a.Akten)
	from := w.say("Beginn der Aufzeichnung", "the beginning of the record")
	if !a.From.IsZero() {
		from = w.time(a.From, now.Location())
	}
	if !a.ToldFrom.IsZero() {
		from = w.time(a.ToldFrom, now.Location())
	}
	s := bundle.Statement{
		Language: w.Language, Title: w.say("Wer auf Daten dieser Person zugegriffen hat", "Who accessed this person's data"),
		Number: bundle.Line{Label: w.say("Akte", "File"), Value: numbers},
		Head: filledLines([]bundle.Line{
			{Label: w.say("Aktenzeichen", "Reference number"), Value: numbers},
			{Label: w.say("Von", "From"), Value: from}, {Label: w.say("Bis", "To"), Value: w.time(a.To, now.Location())},
			{Label: w.say("Ausgestellt am", "Date of issue"), Value: w.time(now, now.Location())},
		}),
		Closing: []string{w.say(
			"Aus dem Protokoll maschinell erstellt, ohne Unterschrift. Was das System von selbst getan hat, ist nicht aufgeführt. Einträge enden nach ihrer Frist.",
			"Made by machine from the trail; it bears no signature. What the system did by itself is not listed. Entries end with their term.",
		)},
	}
	if !a.ToldFrom.IsZero() {
		s.Closing = append(s.Closing, w.say("Davor gibt es weitere Einträge.", "There are more entries before that."))
	}
	for _, by := range a.By {
		name := by.Name
		if name == "" {
			name = w.say("Konto gelöscht", "Account gone")
		}
		var departments []string
		for _, d := range by.Departments {
			departments = append(departments, w.Department(d))
		}
		section := bundle.Section{Title: strings.Join(append([]string{name}, departments...), ", ")}
		for _, act := range by.Acts {
			section.Rows = append(section.Rows, bundle.Row{Title: w.time(act.Leaf.When(), now.Location()) + ": " + w.Deed(act.TrailRow), Facts: filledLines([]bundle.Line{
				{Label: w.say("Art", "Kind"), Value: w.Kind(act.Kind)}, {Label: w.say("Zweck", "Purpose"), Value: w.Purpose(act.TrailRow)},
				{Label: w.say("Grund", "Reason"), Value: act.Reason}, {Label: w.say("Empfänger", "Recipient"), Value: act.Recipient},
				{Label: w.say("Aktenzeichen", "Reference number"), Value: numbersOf(act.Akten)},
			})})
		}
		s.Sections = append(s.Sections, section)
	}
	return s
}

func numbersOf(akten []TrailAkte) string {
	numbers := make([]string, 0, len(akten))
	for _, a := range akten {
		numbers = append(numbers, a.Number)
	}
	return strings.Join(numbers, ", ")
}
