package acl

import (
	"fmt"
	"strings"

	"eakte/archive"
	"eakte/policies"
)

// DeliveryWords say in German or English what came of a delivery. Codes that aren't known stay as they are.
type DeliveryWords struct {
	language string
}

// WordsOfDeliveries returns those of a language: "en", else German.
func WordsOfDeliveries(language string) DeliveryWords { return DeliveryWords{language} }

func (w DeliveryWords) in(words map[string]policies.Label, code string) string {
	if l, ok := words[code]; ok {
		return l.In(w.language)
	}
	return code
}

func (w DeliveryWords) say(de, en string) string {
	return policies.Label{DE: de, EN: en}.In(w.language)
}

// Result says a result, one of [archive.DeliveryResults].
func (w DeliveryWords) Result(code string) string {
	return w.in(map[string]policies.Label{
		archive.DeliveryTaken:      {DE: "In Akten übernommen", EN: "Taken into Akten"},
		archive.DeliveryThere:      {DE: "Schon vorhanden", EN: "There already"},
		archive.DeliveryReady:      {DE: "Würde übernommen", EN: "Would be taken"},
		archive.DeliveryUnassigned: {DE: "Im Postkorb, ohne Akte", EN: "In the basket, without an Akte"},
		archive.DeliveryMissing:    {DE: "Fehlt", EN: "Missing"},
		archive.DeliverySurplus:    {DE: "Überzählig", EN: "Surplus"},
		archive.DeliveryDuplicate:  {DE: "Doppelt", EN: "Twice"},
		archive.DeliveryUnreadable: {DE: "Nicht lesbar", EN: "Unreadable"},
		archive.DeliveryProfile:    {DE: "Anders gescannt als erwartet", EN: "Not scanned as expected"},
		archive.DeliveryRefused:    {DE: "Nicht übernommen", EN: "Not taken"},
		archive.DeliveryUnread:     {DE: "Nicht zu öffnen", EN: "Could not be opened"},
	}, code)
}

// Reason says the reason of a row.
func (w DeliveryWords) Reason(code string) string {
	return w.in(map[string]policies.Label{
		"twice_in_the_delivery":      {DE: "eine andere Zeile bringt dieselbe Datei", EN: "another row brings the same file"},
		"twice_for_different_people": {DE: "dieselbe Datei soll verschiedenen Personen gehören", EN: "the same file is said to belong to different people"},
		"akte_not_handed_over":       {DE: "diese Akte wurde nicht übergeben", EN: "this Akte was not handed over"},
		"not_in_the_index":           {DE: "keine Zeile des Index nennt die Datei", EN: "no row of the index names the file"},
		"nothing_of_the_akte":        {DE: "von dieser Akte kam nichts", EN: "nothing came of this Akte"},
		"unassigned_before":          {DE: "lag schon im Postkorb, ohne Akte", EN: "lay in the basket already, without an Akte"},
		"outside_the_folder":         {DE: "liegt außerhalb des Ordners", EN: "lies outside of the folder"},
		"not_readable_here":          {DE: "ließ sich hier nicht öffnen", EN: "could not be opened here"},
		"not_a_file":                 {DE: "ist keine Datei", EN: "is no file"},
		"unknown_akte":               {DE: "diese Akte gibt es nicht", EN: "there is no such Akte"},
		"akte_not_open":              {DE: "diese Akte nimmt nichts auf", EN: "this Akte takes nothing"},
		"too_large":                  {DE: "die Datei ist zu groß", EN: "the file is too large"},
		"empty":                      {DE: "die Datei ist leer", EN: "the file is empty"},
		"no_scan":                    {DE: "die Datei ist kein Scan", EN: "the file is no scan"},
		"unsupported":                {DE: "diese Dateiart wird nicht angenommen", EN: "this kind of file is not taken"},
		"dangerous":                  {DE: "Dateien dieser Art werden nicht angenommen: sie können Programme sein", EN: "files of this kind are not taken: they may be programs"},
		"corrupt":                    {DE: "die Datei ist beschädigt", EN: "the file is damaged"},
		"truncated":                  {DE: "die Datei ist nicht vollständig", EN: "the file is incomplete"},
		"encrypted":                  {DE: "die Datei ist mit einem Kennwort geschützt", EN: "the file is protected by a password"},
		"page_limit":                 {DE: "die Datei hat zu viele Seiten", EN: "the file has too many pages"},
		"no_pages":                   {DE: "die Datei enthält keine Seite", EN: "the file has no page"},
		"page_loop":                  {DE: "die Seiten der Datei verweisen im Kreis", EN: "the pages of the file run in a circle"},
		"pixel_limit":                {DE: "ein Bild ist zu groß", EN: "an image is too large"},
		"decompression_limit":        {DE: "die Datei wird ausgepackt zu groß", EN: "unpacked the file is too large"},
		"nesting_limit":              {DE: "die Datei ist zu tief verschachtelt", EN: "the file is nested too deeply"},
		"resource_limit":             {DE: "die Datei zu lesen dauert zu lange", EN: "reading the file takes too long"},
		"several_images":             {DE: "die Datei enthält mehrere Bilder", EN: "the file holds several images"},
	}, code)
}

