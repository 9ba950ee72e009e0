package searchtest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Tally counts what was tried, so that a run which tries nothing shows.
type Tally struct {
	Sequences, Acts, Searches int
	// Found had hits; Hidden had more that the reader may not see; Dirty left something out; Persons found some;
	// Further are pages behind the first; Opened are papers whose marks were compared.
	Found, Hidden, Dirty, Persons, Further, Opened int
	// Likes are papers for which others like them were looked for, News new hits of kept searches, Located persons found by
	// who files papers.
	Likes, News, Located int
}

// String is one line of figures.
func (t Tally) String() string {
	return fmt.Sprintf("%d sequences, %d acts, %d searches: %d with hits, %d with hidden ones, %d while rights change, %d with persons, %d further pages; %d papers opened, %d compared, %d new hits, %d located",
		t.Sequences, t.Acts, t.Searches, t.Found, t.Hidden, t.Dirty, t.Persons, t.Further, t.Opened, t.Likes, t.News, t.Located)
}

// Sequence is one authority from its first person on: acts and searches as t draws them. dir is the folder of
// the built-in policies; tally counts on.
func Sequence(tb testing.TB, t *rapid.T, dir string, tally *Tally) {
	r, err := ruleSet(dir, between(t, "rules", 0, variants-1))
	if err != nil {
		t.Fatal(err)
	}
	w := open(tb, t, r, tally)
	tally.Sequences++
	for _, name := range []string{"ayse", "bernd", "cem"} {
		who := &reader{Subject: w.User(name, "sachbearbeitung@asyl")}
		w.drawRights(who)
		w.readers = append(w.readers, who)
	}
	w.enterPerson()
	w.openAkte()
	for range between(t, "papers", 4, 12) {
		w.addPaper()
	}
	if w.chance(40, "case") {
		w.openCase()
	}
	w.settle()
	for range between(t, "steps", 4, 24) {
		switch n := upTo(t, "step", 100); {
		case n < 50:
			w.act()
			w.glance()
		case n < 75:
			w.search()
		case n < 80:
			w.like()
		case n < 83:
			w.typing()
		case n < 85:
			w.locate()
		case n < 90:
			w.news()
		default:
			w.settle()
		}
	}
	w.settle()
	w.search()
	w.news()
}
