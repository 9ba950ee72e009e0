package indextest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eakte/archive"
	"eakte/index"
)

// rounds is how many worlds [Test] makes up, queriesEach how many questions it puts to each.
const (
	rounds      = 12
	queriesEach = 40
)

func testInvisible(t *testing.T, open Opener) { Invisible(t, open, 2026, rounds) }

// Invisible is the part of [Test] that can run as a long campaign: n worlds made from a seed. It
// asks two indexes the same questions: one has just what the reader may see, the
// other has more, in other batches, with changes and deletions in between. Every answer must be
// the same in every bit.
func Invisible(t *testing.T, open Opener, seed uint64, n int) {
	for round := range n {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			w := &world{rand: rand.New(rand.NewPCG(uint64(round), seed))}
			poor, rich := engine(t, open, index.Batch{}), engine(t, open, index.Batch{})
			w.fill(t, poor, rich)
			for range queriesEach {
				w.compare(t, poor, rich)
			}
		})
	}
}

// world makes up entries and queries out of few words, so that all of them meet.
type world struct {
	rand *rand.Rand
	made int
}

var (
	worldWords = [...]string{
		"Antrag", "Aufenthalt", "Müller", "Mueller", "Pass", "Reisepass", "der", "und", "Bescheid", "Köln",
		"Geburtsurkunde", "33.11-000123/2026", "260417001234", "Wohnung", "Miete", "xyzzy", "an", "Datum",
		"Aufenthaltserlaubnis", "Erlaubnisse", "Meldebescheinigung", "Antragsteller", "the", "copies", "copy", "Aufent-\nhalt",
	}
	worldPatterns = [...]string{"Auf*", "Ant*ag", "Reise*", "Muller~", "Antrog~", "Wohnumg~", "Geb*", "besc*", "xyz*", "Urkunde", "Pass", "Erlaubnis"}
	worldNames    = [...]string{"Ali", "Anna", "Müller", "Mueller", "Al-Hassan", "Hassan", "Łukasz", "An"}
	worldTypes    = [...]string{"brief", "pass", "bescheid", "", "urkunde"}
	worldSorts    = [...]string{"", "date", "-date"}
	worldTokens   = [...]string{"seen", "mine", "also"}
)

// hidden tokens are those no reader of the world holds.
func (w *world) hidden() string { return fmt.Sprintf("hidden%d", w.rand.IntN(3)) }

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (w *world) words(most int) string {
	s := ""
	for range w.rand.IntN(most) + 1 {
		s += pick(w.rand, worldWords[:]) + " "
	}
	return s
}

func (w *world) document(rights ...string) index.Document {
	w.made++
	d := index.Document{
		// IDs of both kinds are mixed, so that hidden ones stand between visible ones.
		ID:         doc(w.rand.IntN(1e8)*1000 + w.made%1000),
		Akte:       akte(w.rand.IntN(6)),
		Person:     id[archive.PersonID](w.rand.IntN(4)),
		Type:       pick(w.rand, worldTypes[:]),
		Register:   pick(w.rand, worldTypes[:]),
		Department: pick(w.rand, worldTypes[:]),

		Classification: pick(w.rand, worldTypes[:]),
		Title:          w.words(3),
		Sender:         w.words(2),
		Number:         pick(w.rand, worldWords[:]),
		Rights:         rights,
	}
	if w.rand.IntN(5) > 0 {
		d.Date = fmt.Sprintf("%d-%02d-%02d", 2020+w.rand.IntN(7), 1+w.rand.IntN(12), 1+w.rand.IntN(28))
	}
	for range w.rand.IntN(4) {
		d.Pages = append(d.Pages, w.words(30))
	}
	return d
}

func (w *world) person(rights ...string) index.Person {
	w.made++
	p := person(w.rand.IntN(1e8)*1000+w.made%1000, pick(w.rand, worldNames[:])+" "+pick(w.rand, worldNames[:]))
	p.Rights = rights
	p.BirthDate = fmt.Sprintf("19%02d", 60+w.rand.IntN(4))
	return p
}

