package demo

import (
	"slices"
	"strings"
)

// issuer is who writes a paper.
type issuer struct {
	name, unit, street, city, phone, mail, clerk, room string
	ink                                                ink
	// arms: an authority with a shield; others have a plain mark.
	arms bool
}

// issuerOf returns the issuer of a recipe's @from: a department's key, a name of the
// list, or, for anything else, a private sender "name, street, city".
func issuerOf(key string, f facts) issuer {
	const county, street, city = "Landkreis Musterfelde", "Am Musterplatz 1", "00001 Musterstadt"
	if d, ok := departments()[key]; ok {
		return issuer{county, d.unit, street, city, "00000 / 55-" + d.extension, d.mail + "@musterfelde.example", f.of("clerk"), d.room, d.ink, true}
	}
	if o, ok := offices()[key]; ok {
		o.arms = !slices.Contains([]string{"praxis", "klinik", "kanzlei", "kasse", "dolmetscher"}, key)
		return o
	}
	parts := append(strings.Split(key, ", "), "", "")
	return issuer{name: parts[0], street: parts[1], city: parts[2], phone: "00000 / 77 12", mail: "post@beispiel.example", clerk: "–", room: "–", ink: ink{70, 70, 80}}
}

type unit struct {
	unit, extension, mail, room string
	ink                         ink
}

func departments() map[string]unit {
	return map[string]unit{
		"auslaenderbehoerde": {"Ausländerbehörde", "310", "abh", "2.14", navy},
		"asyl":               {"Sachgebiet Asyl", "335", "asyl", "2.21", navy},
		"soziales":           {"Amt für Soziales und Leistungen", "410", "soziales", "1.08", forest},
		"unterbringung":      {"Unterbringung und Flüchtlingsmanagement", "440", "unterbringung", "1.17", forest},
		"gesundheit":         {"Gesundheitsamt", "510", "gesundheitsamt", "0.05", claret},
		"integration":        {"Stabsstelle Integration", "460", "integration", "3.02", forest},
		"rueckkehr":          {"Rückkehrberatung und Passersatz", "360", "rueckkehr", "2.30", navy},
		"sicherheit":         {"Ausländerbehörde – Sicherheit", "399", "abh-sicherheit", "2.40", navy},
	}
}

func offices() map[string]issuer {
	office := func(name, unit, street string, c ink) issuer {
		return issuer{name, unit, street, "00001 Musterstadt", "00000 / 88-0", "info@" + "muster.example", "Frau Beispiel", "101", c, true}
	}
	return map[string]issuer{
		"bundesamt":    office("Bundesamt (Muster)", "Asylverfahren, Außenstelle Musterfelde", "Musterallee 90", navy),
		"standesamt":   office("Standesamt Musterstadt", "Stadt Musterstadt", "Rathausgasse 2", claret),
		"buergeramt":   office("Stadt Musterstadt", "Bürgerbüro – Meldewesen", "Rathausgasse 2", forest),
		"gericht":      office("Verwaltungsgericht Musterstadt", "3. Kammer", "Justizplatz 4", black),
		"vhs":          office("Volkshochschule Musterfelde", "Sprachprüfungen", "Schulstraße 12", forest),
		"zab":          office("Zeugnisbewertung (Muster)", "Zentrale Stelle für ausländische Abschlüsse", "Hochschulring 3", navy),
		"justiz":       office("Bundesregister (Muster)", "Registerauskünfte", "Registerweg 9", black),
		"polizei":      office("Landespolizei (Muster)", "Zentrale Abfragestelle", "Wachweg 1", navy),
		"arbeit":       office("Arbeitsagentur (Muster)", "Team Arbeitsmarktzulassung", "Jobstraße 5", claret),
		"kasse":        office("Musterkasse – Gesundheit", "Mitgliedschaft und Beiträge", "Kassenweg 8", forest),
		"praxis":       office("Praxis Dr. med. Vera Beispiel", "Fachärztin für Allgemeinmedizin", "Lindenhof 6", forest),
		"klinik":       office("Klinikum Musterfelde", "Ambulanz für seelische Gesundheit", "Am Park 20", claret),
		"kanzlei":      office("Kanzlei Beispiel & Muster", "Rechtsanwältinnen", "Gerichtsgasse 7", black),
		"schule":       office("Grund- und Oberschule Musterstadt", "Sekretariat", "Schulstraße 10", forest),
		"universitaet": office("Universität Musterfelde", "Prüfungsamt", "Campus 1", claret),
		"rente":        office("Rentenkasse (Muster)", "Versicherungskonten", "Rentenring 11", forest),
		"finanzamt":    office("Finanzamt Musterstadt", "Veranlagungsstelle", "Steuergasse 14", black),
		"dolmetscher":  office("Übersetzungsbüro Wortlaut", "allgemein beeidigte Übersetzerin", "Sprachgasse 3", navy),
		"kammer":       office("Kammer Musterfelde", "Berufsbildung", "Handwerkerhof 2", claret),
		"botschaft":    office("Konsularabteilung (Muster)", "Auslandsvertretung", "Diplomatenweg 30", claret),
	}
}

