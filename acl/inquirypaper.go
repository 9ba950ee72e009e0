package acl

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"eakte/archive"
	"eakte/ingest/bundle"
)

// maxPaperRows is how many documents, and how many recipients, the paper lists; the JSON file has all.
const maxPaperRows = 2000

// statement is the paper of the package: what Art. 15 (1) (a) to (h) GDPR asks for, in the person's own words.
func (p *packing) statement() bundle.Statement {
	numbers := make([]string, 0, len(p.data.Akten))
	for _, a := range p.data.Akten {
		numbers = append(numbers, a.Number)
	}
	title, basis := p.say("Auskunft über Ihre gespeicherten Daten", "Information on the data kept about you"), p.say("Art. 15 DSGVO", "Art. 15 GDPR")
	if p.q.Kind == archive.InquiryPortability {
		title, basis = p.say("Von Ihnen bereitgestellte Daten", "Data that you provided"), p.say("Art. 20 DSGVO", "Art. 20 GDPR")
	}
	s := bundle.Statement{
		Language: p.q.Language, Title: title,
		Number: bundle.Line{Label: p.say("Akte", "File"), Value: strings.Join(numbers, ", ")},
		Head: filledLines([]bundle.Line{
			{Label: p.say("Person", "Person"), Value: joinName(p.data.Person.Leading())},
			{Label: p.say("Aktenzeichen", "Reference number"), Value: strings.Join(numbers, ", ")},
			{Label: p.say("Rechtsgrundlage", "Legal basis"), Value: basis},
			{Label: p.say("Ihr Antrag vom", "Your request of"), Value: p.day(p.q.ReceivedOn)},
			{Label: p.say("Stand", "As of"), Value: p.moment(p.data.Made)},
		}),
		Closing: []string{p.say(
			"Maschinell erstellt, ohne Unterschrift. Dieselben Angaben stehen maschinenlesbar in der Datei daten.json, die Schriftstücke im Ordner dateien.",
			"Made by machine; it bears no signature. The same is in the file data.json in a form that machines read, the papers are in the folder files.",
		)},
	}
	if p.q.Kind == archive.InquiryPortability {
		s.Sections = []bundle.Section{p.personal(), p.papers()}
		return s
	}
	s.Sections = []bundle.Section{
		p.personal(), p.corrected(), p.purposes(), p.categories(), p.recipients(), p.terms(), p.rights(), p.sources(), p.decisions(), p.papers(),
	}
	return s
}

func (p *packing) day(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(p.say("02.01.2006", "2 January 2006"))
}

func (p *packing) moment(t time.Time) string {
	return t.In(p.guard.Zone).Format(p.say("02.01.2006, 15:04 Uhr", "2 January 2006, 15:04"))
}

func joinName(n archive.Name) string {
	return strings.Join(strings.FieldsFunc(n.Family+"\x00"+n.Given, func(r rune) bool { return r == 0 }), ", ")
}

// personal is what is recorded of the person herself.
func (p *packing) personal() bundle.Section {
	s := bundle.Section{Title: p.say("Ihre Personendaten", "Your personal data")}
	for _, n := range p.data.Person.Names {
		kind, _ := p.guard.Policies.NameKind(n.Kind)
		s.Rows = append(s.Rows, bundle.Row{Title: joinName(n), Facts: filledLines([]bundle.Line{
			{Label: p.say("Art des Namens", "Kind of name"), Value: p.named(n.Kind, kind.Label).Name},
			{Label: p.say("In eigener Schrift", "In its own script"), Value: n.OriginalScript},
			{Label: p.say("Geburtsdatum dazu", "Date of birth with it"), Value: p.day(n.BirthDate.String())},
			{Label: p.say("Staatsangehörigkeit dazu", "Nationality with it"), Value: n.Nationality},
		})})
	}
	who := p.data.Person
	entered, _ := p.guard.Policies.Department(who.EnteredBy)
	protected := ""
	if who.Protected {
		protected = p.say("ja", "yes")
	}
	s.Rows = append(s.Rows, bundle.Row{Title: p.say("Weitere Angaben", "Further data"), Facts: filledLines([]bundle.Line{
		{Label: p.say("Geburtsdatum", "Date of birth"), Value: p.day(who.BirthDate.String())},
		{Label: p.say("Geschlecht", "Sex"), Value: p.sex(who.Sex)},
		{Label: p.say("Staatsangehörigkeiten", "Nationalities"), Value: strings.Join(who.Nationalities, ", ")},
		{Label: p.say("AZR-Nummer", "AZR number"), Value: who.AZRNumber},
		{Label: p.say("Auskunftssperre", "Ban on disclosure"), Value: protected},
		{Label: p.say("Erfasst durch", "Entered by"), Value: p.named(who.EnteredBy, entered.Label).Name},
		{Label: p.say("Erfasst am", "Entered on"), Value: p.moment(who.Created)},
		{Label: p.say("Zuletzt geändert", "Last changed"), Value: p.moment(who.Changed)},
	})})
	for _, g := range p.data.Particulars {
		facts := []bundle.Line{{Label: p.say("Angabe", "What is recorded"), Value: g.Text}}
		for _, f := range g.Former {
			facts = append(facts, bundle.Line{Label: p.say("Vorher", "Before"), Value: f.Text})
		}
		s.Rows = append(s.Rows, bundle.Row{Title: g.Group.Name, Facts: filledLines(facts)})
	}
	return s
}

