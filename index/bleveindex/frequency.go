package bleveindex

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
)

// frequencyTable lists words of letters and decisions in classes of how common they are. It was
// written by hand for this purpose and counts nothing.
//
//go:embed frequency.txt
var frequencyTable string

// collection is the size of the imagined collection that the frequencies speak of.
const collection = 1_000_000

// frequencies says in how many of [collection] documents a term stands. It takes the place of what
// the index could count, because a count, and every score made from it, would tell of documents
// that the reader may not see. Terms that aren't listed are judged by their length: short words are
// common, long ones rare.
type frequencies map[string]uint64

func newFrequencies(a analysis.Analyzer) (frequencies, error) {
	classes := map[string]uint64{"A": 500_000, "B": 200_000, "C": 80_000, "D": 30_000}
	f := make(frequencies)
	for i, line := range strings.Split(frequencyTable, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		class, list, _ := strings.Cut(line, " ")
		n, ok := classes[class]
		if !ok {
			return nil, fmt.Errorf("frequency.txt:%d: unknown class", i+1)
		}
		for _, w := range words(a, list) {
			f[w.term] = max(f[w.term], n)
		}
	}
	return f, nil
}

// of returns in how many documents of the collection the term stands; it depends on the term alone.
func (f frequencies) of(term []byte) uint64 {
	if n, ok := f[string(term)]; ok {
		return n
	}
	if strings.ContainsFunc(string(term), unicode.IsDigit) {
		return 1_000
	}
	byLength := [...]uint64{100_000, 100_000, 80_000, 40_000, 20_000, 10_000, 6_000, 4_000, 3_000, 2_000, 1_500, 1_000}
	return byLength[min(utf8.RuneCount(term), len(byLength)-1)]
}
