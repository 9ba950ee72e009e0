package name_test

import (
	"encoding/csv"
	"flag"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "write testdata/pairs.csv and testdata/others.csv anew")

// pair is a query with the names of the one person it means.
type pair struct {
	class, query string
	names        []string
}

// kept reports whether a row is of the third that nothing is tuned by.
func (p pair) kept() bool {
	if p.class == "fresh" { // names that the lexicon doesn't have
		return true
	}
	h := fnv.New32a()
	h.Write([]byte(p.query + "|" + strings.Join(p.names, ";")))
	return h.Sum32()%3 == 0
}

func rows(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out[1:]
}

func pairs(t testing.TB, file string) (out []pair) {
	for _, r := range rows(t, file) {
		out = append(out, pair{r[0], r[1], strings.Split(r[2], "; ")})
	}
	return out
}

// lemma is a name with its spellings, the original one first where it is in another script.
type lemma struct {
	original  string
	spellings []string
}

// lexicon is given and family names by language.
type lexicon struct {
	given, family map[string][]lemma
	languages     []string
}

func readLexicon(t testing.TB) lexicon {
	l := lexicon{given: map[string][]lemma{}, family: map[string][]lemma{}}
	for _, r := range rows(t, "lexicon.csv") {
		to := l.given
		if r[0] == "family" {
			to = l.family
		}
		to[r[1]] = append(to[r[1]], lemma{r[2], strings.Fields(r[3])})
		if !slices.Contains(l.languages, r[1]) {
			l.languages = append(l.languages, r[1])
		}
	}
	return l
}

// maker makes pairs by chance, the same ones each time.
type maker struct {
	*rand.Rand
	lexicon
	forms, alike [][]string
	out          []pair
	made         map[string]bool
	// records are how the people are recorded, by the names they have in the lexicon: each of them once.
	records map[string]string
}

func (m *maker) pick(ls []lemma) lemma { return ls[m.IntN(len(ls))] }

// two picks a given and a family name of one language that has other spellings.
func (m *maker) two(languages ...string) (given, family lemma) {
	l := languages[m.IntN(len(languages))]
	return m.pick(m.given[l]), m.pick(m.family[l])
}

func (m *maker) add(class, query string, names ...string) {
	key := query + "|" + strings.Join(names, "|")
	if query == names[0] && class != "same" || m.made[key] {
		return
	}
	m.made[key] = true
	m.out = append(m.out, pair{class, query, names})
}

// record is how a person is recorded: as it is given here, unless she has been before.
func (m *maker) record(g, f lemma, record string) string {
	key := g.spellings[0] + "|" + f.spellings[0]
	if _, ok := m.records[key]; !ok {
		m.records[key] = record
	}
	return m.records[key]
}

func (m *maker) any(l lemma) string { return l.spellings[m.IntN(len(l.spellings))] }

// make fills each class until it has n pairs.
func (m *maker) make() []pair {
	romanised := []string{"uk", "ru", "ar", "fa", "uk", "ar", "ku", "ka", "ti"}
	marked := []string{"tr", "de", "pl", "sr", "fr", "vi", "tr", "de"}
	all := slices.Concat(romanised, marked)
	for _, c := range []struct {
		class string
		n     int
		one   func()
	}{
		{"same", 100, func() { m.same(all) }},
		{"order", 150, func() { m.order(all) }},
		{"umlaut", 130, func() { m.umlaut(marked) }},
		{"romanisation", 450, func() { m.romanisation(romanised) }},
		{"script", 250, func() { m.script() }},
		{"particle", 120, func() { m.particle() }},
		{"typing_error", 250, func() { m.typo(all) }},
		{"initial", 80, func() { m.initial() }},
		{"part_missing", 120, func() { m.part() }},
		{"alias", 60, func() { m.alias() }},
	} {
		for until := len(m.out) + c.n; len(m.out) < until; {
			c.one()
		}
	}
	m.listed()
	return m.out
}

func (m *maker) same(languages []string) {
	g, f := m.two(languages...)
	s := m.record(g, f, m.any(g)+" "+m.any(f))
	m.add("same", s, s)
}

func (m *maker) romanisation(languages []string) {
	g, f := m.two(languages...)
	record := m.record(g, f, m.any(g)+" "+m.any(f))
	if query := m.any(g) + " " + m.any(f); record[0] < 0x80 {
		m.add("romanisation", query, record)
	}
}

func (m *maker) order(languages []string) {
	g, f := m.two(languages...)
	record := m.record(g, f, m.any(g)+" "+m.any(f))
	given, family, _ := strings.Cut(record, " ")
	query := family + " " + given
	if m.IntN(2) == 0 {
		query = family + ", " + given
	}
	m.add("order", query, record)
}

func (m *maker) umlaut(languages []string) {
	g, f := m.two(languages...)
	query := m.any(g) + " " + m.any(f)
	if m.IntN(4) == 0 {
		query = norm.NFD.String(query)
	}
	m.add("umlaut", query, m.record(g, f, g.spellings[0]+" "+f.spellings[0]))
}

func (m *maker) script() {
	g, f := m.two("uk", "ru", "ar", "fa", "ar", "fa", "uk", "ku", "ka")
	if g.original == "" || f.original == "" {
		return
	}
	original, latin := g.original+" "+f.original, m.any(g)+" "+m.any(f)
	record := m.record(g, f, original)
	if record == original {
		m.add("script", latin, record)
	} else {
		m.add("script", original, record)
	}
}

