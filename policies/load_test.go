package policies

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// builtInFiles returns a copy of the built-in folder.
func builtInFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	source, folder := os.DirFS("builtin"), fstest.MapFS{}
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(source, name)
		folder[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// lineOf returns the number of the first line that begins with start.
func lineOf(t *testing.T, folder fstest.MapFS, file, start string) int {
	t.Helper()
	for i, line := range strings.Split(string(folder[file].Data), "\n") {
		if strings.HasPrefix(line, start) {
			return i + 1
		}
	}
	t.Fatalf("%s: no line %q", file, start)
	return 0
}

func TestBuiltInHasNoProblem(t *testing.T) {
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if idle := set.IdlePairs(); len(idle) != 0 {
		t.Errorf("pairs without a rule: %v", idle)
	}
	counts := map[string][2]int{
		"departments": {len(set.Departments()), 10}, "roles": {len(set.Roles()), 11},
		"registers": {len(set.Registers()), 13}, "classifications": {len(set.Classifications()), 3},
		"purposes": {len(set.Purposes()), 17}, "document types": {len(set.DocTypes()), 57},
		"teams": {len(set.Teams()), 2}, "field groups": {len(set.FieldGroups()), 4}, "name kinds": {len(set.NameKinds()), 5}, "pairs": {len(set.Pairs()), 36},
		"plan units": {len(set.PlanUnits()), 22}, "retentions": {len(set.Retentions()), 17},
	}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	if len(set.Hash()) != 16 || len(set.FullHash()) != 64 || !strings.HasPrefix(set.FullHash(), set.Hash()) {
		t.Errorf("hash %q of %q", set.Hash(), set.FullHash())
	}
	if set.UsualPlanUnit().Key != "33.11" || set.UnsortedRegister().Letter != "Z" {
		t.Errorf("usual unit %q, unsorted register %q", set.UsualPlanUnit().Key, set.UnsortedRegister().Letter)
	}
	for _, lost := range []string{"", "ASYL", "asyl "} {
		if _, ok := set.Department(lost); ok {
			t.Errorf("department %q found", lost)
		}
	}
}

func TestLookUps(t *testing.T) {
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := set.DocType("bamf_niederschrift")
	wantDoc := DocType{
		Term:     Term{"bamf_niederschrift", doc.Label},
		Register: "asyl", Classification: "besonders", Retention: "R-BASE",
		MayContain: []string{"religion", "political_opinion", "ethnic_origin", "health"},
		ScanDPI:    200,
	}
	if diff := cmp.Diff(wantDoc, doc); diff != "" {
		t.Error(diff)
	}
	if p, ok := set.Pair("registratur", "asyl"); !ok || p.FollowsRole != "sachbearbeitung" || !slices.Equal(p.Only, []string{"normal"}) || p.AllTeams {
		t.Errorf("registratur@asyl: %+v", p)
	}
	if p, ok := set.Pair("leitung", "soziales"); !ok || p.FollowsRole != "sachbearbeitung" || len(p.Only) != 0 || !p.AllTeams {
		t.Errorf("leitung@soziales: %+v", p)
	}
	if p, ok := set.Pair("gesundheit", "asyl"); ok {
		t.Errorf("gesundheit@asyl: %+v, want none", p)
	}
	if u, _ := set.PlanUnit("33.31"); u.Parent != "33.3" || !u.Special || u.Akte || u.Years != 10 {
		t.Errorf("33.31: %+v", u)
	}
	if r, _ := set.Retention("R-PAPER"); r.Months != 6 || r.Open || r.Verified {
		t.Errorf("R-PAPER: %+v", r)
	}
	if r, _ := set.Retention("R-BZRG"); !r.Open {
		t.Errorf("R-BZRG: %+v", r)
	}
	if d, _ := set.Department("rueckkehr"); d.Label.In("de") != "Rückkehr" || d.Label.In("en") != "Return" || d.Label.In("fa") != "Rückkehr" {
		t.Errorf("rueckkehr: %+v", d)
	}
	if r, ok := set.Rule("sachbearbeitung@auslaenderbehoerde/gesundheit~leitung"); !ok || !r.MatchingCase || r.From != "sachbearbeitung@auslaenderbehoerde/gesundheit" || !slices.Equal(r.Classifications, []string{"normal", "besonders"}) {
		t.Errorf("inherited by leitung: %+v", r)
	}
	if r, ok := set.Rule("sachbearbeitung@auslaenderbehoerde/gesundheit~registratur"); !ok || !slices.Equal(r.Classifications, []string{"normal"}) {
		t.Errorf("inherited by registratur: %+v", r)
	}
	if r, ok := set.Rule("rueckkehr@rueckkehr/asyl/deny-hearing~registratur"); !ok || !r.Deny || !slices.Equal(r.Classifications, []string{"besonders", "sicherheit"}) {
		t.Errorf("a deny keeps its reach: %+v", r)
	}
}

func TestMatchingCases(t *testing.T) {
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		procedure, register string
		want                bool
	}{
		{"ae_verlaengerung_fachkraft", "beschaeftigung", true},
		{"ae_verlaengerung_fachkraft", "gesundheit", false},
		{"ae_verlaengerung_fachkraft", "asyl", false},
		{"duldung_verlaengerung", "gesundheit", false},
		{"duldung_krankheit", "gesundheit", true},
		{"reisefaehigkeit", "gesundheit", true},
		{"reisefaehigkeit", "asyl", false},
		{"sicherheitspruefung", "sicherheit", true},
		{"passersatzbeschaffung", "asyl", true},
		{"passersatzbeschaffung", "sicherheit", false},
		{"freiwillige_rueckkehr", "sicherheit", false},
		{"aktenabgabe_abh", "gesundheit", false},
		{"unknown", "identitaet", false},
		{"asylverfahren", "unknown", false},
		{"", "", false},
	} {
		if got := set.CaseTouches(tt.procedure, tt.register); got != tt.want {
			t.Errorf("%s touches %s: %t, want %t", tt.procedure, tt.register, got, tt.want)
		}
	}
}

