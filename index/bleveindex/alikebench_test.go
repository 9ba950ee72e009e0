package bleveindex_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// benchNames are the queries of the labelled pairs with what they look for.
func benchNames(b *testing.B) (queries, records []string) {
	f, err := os.Open(filepath.Join("..", "name", "testdata", "pairs.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range rows[1:] {
		queries, records = append(queries, r[1]), append(records, r[2])
	}
	return queries, records
}

// BenchmarkPersonsAlike searches EAKTE_BENCH_DOCS persons by names that are written otherwise. The people
// have the names of the labelled pairs, mixed, the first ones more often than the last.
func BenchmarkPersonsAlike(b *testing.B) {
	n := benchDocuments(b)
	queries, records := benchNames(b)
	dir := filepath.Join(b.TempDir(), "index")
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	c := newCrowd(records)
	for i := 0; i < n; i += benchBatch {
		batch := index.Batch{Seq: uint64(i)}
		for k := i; k < min(i+benchBatch, n); k++ {
			batch.Persons = append(batch.Persons, index.Person{
				ID: archive.PersonID(fmt.Sprintf("01900000-0000-7000-8000-%012d", k)), Names: []string{c.name(k)}, Rights: []string{"x|1"},
			})
		}
		if err := x.Apply(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	settled(b, dir)
	b.ReportMetric(float64(size(b, dir))/float64(n), "B/person")
	rights := index.Rights{Tokens: []string{"x|1"}}
	for _, alike := range []bool{false, true} {
		b.Run(fmt.Sprintf("alike-%t", alike), func(b *testing.B) {
			percentiles(b, func(i int) error {
				_, err := x.Persons(context.Background(), index.PersonQuery{Text: queries[i%len(queries)], Rights: rights, Alike: alike, Limit: 30})
				return err
			})
		})
	}
}

// settled waits until the engine has merged what was written: the files are the same for three seconds.
func settled(b *testing.B, dir string) {
	var last int64
	for same := 0; same < 6; same++ {
		time.Sleep(500 * time.Millisecond)
		if n := size(b, dir); n != last {
			last, same = n, 0
		}
	}
}

// crowd makes up people out of the words of records.
type crowd struct {
	records []string
	rand    *rand.Rand
	zipf    *rand.Zipf
	order   []int
}

func newCrowd(records []string) *crowd {
	r := rand.New(rand.NewPCG(3, 4))
	return &crowd{records, r, rand.NewZipf(r, 1.1, 40, uint64(len(records)-1)), r.Perm(len(records))}
}

func (c *crowd) word(which int) string {
	ws := strings.FieldsFunc(c.records[c.order[c.zipf.Uint64()]], func(r rune) bool { return r == ' ' || r == ';' })
	return ws[min(which, len(ws)-1)]
}

// name is that of person k. A third have a part that is nearly theirs alone, as real registers have many
// rare names.
func (c *crowd) name(k int) string {
	if k < len(c.records) {
		return c.records[k]
	}
	full := c.word(0) + " " + c.word(1)
	if k%4 == 0 {
		full = c.word(0) + " " + full
	}
	if letter := func() string { return string(rune('a' + c.rand.IntN(26))) }; k%3 == 0 {
		full += "-" + letter() + "a" + letter() + "e" + letter()
	}
	return full
}
