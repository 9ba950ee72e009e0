package demo

import "strings"

// kind is where a recipe belongs: its type with the home register and classification
// of the built-in document types, who brings it in, and from whom it comes.
type kind struct {
	doctype, register, classification, department string
	// sender is empty for papers the authority writes itself.
	sender string
	// shared papers belong to everybody in the household.
	shared bool
}

// kinds lists all recipes but for [moreKinds].
func kinds() map[string]kind {
	const abh = "auslaenderbehoerde"
	self := "Antragsteller"
	k := map[string]kind{
		"reisepass":           {"reisepass", "identitaet", "normal", abh, self, false},
		"id_karte":            {"id_karte_ausland", "identitaet", "normal", abh, self, false},
		"lichtbild":           {"lichtbild", "identitaet", "normal", abh, self, false},
		"passersatz":          {"passersatz", "identitaet", "normal", abh, "", false},
		"aufenthaltstitel":    {"aufenthaltstitel_eat", "aufenthalt", "normal", abh, "", false},
		"gestattung":          {"aufenthaltsgestattung", "aufenthalt", "normal", abh, "", false},
		"duldung":             {"duldung", "aufenthalt", "normal", abh, "", false},
		"fiktion":             {"fiktionsbescheinigung", "aufenthalt", "normal", abh, "", false},
		"antrag":              {"antrag_aufenthaltstitel", "aufenthalt", "normal", abh, self, false},
		"verpflichtung":       {"verpflichtungserklaerung", "aufenthalt", "normal", abh, "Margarete Beispiel", false},
		"bescheid_erteilung":  {"bescheid_abh", "aufenthalt", "normal", abh, "", false},
		"bescheid_ablehnung":  {"bescheid_abh", "aufenthalt", "normal", abh, "", false},
		"ankunftsnachweis":    {"ankunftsnachweis", "asyl", "normal", "asyl", "Bundesamt (Muster)", false},
		"bamf_bescheid":       {"bamf_bescheid", "asyl", "besonders", "asyl", "Bundesamt (Muster)", false},
		"bamf_niederschrift":  {"bamf_niederschrift", "asyl", "besonders", "asyl", "Bundesamt (Muster)", false},
		"geburtsurkunde":      {"geburtsurkunde", "familie", "normal", abh, "Standesamt Musterstadt", true},
		"heiratsurkunde":      {"heiratsurkunde", "familie", "normal", abh, "Standesamt Musterstadt", true},
		"sorgerecht":          {"sorgerechtsnachweis", "familie", "normal", abh, self, true},
		"eheerklaerung":       {"eheerklaerung", "familie", "normal", abh, self, true},
		"familienbuch":        {"familienbuch", "familie", "besonders", abh, self, false},
		"uebersetzung":        {"uebersetzung", "familie", "normal", abh, "Übersetzungsbüro Wortlaut", false},
		"arbeitsvertrag":      {"arbeitsvertrag", "beschaeftigung", "normal", abh, self, false},
		"lohnnachweis":        {"lohnnachweis", "beschaeftigung", "normal", abh, self, false},
		"zustimmung_ba":       {"zustimmung_ba", "beschaeftigung", "normal", abh, "Arbeitsagentur (Muster)", false},
		"rentenverlauf":       {"rentenversicherungsverlauf", "beschaeftigung", "normal", abh, self, false},
		"krankenversicherung": {"krankenversicherung", "beschaeftigung", "normal", abh, "Musterkasse – Gesundheit", false},
		"steuerbescheid":      {"steuerbescheid", "beschaeftigung", "normal", abh, self, false},
		"ausbildungsvertrag":  {"ausbildungsvertrag", "beschaeftigung", "normal", abh, self, false},
		"mietvertrag":         {"mietvertrag", "wohnen", "normal", abh, self, true},
		"meldebescheinigung":  {"meldebescheinigung", "wohnen", "normal", abh, "Stadt Musterstadt", false},
		"wohnungsgeber":       {"wohnungsgeberbestaetigung", "wohnen", "normal", abh, self, false},
	}
	for name, more := range moreKinds() {
		k[name] = more
	}
	return k
}

