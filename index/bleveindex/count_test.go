package bleveindex_test

import (
	"log/slog"
	"testing"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// TestCounts counts what is there and not what was deleted or replaced.
func TestCounts(t *testing.T) {
	x, err := bleveindex.Open(bleveindex.Config{Dir: t.TempDir() + "/index", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	ids := []archive.DocumentID{archive.NewID[archive.DocumentID](), archive.NewID[archive.DocumentID](), archive.NewID[archive.DocumentID]()}
	b := index.Batch{Seq: 1, Persons: []index.Person{{ID: archive.NewID[archive.PersonID](), Names: []string{"Anna Muster"}}}}
	for _, id := range ids {
		b.Documents = append(b.Documents, index.Document{ID: id, Title: "Brief"})
	}
	for i, batch := range []index.Batch{b, {Seq: 2, Documents: b.Documents[:1], DeleteDocuments: ids[2:]}} {
		if err := x.Apply(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		documents, persons, err := x.Counts(t.Context())
		if err != nil || documents != 3-i || persons != 1 {
			t.Errorf("after batch %d: %d documents, %d persons, %v", i+1, documents, persons, err)
		}
	}
	if n, err := x.Size(t.Context()); err != nil || n == 0 {
		t.Errorf("size %d, %v", n, err)
	}
}
