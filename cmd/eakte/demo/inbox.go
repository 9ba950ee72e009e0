package demo

import "math/rand/v2"

// post says what lies unfiled, for whom, and in which basket.
func post() []struct{ recipe, given, department, note string } {
	return []struct{ recipe, given, department, note string }{
		{"lohnnachweis", "Mehmet", "auslaenderbehoerde", ""},
		{"meldebescheinigung", "Oksana", "auslaenderbehoerde", "ohne Aktenzeichen"},
		{"arbeitsvertrag", "Mohammed", "auslaenderbehoerde", "mehrere Personen gleichen Namens, bitte prüfen"},
		{"sprachzertifikat", "Rojda", "poststelle", ""},
		{"akteneinsicht", "Mamadou", "poststelle", "Fax der Kanzlei"},
		{"geburtsurkunde", "Bethlehem", "poststelle", "Original, bitte zurückgeben"},
		{"attest", "Nasrin", "gesundheit", "verschlossen weitergeben"},
		{"mietvertrag", "Yonas", "soziales", ""},
		{"bamf_bescheid", "Aïcha", "asyl", ""},
		{"wohnungsgeber", "Selam", "unterbringung", ""},
		{"integrationskurs", "Iryna", "integration", ""},
		{"passersatzantrag", "Gul Agha", "rueckkehr", ""},
		{"email", "Milica", "auslaenderbehoerde", ""},
		{"sonstiges", "Ioana", "poststelle", "Zuständigkeit unklar"},
	}
}

// inbox makes the unfiled post of the last days, every second piece a scan.
func (m *maker) inbox() []InboxItem {
	var out []InboxItem
	for n, p := range post() {
		for i, b := range m.all {
			if b.given != p.given {
				continue
			}
			m.made++
			rng := rand.New(rand.NewPCG(m.seed, uint64(m.made)*977))
			received := m.today.AddDate(0, 0, -n/4)
			_, iso := day(received)
			item := InboxItem{Department: p.department, ReceivedOn: iso, Channel: "upload", Sender: kinds()[p.recipe].sender, Note: p.note}
			if item.Sender == "" || item.Sender == "Antragsteller" {
				item.Sender = b.given + " " + b.family
			}
			item.paper = m.paper(p.recipe, m.facts[i], m.akteOf(i), received.AddDate(0, 0, -3), rng)
			if n%2 == 0 {
				item.Channel = "scan"
				item.scanned(n/2, iso, rng)
			}
			out = append(out, item)
			break
		}
	}
	return out
}

// akteOf is the usual Akte of a person; who has none gets an empty one with no number to quote.
func (m *maker) akteOf(person int) Akte {
	for _, a := range m.akten {
		if a.Person == person {
			return a
		}
	}
	return Akte{Person: person, Plan: "33.11"}
}
