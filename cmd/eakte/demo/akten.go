package demo

// participants says who takes part beside the lead in the Akte of such a life. n varies it.
func participants(life string, n int) []Participation {
	whole := func(d string) Participation { return Participation{Department: d} }
	health := Participation{Department: "gesundheit", Registers: []string{"identitaet", "gesundheit", "schriftwechsel"}}
	courses := Participation{Department: "integration", Registers: []string{"identitaet", "aufenthalt", "beschaeftigung", "bildung", "schriftwechsel"}}
	switch life {
	case "ukraine":
		return []Participation{whole("soziales"), whole("unterbringung"), courses}
	case "refugee":
		return []Participation{whole("asyl"), whole("soziales"), health, courses}
	case "asylum":
		return []Participation{whole("auslaenderbehoerde"), whole("unterbringung"), whole("soziales"), health}
	case "tolerated":
		soc := whole("soziales")
		if n%2 == 0 {
			soc.Until = "2027-06-30"
		}
		return []Participation{whole("rueckkehr"), soc, whole("unterbringung"), health}
	case "worker", "trainee", "family":
		return []Participation{courses}
	}
	return nil
}

// akten gives everybody but small children the usual Akte and four persons another one.
func akten(all []being) []Akte {
	var out []Akte
	for i, b := range all {
		if b.life == "none" {
			continue
		}
		a := Akte{Person: i, Plan: "33.11", Lead: "auslaenderbehoerde", Team: teamOf(b.family), Departments: participants(b.life, i)}
		if b.life == "asylum" {
			a.Lead, a.Team = "asyl", ""
		}
		a.Responsible = caseworker(a.Lead, a.Team).Login
		out = append(out, a)
	}
	other := map[string]int{}
	for i, b := range all {
		for given, unit := range map[string]Akte{
			"Rania": {Plan: "50.2", Lead: "soziales"}, "Zahra": {Plan: "50.4", Lead: "gesundheit"},
			"Hodan Warsame": {Plan: "50.3", Lead: "soziales"}, "Yonas": {Plan: "50.1", Lead: "unterbringung"},
		} {
			if b.given == given && other[given] == 0 {
				other[given]++
				unit.Person, unit.Responsible = i, caseworker(unit.Lead, "").Login
				out = append(out, unit)
			}
		}
	}
	return out
}

// otherPapers are the papers of the Akten beside the usual one.
func otherPapers(plan string) []string {
	return map[string][]string{
		"50.1": {"zuweisung", "unterbringungsvermerk"}, "50.2": {"leistungsbescheid", "hilfeplan"},
		"50.3": {"hilfeplan", "beratungsvermerk"}, "50.4": {"attest", "gutachten", "reisefaehigkeit"},
	}[plan]
}

// teamOf is the team of the foreigners' office by the first letter.
func teamOf(family string) string {
	if r := []rune(family)[0]; r >= 'A' && r <= 'K' || r == 'Đ' || r == 'İ' {
		return teamAK
	}
	return teamLZ
}