// TestNothingHandedOutIsTheSet changes what the set hands out and asks again.
func TestNothingHandedOutIsTheSet(t *testing.T) {
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	untouched, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	rules := set.Rules()
	for i := range rules {
		rules[i].Deny = true
		for _, words := range [][]string{rules[i].Departments, rules[i].Registers, rules[i].Classifications, rules[i].Actions} {
			for j := range words {
				words[j] = "spoiled"
			}
		}
	}
	doc, _ := set.DocType("bamf_bescheid")
	doc.MayContain[0] = "spoiled"
	pair, _ := set.Pair("registratur", "asyl")
	pair.Only[0] = "besonders"
	procedure, _ := set.Procedure("asylverfahren")
	procedure.Registers[0] = "spoiled"
	set.Departments()[0].Key = "spoiled"
	if diff := cmp.Diff(untouched.Rules(), set.Rules()); diff != "" {
		t.Errorf("rules changed: %s", diff)
	}
	if d, _ := set.DocType("bamf_bescheid"); d.MayContain[0] == "spoiled" {
		t.Error("a document type changed")
	}
	if p, _ := set.Pair("registratur", "asyl"); p.Only[0] != "normal" {
		t.Error("a pair changed")
	}
	if p, _ := set.Procedure("asylverfahren"); p.Registers[0] == "spoiled" {
		t.Error("a procedure changed")
	}
	if set.Departments()[0].Key == "spoiled" {
		t.Error("a department changed")
	}
}

func TestHashCoversEveryFile(t *testing.T) {
	built, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	fromDisk, err := Load(os.DirFS("builtin"))
	if err != nil {
		t.Fatal(err)
	}
	if built.FullHash() != fromDisk.FullHash() {
		t.Error("the same files give two hashes")
	}
	seen := map[string]string{built.FullHash(): "unchanged"}
	for name := range builtInFiles(t) {
		folder := builtInFiles(t)
		folder[name].Data = append(folder[name].Data, "# reviewed\n"...)
		set, err := Load(folder)
		if err != nil {
			t.Fatalf("%s with a comment: %v", name, err)
		}
		if other, taken := seen[set.FullHash()]; taken {
			t.Errorf("a comment in %s gives the hash of %s", name, other)
		}
		seen[set.FullHash()] = name
	}
	folder := builtInFiles(t)
	folder["README.md"] = &fstest.MapFile{Data: []byte("how we review")}
	folder[".git/config"] = &fstest.MapFile{Data: []byte("x")}
	if set, err := Load(folder); err != nil || set.FullHash() != built.FullHash() {
		t.Errorf("a README and hidden files count: %v", err)
	}
}

