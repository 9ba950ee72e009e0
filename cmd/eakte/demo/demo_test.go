package demo

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
	"eakte/policies"
)

func TestAuthorityIsLargeEnough(t *testing.T) {
	a := Make(1)
	if len(a.Persons) != 44 || len(a.Akten) != 44 || len(a.Documents) < 210 || len(a.Inbox) < 12 {
		t.Errorf("%d persons, %d Akten, %d documents, %d inbox items", len(a.Persons), len(a.Akten), len(a.Documents), len(a.Inbox))
	}
	scans := 0
	for _, d := range a.Documents {
		if d.Scan {
			scans++
		}
		if d.Pages < 1 || d.Pages > 4 {
			t.Errorf("%s has %d pages", d.FileName, d.Pages)
		}
	}
	if scans < 24 {
		t.Errorf("%d scans, want 24", scans)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := Make(7), Make(7), Make(8)
	differ := false
	for _, i := range sample(a) {
		one, err := a.Documents[i].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		two, err := b.Documents[i].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, two) {
			t.Errorf("document %d differs between two runs of one seed", i)
		}
		if differ {
			continue
		}
		other, err := c.Documents[i].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		differ = !bytes.Equal(one, other)
	}
	if !differ {
		t.Error("another seed gives the same papers")
	}
}

// sample is a few documents of every form: born-digital, scanned PDF, JPEG, PNG.
func sample(a *Authority) []int {
	seen := map[string]int{}
	var out []int
	for i, d := range a.Documents {
		form := d.MediaType
		if d.Scan {
			form += " scan"
		}
		if seen[form]++; seen[form] <= 1 {
			out = append(out, i)
		}
	}
	return out
}

func TestBytesAreWhatTheMediaTypeSays(t *testing.T) {
	magic := map[string]string{"application/pdf": "%PDF-", "image/jpeg": "\xff\xd8\xff", "image/png": "\x89PNG"}
	a := Make(1)
	for _, i := range sample(a) {
		d := a.Documents[i]
		b, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), magic[d.MediaType]) || len(b) > 1<<20 {
			t.Errorf("%s: %d bytes begin with %q", d.FileName, len(b), b[:4])
		}
	}
}

func TestEveryCodeIsCovered(t *testing.T) {
	a := Make(1)
	have := map[string]bool{}
	for _, d := range a.Documents {
		have[d.Register], have[d.Classification], have[d.Channel] = true, true, true
	}
	for _, x := range a.Accounts {
		have[x.Roles[0].Role] = true
	}
	for _, code := range strings.Fields("identitaet aufenthalt asyl familie beschaeftigung bildung wohnen gesundheit sicherheit rueckkehr leistungen schriftwechsel ungeordnet normal besonders sicherheit scan upload email internal registratur sachbearbeitung leitung sozialdienst unterbringung gesundheit rueckkehr sicherheit datenschutz administration dienst") {
		if !have[code] {
			t.Errorf("nothing has the code %s", code)
		}
	}
}

func TestEveryRecipeIsUsedOnce(t *testing.T) {
	a := Make(1)
	entries, err := papers.ReadDir("papers")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".txt")
		if !slices.ContainsFunc(a.Documents, func(d Document) bool { return strings.Contains(d.FileName, "_"+name+".") }) {
			t.Errorf("no document is made from papers/%s", e.Name())
		}
	}
}

func TestEarlyDocumentsShowEveryKind(t *testing.T) {
	a := Make(1)
	types, scans := map[string]bool{}, 0
	for _, d := range a.Documents[:60] {
		types[d.Type] = true
		if d.Scan {
			scans++
		}
	}
	if len(types) < 40 || scans < 3 {
		t.Errorf("the first 60 documents are of %d types with %d scans", len(types), scans)
	}
}

