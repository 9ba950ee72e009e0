package hint_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eakte/archive"
	"eakte/ingest/hint"
	"eakte/policies"
)

// page lays lines below each other; a line that begins with "#" is set large.
func page(lines ...string) archive.PageWords {
	p := archive.PageWords{Width: 595, Height: 842}
	for n, line := range lines {
		size := float32(10)
		if rest, large := strings.CutPrefix(line, "#"); large {
			line, size = rest, 18
		}
		x := float32(60)
		for w := range strings.FieldsSeq(line) {
			width := size * 0.5 * float32(len(w))
			p.Words = append(p.Words, archive.WordBox{X: x, Y: float32(40 + n*24), W: width, H: size, Text: w, Confidence: 95})
			x += width + size*0.3
		}
	}
	return p
}

func TestDays(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"place and day", []string{"Musterstadt, 03.03.2025", "gültig bis 01.01.2026", "Ihr Antrag vom 02.02.2025"}, "2025-03-03"},
		{"label", []string{"Ihr Schreiben vom 04.04.2026", "Datum 02.02.2024"}, "2024-02-02"},
		{"with the month's name", []string{"den 3. März 2025"}, "2025-03-03"},
		{"birth is none", []string{"geboren am 17.05.1990"}, ""},
		{"to come is none", []string{"Termin 01.01.2099"}, ""},
		{"no such day", []string{"Stand 31.02.2024"}, ""},
		{"stamp alone is none", []string{"EINGEGANGEN", "05.05.2026"}, ""},
		{"stamp is none", []string{"EINGEGANGEN", "05.05.2026", "Musterstadt, den 01.05.2026"}, "2026-05-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			for _, d := range hint.Days([]archive.PageWords{page(tc.lines...)}, "2026-11-20") {
				if d.Role == hint.OfPaper {
					got = d.Day
					break
				}
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestSenders(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"office", []string{"#Standesamt Musterstadt", "Rathausplatz 1, 12345 Musterstadt", "Text"}, "Standesamt Musterstadt"},
		{"line above the address", []string{"Kanzlei Beispiel · Ring 5 · 12345 Musterstadt", "Herrn Kaya"}, "Kanzlei Beispiel"},
		{"plain text", []string{"Guten Tag,", "ich komme morgen."}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if all := hint.Senders(page(tc.lines...)); len(all) > 0 {
				got = all[0].Name
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestHeadingsOutweighLists(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	p := page("Ausländerbehörde", "#Nachforderung", "Es fehlen noch:", "– Mietvertrag", "– Geburtsurkunde", "– Führungszeugnis", "Bitte reichen Sie sie nach.")
	got := hint.NewRules(set).Types(p)
	if len(got) == 0 || got[0].Key != "nachforderung" {
		t.Errorf("%+v", got)
	}
}

// whose is an Akte by a number.
func whose(n int) hint.Whose {
	return hint.Whose{Akte: archive.AkteID(fmt.Sprint("akte ", n)), Mark: uint32(n)}
}

// keeper seals nothing, and opens nothing of an Akte that was erased.
type keeper map[archive.AkteID]bool

func (k keeper) Seal(akte archive.AkteID, plain []byte) ([]byte, error) {
	if k[akte] {
		return nil, archive.ErrNotFound
	}
	return append([]byte(akte+"|"), plain...), nil
}

func (k keeper) Open(akte archive.AkteID, sealed []byte) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, []byte(akte+"|"))
	if k[akte] || !ok {
		return nil, archive.ErrNotFound
	}
	return plain, nil
}

func mark(use, text string) [32]byte { return sha256.Sum256([]byte(use + "/" + text)) }

// A word speaks for a type only once it stood on papers of that type in several Akten, however often it stood there.
func TestWordsOfFewAktenSayNothing(t *testing.T) {
	for _, tc := range []struct {
		name  string
		akten int
		told  bool
	}{
		{"one Akte", 1, false}, {"too few", hint.LeastAkten - 1, false}, {"enough", hint.LeastAkten, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := hint.NewLearner()
			for i := range 200 {
				docType, text, akte := "vollmacht", fmt.Sprint("allerlei anderes ", strings.Repeat("wort", i%7)), whose(i)
				if i%2 == 0 {
					docType, text, akte = "attest", "seltsamkeit", whose(i/2%tc.akten)
				}
				l.Learn(uint64(i), hint.Features(page(text), mark), docType, akte, nil)
			}
			got := l.Types(hint.Features(page("seltsamkeit"), mark), nil)
			if told := len(got) > 0; told != tc.told {
				t.Errorf("told: %+v; %+v", got, l.Figures())
			}
		})
	}
}

// Names are left out, and so is what has digits.
func TestFeaturesLeaveNamesOut(t *testing.T) {
	with := hint.Features(page("Frau Kaya wohnt Hauptstraße 17a Mietsache"), mark)
	without := hint.Features(page("Frau Kaya wohnt Hauptstraße 17a Mietsache"), mark, "Kaya", "Hauptstraße")
	if len(with) != 5 || len(without) != 3 {
		t.Errorf("%d and %d", len(with), len(without))
	}
}