func (p *packing) sex(code string) string {
	return map[string]string{"f": p.say("weiblich", "female"), "m": p.say("männlich", "male"), "x": p.say("divers", "diverse")}[code]
}

// purposes is what the data is used for: (a).
func (p *packing) purposes() bundle.Section {
	s := bundle.Section{Title: p.say("Zwecke der Verarbeitung", "Purposes of the processing")}
	for _, a := range p.data.Akten {
		var departments []string
		for _, d := range a.Departments {
			departments = append(departments, d.Name)
		}
		facts := []bundle.Line{
			{Label: p.say("Aufgabe", "Task"), Value: a.Task.Name},
			{Label: p.say("Beteiligte Bereiche", "Departments that take part"), Value: strings.Join(departments, "; ")},
		}
		for _, c := range a.Cases {
			value := c.Procedure.Name
			if c.LegalBasis != "" {
				value += " (" + c.LegalBasis + ")"
			}
			facts = append(facts, bundle.Line{Label: p.say("Vorgang", "Case"), Value: value})
		}
		s.Rows = append(s.Rows, bundle.Row{Title: p.say("Akte ", "File ") + a.Number, Facts: facts})
	}
	return p.filled(s, p.say("Es wird keine Akte über Sie geführt.", "No file is kept about you."))
}

// filled says in words that a section is empty.
func (p *packing) filled(s bundle.Section, none string) bundle.Section {
	if len(s.Rows) == 0 {
		s.Rows = []bundle.Row{{Title: none}}
	}
	return s
}

// categories counts the papers by register: (b).
func (p *packing) categories() bundle.Section {
	s := bundle.Section{Title: p.say("Kategorien von Daten", "Categories of data")}
	count := map[string]int{}
	for _, d := range p.data.Documents {
		count[d.Register.Key]++
	}
	for _, reg := range p.guard.Policies.Registers() {
		if n := count[reg.Key]; n > 0 {
			s.Rows = append(s.Rows, bundle.Row{Title: reg.Label.In(p.q.Language), Facts: []bundle.Line{{Label: p.say("Schriftstücke", "Papers"), Value: strconv.Itoa(n)}}})
		}
	}
	return p.filled(s, p.say("Es liegen keine Schriftstücke vor.", "There are no papers."))
}

// recipients is to whom data went: (c).
func (p *packing) recipients() bundle.Section {
	s := bundle.Section{Title: p.say("Empfänger", "Recipients")}
	for i, r := range p.data.Recipients {
		if i == maxPaperRows {
			break
		}
		s.Rows = append(s.Rows, bundle.Row{Title: r.Name, Facts: filledLines([]bundle.Line{
			{Label: p.say("Am", "On"), Value: p.moment(r.At)}, {Label: p.say("Was", "What"), Value: r.Document},
			{Label: p.say("Grund", "Reason"), Value: r.Reason}, {Label: p.say("Aktenzeichen", "Reference number"), Value: strings.Join(r.Akten, ", ")},
		})})
	}
	s = p.filled(s, p.say("Soweit aufgezeichnet, wurden keine Daten an Stellen außerhalb der Behörde gegeben.", "As far as recorded, no data was given to bodies outside the authority."))
	s.Rows = append(s.Rows, bundle.Row{Title: p.say(
		"Aufgeführt ist, was das Protokoll noch enthält; seine Einträge werden nach ihrer Frist gelöscht. Dieses Programm übermittelt nichts in Drittländer.",
		"Listed is what the trail still holds; its entries are erased at the end of their term. This program transfers nothing to third countries.",
	)})
	return s
}

// terms is for how long it is kept: (d).
func (p *packing) terms() bundle.Section {
	s := bundle.Section{Title: p.say("Dauer der Speicherung", "How long it is kept")}
	for _, a := range p.data.Akten {
		if a.KeptUntil != "" {
			s.Rows = append(s.Rows, bundle.Row{Title: p.say("Akte ", "File ") + a.Number, Facts: []bundle.Line{{Label: p.say("Gespeichert bis", "Kept until"), Value: p.day(a.KeptUntil)}}})
		} else if a.Years > 0 {
			s.Rows = append(s.Rows, bundle.Row{Title: p.say("Akte ", "File ") + a.Number, Facts: []bundle.Line{
				{Label: p.say("Nach dem Schließen", "After it was closed"), Value: fmt.Sprintf(p.say("%d Jahre", "%d years"), a.Years)},
			}})
		}
	}
	for _, r := range p.retentions {
		s.Rows = append(s.Rows, bundle.Row{Title: r.Label.In(p.q.Language), Facts: filledLines([]bundle.Line{{Label: p.say("Rechtsgrundlage", "Legal basis"), Value: r.LegalBasis.In(p.q.Language)}})})
	}
	return p.filled(s, p.say("Solange es für die genannten Aufgaben nötig ist.", "As long as the tasks named make it necessary."))
}

