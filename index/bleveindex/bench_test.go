package bleveindex_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// benchDocuments is how many documents the benchmarks index: EAKTE_BENCH_DOCS, or 20,000.
func benchDocuments(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("EAKTE_BENCH_DOCS"))
	if err != nil {
		return 20_000
	}
	return n
}

const benchTokens = 200

// corpus makes up letters of 220 words out of a vocabulary with the frequencies of a language.
type corpus struct {
	rand  *rand.Rand
	zipf  *rand.Zipf
	vocab []string
}

func newCorpus() *corpus {
	r := rand.New(rand.NewPCG(1, 2))
	c := &corpus{rand: r, zipf: rand.NewZipf(r, 1.1, 8, 99_999)}
	syllables := strings.Fields("auf ent halt an trag be scheid ver fah ren lei stung un ter la ge mein de schul zeug nis woh nung miet rei se pass aus weis amt")
	seen := map[string]bool{}
	for len(c.vocab) < 100_000 {
		w := ""
		for range 1 + r.IntN(2) + len(c.vocab)/20_000 {
			w += syllables[r.IntN(len(syllables))]
		}
		if w += string(rune('a' + r.IntN(26))); !seen[w] {
			seen[w] = true
			c.vocab = append(c.vocab, w)
		}
	}
	return c
}

func (c *corpus) page() string {
	var s strings.Builder
	for range 220 {
		s.WriteString(c.vocab[c.zipf.Uint64()])
		s.WriteByte(' ')
	}
	return s.String()
}

func (c *corpus) document(i int) index.Document {
	return index.Document{
		ID:   archive.DocumentID(fmt.Sprintf("01900000-0000-7000-8000-%012d", i)),
		Akte: archive.AkteID(fmt.Sprintf("01900000-0000-7000-9000-%012d", i/10)),
		Type: "t" + strconv.Itoa(i%150), Register: "r" + strconv.Itoa(i%13), Department: "d" + strconv.Itoa(i%10),
		Date:   fmt.Sprintf("20%02d-%02d-%02d", 10+i%17, 1+i%12, 1+i%28),
		Title:  "Schreiben " + c.vocab[c.zipf.Uint64()],
		Pages:  []string{c.page()},
		Rights: []string{"x|" + strconv.Itoa(i%benchTokens)},
	}
}

func benchTokensUpTo(n int) []string {
	var ts []string
	for i := range n {
		ts = append(ts, "x|"+strconv.Itoa(i))
	}
	return ts
}

const benchBatch = 1000

