package demo

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
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
		other, err := c.Documents[i].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		differ = differ || !bytes.Equal(one, other)
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
		if seen[form]++; seen[form] <= 2 {
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

func TestTypesAgreeWithTheBuiltInOnes(t *testing.T) {
	var list struct {
		Items []struct{ Key, Register, Classification string }
	}
	readShared(t, "domain/doctypes.json", &list)
	home := map[string]string{}
	for _, i := range list.Items {
		home[i.Key] = i.Register
	}
	for name, k := range kinds() {
		register, ok := home[k.doctype]
		special := k.doctype == "sonstiges" || k.register == "rueckkehr" && k.doctype == "anschreiben_behoerde"
		if !ok || register != k.register && !special {
			t.Errorf("%s: type %s has home register %q, not %q", name, k.doctype, register, k.register)
		}
	}
}

// readShared reads test data beside the checkout, or skips.
func readShared(t *testing.T, name string, into any) {
	t.Helper()
	dir := os.Getenv("EAKTE_SHARED")
	at, err := os.Getwd()
	for ; dir == "" && err == nil && at != filepath.Dir(at); at = filepath.Dir(at) {
		if s, e := os.Stat(filepath.Join(at, "shared")); e == nil && s.IsDir() {
			dir = filepath.Join(at, "shared")
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("shared test data is absent: %v", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func TestNamesAreAllowed(t *testing.T) {
	check := func(s string) {
		t.Helper()
		if !norm.NFC.IsNormalString(s) {
			t.Errorf("%q is not NFC", s)
		}
		for _, r := range s {
			latin := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0xC0 && r <= 0x17F && r != 0xD7 && r != 0xF7 || r >= 0x1E00 && r <= 0x1EF9
			if !latin && !strings.ContainsRune(" -'’.ʿʾȘșȚțḪ", r) {
				t.Errorf("%q has %U", s, r)
			}
		}
	}
	for _, p := range Make(1).Persons {
		if p.Names[0].Kind != "official" || len(p.Nationalities) == 0 || !strings.HasPrefix(p.AZRNumber, "9999") || len(p.AZRNumber) != 12 {
			t.Errorf("%+v is incomplete", p)
		}
		for _, n := range p.Names {
			check(n.Family)
			check(n.Given)
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
		k := a.Akten[d.Akte]
		part := slices.ContainsFunc(k.Departments, func(p Participation) bool {
			return p.Department == d.Department && (len(p.Registers) == 0 || slices.Contains(p.Registers, d.Register))
		})
		if d.Department != k.Lead && !part {
			t.Errorf("document %d (%s) was brought in by %s, which has no part in the Akte of %s", i, d.FileName, d.Department, k.Lead)
		}
		if d.Date > a.Today || d.ReceivedOn > a.Today || d.ReceivedOn < d.Date {
			t.Errorf("document %d is of %s, received %s", i, d.Date, d.ReceivedOn)
		}
		if slices.Contains(d.Also, d.Akte) {
			t.Errorf("document %d belongs twice to its Akte", i)
		}
	}
}

func TestMakeIsQuick(t *testing.T) {
	begin := time.Now()
	Make(3)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("laying out took %v", took)
	}
}
