package policies

import "strings"

// readLists reads the plain lists.
func (l *loader) readLists(set *Set) {
	for _, plain := range []struct {
		file string
		into *list[Term]
	}{
		{"departments.csv", &set.departments},
		{"roles.csv", &set.roles},
		{"classifications.csv", &set.classifications},
		{"purposes.csv", &set.purposes},
		{"channels.csv", &set.channels},
		{"namekinds.csv", &set.nameKinds},
		{"contents.csv", &set.contents},
	} {
		for _, r := range l.table(plain.file, "key", "de", "en") {
			term := r.term("key")
			put(r, plain.into, "key", term.Key, term)
		}
	}
}

func (l *loader) readTeams(set *Set) {
	const file = "teams.csv"
	if _, there := l.files[file]; !there {
		return
	}
	for _, r := range l.table(file, "key", "department", "de", "en") {
		team := Team{Term: r.term("key"), Department: r.key("department")}
		put(r, &set.teams, "key", team.Key, team)
	}
}

func (l *loader) readRegisters(set *Set) {
	letters := make(map[string]bool)
	for _, r := range l.table("registers.csv", "key", "letter", "de", "en", "unsorted") {
		reg := Register{Term: r.term("key"), Letter: r.cells["letter"], Unsorted: r.flag("unsorted")}
		if len(reg.Letter) != 1 || reg.Letter < "A" || reg.Letter > "Z" {
			r.bad("letter", "%q is no letter from A to Z", reg.Letter)
		}
		if letters[reg.Letter] {
			r.bad("letter", "%q is taken", reg.Letter)
		}
		letters[reg.Letter] = true
		put(r, &set.registers, "key", reg.Key, reg)
	}
}

func (l *loader) readPairs(set *Set) {
	for _, r := range l.table("pairs.csv", "role", "department", "follows", "only", "teams") {
		p := Pair{
			Role: r.key("role"), Department: r.key("department"),
			Only: r.set("only"), AllTeams: r.oneOf("teams", "own", "all") == "all",
		}
		if follows := r.cells["follows"]; follows != None {
			var ok bool
			if p.FollowsRole, p.FollowsDepartment, ok = strings.Cut(follows, "@"); !ok {
				r.bad("follows", "%q is neither role@department nor -", follows)
			}
		} else if len(p.Only) > 0 {
			r.bad("only", "limits what is inherited, but the pair follows none")
		}
		put(r, &set.pairs, "role", p.String(), p)
	}
}

func (l *loader) readDocTypes(set *Set) {
	for _, r := range l.table("doctypes.csv", "key", "de", "en", "register", "classification",
		"may_contain", "has_expiry", "return_original", "retention", "approval", "scan_colour", "scan_dpi") {
		d := DocType{
			Term: r.term("key"), Register: r.key("register"), Classification: r.key("classification"),
			MayContain: r.set("may_contain"), HasExpiry: r.flag("has_expiry"),
			ReturnOriginal: r.flag("return_original"), Retention: r.key("retention"),
			Approval: r.flag("approval"), ScanDPI: r.number("scan_dpi"),
		}
		if d.ScanColour = r.oneOf("scan_colour", None, "bw", "gray", "colour"); d.ScanColour == None {
			d.ScanColour = ""
		}
		put(r, &set.docTypes, "key", d.Key, d)
	}
}

func (l *loader) readPlan(set *Set) {
	for _, r := range l.table("fileplan.csv", "number", "parent", "de", "en", "disposal", "years",
		"special", "akte", "usual") {
		u := PlanUnit{
			Term: r.term("number"), Disposal: r.oneOf("disposal", "A", "B", "V"), Years: r.number("years"),
			Special: r.flag("special"), Akte: r.flag("akte"), Usual: r.flag("usual"),
		}
		if parent := r.cells["parent"]; parent != None {
			u.Parent = r.key("parent")
		}
		put(r, &set.plan, "number", u.Key, u)
	}
}

func (l *loader) readProcedures(set *Set) {
	for _, r := range l.table("procedures.csv", "key", "de", "en", "legal_basis", "registers") {
		p := Procedure{Term: r.term("key"), LegalBasis: r.cells["legal_basis"], Registers: r.set("registers")}
		put(r, &set.procedures, "key", p.Key, p)
	}
}

func (l *loader) readRetentions(set *Set) {
	for _, r := range l.table("retention.csv", "key", "de", "en", "covers", "legal_basis", "legal_basis_en", "months", "trigger", "verified") {
		t := Retention{
			Term: r.term("key"), LegalBasis: Label{r.cells["legal_basis"], r.cells["legal_basis_en"]}, Trigger: r.key("trigger"),
			Covers: r.oneOf("covers", CoversAkte, CoversDocument, CoversArchive, CoversOther),
			Open:   r.cells["months"] == None, Verified: r.flag("verified"),
		}
		if !t.Open {
			t.Months = r.number("months")
		}
		put(r, &set.retentions, "key", t.Key, t)
	}
}