// Tried says how the Akte of a file was looked for.
func (w DeliveryWords) Tried(code string) string {
	key, what, found := strings.Cut(code, ":")
	if !found {
		return w.agreed(code)
	}
	named := map[string]policies.Label{
		"file_number":     {DE: "Aktenzeichen", EN: "reference number"},
		"register_number": {DE: "Registernummer", EN: "register number"},
		"birth_date":      {DE: "Geburtsdatum", EN: "date of birth"},
		"numbers":         {DE: "die Nummern", EN: "the numbers"},
		"name+birth_date": {DE: "Name und Geburtsdatum allein", EN: "name and date of birth alone"},
	}
	said := map[string]policies.Label{
		"unknown":                 {DE: "unbekannt", EN: "unknown"},
		"ambiguous":               {DE: "mehrfach vergeben", EN: "of several people"},
		"differ":                  {DE: "gehören verschiedenen Personen", EN: "belong to different people"},
		"alone":                   {DE: "ohne zweites Merkmal", EN: "without a second key"},
		"register_number_differs": {DE: "die Registernummer ist eine andere", EN: "the register number is another"},
		"name_differs":            {DE: "der Name ist ein anderer", EN: "the name is another"},
		"birth_date_differs":      {DE: "das Geburtsdatum ist ein anderes", EN: "the date of birth is another"},
		"no_single_akte":          {DE: "führt nicht zu genau einer Akte", EN: "leads to no single Akte"},
		"never_enough":            {DE: "genügen nie", EN: "are never enough"},
		"imputed":                 {DE: "ein 1. Januar zählt nicht", EN: "a 1 January doesn't count"},
		"incomplete":              {DE: "nicht auf den Tag genau", EN: "not known to the day"},
		"no_date":                 {DE: "kein Datum", EN: "no date"},
	}
	of, known := named[key]
	is, says := said[what]
	if !known || !says {
		return code
	}
	return of.In(w.language) + ": " + is.In(w.language)
}

// agreed says which two keys agreed on an Akte.
func (w DeliveryWords) agreed(code string) string {
	return w.in(map[string]policies.Label{
		"file_number+name":           {DE: "Aktenzeichen und Name stimmen", EN: "reference number and name agree"},
		"file_number+birth_date":     {DE: "Aktenzeichen und Geburtsdatum stimmen", EN: "reference number and date of birth agree"},
		"register_number+name":       {DE: "Registernummer und Name stimmen", EN: "register number and name agree"},
		"register_number+birth_date": {DE: "Registernummer und Geburtsdatum stimmen", EN: "register number and date of birth agree"},
	}, code)
}

