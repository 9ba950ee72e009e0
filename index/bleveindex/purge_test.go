package bleveindex

import (
	"path/filepath"
	"strings"
	"testing"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// terms counts the terms of all fields that begin with a text, those of deleted entries included.
func (x *Index) termsOf(t *testing.T, prefix string) (n int) {
	t.Helper()
	err := x.read(func(r bleve.IndexReader) error {
		for _, field := range []string{fieldPage, fieldHead, fieldNumber, fieldName, fieldSpelled} {
			d, err := r.FieldDict(field)
			if err != nil {
				return err
			}
			for {
				e, err := d.Next()
				if err != nil {
					return err
				}
				if e == nil {
					break
				}
				if strings.HasPrefix(e.Term, prefix) {
					n++
				}
			}
			if err := d.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPurgeLeavesNoWords looks into the dictionaries, in which words of deleted entries stand until their segments are
// written anew: of one segment as of several.
func TestPurgeLeavesNoWords(t *testing.T) {
	for name, batches := range map[string]int{"one segment": 1, "several": 3} {
		t.Run(name, func(t *testing.T) {
			x, err := Open(Config{Dir: filepath.Join(t.TempDir(), "index")})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := x.Close(); err != nil {
					t.Error(err)
				}
			})
			seq := uint64(0)
			apply := func(b index.Batch) {
				t.Helper()
				seq++
				b.Seq = seq
				if err := x.Apply(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
			var kept []index.Document
			for n := range batches {
				id := archive.NewID[archive.DocumentID]()
				doc := index.Document{ID: id, Akte: archive.NewID[archive.AkteID](), Pages: []string{"bleibtwort"}, Rights: []string{"r"}}
				gone := index.Document{ID: archive.NewID[archive.DocumentID](), Akte: doc.Akte, Title: "fortwort" + string(rune('a'+n)), Pages: []string{"fortwort"}, Rights: []string{"r"}}
				kept = append(kept, doc)
				apply(index.Batch{Documents: []index.Document{doc, gone}})
				apply(index.Batch{DeleteDocuments: []archive.DocumentID{gone.ID}})
			}
			if batches == 1 && x.termsOf(t, "fortwort") == 0 {
				t.Fatal("the words are gone before: the test shows nothing")
			}
			for range 2 { // a second time there is one segment with nothing but a mark to drop
				if err := x.Purge(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n := x.termsOf(t, "fortwort"); n != 0 {
				t.Errorf("%d words of deleted entries are left", n)
			}
			found, err := x.Search(t.Context(), index.Query{Text: "bleibtwort", Limit: 10, Rights: index.Rights{Tokens: []string{"r"}}})
			if err != nil || found.Total != len(kept) {
				t.Errorf("%d found, want %d: %v", found.Total, len(kept), err)
			}
			if at, err := x.Seq(t.Context()); err != nil || at != seq {
				t.Errorf("at %d, want %d: %v", at, seq, err)
			}
		})
	}
}