func streets() []string {
	return []string{"Birkenweg", "Ahornstraße", "Am Mühlbach", "Gartenstraße", "Bahnhofstraße", "Feldrain", "Lerchenweg", "Kastanienallee", "Ziegelhof", "Wiesengrund", "Kirchgasse", "Am Anger"}
}

func towns() []string {
	return []string{"00001 Musterstadt", "00003 Musterfelde", "00005 Beispielhausen", "00007 Probedorf"}
}

func employers() []string {
	return []string{"Musterbau GmbH, Kranweg 4, 00003 Musterfelde", "Seniorenhaus Abendsonne gGmbH, Parkweg 2, 00001 Musterstadt",
		"Gasthof Zum Muster, Markt 9, 00001 Musterstadt", "Beispiel Logistik AG, Hafenring 30, 00005 Beispielhausen",
		"Bäckerei Korn & Krume, Mühlgasse 1, 00007 Probedorf", "Datenwerk Muster GmbH, Serverstraße 8, 00001 Musterstadt"}
}

func landlords() []string {
	return []string{"Wohnbau Musterfelde eG, Hauptstraße 50, 00003 Musterfelde", "Familie Beispiel, Ziegelhof 3, 00005 Beispielhausen", "Stadtwohnen Muster GmbH, Rathausgasse 20, 00001 Musterstadt"}
}

// country holds how a state is named on papers, and first names of parents from there.
type country struct{ adjective, english, language, name, mother, father string }

func countries() map[string]country {
	return map[string]country{
		"UKR": {"ukrainisch", "UKRAINE", "Ukrainischen", "Ukraine", "Olena", "Ivan"}, "RUS": {"russisch", "RUSSIAN FEDERATION", "Russischen", "Russland", "Irina", "Sergej"},
		"SRB": {"serbisch", "REPUBLIC OF SERBIA", "Serbischen", "Serbien", "Jelena", "Milan"}, "ALB": {"albanisch", "REPUBLIC OF ALBANIA", "Albanischen", "Albanien", "Mira", "Agim"},
		"XKX": {"kosovarisch", "REPUBLIC OF KOSOVO", "Albanischen", "Kosovo", "Teuta", "Bekim"}, "ROU": {"rumänisch", "ROMANIA", "Rumänischen", "Rumänien", "Elena", "Ion"},
		"TUR": {"türkisch", "REPUBLIC OF TÜRKIYE", "Türkischen", "Türkei", "Fatma", "Hasan"}, "SYR": {"syrisch", "SYRIA", "Arabischen", "Syrien", "Amina", "Khaled"},
		"IRQ": {"irakisch", "REPUBLIC OF IRAQ", "Arabischen", "Irak", "Nadia", "Kamal"}, "SOM": {"somalisch", "SOMALIA", "Somalischen", "Somalia", "Halima", "Farah"},
		"AFG": {"afghanisch", "AFGHANISTAN", "Dari", "Afghanistan", "Parwin", "Karim"}, "IRN": {"iranisch", "IRAN", "Persischen", "Iran", "Mahin", "Reza"},
		"ERI": {"eritreisch", "STATE OF ERITREA", "Tigrinischen", "Eritrea", "Letebrhan", "Haile"}, "VNM": {"vietnamesisch", "VIET NAM", "Vietnamesischen", "Vietnam", "Thị Hoa", "Văn Nam"},
		"GIN": {"guineisch", "REPUBLIC OF GUINEA", "Französischen", "Guinea", "Fatoumata", "Ibrahima"}, "CIV": {"ivorisch", "CÔTE D’IVOIRE", "Französischen", "Côte d’Ivoire", "Awa", "Moussa"},
		"SEN": {"senegalesisch", "REPUBLIC OF SENEGAL", "Französischen", "Senegal", "Aminata", "Ousmane"}, "GBR": {"britisch", "UNITED KINGDOM", "Englischen", "Vereinigtes Königreich", "Margaret", "Brian"},
	}
}
