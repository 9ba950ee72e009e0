package demo

import "slices"

// Teams of the foreigners' office, by the first letter of the family name.
const (
	teamAK = "abh-a-k"
	teamLZ = "abh-l-z"
)

// accounts has at least one for every role, in the departments where the role exists.
func accounts() []Account {
	one := func(login, display, role, department string, teams ...string) Account {
		return Account{Login: login, Display: display, Roles: []RoleAt{{role, department}}, Teams: teams}
	}
	return []Account{
		one("poststelle", "Petra Posteingang", "registratur", "poststelle"),
		one("abh.registratur", "Rolf Regal", "registratur", "auslaenderbehoerde", teamAK, teamLZ),
		one("abh.kaya", "Deniz Kaya", "sachbearbeitung", "auslaenderbehoerde", teamAK),
		one("abh.lorenz", "Luise Lorenz", "sachbearbeitung", "auslaenderbehoerde", teamLZ),
		one("abh.sicher", "Simon Wächter", "sicherheit", "auslaenderbehoerde", teamAK, teamLZ),
		one("abh.leitung", "Dr. Helga Amtmann", "leitung", "auslaenderbehoerde"),
		one("asyl.neumann", "Nora Neumann", "sachbearbeitung", "asyl"),
		one("soz.schmidt", "Svenja Schmidt", "sachbearbeitung", "soziales"),
		one("soz.dienst", "Sami Betreuer", "sozialdienst", "soziales"),
		one("integration.vogel", "Ines Vogel", "sachbearbeitung", "integration"),
		one("unterbringung.haus", "Uwe Haus", "unterbringung", "unterbringung"),
		one("gesundheit.arnold", "Dr. Greta Arnold", "gesundheit", "gesundheit"),
		one("rueckkehr.reise", "Renate Reise", "rueckkehr", "rueckkehr"),
		one("datenschutz", "Dagmar Schutz", "datenschutz", "datenschutz"),
		one("verwaltung", "Axel Technik", "administration", "it"),
		one("scanner", "Scanstraße Poststelle", "dienst", "poststelle"),
	}
}

// caseworker is who signs for a department; team matters in the foreigners' office.
func caseworker(department, team string) Account {
	want := map[string]string{"unterbringung": "unterbringung", "gesundheit": "gesundheit", "rueckkehr": "rueckkehr", "poststelle": "registratur"}[department]
	if want == "" {
		want = "sachbearbeitung"
	}
	for _, a := range accounts() {
		if a.Roles[0] == (RoleAt{want, department}) && (len(a.Teams) == 0 || slices.Contains(a.Teams, team)) {
			return a
		}
	}
	return Account{}
}
