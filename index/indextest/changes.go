package indextest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"eakte/archive"
	"eakte/index"
)

func testChanges(t *testing.T, open Opener) {
	ctx := context.Background()
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "alt"), text(2, "alt"), text(3, "alt")}, Seq: 1})
	changed := text(1, "neu")
	apply(t, e, index.Batch{Documents: []index.Document{changed}, DeleteDocuments: []archive.DocumentID{doc(2), doc(9)}, Seq: 2})
	if got := numbers(search(t, e, index.Query{Text: "alt", Rights: all()})); !slices.Equal(got, []int{3}) {
		t.Errorf("old text finds %v", got)
	}
	if got := numbers(search(t, e, index.Query{Text: "neu", Rights: all()})); !slices.Equal(got, []int{1}) {
		t.Errorf("new text finds %v", got)
	}
	changed.Rights = []string{"secret"}
	apply(t, e, index.Batch{Documents: []index.Document{changed}, Seq: 3})
	if got := search(t, e, index.Query{Rights: all()}); got.Total != 1 {
		t.Errorf("%d documents found after a right was taken away", got.Total)
	}
	for n, want := range map[int]bool{1: true, 2: false, 3: true, 9: false} {
		if got, err := e.Has(ctx, doc(n)); err != nil || got != want {
			t.Errorf("has %d: %v, %v", n, got, err)
		}
	}
	var ids []archive.DocumentID
	if err := e.Documents(ctx, func(id archive.DocumentID) error {
		ids = append(ids, id)
		return e.Apply(ctx, index.Batch{DeleteDocuments: []archive.DocumentID{id}, Seq: 4})
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []archive.DocumentID{doc(1), doc(3)}) {
		t.Errorf("documents: %v", ids)
	}
	apply(t, e, index.Batch{Documents: []index.Document{text(1)}, Persons: []index.Person{person(1, "Ali")}, Seq: 5})
	stop := errors.New("stop")
	calls := 0
	err := e.Documents(ctx, func(archive.DocumentID) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("stopped by the caller: %v after %d calls", err, calls)
	}
}

func testSeq(t *testing.T, open Opener) {
	dir := t.TempDir() + "/index"
	for i, want := range []uint64{0, 7, 8} {
		e := open(t, dir)
		if got, err := e.Seq(context.Background()); err != nil || got != want {
			t.Fatalf("opening %d: seq %d, %v; want %d", i, got, err, want)
		}
		if got := search(t, e, index.Query{Rights: all()}).Total; got != min(i, 1) {
			t.Errorf("opening %d: %d documents", i, got)
		}
		b := index.Batch{Seq: uint64(7 + i)}
		if i == 0 {
			b.Documents = []index.Document{text(1, "Pass")}
		}
		apply(t, e, b)
		if got, err := e.Seq(context.Background()); err != nil || got != b.Seq {
			t.Errorf("seq %d, %v; want %d", got, err, b.Seq)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func testReset(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{Documents: []index.Document{text(1, "Pass")}, Persons: []index.Person{person(1, "Ali")}, Seq: 9})
	if err := e.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	seq, err := e.Seq(context.Background())
	if err != nil || seq != 0 {
		t.Errorf("seq %d, %v", seq, err)
	}
	if got := search(t, e, index.Query{Rights: all()}).Total; got != 0 {
		t.Errorf("%d documents after a reset", got)
	}
	if got := persons(t, e, index.PersonQuery{Text: "Ali", Rights: all()}); len(got) != 0 {
		t.Errorf("persons %v after a reset", got)
	}
	apply(t, e, index.Batch{Documents: []index.Document{text(2, "Pass")}, Seq: 1})
	if got := numbers(search(t, e, index.Query{Rights: all()})); !slices.Equal(got, []int{2}) {
		t.Errorf("documents %v", got)
	}
}

// Searches go on while batches come in; each sees whole batches only.
func testConcurrency(t *testing.T, open Opener) {
	e := engine(t, open, index.Batch{})
	const batches, size = 30, 10
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				res, err := e.Search(context.Background(), index.Query{Text: "Pass", Rights: all(), Limit: 5})
				if err != nil || res.Total%size != 0 {
					t.Errorf("total %d, %v", res.Total, err)
					return
				}
			}
		})
	}
	for i := range batches {
		var b index.Batch
		for k := range size {
			b.Documents = append(b.Documents, text(i*size+k, "Pass"))
		}
		b.Seq = uint64(i + 1)
		apply(t, e, b)
		if got := search(t, e, index.Query{Text: "Pass", Rights: all()}).Total; got != (i+1)*size {
			t.Errorf("%d documents right after batch %d", got, i+1)
		}
	}
	close(done)
	wg.Wait()
}
