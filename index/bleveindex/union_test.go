package bleveindex_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// A pattern may mean so many words that the reader can see: what she can't see makes none too broad, and no word
// is missed below the limit.
func TestPatternsAreBoundByWhatTheReaderSees(t *testing.T) {
	t.Parallel()
	x, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(t.TempDir(), "index"), Log: slog.New(slog.DiscardHandler), PatternWords: 6})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, x)
	n := 0
	paper := func(right, text string) index.Document {
		n++
		return index.Document{ID: archive.DocumentID(fmt.Sprintf("d%03d", n)), Akte: "akte", Rights: []string{right}, Pages: []string{text}}
	}
	var seq uint64
	put := func(docs ...index.Document) {
		t.Helper()
		seq++
		if err := x.Apply(context.Background(), index.Batch{Documents: docs, Seq: seq}); err != nil {
			t.Fatal(err)
		}
	}
	word := func(i int) string { return "vers" + string(rune('a'+i)) + "kx" }
	for i := range 20 { // in segments of their own
		put(paper("hidden", word(i)))
	}
	for i := range 6 {
		put(paper("seen", word(i)+" "+word(0)))
	}
	ask := func(ctx context.Context, text string, rights ...string) (int, error) {
		res, err := x.Search(ctx, index.Query{Text: text, Rights: index.Rights{Tokens: rights}, Limit: 10})
		return res.Total, err
	}
	expect := func(what, text string, total int, code string, rights ...string) {
		t.Helper()
		n, err := ask(context.Background(), text, rights...)
		told := ""
		var asked *index.QueryError
		if errors.As(err, &asked) {
			told = asked.Code
		} else if err != nil {
			t.Fatal(err)
		}
		if n != total || told != code {
			t.Errorf("%s: %d hits, %q, want %d, %q", what, n, told, total, code)
		}
	}
	expect("six words that she sees", "vers*", 6, "", "seen")
	expect("twenty that somebody else does", "vers*", 0, index.TooBroad, "hidden")
	expect("more letters", "versa*", 1, "", "hidden")
	expect("a misspelt word is bound by its letters", "versakx~2", 20, "", "hidden")
	put(paper("seen", word(6)))
	expect("a seventh", "vers*", 0, index.TooBroad, "seen")
	expect("beside a word", "versakx vers*", 0, index.TooBroad, "seen")
	res, err := x.Search(context.Background(), index.Query{Text: "versak*", Rights: index.Rights{Tokens: []string{"seen"}}, Limit: 10})
	if err != nil || len(res.Hits) == 0 || len(res.Hits[0].Pages) != 1 {
		t.Errorf("pages of a pattern's hits: %+v, %v", res.Hits, err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, text := range []string{"versa*", "versakx", ""} {
		if _, err := ask(ended, text, "hidden"); !errors.Is(err, context.Canceled) {
			t.Errorf("%q goes on when nobody waits: %v", text, err)
		}
	}
}
