package acl_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// benchEvents is how many events the trail has that BenchmarkAccesses asks, 100,000 unless EAKTE_BENCH_EVENTS says otherwise.
func benchEvents(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("EAKTE_BENCH_EVENTS"), "100000"))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// fillTrail records events about many others, and every so often one about the person, each with a detail.
func fillTrail(b *testing.B, w *acltest.World, n, about int, person archive.PersonID, akte archive.AkteID) {
	b.Helper()
	var users, akten, persons []string
	for i := range 20_000 {
		if i < 200 {
			users = append(users, archive.NewID[string]())
		}
		akten, persons = append(akten, archive.NewID[string]()), append(persons, archive.NewID[string]())
	}
	for at := 0; at < n; at += 1000 {
		err := w.Store.Update(b.Context(), func(tx archive.Tx) error {
			for i := at; i < min(at+1000, n); i++ {
				one := i * 7919 % len(akten)
				e := audit.Event{
					Time:  w.Time.Add(time.Duration(i) * time.Millisecond),
					Actor: audit.Actor{User: users[(i+i/(n/about))%len(users)], Role: "sachbearbeitung", Department: "auslaenderbehoerde", Client: "web"},
					Op:    audit.OpDocumentRead, Result: audit.Allow, Purpose: "bearbeitung", Rule: "sachbearbeitung@auslaenderbehoerde/identitaet",
					Akten: akten[one : one+1], Persons: persons[one : one+1],
				}
				if i%(n/about) == 0 {
					e.Akten, e.Persons = []string{string(akte)}, []string{string(person)}
					e.Detail = &audit.Detail{Shared: map[string]any{"address": "10.0.0.7"}}
				}
				if err := tx.Record(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAccesses asks who saw a person about whom there are 500 entries, in a trail of very many.
func BenchmarkAccesses(b *testing.B) {
	w := acltest.Open(b)
	w.Time = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	lead := w.Guard.For(w.User("lead", "leitung@auslaenderbehoerde"))
	officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
	akte := w.Akte(lead, "Karimi", "auslaenderbehoerde")
	view, err := lead.Akte(b.Context(), akte)
	if err != nil {
		b.Fatal(err)
	}
	n := benchEvents(b)
	start := time.Now()
	fillTrail(b, w, n, 500, view.Akte.Person, akte)
	b.Logf("%d events recorded, %.0f a second", n, float64(n)/time.Since(start).Seconds())
	w.Time = w.Time.AddDate(0, 2, 0)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		found, err := officer.Accesses(b.Context(), view.Akte.Person, time.Time{}, time.Time{})
		if err != nil || len(found.By) < 100 {
			b.Fatal(fmt.Errorf("%d accounts, %w", len(found.By), err))
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
