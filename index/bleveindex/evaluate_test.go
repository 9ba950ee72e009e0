package bleveindex_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/index"
	"eakte/index/bleveindex"
)

// A search that is narrowed to all documents goes another way than one that isn't narrowed, to the same answer.
func TestBothWaysLeadToTheSameAnswer(t *testing.T) {
	t.Parallel()
	x, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(t.TempDir(), "index"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, x)
	rng := rand.New(rand.NewPCG(3, 26))
	vocabulary := strings.Fields("Pass Reisepass Antrag Anträge Aufenthaltserlaubnis Erlaubnis Bescheid der die und Müller Mueller 4711 the of copies A B C E Formular")
	words := func(n int) string {
		out := make([]string, 1+rng.IntN(n))
		for i := range out {
			out[i] = vocabulary[rng.IntN(len(vocabulary))]
		}
		return strings.Join(out, " ")
	}
	var all []archive.DocumentID
	for seq := range uint64(12) {
		b := index.Batch{Seq: seq + 1}
		for range 8 {
			n := len(all)
			d := index.Document{
				ID: archive.DocumentID(fmt.Sprintf("0190%04x-0000-7000-8000-%012d", rng.IntN(3), n)), Akte: archive.AkteID(fmt.Sprint("akte", n%5)),
				Type: fmt.Sprint("t", n%3), Register: fmt.Sprint("r", n%2), Date: fmt.Sprintf("202%d-0%d-11", n%4, 1+n%7), Title: words(3), Number: fmt.Sprint(4711 + n%2),
				Pages: []string{words(12), words(9)}, Rights: []string{fmt.Sprint("right", n%3)},
			}
			all, b.Documents = append(all, d.ID), append(b.Documents, d)
		}
		if seq == 5 {
			b.DeleteDocuments = all[3:6]
		}
		if err := x.Apply(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	texts := []string{
		"", "pass", "Erlaubnis", "pass antrag", `"pass antrag"`, `"der pass"`, `"A B C E"`, "pass NAHE/3 bescheid", "pass OR antrag OR 4711", "pass -antrag", "-pass",
		`antrag -"pass antrag"`, "(pass antrag) OR (bescheid -erlaubnis)", "antra*", "Reise* -anträge*", "Formulare~", "Bescheit~ OR müller", "der", "der die", "4711", "4712 pass", "zebra",
		`zebra OR "copies the"`, `"Pass Pass"`, `"müller müller müller"~4`, "A B C E",
	}
	hidden, hits := archive.Dirty{Akten: map[archive.AkteID]struct{}{"akte2": {}}, Documents: map[archive.DocumentID]struct{}{all[0]: {}}}, 0
	for _, text := range texts {
		for _, q := range []index.Query{
			{Rights: index.Rights{Tokens: []string{"right0", "right1", "right2"}}, Sort: "date"},
			{Rights: index.Rights{Tokens: []string{"right1"}}, Sort: "-date", Types: []string{"t1"}, From: "2021-01-01"},
			{Rights: index.Rights{Tokens: []string{"right1"}, Within: map[archive.AkteID][]string{"akte3": {"right0"}}}, Sort: "date", Without: hidden},
			{Rights: index.Rights{Tokens: []string{"right0", "right2"}}},
		} {
			q.Text, q.Limit = text, 100
			got, err := x.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			q.Documents = all
			want, err := x.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if q.Sort == "" && !strings.Contains(text, " OR ") { // Bleve lowers what few alternatives match
				sameLikeness(t, text, want.Hits, got.Hits)
			}
			for _, r := range []*index.Result{&got, &want} {
				for i := range r.Hits {
					r.Hits[i].Score, r.Hits[i].After = 0, ""
				}
				if q.Sort == "" {
					slices.SortFunc(r.Hits, func(a, b index.Hit) int { return strings.Compare(string(a.Document), string(b.Document)) })
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%q, %+v: -narrowed +whole\n%s", text, q.Rights, d)
			}
			hits += len(got.Hits)
		}
	}
	if hits < 500 {
		t.Errorf("hardly anything was found: %d hits", hits)
	}
}

// sameLikeness fails unless the scores of two lists are those of each other, times a factor that is one for all: so they
// are in the same order, wherever documents differ.
func sameLikeness(t *testing.T, text string, want, got []index.Hit) {
	t.Helper()
	of := map[archive.DocumentID]float64{}
	for _, h := range want {
		of[h.Document] = h.Score
	}
	var factor float64
	for _, h := range got {
		score := of[h.Document]
		if (score == 0) != (h.Score == 0) {
			t.Errorf("%q: %s scores %g one way, %g the other", text, h.Document, score, h.Score)
			return
		}
		if score == 0 {
			continue
		}
		if factor == 0 {
			factor = h.Score / score
		}
		if math.Abs(h.Score/score/factor-1) > 1e-6 {
			t.Errorf("%q: %s scores %g of %g, others %g times", text, h.Document, h.Score, score, factor)
			return
		}
	}
}

// A list of equal ranks goes on in the order of its IDs, page by page, whatever they look like.
func TestEqualRanksGoOnByID(t *testing.T) {
	t.Parallel()
	x, err := bleveindex.Open(bleveindex.Config{Dir: filepath.Join(t.TempDir(), "index"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, x)
	rng := rand.New(rand.NewPCG(8, 26))
	var all []string
	b := index.Batch{Seq: 1}
	for range 300 {
		id := fmt.Sprintf("0190%04x-%04x-7%03x-%04x-%012x", rng.IntN(2), rng.IntN(2), rng.IntN(3), 0x8000+rng.IntN(3), rng.Uint64()>>16)
		all = append(all, id)
		b.Documents = append(b.Documents, index.Document{ID: archive.DocumentID(id), Akte: "akte", Date: "2026-01-01", Pages: []string{"Pass"}, Rights: []string{"a"}})
	}
	if err := x.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	for _, q := range []index.Query{{Text: "pas*"}, {Text: "pass", Sort: "date"}, {}, {Text: "pass", Sort: "-date"}} {
		q.Rights, q.Limit = index.Rights{Tokens: []string{"a"}}, 7
		var got []string
		for {
			res, err := x.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range res.Hits {
				got = append(got, string(h.Document))
				q.After = h.After
			}
			if len(res.Hits) < q.Limit {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("%q by %q: %d listed in another order", q.Text, q.Sort, len(got))
		}
	}
}