func TestCodesAreBuiltIn(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	a := Make(1)
	for _, d := range a.Documents {
		home, ok := set.DocType(d.Type)
		elsewhere := d.Type == "sonstiges" || d.Register == "rueckkehr" && d.Type == "anschreiben_behoerde"
		if !ok || home.Register != d.Register && !elsewhere {
			t.Errorf("%s: type %s has home register %q, not %q", d.FileName, d.Type, home.Register, d.Register)
		}
		_, classification := set.Classification(d.Classification)
		_, channel := set.Channel(d.Channel)
		_, department := set.Department(d.Department)
		if !classification || !channel || !department {
			t.Errorf("%s: %s, %s or %s isn't built in", d.FileName, d.Classification, d.Channel, d.Department)
		}
	}
	for _, x := range a.Accounts {
		if _, ok := set.Pair(x.Roles[0].Role, x.Roles[0].Department); !ok {
			t.Errorf("%s has the role %v, which doesn't exist", x.Login, x.Roles[0])
		}
	}
	for _, k := range a.Akten {
		if _, ok := set.PlanUnit(k.Plan); !ok {
			t.Errorf("%s is no unit of the file plan", k.Plan)
		}
	}
}

func TestPersonsAreValid(t *testing.T) {
	for _, p := range Make(1).Persons {
		if p.Names[0].Kind != "official" || len(p.Nationalities) == 0 || !strings.HasPrefix(p.AZRNumber, "9999") || len(p.AZRNumber) != 12 {
			t.Errorf("%+v is incomplete", p)
		}
		if _, err := archive.ParseBirthDate(p.BirthDate, time.Now()); err != nil {
			t.Errorf("birth date %q: %v", p.BirthDate, err)
		}
		for _, n := range p.Names {
			for _, part := range []string{n.Family, n.Given} {
				if kept, err := archive.NormaliseName(part); err != nil || kept != part {
					t.Errorf("name %q becomes %q: %v", part, kept, err)
				}
			}
			if !norm.NFC.IsNormalString(n.Original) {
				t.Errorf("%q is not NFC", n.Original)
			}
		}
	}
}

func TestBirthDatesComeInEveryPrecision(t *testing.T) {
	forms := map[string]int{}
	for _, p := range Make(1).Persons {
		form := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '9'
			}
			return r
		}, p.BirthDate)
		forms[form]++
		if strings.HasSuffix(p.BirthDate, "-01-01") {
			forms["new year"]++
		}
	}
	for _, want := range []string{"9999", "9999-99", "9999-99-99", "99.99.9999"} {
		if forms[want] == 0 {
			t.Errorf("no birth date of the form %s", want)
		}
	}
	if forms["new year"] < 5 {
		t.Errorf("%d persons born on 1 January, want several", forms["new year"])
	}
}

func TestDocumentsFitTheirAkten(t *testing.T) {
	a := Make(1)
	until, listed := 0, 0
	for _, k := range a.Akten {
		for _, p := range k.Departments {
			if p.Until != "" {
				until++
			}
			if len(p.Registers) > 0 {
				listed++
			}
		}
	}
	if until == 0 || listed == 0 {
		t.Errorf("%d participations end, %d are for listed registers", until, listed)
	}
	for i, d := range a.Documents {
		for _, at := range append([]int{d.Akte}, d.Also...) {
			if !takesPart(a.Akten[at], d.Department, d.Register) {
				t.Errorf("document %d (%s) was brought in by %s, which has no part in Akte %d", i, d.FileName, d.Department, at)
			}
		}
		if d.Date > a.Today || d.ReceivedOn > a.Today || d.ReceivedOn < d.Date {
			t.Errorf("document %d is of %s, received %s", i, d.Date, d.ReceivedOn)
		}
		if slices.Contains(d.Also, d.Akte) {
			t.Errorf("document %d belongs twice to its Akte", i)
		}
	}
}

func takesPart(k Akte, department, register string) bool {
	return k.Lead == department || slices.ContainsFunc(k.Departments, func(p Participation) bool {
		return p.Department == department && (len(p.Registers) == 0 || slices.Contains(p.Registers, register))
	})
}

func TestPapersArePaintedSideBySide(t *testing.T) {
	a := Make(1)
	var all sync.WaitGroup
	for _, i := range sample(a)[:2] {
		for range 2 {
			all.Go(func() {
				if _, err := a.Documents[i].Bytes(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
}

func TestMakeIsQuick(t *testing.T) {
	begin := time.Now()
	Make(3)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("laying out took %v", took)
	}
}
