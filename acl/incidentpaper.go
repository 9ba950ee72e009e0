package acl

import (
	"context"
	"strconv"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/bundle"
)

// maxIncidentRows is how many persons the report lists; of more it says the number.
const maxIncidentRows = 2000

// PrintIncident is the report on an incident as PDF, in German or English: what Art. 33 (3) GDPR asks for. That it leaves is
// recorded. [ErrNoBundles] where nothing can be printed here.
func (d *Desk) PrintIncident(ctx context.Context, id archive.IncidentID, w AccessWords) ([]byte, error) {
	view, err := d.incidentView(ctx, id, act{op: audit.OpIncidentReport, object: incidentObject(id)})
	if err != nil {
		return nil, err
	}
	if d.guard.Printer == nil {
		return nil, ErrNoBundles
	}
	return d.print(ctx, view.statement(w, d.guard.Now().In(d.guard.Zone)))
}

// statement is the report for people.
func (v IncidentView) statement(w AccessWords, now time.Time) bundle.Statement {
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return w.time(t, now.Location())
	}
	span := moment(v.From) + " – " + moment(v.To)
	s := bundle.Statement{
		Language: w.Language, Title: w.say("Verletzung des Schutzes personenbezogener Daten", "Breach of the protection of personal data"),
		Number: bundle.Line{Label: w.say("Vorfall", "Incident"), Value: string(v.ID)},
		Head: filledLines([]bundle.Line{
			{Label: w.say("Vorfall", "Incident"), Value: v.Title},
			{Label: w.say("Bekannt seit", "Known since"), Value: moment(v.KnownSince)},
			{Label: w.say("Frist (72 Stunden)", "Deadline (72 hours)"), Value: moment(v.Deadline())},
			{Label: w.say("Aufsichtsbehörde gemeldet", "Authority notified"), Value: moment(v.Notified)},
			{Label: w.say("Betroffene benachrichtigt", "Those concerned told"), Value: moment(v.Told)},
			{Label: w.say("Risiko", "Risk"), Value: w.risk(v.Risk)},
			{Label: w.say("Stand", "As of"), Value: w.time(now, now.Location())},
		}),
		Closing: []string{w.say(
			"Betroffene und Handlungen sind aus dem Protokoll berechnet, soweit es noch zurückreicht. Maschinell erstellt, ohne Unterschrift.",
			"Those concerned and the acts are computed from the trail, as far as it still reaches back. Made by machine; it bears no signature.",
		)},
	}
	text := func(de, en, value string) {
		if value != "" {
			s.Sections = append(s.Sections, bundle.Section{Title: w.say(de, en), Rows: []bundle.Row{{Title: value}}})
		}
	}
	text("Was geschah", "What happened", v.What)
	text("Folgen für die Betroffenen", "What may come of it", v.Assessment)
	text("Maßnahmen", "Measures", v.Measures)
	scope := bundle.Row{Title: w.say("Ausgewertete Handlungen", "Acts that were looked through"), Facts: filledLines([]bundle.Line{
		{Label: w.say("Konto", "Account"), Value: v.Name}, {Label: w.say("Zeitraum", "Span of time"), Value: span},
		{Label: w.say("Handlungen", "Acts"), Value: strconv.Itoa(v.Acts)}, {Label: w.say("Betroffene", "Persons concerned"), Value: strconv.Itoa(len(v.Affected) + v.Hidden)},
	})}
	rows := []bundle.Row{scope}
	for i, a := range v.Affected {
		if i == maxIncidentRows {
			rows = append(rows, bundle.Row{Title: w.say("Weitere sind gezählt, nicht aufgeführt.", "More are counted and not listed.")})
			break
		}
		var kinds []string
		for _, k := range a.Kinds {
			kinds = append(kinds, w.Kind(k))
		}
		title := numbersOf(a.Akten)
		if title == "" {
			title = w.say("Person ", "Person ") + string(a.Person)
		}
		rows = append(rows, bundle.Row{Title: title, Facts: filledLines([]bundle.Line{
			{Label: w.say("Handlungen", "Acts"), Value: strconv.Itoa(a.Acts) + ": " + strings.Join(kinds, ", ")},
			{Label: w.say("Zuletzt", "Last"), Value: moment(a.Last)},
		})})
	}
	s.Sections = append(s.Sections, bundle.Section{Title: w.say("Betroffene", "Persons concerned"), Rows: rows})
	return s
}

// risk is what a weighing is called.
func (w AccessWords) risk(key string) string {
	return map[string]string{
		"unlikely": w.say("voraussichtlich kein Risiko", "unlikely to be a risk"), "risk": w.say("Risiko", "risk"), "high": w.say("hohes Risiko", "high risk"),
	}[key]
}