// Fault says how a file was scanned otherwise than expected.
func (w DeliveryWords) Fault(f archive.DeliveryFault) string {
	switch f.Code {
	case archive.FaultPages:
		return fmt.Sprintf(w.say("Seitenzahl %s, der Index nennt %s", "page count %s, the index says %s"), f.Found, f.Want)
	case archive.FaultMaxPages:
		return fmt.Sprintf(w.say("Seitenzahl %s, erwartet höchstens %s", "page count %s, expected at most %s"), f.Found, f.Want)
	case archive.FaultDPI:
		if f.Found == "" {
			return fmt.Sprintf(w.say("%s: Auflösung unbekannt, erwartet %s dpi", "%s: resolution unknown, expected %s dpi"), w.pages(f.Pages), f.Want)
		}
		return fmt.Sprintf(w.say("%s: %s dpi, erwartet %s dpi", "%s: %s dpi, expected %s dpi"), w.pages(f.Pages), f.Found, f.Want)
	case archive.FaultColour:
		return fmt.Sprintf(w.say("%s: %s, erwartet %s", "%s: %s, expected %s"), w.pages(f.Pages), w.colour(f.Found), w.colour(f.Want))
	}
	return f.Code
}

func (w DeliveryWords) pages(pages []int) string {
	if len(pages) == 1 {
		return fmt.Sprintf(w.say("Seite %d", "page %d"), pages[0])
	}
	return fmt.Sprintf(w.say("Seiten %s", "pages %s"), archive.PageRanges(pages, "–"))
}

func (w DeliveryWords) colour(code string) string {
	return w.in(map[string]policies.Label{
		archive.ColourNone: {DE: "schwarz-weiß", EN: "black and white"}, archive.ColourGrey: {DE: "Graustufen", EN: "shades of grey"},
		archive.ColourTrue: {DE: "Farbe", EN: "colour"}, archive.ColourOther: {DE: "Farbe unbekannt", EN: "colours unknown"},
	}, code)
}

// Why says all reasons of a row in words, each on a line of its own.
func (w DeliveryWords) Why(row archive.DeliveryRow) (out []string) {
	for _, f := range row.Faults {
		out = append(out, w.Fault(f))
	}
	if len(out) == 0 && row.Reason != "" {
		out = append(out, w.Reason(row.Reason))
	}
	return out
}

// Keys says in words how the Akte of a row was looked for.
func (w DeliveryWords) Keys(tried []string) (out []string) {
	for _, code := range tried {
		out = append(out, w.Tried(code))
	}
	return out
}

// Note says to who files a find by hand what the index says of it and what was tried, with the codes behind the words.
func (w DeliveryWords) Note(delivery string, q Delivered, birth string, tried []string) string {
	lines := []string{fmt.Sprintf(w.say("Lieferung %s: keiner Akte zugeordnet.", "Delivery %s: assigned to no Akte."), delivery)}
	for _, l := range [][2]string{
		{w.say("Aktenzeichen", "Reference number"), q.Number}, {w.say("Registernummer", "Register number"), q.Register},
		{w.say("Familienname", "Family name"), q.Family}, {w.say("Vornamen", "Given names"), q.Given}, {w.say("Geburtsdatum", "Date of birth"), birth},
		{w.say("Versucht", "Tried"), strings.Join(w.coded(tried), "; ")},
	} {
		if l[1] != "" {
			lines = append(lines, l[0]+": "+l[1])
		}
	}
	const longest = 2000
	note := []rune(strings.Join(lines, "\n"))
	return string(note[:min(len(note), longest)])
}

// coded are the words of what was tried with their codes behind them.
func (w DeliveryWords) coded(tried []string) (out []string) {
	for _, code := range tried {
		out = append(out, withCode(w.Tried(code), code))
	}
	return out
}

// withCode puts the code behind words, for who has to look it up.
func withCode(words, code string) string {
	if code == "" || words == code {
		return words
	}
	return words + " (" + code + ")"
}