// What was learned is heard only while it does better than the rules.
func TestLearnedIsHeardWhileBetter(t *testing.T) {
	l := hint.NewLearner()
	words, others := hint.Features(page("seltsamkeit befund"), mark), hint.Features(page("mandat kanzlei"), mark)
	for i := range 100 {
		l.Learn(uint64(i), words, "attest", whose(i), []hint.Type{{Key: "attest"}})
		l.Learn(uint64(1000+i), others, "vollmacht", whose(i), []hint.Type{{Key: "vollmacht"}})
	}
	if l.Figures().On {
		t.Error("it is heard though the rules are never wrong")
	}
	for i := range 100 {
		l.Learn(uint64(2000+i), words, "attest", whose(i), nil)
	}
	if f := l.Figures(); !f.On || f.BothFirst <= f.RulesFirst {
		t.Errorf("it isn't heard though it is better: %+v", f)
	}
	chance := 0
	for i := range 100 { // what was learned is wrong now, and the rules are right
		l.Learn(uint64(5000+i), words, "arbeitsvertrag", whose(i), []hint.Type{{Key: "arbeitsvertrag"}})
		f := l.Figures()
		if f.On != (f.BothFirst > f.RulesFirst) {
			t.Fatalf("after %d heard: %v with %+v", i+1, f.On, f)
		}
		if !f.On {
			break
		}
		if gain := f.BothFirst - f.RulesFirst; gain*gain <= 4*(f.Judged-f.RulesFirst) {
			chance++
		}
	}
	if chance < 5 {
		t.Errorf("it isn't heard to the end: %d papers at which chance could explain it", chance)
	}
	for i := range 400 {
		l.Learn(uint64(3000+i), words, "vollmacht", whose(i), []hint.Type{{Key: "vollmacht"}})
	}
	if l.Figures().On {
		t.Error("it is still heard though the rules are right now")
	}
}