// particle takes names with hyphens, and writes them together, apart or without the article.
func (m *maker) particle() {
	g, f := m.two("ar")
	record := m.record(g, f, m.any(g)+" "+m.any(f))
	if !strings.Contains(record, "-") {
		return
	}
	given, family, _ := strings.Cut(record, " ")
	switch m.IntN(4) {
	case 0:
		given, family = strings.ReplaceAll(given, "-", ""), strings.ReplaceAll(family, "-", "")
	case 1:
		given, family = strings.ReplaceAll(given, "-", " "), strings.ReplaceAll(family, "-", " ")
	case 2:
		for _, a := range []string{"al-", "Al-", "El-"} {
			family = strings.TrimPrefix(family, a)
		}
	default:
		given, family = strings.ToUpper(given), strings.ReplaceAll(family, "-", "")
	}
	m.add("particle", given+" "+family, record)
}

func (m *maker) typo(languages []string) {
	g, f := m.two(languages...)
	record := m.record(g, f, m.any(g)+" "+m.any(f))
	given, family, _ := strings.Cut(record, " ")
	if record[0] >= 0x80 {
		return
	}
	if m.IntN(2) == 0 {
		given = m.slip(given)
	} else {
		family = m.slip(family)
	}
	m.add("typing_error", given+" "+family, record)
}

// slip makes one slip of the keyboard, not at the first letter.
func (m *maker) slip(word string) string {
	rs := []rune(word)
	if len(rs) < 5 {
		return word
	}
	i, letter := 1+m.IntN(len(rs)-2), rune('a'+m.IntN(26))
	switch m.IntN(4) {
	case 0:
		rs[i] = letter
	case 1:
		rs = slices.Delete(rs, i, i+1)
	case 2:
		rs = slices.Insert(rs, i, letter)
	default:
		rs[i], rs[i+1] = rs[i+1], rs[i]
	}
	return string(rs)
}

// own picks a given name of any language and a family name that nobody else has with a like one.
func (m *maker) own() (given, family string) {
	l := m.languages[m.IntN(len(m.languages))]
	return m.any(m.pick(m.given["xx"])), m.any(m.pick(m.family["xx"])) + "-" + m.any(m.pick(m.family[l]))
}

func (m *maker) initial() {
	given, family := m.own()
	first := string([]rune(given)[:1])
	switch m.IntN(3) {
	case 0:
		m.add("initial", first+". "+family, given+" "+family)
	case 1:
		m.add("initial", family+", "+first+".", given+" "+family)
	default:
		m.add("initial", given+" "+family, first+". "+family)
	}
}

func (m *maker) part() {
	given, family := m.own()
	second := m.any(m.pick(m.given["xx"]))
	if m.IntN(2) == 0 {
		m.add("part_missing", given+" "+family, given+" "+second+" "+family)
	} else {
		m.add("part_missing", given+" "+second+" "+family, given+" "+family)
	}
}

func (m *maker) alias() {
	given, family := m.own()
	_, other := m.own()
	m.add("alias", given+" "+other, given+" "+family, given+" "+other)
}

// listed pairs the hand-made lists with names of their own.
func (m *maker) listed() {
	for i, r := range m.alike {
		for k := range 3 {
			given := m.given["xx"][(3*i+k)%len(m.given["xx"])].spellings[0]
			m.add("sounds_alike", given+" "+r[0], given+" "+r[1])
		}
	}
	for i, r := range m.forms {
		for k := range 2 {
			family := m.family["xx"][(2*i+k)%len(m.family["xx"])].spellings[0]
			m.add("related", r[0]+" "+family, r[1]+" "+family)
		}
	}
}

// made makes the pairs of the test, and queries of people who aren't there beside like ones who are.
func made(t testing.TB) (people, others []pair) {
	m := &maker{Rand: rand.New(rand.NewPCG(11, 7)), lexicon: readLexicon(t), forms: rows(t, "forms.csv"), alike: rows(t, "alike.csv"), made: map[string]bool{}, records: map[string]string{}}
	people = append(m.make(), pairs(t, "hand.csv")...)
	m.out = nil
	for i, r := range rows(t, "apart.csv") {
		for k := range 3 {
			beside := m.family["xx"][(7*i+k)%len(m.family["xx"])].spellings[0] + "-Apart"
			m.add("other", r[k%2]+" "+beside, r[1-k%2]+" "+beside)
			if k == 2 {
				m.add("other", beside+" "+r[0], r[1]+" "+beside)
			}
		}
	}
	return people, m.out
}

func write(t testing.TB, file string, ps []pair) {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"class", "query", "names"})
	for _, p := range ps {
		w.Write([]string{p.class, p.query, strings.Join(p.names, "; ")})
	}
	w.Flush()
	if err := os.WriteFile(filepath.Join("testdata", file), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPairsAreTheGenerators(t *testing.T) {
	people, others := made(t)
	if *update {
		write(t, "pairs.csv", people)
		write(t, "others.csv", others)
	}
	for file, want := range map[string][]pair{"pairs.csv": people, "others.csv": others} {
		got := pairs(t, file)
		same := slices.EqualFunc(got, want, func(a, b pair) bool {
			return a.class == b.class && a.query == b.query && slices.Equal(a.names, b.names)
		})
		if !same {
			t.Errorf("%s isn't what the generator makes: run with -update", file)
		}
	}
	if len(people) < 1500 || len(others) < 150 {
		t.Errorf("%d pairs, %d others", len(people), len(others))
	}
}