// TestProblems spoils one line of a good folder and looks for file, line and reason.
func TestProblems(t *testing.T) {
	const sb = "access/sachbearbeitung.csv"
	for _, tt := range []struct {
		name, file  string
		start, with string // the line beginning with start becomes with; "+" before: a line after it
		reason      string
	}{
		{"duplicate key", "departments.csv", "asyl,", "+asyl,Asyl,Asylum", `key: "asyl" stands already on line`},
		{"missing German label", "departments.csv", "asyl,", "asyl,,Asylum", "de: is missing"},
		{"missing English label", "roles.csv", "dienst,", "dienst,Dienst, ", "en: is missing"},
		{"no key", "purposes.csv", "antrag,", `"an trag",Antrag,Application`, `key: "an trag" is no key`},
		{"reserved key", "purposes.csv", "antrag,", "+case,Vorgang,Case", `key: "case" is reserved`},
		{"too few cells", "channels.csv", "fax,", "fax,Fax", "2 cells; expected 3"},
		{"bare quote", "channels.csv", "fax,", `fax,F"ax,Fax`, `bare "`},
		{"control character", "channels.csv", "fax,", "fax,Fa\x07x,Fax", "de: holds a control character"},
		{"wrong columns", "namekinds.csv", "key,", "key,en,de", "columns are key,en,de; expected key,de,en"},
		{"semicolons", "namekinds.csv", "key,", "key;de;en", "expected key,de,en"},
		{"not UTF-8", "contents.csv", "health,", "health,Gesundheit\xff,Health", "not UTF-8"},
		{"no letter", "registers.csv", "asyl,", "asyl,c,Asyl,Asylum,no", `letter: "c" is no letter`},
		{"letter twice", "registers.csv", "asyl,", "asyl,A,Asyl,Asylum,no", `letter: "A" is taken`},
		{"no flag", "registers.csv", "asyl,", "asyl,C,Asyl,Asylum,nein", `unsorted: "nein" is neither yes nor no`},
		{"pair of unknown role", "pairs.csv", "dienst,asyl", "+chef,asyl,-,-,own", `unknown role "chef"`},
		{"pair of unknown department", "pairs.csv", "dienst,asyl", "+dienst,zoll,-,-,own", `unknown department "zoll"`},
		{"pair twice", "pairs.csv", "dienst,asyl", "+dienst,asyl,-,-,own", `"dienst@asyl" stands already`},
		{"follows no pair", "pairs.csv", "leitung,asyl", "leitung,asyl,gesundheit@asyl,-,all", "which is no pair"},
		{"follows a follower", "pairs.csv", "leitung,asyl", "leitung,asyl,registratur@asyl,-,all", "which follows another pair itself"},
		{"follows itself", "pairs.csv", "leitung,asyl", "leitung,asyl,leitung@asyl,-,all", "which follows another pair itself"},
		{"follows another department", "pairs.csv", "leitung,asyl", "leitung,asyl,sachbearbeitung@soziales,-,all", "another department"},
		{"limit to unknown classification", "pairs.csv", "registratur,asyl", "registratur,asyl,sachbearbeitung@asyl,offen,own", `unknown classification "offen"`},
		{"limit without anybody to follow", "pairs.csv", "dienst,asyl", "dienst,asyl,-,normal,own", "the pair follows none"},
		{"team of unknown department", "teams.csv", "abh-a-k,", "abh-a-k,zoll,a,b", `unknown department "zoll"`},
		{"team twice", "teams.csv", "abh-a-k,", "+abh-a-k,asyl,a,b", `"abh-a-k" stands already`},
		{"field group of an unknown register", "fieldgroups.csv", "religion,", "religion,a,b,glaube,besonders", `unknown register "glaube"`},
		{"field group of an unknown classification", "fieldgroups.csv", "religion,", "religion,a,b,asyl,geheim", `unknown classification "geheim"`},
		{"sign of an unknown type", "signs.csv", "reisepass,Passport,", "fahrrad,Passport,6", `unknown document type "fahrrad"`},
		{"sign twice", "signs.csv", "reisepass,Passport,", "+reisepass,passport,3", `stands already`},
		{"sign of any word", "signs.csv", "reisepass,Passport,", "reisepass,*,6", `fits any word`},
		{"synonym of two words", "synonyms.csv", "AE,Auf", "+a b,c", `isn't one plain word`},
		{"synonym twice", "synonyms.csv", "AE,Auf", "+ae,aufenthaltserlaubnis", `stands already`},
		{"synonym of itself", "synonyms.csv", "AE,Auf", "+Antrag,antrag", `means itself`},
		{"pattern as a synonym", "synonyms.csv", "AE,Auf", "+AA,Amt*", `isn't plain words`},
		{"weight of a sign", "signs.csv", "reisepass,Passport,", "reisepass,Passport,10", `10 is not from 1 to 9`},
		{"pattern of anything", "references.csv", "bamf,BAMF-Aktenzeichen,BAMF reference,", "bamf,a,b,.*", `fits anything`},
		{"no pattern", "references.csv", "bamf,BAMF-Aktenzeichen,BAMF reference,", "bamf,a,b,[", `can't be read`},
		{"unknown day", "hours.csv", "monday,", "montag,06:00,20:00", `"montag" is none of`},
		{"day twice", "hours.csv", "monday,", "+monday,-,-", `"monday" stands already`},
		{"no clock", "hours.csv", "monday,", "monday,6,20:00", `from: "6" is no time of day`},
		{"half a day off", "hours.csv", "monday,", "monday,06:00,-", `to: "-" is no time of day`},
		{"end before start", "hours.csv", "monday,", "monday,20:00,06:00", "to: is not after from"},
		{"teams", "pairs.csv", "dienst,asyl", "dienst,asyl,-,-,some", `"some" is none of own, all`},
		{"document type of unknown register", "doctypes.csv", "reisepass,", "reisepass,a,b,ausweise,normal,-,yes,yes,R-BASE,no,-,0", `unknown register "ausweise"`},
		{"document type of unknown classification", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,offen,-,yes,yes,R-BASE,no,-,0", `unknown classification "offen"`},
		{"document type of unknown retention", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,-,yes,yes,R-X,no,-,0", `unknown retention "R-X"`},
		{"document type of unknown content", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,gold,yes,yes,R-BASE,no,-,0", `unknown content "gold"`},
		{"empty set", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,,yes,yes,R-BASE,no,-,0", "may_contain: is missing; write - for none"},
		{"approval that is neither", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,-,yes,yes,R-BASE,perhaps,-,0", `approval: "perhaps" is neither yes nor no`},
		{"unknown colour of a scan", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,-,yes,yes,R-BASE,no,pink,0", `scan_colour: "pink" is none of`},
		{"dots per inch", "doctypes.csv", "reisepass,", "reisepass,a,b,identitaet,normal,-,yes,yes,R-BASE,no,-,fine", `scan_dpi: "fine" is no whole number`},
		{"unknown parent", "fileplan.csv", "33.2,", "33.2,34,a,b,B,10,no,no,no", `unknown parent "34"`},
		{"cycle", "fileplan.csv", "33.2,", "33.2,33.21,a,b,B,10,no,no,no", "stands above itself"},
		{"its own parent", "fileplan.csv", "33.2,", "33.2,33.2,a,b,B,10,no,no,no", "stands above itself"},
		{"disposal", "fileplan.csv", "33.2,", "33.2,33,a,b,X,10,no,no,no", "none of A, B, V"},
		{"years", "fileplan.csv", "33.2,", "33.2,33,a,b,B,-1,no,no,no", `years: "-1" is no whole number`},
		{"usual unit without Akten", "fileplan.csv", "33.11,", "33.11,33.1,a,b,B,10,no,no,yes", "must be one for Akten"},
		{"procedure of unknown register", "procedures.csv", "ae_25a,", "ae_25a,a,b,,identitaet pass", `unknown register "pass"`},
		{"word twice", "procedures.csv", "ae_25a,", "ae_25a,a,b,,asyl asyl", `registers: "asyl" stands twice`},
		{"months", "retention.csv", "R-BASE,", "R-BASE,a,b,akte,,,lang,death,no", `months: "lang" is no whole number`},
		{"effect", sb, "sachbearbeitung/work", "x,maybe,sachbearbeitung,asyl,-,-,inbox,*,any,any,", `eft: "maybe" is none of allow, deny`},
		{"rule id twice", sb, "sachbearbeitung/work", "+sachbearbeitung/work,allow,sachbearbeitung,asyl,-,-,inbox,*,any,any,", `id: "sachbearbeitung/work" stands already in access/sachbearbeitung.csv:`},
		{"rule id of another file", "access/sicherheit.csv", "sicherheit/work", "+dienst/upload,allow,sicherheit,auslaenderbehoerde,-,-,inbox,*,any,any,", `stands already in access/dienst.csv:`},
		{"rule id of an inherited rule", sb, "sachbearbeitung/work", "+x~leitung,allow,sachbearbeitung,asyl,-,-,inbox,*,any,any,", "is no rule id"},
		{"rule of unknown role", sb, "sachbearbeitung/work", "+x,allow,chef,asyl,-,-,inbox,*,any,any,", `unknown role "chef"`},
		{"rule of unknown department", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,zoll,-,-,inbox,*,any,any,", `unknown department "zoll"`},
		{"rule of no pair", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,it,-,-,inbox,*,any,any,", "sachbearbeitung@it is no pair"},
		{"rule of any department", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,*,-,-,inbox,*,any,any,", `unknown department "*"`},
		{"rule of unknown register", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,pass,normal,exist,*,any,any,", `unknown register "pass"`},
		{"rule of any register", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,*,normal,exist,*,any,any,", `unknown register "*"`},
		{"rule of unknown classification", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,offen,exist,*,any,any,", `unknown classification "offen"`},
		{"rule of unknown action", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,erase,*,any,any,", `unknown action "erase"`},
		{"rule of unknown purpose", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,exist,neugier,any,any,", `unknown purpose "neugier"`},
		{"rule without purposes", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,exist,-,any,any,", "name purposes, or write *"},
		{"rule without register", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,-,normal,exist,*,any,any,", "need registers and classifications"},
		{"capability with a register", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,inbox,*,any,any,", "capabilities know no registers"},
		{"capability with a condition", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,-,-,inbox,*,any,own,", "capabilities know no registers"},
		{"both kinds of action", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,exist inbox,*,any,any,", "need rules of their own"},
		{"conditional deny", sb, "sachbearbeitung/work", "+x,deny,sachbearbeitung,asyl,asyl,normal,read,*,matching,any,", "a deny rule holds whatever the case"},
		{"read without exist", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,read,*,any,any,", "read without exist"},
		{"write without read", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,exist write,*,any,any,", "write without read"},
		{"case word", sb, "sachbearbeitung/work", "+x,allow,sachbearbeitung,asyl,asyl,normal,exist,*,yes,any,", `case: "yes" is none of any, matching`},
		{"weaker matcher", modelFile, "m = ", "m = r.role == p.role", "[matchers] must say m="},
		{"deny without effect", modelFile, "e = ", "e = some(where (p.eft == allow))", "[policy_effect] must say e="},
		{"two matchers", modelFile, "m = ", "+m2 = true", "[matchers] must say m="},
		{"unknown section", modelFile, "m = ", "+[role_definition]", "unknown section [role_definition]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := builtInFiles(t)
			line := lineOf(t, folder, tt.file, tt.start)
			lines := strings.Split(string(folder[tt.file].Data), "\n")
			if with, after := strings.CutPrefix(tt.with, "+"); after {
				lines = slices.Insert(lines, line, with)
				line++
			} else {
				lines[line-1] = tt.with
			}
			folder[tt.file].Data = []byte(strings.Join(lines, "\n"))
			set, err := Load(folder)
			var wrong *LoadError
			if !errors.As(err, &wrong) || set != nil {
				t.Fatalf("set %v, error %v; want a LoadError", set != nil, err)
			}
			if tt.file == modelFile { // a definition is told at its section
				line = 0
			}
			if !slices.ContainsFunc(wrong.Problems, func(p Problem) bool {
				return p.File == tt.file && (p.Line == line || line == 0) && strings.Contains(p.Reason, tt.reason)
			}) {
				t.Errorf("want %s:%d: … %s …; got\n%v", tt.file, line, tt.reason, err)
			}
		})
	}
}

// TestFolderProblems spoils whole files.
func TestFolderProblems(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spoil  func(fstest.MapFS)
		file   string
		reason string
	}{
		{"missing table", func(f fstest.MapFS) { delete(f, "registers.csv") }, "registers.csv", "file is missing"},
		{"missing model", func(f fstest.MapFS) { delete(f, modelFile) }, modelFile, "file is missing"},
		{"empty table", func(f fstest.MapFS) { f["registers.csv"].Data = nil }, "registers.csv", "no line of column names"},
		{"nothing but columns", func(f fstest.MapFS) { f["pairs.csv"].Data = []byte("role,department,follows,only,teams\n") }, "pairs.csv", "nothing is left"},
		{"forgotten day", func(f fstest.MapFS) {
			f["hours.csv"].Data = []byte(strings.ReplaceAll(string(f["hours.csv"].Data), "sunday,-,-\n", ""))
		}, "hours.csv", "no line for sunday"},
		{"unknown file", func(f fstest.MapFS) { f["pairs.csv.old"] = &fstest.MapFile{} }, "pairs.csv.old", "unknown file"},
		{"rule file of another kind", func(f fstest.MapFS) { f["access/extra.yaml"] = &fstest.MapFile{} }, "access/extra.yaml", "unknown file"},
		{"rule file in the wrong folder", func(f fstest.MapFS) { f["extra.csv"] = &fstest.MapFile{} }, "extra.csv", "unknown file"},
		{"unknown folder", func(f fstest.MapFS) { f["more/x.csv"] = &fstest.MapFile{} }, "more", "unknown folder"},
		{"too large", func(f fstest.MapFS) { f["roles.csv"].Data = make([]byte, maxFile+1) }, "roles.csv", "larger than"},
		{"two usual units", func(f fstest.MapFS) {
			f["fileplan.csv"].Data = append(f["fileplan.csv"].Data, "60,-,a,b,V,1,no,yes,yes\n"...)
		}, "fileplan.csv", "2 units are marked usual"},
		{"no unsorted register", func(f fstest.MapFS) {
			f["registers.csv"].Data = []byte(strings.ReplaceAll(string(f["registers.csv"].Data), ",yes\n", ",no\n"))
		}, "registers.csv", "0 registers are marked unsorted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := builtInFiles(t)
			tt.spoil(folder)
			_, err := Load(folder)
			var wrong *LoadError
			if !errors.As(err, &wrong) {
				t.Fatalf("%v; want a LoadError", err)
			}
			if !slices.ContainsFunc(wrong.Problems, func(p Problem) bool { return p.File == tt.file && strings.Contains(p.Reason, tt.reason) }) {
				t.Errorf("want %s: … %s …; got\n%v", tt.file, tt.reason, err)
			}
		})
	}
}

// TestAllProblemsComeTogether spoils three files in four places at once.
func TestAllProblemsComeTogether(t *testing.T) {
	folder := builtInFiles(t)
	for file, more := range map[string]string{
		"roles.csv":             "x,,X\nbad key,b,B\n",
		"doctypes.csv":          "neu,n,N,nirgends,normal,-,no,no,R-BASE,no,-,0\n",
		"access/leitung.csv":    "x,allow,leitung,asyl,asyl,normal,fly,*,any,any,\n",
		"access/additional.csv": "nonsense\n",
	} {
		if folder[file] == nil {
			folder[file] = &fstest.MapFile{}
		}
		folder[file].Data = append(folder[file].Data, more...)
	}
	_, err := Load(folder)
	var wrong *LoadError
	if !errors.As(err, &wrong) {
		t.Fatalf("%v; want a LoadError", err)
	}
	files := make(map[string]int)
	for _, p := range wrong.Problems {
		files[p.File]++
		if !strings.Contains(err.Error(), p.String()) {
			t.Errorf("%q is missing from the text", p)
		}
	}
	want := []string{"access/additional.csv", "access/leitung.csv", "doctypes.csv", "roles.csv"}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) || files["roles.csv"] != 2 {
		t.Errorf("problems in %v, want %v and two in roles.csv:\n%v", files, want, err)
	}
	if !slices.IsSortedFunc(wrong.Problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) }) {
		t.Error("not in the order of files")
	}
}

func TestIdlePairsAreListed(t *testing.T) {
	folder := builtInFiles(t)
	delete(folder, "access/administration.csv")
	set, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if idle := set.IdlePairs(); len(idle) != 1 || idle[0].String() != "administration@it" {
		t.Errorf("idle: %v, want administration@it", idle)
	}
}

func TestSpreadsheetFilesAreRead(t *testing.T) {
	folder := builtInFiles(t)
	text := string(folder["roles.csv"].Data)
	text = text[strings.Index(text, "key,"):]
	folder["roles.csv"].Data = []byte("\uFEFF" + strings.ReplaceAll(text, "\n", "\r\n"))
	set, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := set.Role("dienst"); r.Label.EN != "Technical service" {
		t.Errorf("dienst: %+v", r)
	}
}
