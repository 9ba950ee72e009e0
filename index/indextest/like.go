package indextest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"eakte/archive"
	"eakte/index"
)

// contract is a text with telling words.
const contract = "Arbeitsvertrag zwischen der Gärtnerei Sonnenschein und Frau Mustermann: Probezeit, Kündigungsfrist, Urlaubsanspruch, " +
	"Vergütung nach Tarifvertrag, Arbeitszeit 38 Stunden, Aktenzeichen 4711"

func like(t *testing.T, e index.Engine, q index.LikeQuery) []index.LikeHit {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	hits, err := e.Like(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func testLike(t *testing.T, open Opener) {
	secret := text(5, contract)
	secret.Rights = []string{"geheim|alle"}
	e := engine(t, open, index.Batch{Seq: 1, Documents: []index.Document{
		text(1, contract),
		text(2, "Arbeitsvertrag der Gärtnerei Sonnenschein mit Herrn Beispiel: Probezeit, Kündigungsfrist, Urlaubsanspruch, Vergütung nach Tarifvertrag"),
		text(3, "Kündigungsfrist und Probezeit stehen im Arbeitsvertrag, die Vergütung auch"),
		text(4, "Frau Mustermann hat 4711 Stunden, 38 davon am Bahnhof"),
		secret,
		text(6, "Mietvertrag über eine Wohnung in der Bahnhofstraße"),
	}})
	q := index.LikeQuery{Pages: []string{contract}, Besides: doc(1), Leave: []string{"Erika Mustermann"}, Rights: all()}
	hits := like(t, e, q)
	var got []int
	for _, h := range hits {
		got = append(got, number(string(h.Document)))
	}
	if want := []int{2, 3}; !slices.Equal(got, want) {
		t.Fatalf("like the contract are %v, want %v", got, want)
	}
	if w := hits[0].Words; !slices.Contains(w, "Gärtnerei") || !slices.Contains(w, "Kündigungsfrist") || slices.Contains(w, "Mustermann") {
		t.Errorf("words of the first: %v", w)
	}
	if hits[0].Akte != akte(2) || hits[0].Score <= hits[1].Score {
		t.Errorf("hits: %+v", hits)
	}
	for name, change := range map[string]func(*index.LikeQuery){
		"no rights": func(q *index.LikeQuery) { q.Rights = index.Rights{} },
		"dirty": func(q *index.LikeQuery) {
			q.Without.Documents = map[archive.DocumentID]struct{}{doc(2): {}, doc(3): {}}
		},
		"no text":      func(q *index.LikeQuery) { q.Pages = nil },
		"nothing rare": func(q *index.LikeQuery) { q.Pages = []string{"und der die das 12 34"} },
	} {
		other := q
		if change(&other); len(like(t, e, other)) != 0 {
			t.Errorf("%s: found something", name)
		}
	}
	q.Limit = 1
	if one := like(t, e, q); len(one) != 1 || !reflect.DeepEqual(one[0], hits[0]) {
		t.Errorf("the first alone is %+v, want %+v", one, hits[0])
	}
}

// testLikeInvisible compares answers with and without documents that the reader may not see.
func testLikeInvisible(t *testing.T, open Opener) {
	var b index.Batch
	for n := range 30 {
		words := []string{"Arbeitsvertrag", "Probezeit", "Kündigungsfrist", "Urlaubsanspruch", "Tarifvertrag", "Gärtnerei", "Vergütung"}
		page := ""
		for i, w := range words {
			if (n>>(i%5))&1 == i%2 {
				page += w + " "
			}
		}
		b.Documents = append(b.Documents, text(n+1, page+page))
	}
	b.Seq = 1
	e := engine(t, open, b)
	q := index.LikeQuery{Pages: []string{contract}, Besides: doc(1), Rights: all(), Limit: 100}
	before := like(t, e, q)
	if len(before) < 5 {
		t.Fatalf("only %d are alike", len(before))
	}
	for n := range 40 {
		hidden := text(100+n, fmt.Sprint(contract, " Gärtnerei Tarifvertrag ", n))
		hidden.Rights = []string{"geheim|alle"}
		apply(t, e, index.Batch{Documents: []index.Document{hidden}, Seq: uint64(2 + n)})
	}
	if after := like(t, e, q); !reflect.DeepEqual(before, after) {
		t.Errorf("hidden documents change what is alike:\n%+v\n%+v", before, after)
	}
}