// rights are those that she has: (e) and (f).
func (p *packing) rights() bundle.Section {
	rows := func(de, en string) bundle.Row { return bundle.Row{Title: p.say(de, en)} }
	return bundle.Section{Title: p.say("Ihre Rechte", "Your rights"), Rows: []bundle.Row{
		rows("Sie können verlangen, dass falsche Daten berichtigt werden (Art. 16 DSGVO).", "You can ask that wrong data is corrected (Art. 16 GDPR)."),
		rows("Sie können unter den Voraussetzungen der Art. 17 und 18 DSGVO Löschung oder Einschränkung der Verarbeitung verlangen.", "You can ask for erasure or restriction of the processing as far as Art. 17 and 18 GDPR provide."),
		rows("Sie können der Verarbeitung aus Gründen Ihrer besonderen Situation widersprechen (Art. 21 DSGVO).", "You can object to the processing on grounds of your particular situation (Art. 21 GDPR)."),
		rows("Sie können sich bei der Datenschutz-Aufsichtsbehörde beschweren (Art. 77 DSGVO).", "You can lodge a complaint with the supervisory authority for data protection (Art. 77 GDPR)."),
	}}
}

// sources is where it came from: (g).
func (p *packing) sources() bundle.Section {
	s := bundle.Section{Title: p.say("Herkunft der Daten", "Where the data came from")}
	type source struct{ channel, sender string }
	count := map[source]int{}
	var order []source
	for _, d := range p.data.Documents {
		from := source{d.Channel.Name, d.Sender}
		if count[from]++; count[from] == 1 {
			order = append(order, from)
		}
	}
	for _, from := range order {
		title := from.sender
		if title == "" {
			title = p.say("Ohne Angabe eines Absenders", "No sender noted")
		}
		s.Rows = append(s.Rows, bundle.Row{Title: title, Facts: filledLines([]bundle.Line{
			{Label: p.say("Eingangsweg", "Way of receipt"), Value: from.channel}, {Label: p.say("Schriftstücke", "Papers"), Value: strconv.Itoa(count[from])},
		})})
	}
	return p.filled(s, p.say("Es liegen keine Schriftstücke vor.", "There are no papers."))
}

// decisions says that the program decides nothing: (h).
func (p *packing) decisions() bundle.Section {
	return bundle.Section{Title: p.say("Automatisierte Entscheidungen", "Automated decisions"), Rows: []bundle.Row{{Title: p.say(
		"Es gibt keine automatisierten Entscheidungen und kein Profiling. Das Programm erkennt Text und schlägt vor, wohin ein Schriftstück gehört; darüber entscheiden Menschen.",
		"There are no automated decisions and there is no profiling. The program recognises text and suggests where a paper belongs; people decide.",
	)}}}
}

// papers lists what is in the package, and says how much is not.
func (p *packing) papers() bundle.Section {
	s := bundle.Section{Title: p.say("Schriftstücke in diesem Paket", "Papers in this package")}
	for i, d := range p.data.Documents {
		if i == maxPaperRows {
			s.Rows = append(s.Rows, bundle.Row{Title: p.say("Weitere stehen in der Datei daten.json.", "More are listed in the file data.json.")})
			break
		}
		title, file := d.Title, d.File
		if title == "" {
			title = d.Type.Name
		}
		if file == "" {
			file = p.say("wird zurückgehalten, bis die Prüfung auf Schadsoftware abgeschlossen ist", "held back until the search for malware is over")
		}
		s.Rows = append(s.Rows, bundle.Row{Title: title, Facts: filledLines([]bundle.Line{
			{Label: p.say("Art", "Kind"), Value: d.Type.Name}, {Label: p.say("Datum", "Date"), Value: p.day(d.Date)},
			{Label: p.say("Eingegangen am", "Received on"), Value: p.day(d.ReceivedOn)}, {Label: p.say("Von", "From"), Value: d.Sender},
			{Label: p.say("Aktenzeichen", "Reference number"), Value: d.Akte}, {Label: p.say("Datei", "File"), Value: file},
		})})
	}
	s = p.filled(s, p.say("Es werden keine Schriftstücke herausgegeben.", "No papers are handed out."))
	if n := p.data.Withheld; n > 0 {
		s.Rows = append(s.Rows, bundle.Row{Title: fmt.Sprintf(p.say(
			"%d Schriftstücke oder Angaben sind nicht beigefügt, weil Rechte anderer Personen oder gesetzliche Gründe entgegenstehen (Art. 15 Abs. 4, Art. 23 DSGVO, § 34 BDSG).",
			"%d papers or entries are not enclosed, for the rights of others or on grounds of law (Art. 15 (4), Art. 23 GDPR).",
		), n)})
	}
	return s
}