// fill gives visible entries to both engines and hidden ones to rich alone.
func (w *world) fill(t *testing.T, poor, rich index.Engine) {
	var gone []archive.DocumentID
	for batch := range 2 + w.rand.IntN(6) {
		var seen, more index.Batch
		for range w.rand.IntN(12) {
			seen.Documents = append(seen.Documents, w.document(pick(w.rand, worldTokens[:]), w.hidden()))
			seen.Persons = append(seen.Persons, w.person(pick(w.rand, worldTokens[:])))
		}
		more = index.Batch{Documents: append([]index.Document{}, seen.Documents...), Persons: append([]index.Person{}, seen.Persons...)}
		for range w.rand.IntN(60) {
			d := w.document(w.hidden())
			more.Documents = append(more.Documents, d)
			more.Persons = append(more.Persons, w.person(w.hidden()))
			if w.rand.IntN(3) == 0 {
				gone = append(gone, d.ID)
			}
		}
		w.rand.Shuffle(len(more.Documents), func(i, k int) {
			more.Documents[i], more.Documents[k] = more.Documents[k], more.Documents[i]
		})
		if batch%2 == 1 {
			more.DeleteDocuments, gone = without(gone, more.Documents), nil
		}
		seen.Seq, more.Seq = uint64(batch), uint64(batch)
		apply(t, poor, seen)
		apply(t, rich, more)
	}
}

// without leaves out what is made in the same batch.
func without(ids []archive.DocumentID, made []index.Document) []archive.DocumentID {
	fresh := map[archive.DocumentID]bool{}
	for _, d := range made {
		fresh[d.ID] = true
	}
	var out []archive.DocumentID
	for _, id := range ids {
		if !fresh[id] {
			out = append(out, id)
		}
	}
	return out
}

// asked is a query text of any kind there is: words, phrases, exclusions, patterns, misspelt words, words near
// each other, alternatives.
func (w *world) asked() string {
	word := func() string { return pick(w.rand, worldWords[:]) }
	part := func() string {
		switch w.rand.IntN(8) {
		case 0:
			return `"` + w.words(2) + `"`
		case 1:
			return pick(w.rand, worldPatterns[:])
		case 2:
			return word() + " OR " + pick(w.rand, worldPatterns[:])
		case 3:
			return `"` + w.words(2) + `"~` + fmt.Sprint(1+w.rand.IntN(6))
		case 4:
			return word() + " -" + pick(w.rand, worldPatterns[:])
		default:
			return w.words(2)
		}
	}
	switch w.rand.IntN(8) {
	case 0:
		return ""
	case 1:
		return w.words(3)
	case 2:
		return part() + " " + part()
	case 3:
		return "(" + part() + ") OR " + word()
	}
	return part()
}

func (w *world) query() index.Query {
	q := index.Query{Sort: pick(w.rand, worldSorts[:]), Limit: 1 + w.rand.IntN(12)}
	q.Text = w.asked()
	if w.rand.IntN(4) > 0 {
		q.Rights.Tokens = append([]string{"nobody"}, worldTokens[:w.rand.IntN(3)+1]...)
	}
	if w.rand.IntN(3) == 0 {
		q.Rights.Within = map[archive.AkteID][]string{akte(w.rand.IntN(6)): worldTokens[:2], akte(w.rand.IntN(6)): {"also", "nobody"}}
	}
	if w.rand.IntN(5) == 0 {
		q.Types = []string{"brief", "pass"}
	}
	if w.rand.IntN(5) == 0 {
		q.Registers = []string{"urkunde", pick(w.rand, worldTypes[:])}
	}
	if w.rand.IntN(5) == 0 {
		q.Classifications = []string{pick(w.rand, worldTypes[:])}
	}
	if w.rand.IntN(5) == 0 {
		q.From, q.To = "2021-03-04", "2025-06-07"
	}
	if w.rand.IntN(5) == 0 {
		q.Without.Akten = map[archive.AkteID]struct{}{akte(w.rand.IntN(6)): {}}
	}
	return q
}

// compare puts a query to both and follows the cursors of both together.
func (w *world) compare(t *testing.T, poor, rich index.Engine) {
	t.Helper()
	q := w.query()
	for {
		a, b := search(t, poor, q), search(t, rich, q)
		if d := cmp.Diff(a, b); d != "" {
			t.Fatalf("%+v: -without +with invisible documents\n%s", q, d)
		}
		if len(a.Hits) == 0 {
			break
		}
		q.After = a.Hits[len(a.Hits)-1].After
	}
	p := index.PersonQuery{Text: pick(w.rand, worldNames[:]), Rights: q.Rights, Limit: 5}
	if w.rand.IntN(3) == 0 {
		p.Text += " 1962"
	}
	a, err := poor.Persons(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rich.Persons(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Fatalf("persons %+v: -without +with invisible ones\n%s", p, d)
	}
}
