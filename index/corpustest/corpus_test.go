package corpustest_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"eakte/index/corpustest"
	"eakte/policies"
)

// load makes a small corpus, or skips where words or names are missing.
func load(t *testing.T, seed uint64) *corpustest.Corpus {
	t.Helper()
	set, err := policies.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	shared := os.Getenv("EAKTE_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	c, err := corpustest.Load(corpustest.Config{
		Documents: 2000, Persons: 200, Seed: seed, Policies: set, Names: filepath.Join(shared, "names", "faker-10.6.0-names.tsv"),
	})
	if errors.Is(err, os.ErrNotExist) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheSameEveryTime(t *testing.T) {
	a, b, other := load(t, 1), load(t, 1), load(t, 2)
	for n := range 50 {
		if !reflect.DeepEqual(a.Entry(n), b.Entry(n)) || !reflect.DeepEqual(a.Person(n), b.Person(n)) {
			t.Errorf("document %d or its person differs between two runs of one seed", n)
		}
	}
	if reflect.DeepEqual(a.Pages(0), other.Pages(0)) {
		t.Error("two seeds make the same letter")
	}
}

// TestLettersAreLikeLetters holds lengths, frequencies and rights to what figures rest on.
func TestLettersAreLikeLetters(t *testing.T) {
	c := load(t, 1)
	pages, words, few := 0, 0, 0
	texts := make([]string, c.Documents)
	for n := range c.Documents {
		e := c.Entry(n)
		pages += len(e.Pages)
		texts[n] = strings.Join(e.Pages, "\n")
		words += len(strings.Fields(texts[n]))
		if c.Akte(c.AkteOf(n)).Lead == corpustest.Few {
			few++
		}
		if len(e.Rights) == 0 {
			t.Fatalf("document %d opens to nobody", n)
		}
	}
	if perPage := words / pages; perPage < 200 || perPage > 330 {
		t.Errorf("%d words a page", perPage)
	}
	if pages < c.Documents*11/10 || pages > c.Documents*15/10 {
		t.Errorf("%d pages in %d documents", pages, c.Documents)
	}
	if few != c.Documents/10 {
		t.Errorf("%d of %d documents for the department that sees few", few, c.Documents)
	}
	for _, k := range []struct {
		kind        corpustest.Kind
		least, most float64
	}{{corpustest.Frequent, 0.02, 0.15}, {corpustest.Middle, 0.001, 0.02}, {corpustest.Rare, 0, 0.005}} {
		found := 0
		queries := c.Queries(k.kind, 40)
		for _, q := range queries {
			for _, text := range texts {
				if strings.Contains(text, q.Words[0]) {
					found++
				}
			}
		}
		if share := float64(found) / float64(len(queries)*len(texts)); share < k.least || share > k.most {
			t.Errorf("a %s stands in %.5f of the documents, not in %g to %g", k.kind, share, k.least, k.most)
		}
	}
}
