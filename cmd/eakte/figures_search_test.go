package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/index/corpustest"
)

// TestSearchFigures measures search with EAKTE_BENCH_DOCS documents in the Akten of a tenth as many persons, each
// figure beside a limit of the same run, in lines like those of [TestFigures]: beside Bleve without rights,
// beside PostgreSQL, beside readers who see more, and beside a tenth of the documents. It is what "make
// bench-search" runs. What it measures in is made once and kept: see [searchFolder]. Each part runs alone with
// -run TestSearchFigures/PART.
func TestSearchFigures(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("EAKTE_BENCH_DOCS"))
	if err != nil {
		t.Skip("set EAKTE_BENCH_DOCS=200000 to measure")
	}
	needTools(t)
	large, small := searchWorld(t, n), searchWorld(t, n/10)
	fmt.Printf("%d processors, load average %s\n", runtime.NumCPU(), load(t))
	for _, w := range []*searched{small, large} {
		w.make(t)
	}
	fmt.Println("what | measured | limit | ratio | goal | result")
	t.Run("size", large.size)
	t.Run("search", func(t *testing.T) { large.figureSearch(t, small) })
	t.Run("persons", large.figurePersons)
	t.Run("postgres", large.figurePostgres)
	t.Run("server", large.figureServer)
	t.Run("rebuild", large.figureRebuild)
	fmt.Printf("load average %s\n", load(t))
}

// sample is how long something took, time after time.
type sample []time.Duration

// at is the percentile p, 0 to 100.
func (s sample) at(p int) time.Duration {
	slices.Sort(s)
	return s[min(len(s)*p/100, len(s)-1)]
}

func (s sample) p95() time.Duration { return s.at(95) }

func (s sample) String() string {
	return fmt.Sprintf("p50 %.2f p95 %.2f p99 %.2f ms", ms(s.at(50)), ms(s.at(95)), ms(s.at(99)))
}

// side is one of those that answer the same queries.
type side struct {
	name string
	ask  func(ctx context.Context, k corpustest.Kind, q corpustest.Query) (hits int, err error)
}

// warming is how many of the first queries count for nothing.
const warming = 10

// enough is how many queries are measured at least, and as many as there are unless it takes longer than kindTime.
const (
	enough   = 40
	kindTime = 20 * time.Second
)

// tries is how often each query is asked. The shortest time counts, for all sides alike: what else the machine
// does, and where a collection of garbage falls, is no part of a figure.
const tries = 3

// fastest asks some times and returns the shortest time.
func fastest(ask func() error) (least time.Duration, err error) {
	for i := range tries {
		start := time.Now()
		if err := ask(); err != nil {
			return 0, err
		}
		if d := time.Since(start); i == 0 || d < least {
			least = d
		}
	}
	return least, nil
}

// compare asks all sides in turn, query by query, and returns how long each took and how many hits it had.
func compare(t *testing.T, k corpustest.Kind, queries []corpustest.Query, sides []side) (map[string]sample, map[string]int) {
	t.Helper()
	took, hits := map[string]sample{}, map[string]int{}
	runtime.GC()
	begun := time.Now()
	for i, q := range queries {
		if i >= warming+enough && time.Since(begun) > kindTime {
			break
		}
		for _, s := range sides {
			n := 0
			d, err := fastest(func() (err error) {
				n, err = s.ask(t.Context(), k, q)
				return err
			})
			if err != nil {
				t.Fatalf("%s, %s: %v", s.name, k, err)
			}
			if i >= warming {
				took[s.name] = append(took[s.name], d)
			}
			hits[s.name] += n
		}
	}
	return took, hits
}

// readers are those whose searches are measured, by what they see.
func (w *searched) readers() map[string]index.Rights {
	single := index.Rights{Within: map[archive.AkteID][]string{}}
	tokens := w.corpus.Reader().Tokens
	for i := range min(1000, w.corpus.Persons/2) {
		single.Within[w.corpus.Akte(i*w.corpus.Persons/1000%w.corpus.Persons).ID] = tokens
	}
	return map[string]index.Rights{
		"all": w.corpus.Reader(), "one department": w.corpus.Reader(corpustest.Few),
		"three departments": w.corpus.Reader("asyl", "soziales", "unterbringung"), "1,000 single grants": single,
	}
}