// moreKinds are education, health, security, return, benefits and correspondence.
func moreKinds() map[string]kind {
	const abh = "auslaenderbehoerde"
	self := "Antragsteller"
	return map[string]kind{
		"integrationskurs":      {"integrationskurs", "bildung", "normal", abh, "Volkshochschule Musterfelde", false},
		"sprachzertifikat":      {"sprachzertifikat_b1", "bildung", "normal", abh, self, false},
		"leben_in_deutschland":  {"leben_in_deutschland", "bildung", "normal", abh, self, false},
		"schulzeugnis":          {"schulzeugnis", "bildung", "normal", abh, self, false},
		"hochschulabschluss":    {"hochschulabschluss", "bildung", "normal", abh, self, false},
		"arbeitszeugnis":        {"berufsabschluss", "bildung", "normal", abh, self, false},
		"zab":                   {"zab_zeugnisbewertung", "bildung", "normal", abh, "Zeugnisbewertung (Muster)", false},
		"berufserlaubnis":       {"berufsausuebungserlaubnis", "bildung", "normal", abh, "", false},
		"lebenslauf":            {"lebenslauf", "bildung", "normal", abh, self, false},
		"kursanmeldung":         {"sonstiges", "bildung", "normal", "integration", "", false},
		"zuweisung":             {"zuweisungsbescheid", "wohnen", "normal", "unterbringung", "", true},
		"unterbringungsvermerk": {"unterbringungsvermerk", "wohnen", "normal", "unterbringung", "", false},
		"attest":                {"aerztliches_attest", "gesundheit", "besonders", "gesundheit", "Praxis Dr. med. Vera Beispiel", false},
		"gutachten":             {"aerztliches_attest", "gesundheit", "besonders", "gesundheit", "Klinikum Musterfelde", false},
		"reisefaehigkeit":       {"aerztliches_attest", "gesundheit", "normal", "gesundheit", "", false},
		"fuehrungszeugnis":      {"fuehrungszeugnis", "sicherheit", "sicherheit", abh, "Bundesregister (Muster)", false},
		"sicherheitsabfrage":    {"sicherheitsabfrage", "sicherheit", "sicherheit", abh, "Landespolizei (Muster)", false},
		"ausweisung":            {"ausweisung_abschiebung", "rueckkehr", "normal", "rueckkehr", "", false},
		"passersatzantrag":      {"passersatzantrag", "rueckkehr", "normal", "rueckkehr", self, false},
		"botschaft":             {"botschaftsvorfuehrung", "rueckkehr", "besonders", "rueckkehr", "", false},
		"rueckkehrberatung":     {"anschreiben_behoerde", "rueckkehr", "normal", "rueckkehr", "", false},
		"leistungsbescheid":     {"leistungsbescheid", "leistungen", "normal", "soziales", "", false},
		"hilfeplan":             {"hilfeplan", "leistungen", "normal", "soziales", "", false},
		"beratungsvermerk":      {"aktenvermerk", "schriftwechsel", "besonders", "soziales", "", false},
		"vollmacht":             {"vollmacht", "schriftwechsel", "normal", abh, "Kanzlei Beispiel & Muster", false},
		"akteneinsicht":         {"email_rueckfrage", "schriftwechsel", "normal", abh, "Kanzlei Beispiel & Muster", false},
		"email":                 {"email_rueckfrage", "schriftwechsel", "normal", abh, self, false},
		"aktenvermerk":          {"aktenvermerk", "schriftwechsel", "normal", abh, "", false},
		"klage":                 {"gerichtspost", "schriftwechsel", "normal", abh, "Kanzlei Beispiel & Muster", false},
		"beschluss":             {"gerichtspost", "schriftwechsel", "normal", abh, "Verwaltungsgericht Musterstadt", false},
		"anschreiben":           {"anschreiben_behoerde", "schriftwechsel", "normal", abh, "", false},
		"nachforderung":         {"nachforderung", "schriftwechsel", "normal", abh, "", false},
		"zustellung":            {"zustellungsnachweis", "schriftwechsel", "normal", abh, "Zusteller", false},
		"sonstiges":             {"sonstiges", "ungeordnet", "normal", abh, self, false},
	}
}

// lifePapers are the papers everybody with such a life has; some of lifeExtras come on top.
func lifePapers(life string) []string {
	return strings.Fields(map[string]string{
		"ukraine":   "reisepass meldebescheinigung aufenthaltstitel leistungsbescheid kursanmeldung",
		"refugee":   "passersatz bamf_bescheid meldebescheinigung integrationskurs leistungsbescheid",
		"asylum":    "ankunftsnachweis gestattung bamf_niederschrift zuweisung leistungsbescheid",
		"tolerated": "duldung passersatzantrag sicherheitsabfrage leistungsbescheid",
		"worker":    "reisepass antrag arbeitsvertrag lohnnachweis bescheid_erteilung",
		"trainee":   "reisepass ausbildungsvertrag sprachzertifikat wohnungsgeber",
		"student":   "reisepass antrag verpflichtung krankenversicherung fiktion hochschulabschluss",
		"family":    "reisepass eheerklaerung heiratsurkunde antrag integrationskurs",
		"child":     "geburtsurkunde schulzeugnis lichtbild",
		"eu":        "reisepass meldebescheinigung arbeitsvertrag sonstiges",
	}[life])
}

// lifeExtras are dealt out in turn, so that every one of them exists.
func lifeExtras(life string) (pool []string, each int) {
	p, ok := map[string]string{
		"ukraine":   "wohnungsgeber sorgerecht arbeitsvertrag email",
		"refugee":   "id_karte mietvertrag familienbuch nachforderung heiratsurkunde gutachten aktenvermerk beratungsvermerk uebersetzung lohnnachweis anschreiben hilfeplan fuehrungszeugnis sprachzertifikat",
		"asylum":    "attest unterbringungsvermerk id_karte email hilfeplan beratungsvermerk gutachten",
		"tolerated": "bescheid_ablehnung ausweisung klage reisefaehigkeit botschaft aktenvermerk rueckkehrberatung vollmacht akteneinsicht beschluss attest",
		"worker":    "mietvertrag krankenversicherung sprachzertifikat hochschulabschluss zab fuehrungszeugnis steuerbescheid rentenverlauf leben_in_deutschland berufserlaubnis zustimmung_ba arbeitszeugnis fiktion",
		"trainee":   "lebenslauf lohnnachweis schulzeugnis nachforderung anschreiben zustellung",
		"student":   "email", "family": "mietvertrag", "eu": "email", "child": "meldebescheinigung",
	}[life]
	if !ok {
		return nil, 0
	}
	pool = strings.Fields(p)
	return pool, max(1, map[string]int{"worker": 2, "tolerated": 3, "refugee": 2, "asylum": 2, "trainee": 2, "ukraine": 2}[life])
}