// buildOurs and buildBleve index the same documents in batches of the same size, both durable.
func buildOurs(b *testing.B, dir string, n int) *bleveindex.Index {
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	c := newCorpus()
	for i := 0; i < n; i += benchBatch {
		batch := index.Batch{Seq: uint64(i)}
		for k := i; k < min(i+benchBatch, n); k++ {
			batch.Documents = append(batch.Documents, c.document(k))
		}
		if err := x.Apply(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	return x
}

func buildBleve(b *testing.B, dir string, n int) bleve.Index {
	text, key := bleve.NewTextFieldMapping(), bleve.NewKeywordFieldMapping()
	text.Analyzer, text.Store, text.DocValues, text.IncludeInAll = de.AnalyzerName, false, false, false
	key.Store, key.IncludeInAll = false, false
	m := bleve.NewIndexMapping()
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt("body", text)
	for _, f := range []string{"type", "register", "department", "year", "rights"} {
		m.DefaultMapping.AddFieldMappingsAt(f, key)
	}
	x, err := bleve.NewUsing(dir, m, scorch.Name, scorch.Name, nil)
	if err != nil {
		b.Fatal(err)
	}
	c := newCorpus()
	for i := 0; i < n; i += benchBatch {
		batch := x.NewBatch()
		for k := i; k < min(i+benchBatch, n); k++ {
			d := c.document(k)
			if err := batch.Index(string(d.ID), map[string]any{"body": d.Title + " " + d.Pages[0], "type": d.Type,
				"register": d.Register, "department": d.Department, "year": d.Date[:4], "rights": d.Rights[0]}); err != nil {
				b.Fatal(err)
			}
		}
		if err := x.Batch(batch); err != nil {
			b.Fatal(err)
		}
	}
	return x
}

// BenchmarkRebuild compares an index rebuild with bare Bleve batches of the same text.
func BenchmarkRebuild(b *testing.B) {
	n := benchDocuments(b)
	rate := map[string]float64{}
	for _, side := range []string{"bleve", "eakte"} {
		b.Run(side, func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				dir := filepath.Join(b.TempDir(), "index")
				if side == "bleve" {
					x := buildBleve(b, dir, n)
					rate[side] = float64(n) / time.Since(start).Seconds()
					if err := x.Close(); err != nil {
						b.Fatal(err)
					}
				} else {
					x := buildOurs(b, dir, n)
					rate[side] = float64(n) / time.Since(start).Seconds()
					if err := x.Close(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(size(b, dir))/float64(n), "B/doc")
			}
			b.ReportMetric(rate[side], "docs/s")
			if side == "eakte" {
				b.ReportMetric(rate["eakte"]/rate["bleve"], "x-of-bleve")
			}
		})
	}
}

func size(b *testing.B, dir string) (n int64) {
	if err := filepath.Walk(dir, func(_ string, st os.FileInfo, err error) error {
		if err == nil && !st.IsDir() {
			n += st.Size()
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkSearch compares searches with rights, facets and pages with the same query in Bleve
// without any of them, and with the same facets.
func BenchmarkSearch(b *testing.B) {
	n := benchDocuments(b)
	ours := buildOurs(b, filepath.Join(b.TempDir(), "index"), n)
	defer ours.Close()
	bare := buildBleve(b, filepath.Join(b.TempDir(), "bare"), n)
	defer bare.Close()
	grants := map[archive.AkteID][]string{}
	for i := range 1000 {
		grants[archive.AkteID(fmt.Sprintf("01900000-0000-7000-9000-%012d", i*n/10/1000))] = benchTokensUpTo(benchTokens)[:20+i%3]
	}
	c := newCorpus()
	texts := map[string]func(i int) string{
		"common": func(i int) string { return c.vocab[100+i%300] },
		"mid":    func(i int) string { return c.vocab[1000+i%4000] },
		"two":    func(i int) string { return c.vocab[100+i%150] + " " + c.vocab[260+i%140] },
		"blank":  func(int) string { return "" },
	}
	for _, kind := range []string{"common", "mid", "two", "blank"} {
		text := texts[kind]
		for _, reader := range []struct {
			name   string
			rights index.Rights
		}{
			{"all", index.Rights{Tokens: benchTokensUpTo(benchTokens)}},
			{"some", index.Rights{Tokens: benchTokensUpTo(20)}},
			{"grants", index.Rights{Within: grants}},
		} {
			b.Run(kind+"/eakte-"+reader.name, func(b *testing.B) {
				percentiles(b, func(i int) error {
					_, err := ours.Search(context.Background(), index.Query{Text: text(i), Rights: reader.rights, Limit: 10})
					return err
				})
			})
		}
		for _, facets := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/bleve-facets-%v", kind, facets), func(b *testing.B) {
				percentiles(b, func(i int) error { return searchBleve(bare, text(i), facets) })
			})
		}
	}
}

func searchBleve(x bleve.Index, text string, facets bool) error {
	var req *bleve.SearchRequest
	if text == "" {
		req = bleve.NewSearchRequest(bleve.NewMatchAllQuery())
	} else {
		m := bleve.NewMatchQuery(text)
		m.SetField("body")
		m.SetOperator(1) // and
		req = bleve.NewSearchRequest(m)
	}
	if facets {
		for _, f := range []string{"type", "register", "department", "year"} {
			req.AddFacet(f, bleve.NewFacetRequest(f, 200))
		}
	}
	_, err := x.Search(req)
	return err
}

// percentiles reports the median and the 95th percentile of fn in milliseconds.
func percentiles(b *testing.B, fn func(i int) error) {
	var took []time.Duration
	i := 0
	for b.Loop() {
		start := time.Now()
		if err := fn(i * 7); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