// reading is a side that searches the index as a reader.
func (w *searched) reading(x *bleveindex.Index, name string, rights index.Rights) side {
	return side{name, func(ctx context.Context, _ corpustest.Kind, q corpustest.Query) (int, error) {
		res, err := x.Search(ctx, index.Query{Text: q.Text, Rights: rights, Limit: 10})
		return res.Total, err
	}}
}

// queriesAsked is how many queries of a kind are measured.
const queriesAsked = 120

// figureSearch measures ranked searches with rights, facets and timeline.
func (w *searched) figureSearch(t *testing.T, small *searched) {
	before := map[corpustest.Kind]sample{}
	small.searches(t, func(k corpustest.Kind, took map[string]sample) { before[k] = took["all"] })
	w.searches(t, func(k corpustest.Kind, took map[string]sample) {
		all := took["all"]
		if bare, ok := took["bare"]; ok {
			w.beside(string(k)+", who sees all", all, "Bleve without rights", bare, 1.5)
			w.beside(string(k)+", the same with facets", all, "Bleve with facets", took["counted"], 1.5)
		}
		w.within(string(k)+", who sees all", all)
		for _, reader := range []string{"one department", "three departments"} {
			w.beside(fmt.Sprintf("%s, %s", k, reader), took[reader], "who sees all", all, 1.2)
		}
		w.within(string(k)+", 1,000 single grants", took["1,000 single grants"])
		grown, was := all.p95(), before[k].p95()
		row(fmt.Sprintf("%s, growth %d → %d documents", k, small.corpus.Documents, w.corpus.Documents), fmt.Sprintf("p95 %.2f ms", ms(grown)),
			fmt.Sprintf("p95 %.2f ms", ms(was)), fmt.Sprintf("%.2f", float64(grown)/float64(was)), "≤ 2", grown <= 2*was)
	})
}

// beside prints a figure beside that of others.
func (w *searched) beside(what string, took sample, other string, limit sample, most float64) {
	ratio := float64(took.p95()) / float64(limit.p95())
	row(what, took.String(), other+" "+limit.String(), fmt.Sprintf("%.2f", ratio), fmt.Sprintf("≤ %.1f", most), ratio <= most)
}

// answerTime is how long anything may take that a page needs.
const answerTime = 50 * time.Millisecond

// within prints a figure beside what people notice.
func (w *searched) within(what string, took sample) {
	row(what, took.String(), "–", fmt.Sprintf("%.2f", float64(took.p95())/float64(answerTime)), "p95 ≤ 50 ms", took.p95() <= answerTime)
}

// Searches that are no words.
const (
	noText     corpustest.Kind = "no text, all facets and timeline"
	twoFilters corpustest.Kind = "frequent word, two filters, facets and timeline"
	page1000   corpustest.Kind = "page 1,000 of all documents, newest first"
)

func (w *searched) kinds() []corpustest.Kind {
	return append(corpustest.Kinds(), twoFilters, noText, page1000)
}

// searches measures all kinds of queries for all readers and tells of each how long they took, by reader.
func (w *searched) searches(t *testing.T, tell func(corpustest.Kind, map[string]sample)) {
	x, bare := w.open(t)
	var sides []side
	for _, name := range []string{"all", "one department", "three departments", "1,000 single grants"} {
		sides = append(sides, w.reading(x, name, w.readers()[name]))
	}
	for _, k := range corpustest.Kinds() {
		sides := slices.Clone(sides)
		if k != corpustest.Compound { // Bleve takes no words apart
			for name, counted := range map[string]bool{"bare": false, "counted": true} {
				sides = append(sides, side{name, func(ctx context.Context, k corpustest.Kind, q corpustest.Query) (int, error) {
					n, err := bare.Search(ctx, k, q, counted)
					return int(n), err
				}})
			}
		}
		took, hits := compare(t, k, w.corpus.Queries(k, w.asked+warming), sides)
		tell(k, took)
		t.Logf("%s: hits %v", k, hits)
		if hits["all"] < hits["one department"] || hits["all"] == 0 && k != corpustest.Phrase {
			t.Errorf("%s: %d hits for who sees all, %d for who sees a tenth", k, hits["all"], hits["one department"])
		}
	}
	lists := w.lists(t, x)
	for _, k := range w.kinds() {
		q, ok := lists[k]
		if !ok {
			continue
		}
		var sides []side
		for name, rights := range w.readers() {
			sides = append(sides, side{name, func(ctx context.Context, _ corpustest.Kind, word corpustest.Query) (int, error) {
				q := q
				q.Rights = rights
				if k == twoFilters {
					q.Text = word.Text
				}
				res, err := x.Search(ctx, q)
				return res.Total, err
			}})
		}
		took, _ := compare(t, k, w.corpus.Queries(corpustest.Frequent, w.asked/2+warming), sides)
		tell(k, took)
	}
}

