package indextest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"eakte/archive"
	"eakte/index"
)

// Opener opens the engine in a folder. The engine is closed by the suite.
type Opener func(t *testing.T, dir string) index.Engine

// Test runs the suite.
func Test(t *testing.T, open Opener) {
	for _, tt := range []struct {
		name string
		run  func(*testing.T, Opener)
	}{
		{"Text", testText},
		{"Words", testWords},
		{"Operators", testOperators},
		{"PersonsChosen", testPersonsChosen},
		{"Pages", testPages},
		{"HostileRepetition", testHostileRepetition},
		{"HostileNearness", testHostileNearness},
		{"StopWords", testStopWords},
		{"QueryErrors", testQueryErrors},
		{"Rights", testRights},
		{"ManyGrants", testManyGrants},
		{"Dirty", testDirty},
		{"DocumentsNamed", testDocumentsNamed},
		{"Newly", testNewly},
		{"Like", testLike},
		{"LikeInvisible", testLikeInvisible},
		{"Filters", testFilters},
		{"Facets", testFacets},
		{"FacetsAgree", testFacetsAgree},
		{"Timeline", testTimeline},
		{"Order", testOrder},
		{"Cursors", testCursors},
		{"CursorsUnderChange", testCursorsUnderChange},
		{"Changes", testChanges},
		{"Seq", testSeq},
		{"Reset", testReset},
		{"Persons", testPersons},
		{"PersonRights", testPersonRights},
		{"Alike", testAlike},
		{"NameMatcher", testNameMatcher},
		{"Matcher", testMatcher},
		{"MatcherAgrees", testMatcherAgrees},
		{"Explained", testExplained},
		{"Concurrency", testConcurrency},
		{"Invisible", testInvisible},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open) })
	}
}

// engine opens an engine and fills it.
func engine(t *testing.T, open Opener, b index.Batch) index.Engine {
	t.Helper()
	e := open(t, t.TempDir()+"/index")
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	apply(t, e, b)
	return e
}

func apply(t *testing.T, e index.Engine, b index.Batch) {
	t.Helper()
	if err := e.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

// id makes a well-formed ID out of a small number.
func id[T ~string](n int) T { return T(fmt.Sprintf("01900000-0000-7000-8000-%012d", n)) }

func doc(n int) archive.DocumentID { return id[archive.DocumentID](n) }

func akte(n int) archive.AkteID { return id[archive.AkteID](n) }

// everybody is a token that the documents of most tests carry.
const everybody = "amt|alle"

func all() index.Rights { return index.Rights{Tokens: []string{everybody}} }

// text is a document that everybody may find.
func text(n int, pages ...string) index.Document {
	return index.Document{ID: doc(n), Akte: akte(n), Pages: pages, Rights: []string{everybody}}
}

func search(t *testing.T, e index.Engine, q index.Query) index.Result {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	res, err := e.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// numbers are the documents of an answer as the small numbers they were made from, ascending.
func numbers(res index.Result) []int {
	ns := listed(res)
	slices.Sort(ns)
	return ns
}

// listed are the documents of an answer as small numbers, in the order of the answer.
func listed(res index.Result) []int {
	ns := make([]int, 0, len(res.Hits))
	for _, h := range res.Hits {
		ns = append(ns, number(string(h.Document)))
	}
	return ns
}

func number(id string) int {
	n := 0
	for _, c := range id[24:] {
		n = 10*n + int(c-'0')
	}
	return n
}