// What is unlearned leaves nothing behind; what is learned as something else takes the place of what it was learned as.
func TestUnlearned(t *testing.T) {
	words, others := hint.Features(page("seltsamkeit befund"), mark), hint.Features(page("mandat kanzlei"), mark)
	fresh := func(papers int) *hint.Learner {
		l := hint.NewLearner()
		for i := range papers {
			l.Learn(uint64(2*i), words, "attest", whose(i), nil)
			l.Learn(uint64(2*i+1), others, "vollmacht", whose(i), nil)
		}
		return l
	}
	same := func(name string, got, want *hint.Learner) {
		t.Helper()
		if g, w := got.Figures(), want.Figures(); g != w {
			t.Errorf("%s: %+v, want %+v", name, g, w)
		}
	}
	l := fresh(40)
	for i := range 30 {
		l.Learn(uint64(1000+i), words, "vollmacht", whose(i), nil)
	}
	for i := range 30 {
		if !l.Learned(uint64(1000+i)) || !l.Unlearn(uint64(1000+i)) || l.Unlearn(uint64(1000+i)) {
			t.Fatalf("paper %d isn't unlearned once", i)
		}
	}
	same("unlearned", l, fresh(40))
	for i := range 40 {
		l.Learn(uint64(2*i), words, "mietvertrag", whose(i), nil)
		l.Learn(uint64(2*i), words, "attest", whose(i), nil)
	}
	if got, want := l.Figures(), fresh(40).Figures(); got.Learned != want.Learned || got.Words != want.Words || got.Judged != want.Judged {
		t.Errorf("learned as something else and back: %+v, want %+v", got, want)
	}
	if got := l.Types(words, nil); len(got) != 1 || got[0].Key != "attest" {
		t.Errorf("said: %+v", got)
	}
	few := hint.NewLearner()
	for i := range 2 * hint.LeastAkten {
		few.Learn(uint64(i), words, "attest", whose(i%hint.LeastAkten), nil)
	}
	if few.Figures().Telling == 0 {
		t.Fatal("nothing is told of five Akten")
	}
	few.Unlearn(0)
	few.Unlearn(hint.LeastAkten)
	if n := few.Figures().Telling; n != 0 {
		t.Errorf("%d words tell of four Akten", n)
	}
	data, err := l.Bytes(keeper{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := hint.ReadLearner(data, keeper{})
	if err != nil || !again.Unlearn(0) || again.Figures().Learned != 79 {
		t.Errorf("read again: %v, %+v", err, again.Figures())
	}
}

// What was learned of single papers ends with their Akten, also in what was written before.
func TestLearnedEndsWithItsAkte(t *testing.T) {
	l := hint.NewLearner()
	words := hint.Features(page("seltsamkeit befund"), mark)
	for i := range 3 {
		l.Learn(uint64(i), words, "attest", whose(i), nil)
	}
	erased := keeper{whose(1).Akte: true}
	before, err := l.Bytes(keeper{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := l.Bytes(erased)
	if err != nil {
		t.Fatal(err)
	}
	if l.Learned(1) {
		t.Error("it remembers a paper whose Akte was erased")
	}
	if name := []byte(whose(1).Akte); !bytes.Contains(before, name) || bytes.Contains(after, name) {
		t.Error("a paper of an erased Akte is kept")
	}
	for name, data := range map[string][]byte{"before": before, "after": after} {
		again, err := hint.ReadLearner(data, erased)
		if err != nil || again.Learned(1) || !again.Learned(0) || !again.Learned(2) || again.Figures().Learned != 3 {
			t.Errorf("written %s it was erased: %v, %+v", name, err, again.Figures())
		}
	}
}

// What papers taught that are gone for good is gone with words that stood on them alone, also those of papers that
// nobody remembers any more.
func TestForget(t *testing.T) {
	words := hint.Features(page("seltsamkeit befund"), mark)
	lone := hint.Features(page("einzigartig"), mark)
	learner := func(papers ...int) *hint.Learner {
		l := hint.NewLearner()
		for _, i := range papers {
			l.Learn(uint64(i), words, "attest", whose(i), nil)
		}
		return l
	}
	all := []int{0, 1, 2, 3, 4, 5, 6}
	l := learner(all...)
	l.Learn(7, append(words[:1:1], lone...), "attest", whose(7), nil)
	had := l.Figures()
	if l.Forget(whose(99), 0) || l.Forget(whose(7), 6) || l.Figures() != had {
		t.Error("what is there is forgotten")
	}
	if !l.Forget(whose(7), 7) || l.Learned(7) {
		t.Error("a paper isn't forgotten")
	}
	if got, want := l.Figures(), learner(all...).Figures(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	all[0] = 100
	l = learner(all...)
	l.Learn(0, lone, "attest", whose(0), nil)
	data, err := l.Bytes(keeper{whose(0).Akte: true})
	if err != nil {
		t.Fatal(err)
	}
	if l, err = hint.ReadLearner(data, keeper{}); err != nil { // nobody remembers the paper
		t.Fatal(err)
	}
	if l.Forget(whose(99), 0) || l.Figures().Words != had.Words {
		t.Errorf("a word of another Akte's paper that nobody remembers: %+v", l.Figures())
	}
	if !l.Forget(whose(0), 0) || l.Figures().Words != had.Words-1 {
		t.Errorf("a word of a paper that nobody remembers: %+v", l.Figures())
	}
}

// TestForgetMany forgets words that stood on papers which nobody remembers, in one and in two Akten: those that stood in the
// first alone go with it, the others with the second, and each erasure counts as one change.
func TestForgetMany(t *testing.T) {
	both, own := hint.Features(page("gemeinsam beidseitig"), mark), hint.Features(page("einzigartig seltsamkeit befund"), mark)
	l := hint.NewLearner()
	l.Learn(1, append(both[:len(both):len(both)], own...), "attest", whose(1), nil)
	l.Learn(2, both, "attest", whose(2), nil)
	data, err := l.Bytes(keeper{whose(1).Akte: true, whose(2).Akte: true})
	if err != nil {
		t.Fatal(err)
	}
	if l, err = hint.ReadLearner(data, keeper{}); err != nil {
		t.Fatal(err)
	}
	for i, words := range []int{len(both), 0} {
		had := l.Changes()
		if !l.Forget(whose(i+1), 0) || l.Figures().Words != words || l.Changes() != had+1 {
			t.Errorf("of Akte %d: %d words after %d changes, want %d after one", i+1, l.Figures().Words, l.Changes()-had, words)
		}
	}
}

func TestReferences(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Gesch.-Z.: 7654321-475, bitte angeben":  "BAMF-Aktenzeichen 7654321-475",
		"Az. 3 K 121/26.MU wegen Aufenthalt":     "Gerichtliches Aktenzeichen 3 K 121/26.MU",
		"Az. 412 Js 1207/26":                     "Gerichtliches Aktenzeichen 412 Js 1207/26",
		"BG-Nummer 41502BG0012345":               "Nummer der Bedarfsgemeinschaft 41502BG0012345",
		"Versicherungsnummer 12 170590 K 013":    "Versicherungsnummer 12 170590 K 013",
		"Telefon 030 1234567, 12345 Musterstadt": "",
	} {
		got := ""
		if all := hint.References(page(text), set.References()); len(all) > 0 {
			got = all[0].Title(set.References())
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestBirths tells dates of birth from others, of several people, once each.
func TestBirths(t *testing.T) {
	today := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"none", []string{"Musterstadt, 03.03.2025", "gültig bis 01.01.2027"}, nil},
		{"two people, one twice", []string{"Ali Test, geb. 17.05.1990", "Kind: Mia, geboren am 2. März 2020", "geb. am 1990-05-17"}, []string{"1990-05-17", "2020-03-02"}},
		{"a day to come", []string{"errechneter Termin, geb. 01.01.2027"}, nil},
		{"a zone", []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}, []string{"1974-08-12"}},
		{"a zone whose day of birth is misread", []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408132F1204159ZE184226B<<<<<10"}, nil},
	} {
		if got := hint.Births(page(tc.lines...), today); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}
