package demo

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"eakte/archive"
	"eakte/ingest/hint"
	"eakte/policies"
)

// printedOn is a sheet as its words stand on it, in points.
func printedOn(t *typeset, s sheet) archive.PageWords {
	const mm = 72 / 25.4
	p := archive.PageWords{Width: sheetWidth * mm, Height: sheetHeight * mm}
	for _, o := range s.ops {
		at := 0
		for _, w := range strings.Fields(o.text) {
			at += strings.Index(o.text[at:], w)
			p.Words = append(p.Words, archive.WordBox{
				X: float32((o.x + t.width(o.face, o.points, o.text[:at])) * mm), Y: float32(o.y*mm - o.points),
				W: float32(t.width(o.face, o.points, w) * mm), H: float32(o.points), Text: w, Confidence: 100,
			})
			at += len(w)
		}
	}
	return p
}

// seenRecipes are those that whoever wrote the signs of the policies had read before: they prove nothing.
func seenRecipes() []string {
	return []string{"geburtsurkunde", "mietvertrag", "anschreiben", "bescheid_erteilung", "lohnnachweis", "email", "sonstiges"}
}

// recipeOf is the name of the recipe a paper was made by.
func recipeOf(p paper) string {
	_, name, _ := strings.Cut(p.FileName, "_")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// share counts how often something was so.
type share struct{ so, of int }

func (s *share) count(is bool) {
	s.of++
	if is {
		s.so++
	}
}

func (s share) percent() float64 { return 100 * float64(s.so) / float64(max(s.of, 1)) }

func typeKeys(types []hint.Type) (out []string) {
	for _, t := range types {
		out = append(out, t.Key)
	}
	return out[:min(len(out), 3)]
}

func TestTypesOfPapersTheRulesNeverSaw(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	rules := hint.NewRules(set)
	var first, three, kindsThree share
	each := map[string]*share{}
	for _, d := range Make(1).Documents {
		name := recipeOf(d.paper)
		if slices.Contains(seenRecipes(), name) {
			continue
		}
		p := printedOn(d.types, d.sheets[0])
		got := rules.Types(p)
		keys := typeKeys(got)
		first.count(len(keys) > 0 && keys[0] == d.Type)
		hit := slices.Contains(keys, d.Type)
		three.count(hit)
		if each[name] == nil {
			each[name] = &share{}
		}
		each[name].count(hit)
		if !hit && each[name].of-each[name].so == 1 {
			t.Logf("%s is %s, not %v", name, d.Type, keys)
		}
		for _, g := range got {
			for _, w := range g.Why {
				if w.First < 0 || w.End > len(p.Words) || w.First >= w.End {
					t.Fatalf("%s: a reason that stands nowhere: %+v", name, g)
				}
			}
		}
	}
	for _, s := range each {
		kindsThree.count(s.so*2 > s.of)
	}
	t.Logf("rules on %d papers of %d kinds they never saw: first %.1f %%, in three %.1f %%; kinds mostly in three: %.1f %%",
		three.of, len(each), first.percent(), three.percent(), kindsThree.percent())
	if three.percent() < 90 || kindsThree.percent() < 90 {
		t.Error("types are named among three too seldom")
	}
}

func TestDaysAndSendersOfPapers(t *testing.T) {
	var day, sender share
	for _, d := range Make(1).Documents {
		var pages []archive.PageWords
		for _, s := range d.sheets[:min(len(d.sheets), 3)] {
			pages = append(pages, printedOn(d.types, s))
		}
		days := hint.Days(pages, "2026-11-20")
		right := len(days) > 0 && days[0].Day == d.Date && days[0].Role == hint.OfPaper
		if day.count(right); !right && len(days) > 0 && testing.Verbose() {
			t.Logf("%s is of %s, not %+v", d.FileName, d.Date, days[0])
		}
		if kinds()[recipeOf(d.paper)].sender == "Antragsteller" || d.Sender == "" {
			continue // who handed in what others wrote: no letterhead names her
		}
		named := slices.ContainsFunc(hint.Senders(pages[0]), func(s hint.Sender) bool {
			return strings.Contains(hint.Fold(s.Name), hint.Fold(d.Sender)) || strings.Contains(hint.Fold(d.Sender), hint.Fold(s.Name))
		})
		if sender.count(named); !named && testing.Verbose() {
			t.Logf("%s is from %s, not %+v", d.FileName, d.Sender, hint.Senders(pages[0]))
		}
	}
	t.Logf("day of the paper first: %.1f %% of %d; sender among three: %.1f %% of %d", day.percent(), day.of, sender.percent(), sender.of)
	if day.percent() < 80 || sender.percent() < 80 {
		t.Error("the day or the sender of the paper is named too seldom")
	}
}

// markOf stands for the keyed hash of a store.
func markOf(use, text string) (out [32]byte) {
	h := fnv.New128a()
	h.Write([]byte(use + "\x00" + text)) //nolint:errcheck // never fails
	h.Sum(out[:0])
	return out
}

// TestLearningFromFilings files the papers of several made-up authorities in a random order. Each is guessed at before
// it is learned.
func TestLearningFromFilings(t *testing.T) {
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	rules := hint.NewRules(set)
	type filing struct {
		Document
		seed int
	}
	var all []filing
	for seed := 1; seed <= 2; seed++ {
		for _, d := range Make(int64(seed)).Documents {
			all = append(all, filing{d, seed})
		}
	}
	rng := rand.New(rand.NewPCG(7, 7))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	learner, a := hint.NewLearner(), Make(1)
	for i, d := range all {
		p := printedOn(d.types, d.sheets[0])
		person := a.Persons[a.Akten[d.Akte].Person].Names[0]
		mark := markOf("akte", string(rune(d.Akte))+string(rune(d.seed)))
		features := hint.Features(p, markOf, person.Family, person.Given)
		learner.Learn(uint64(i), features, d.Type, hint.Whose{Mark: binary.BigEndian.Uint32(mark[:4])}, rules.Types(p))
		if f := learner.Figures(); (i+1)%100 == 0 || i+1 == len(all) {
			t.Logf("after %4d filings: of the last %d the rules named %d first, %d in three; with what was learned %d first, %d in three; heard: %v; %d words, %d telling",
				f.Learned, f.Judged, f.RulesFirst, f.RulesThree, f.BothFirst, f.BothThree, f.On, f.Words, f.Telling)
		}
	}
	if f := learner.Figures(); !f.On || f.BothFirst <= f.RulesFirst || f.BothThree < f.RulesThree {
		t.Error("filings teach nothing")
	}
	data, err := learner.Bytes(unsealed{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := hint.ReadLearner(data, unsealed{})
	if err != nil || again.Figures() != learner.Figures() {
		t.Errorf("read again it is %+v, %v", again.Figures(), err)
	}
	t.Logf("kept in %d bytes", len(data))
	for _, p := range a.Persons {
		for _, n := range p.Names {
			if len(n.Family) > 4 && strings.Contains(string(data), n.Family) {
				t.Errorf("a family name stands in what was learned")
			}
		}
	}
}

// unsealed keeps what was learned of papers as it is.
type unsealed struct{}

func (unsealed) Seal(_ archive.AkteID, plain []byte) ([]byte, error)  { return plain, nil }
func (unsealed) Open(_ archive.AkteID, sealed []byte) ([]byte, error) { return sealed, nil }