// lists are the searches that are no words.
func (w *searched) lists(t *testing.T, x *bleveindex.Index) map[corpustest.Kind]index.Query {
	q := index.Query{Rights: w.readers()["all"], Limit: 100, Sort: "date"}
	page := q
	for range min(999, w.corpus.Documents/200) {
		res, err := x.Search(t.Context(), page)
		if err != nil || len(res.Hits) == 0 {
			t.Fatalf("%d hits on a page: %v", len(res.Hits), err)
		}
		page.After = res.Hits[len(res.Hits)-1].After
	}
	filtered := index.Query{Types: []string{"reisepass", "geburtsurkunde", "arbeitsvertrag", "duldung"}, From: "2022-01-01", To: "2025-12-31", Limit: 10}
	return map[corpustest.Kind]index.Query{noText: {Limit: 10}, page1000: page, twoFilters: filtered}
}

// figurePersons measures the search for persons, among all and among EAKTE_BENCH_PERSONS others.
func (w *searched) figurePersons(t *testing.T) {
	x, _ := w.open(t)
	w.persons(t, x, w.corpus)
	if n, err := strconv.Atoi(os.Getenv("EAKTE_BENCH_PERSONS")); err == nil {
		crowd := w.crowd(t, n)
		dir := filepath.Join(w.dir, "persons-"+strconv.Itoa(n))
		y := openIndex(t, dir)
		makeCrowd(t, y, crowd)
		w.persons(t, y, crowd)
	}
}

func (w *searched) persons(t *testing.T, x *bleveindex.Index, c *corpustest.Corpus) {
	rights := index.Rights{}
	for _, reg := range c.Policies.Registers() {
		rights.Tokens = append(rights.Tokens, index.Grant{Department: corpustest.All, AllTeams: true, Register: reg.Key}.Person(c.Clerk())...)
	}
	for kind, texts := range c.NameQueries(w.asked + warming) {
		var took sample
		found := 0
		for i, text := range texts {
			d, err := fastest(func() error {
				hits, err := x.Persons(t.Context(), index.PersonQuery{Text: text, Rights: rights, Alike: true, Limit: 10})
				found += len(hits)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if i >= warming {
				took = append(took, d)
			}
		}
		if found == 0 {
			t.Errorf("%s: nobody found", kind)
		}
		row(fmt.Sprintf("person search, %d persons, %s", c.Persons, kind), took.String(), "–",
			fmt.Sprintf("%.2f", float64(took.p95())/float64(20*time.Millisecond)), "p95 ≤ 20 ms", took.p95() <= 20*time.Millisecond)
	}
}

// TestSearchFiguresSmall makes and measures a little of all that [TestSearchFigures] does without another program,
// so that it goes on working. How fast anything is doesn't matter here.
func TestSearchFiguresSmall(t *testing.T) {
	t.Parallel()
	w := searchWorldIn(t, filepath.Join(t.TempDir(), "small"), 400)
	w.asked = 4
	w.make(t)
	w.make(t) // is there already
	told := 0
	w.searches(t, func(k corpustest.Kind, took map[string]sample) {
		told++
		for reader := range w.readers() {
			if len(took[reader]) == 0 {
				t.Errorf("%s was not measured for %s", k, reader)
			}
		}
	})
	if told != len(w.kinds()) {
		t.Errorf("%d kinds were measured, not %d", told, len(w.kinds()))
	}
}
