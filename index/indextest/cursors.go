package indextest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"eakte/archive"
	"eakte/index"
)

// Documents that come, go and change while somebody turns the pages of an answer neither repeat nor hide those
// that stay.
func testCursorsUnderChange(t *testing.T, open Opener) {
	const stay, step = 120, 10
	for _, sort := range []string{"relevance", "date", "-date"} {
		for _, words := range []string{"", "Pass"} {
			t.Run(sort+" "+words, func(t *testing.T) {
				var b index.Batch
				made := func(n int) index.Document {
					d := dated(n, fmt.Sprintf("2026-%02d-%02d", n%12+1, n%28+1))
					if n%3 == 0 {
						d.Pages = append(d.Pages, "Pass Pass ein zweites Blatt")
					}
					return d
				}
				for n := range stay * 2 { // the odd ones go
					b.Documents = append(b.Documents, made(n))
				}
				e := engine(t, open, b)
				seen := map[archive.DocumentID]int{}
				after, changed := "", 0
				for {
					hits := search(t, e, index.Query{Text: words, Sort: sort, Rights: all(), Limit: step, After: after}).Hits
					if len(hits) == 0 {
						break
					}
					for _, h := range hits {
						seen[h.Document]++
					}
					after = hits[len(hits)-1].After
					change := index.Batch{Seq: uint64(changed + 2)}
					for range step {
						change.DeleteDocuments = append(change.DeleteDocuments, id[archive.DocumentID](changed%stay*2+1))
						change.Documents = append(change.Documents, made(1000+changed))
						changed++
					}
					if changed > 3*stay {
						change.Documents = nil // what comes for ever is read for ever
					}
					if err := e.Apply(context.Background(), change); err != nil {
						t.Fatal(err)
					}
				}
				var wrong []int
				for n := range stay {
					if seen[id[archive.DocumentID](2*n)] != 1 {
						wrong = append(wrong, 2*n)
					}
				}
				if len(wrong) > 0 || changed < 5*step {
					t.Errorf("not once each: %v; %d changes", slices.Compact(wrong), changed)
				}
			})
		}
	}
}
