package ingest_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
)

// moody is a reader that fails as told before it reads.
type moody struct {
	acltest.Plain
	fail func(try int) error
	try  int
}

func (m *moody) Available(context.Context) error {
	if err := m.fail(m.try); errors.Is(err, sandbox.ErrUnavailable) {
		return err
	}
	return nil
}

func (m *moody) Open(ctx context.Context, kind string, size int64, src io.Reader) (ingest.Reading, error) {
	m.try++
	if err := m.fail(m.try); err != nil {
		return nil, err
	}
	return m.Plain.Open(ctx, kind, size, src)
}

// post opens an authority whose reader is r, with one item in a basket.
func post(t *testing.T, r ingest.Reader) (*acltest.World, *acl.Desk, archive.InboxID) {
	t.Helper()
	w := acltest.Open(t)
	w.Pipeline.Reader = r
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	return w, mail, w.Post(mail, "poststelle", "eins", "zwei").ID
}

func item(t *testing.T, d *acl.Desk, id archive.InboxID) acl.InboxView {
	t.Helper()
	view, err := d.InboxItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestTransientFailuresAreTriedAgain(t *testing.T) {
	r := &moody{fail: func(try int) error {
		if try < 3 {
			return errors.New("the machine hiccuped")
		}
		return nil
	}}
	w, mail, id := post(t, r)
	for range 3 {
		w.Settle()
		w.Time = w.Time.Add(10 * time.Minute)
	}
	if got := item(t, mail, id); got.State != archive.StateReady || r.try != 3 {
		t.Errorf("state %s after %d tries, want ready after 3", got.State, r.try)
	}
}

func TestHopelessJobIsGivenUp(t *testing.T) {
	r := &moody{fail: func(int) error { return errors.New("always") }}
	w, mail, id := post(t, r)
	for range 10 {
		w.Settle()
		w.Time = w.Time.Add(10 * time.Minute)
	}
	if got := item(t, mail, id); got.State != archive.StateFailed || got.Current.Reason != "gave_up" || r.try != 5 {
		t.Errorf("%s (%s) after %d tries, want given up after 5", got.State, got.Current.Reason, r.try)
	}
	r.fail = func(int) error { return nil }
	if _, err := mail.Retry(t.Context(), item(t, mail, id).Current.Job); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if got := item(t, mail, id); got.State != archive.StateReady {
		t.Errorf("tried again by hand: %s, want ready", got.State)
	}
}

func TestWithoutSandboxJobsAreParked(t *testing.T) {
	r := &moody{fail: func(try int) error {
		if try < 20 {
			return sandbox.ErrUnavailable
		}
		return nil
	}}
	w, mail, id := post(t, r)
	for range 20 {
		w.Settle()
		w.Time = w.Time.Add(10 * time.Minute)
	}
	if got := item(t, mail, id); got.State != archive.StateReady {
		t.Errorf("%s (%s) once the sandbox is there, want ready", got.State, got.Current.Reason)
	}
}

func TestFinalFailureIsVisibleAtOnce(t *testing.T) {
	w := acltest.Open(t)
	mail := w.Guard.For(w.User("mail", "registratur@poststelle"))
	id := w.Post(mail, "poststelle", "FAIL corrupt").ID
	w.Settle()
	got := item(t, mail, id)
	if got.State != archive.StateFailed || got.Current.Reason != "corrupt" || got.Job.State != archive.JobFailed {
		t.Errorf("%s (%s), job %s; want failed with its reason", got.State, got.Current.Reason, got.Job.State)
	}
	c, err := mail.Original(t.Context(), acl.Holder{Inbox: id})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if data, err := io.ReadAll(c); err != nil || string(data) != "FAIL corrupt" {
		t.Errorf("the received bytes are %q, %v", data, err)
	}
}

// dying is a reader whose server dies in the middle of the text, once.
type dying struct {
	acltest.Plain
	died bool
}

type half struct {
	ingest.Reading
	d *dying
}

func (d *dying) Open(ctx context.Context, kind string, size int64, src io.Reader) (ingest.Reading, error) {
	r, err := d.Plain.Open(ctx, kind, size, src)
	return half{r, d}, err
}

func (h half) Text(ctx context.Context, emit func(page.Page) error) error {
	if h.d.died {
		return h.Reading.Text(ctx, emit)
	}
	h.d.died = true
	return context.Canceled
}

func TestInterruptedJobGoesOn(t *testing.T) {
	d := &dying{}
	w, mail, id := post(t, d)
	w.Settle()
	w.Settle()
	got := item(t, mail, id)
	if got.State != archive.StateReady || got.Job.Attempts > 1 {
		t.Errorf("%s after %d counted attempts, want ready after 1", got.State, got.Job.Attempts)
	}
	problems := 0
	if _, objects, err := w.Contents.Check(t.Context(), true, func(archive.Problem) { problems++ }); err != nil || problems > 0 || objects != 3 {
		t.Errorf("%d objects with %d problems, %v; want original, text and images alone", objects, problems, err)
	}
}

func TestExpiredLeaseGoesToAnother(t *testing.T) {
	w, mail, id := post(t, acltest.Plain{})
	err := w.Store.Update(t.Context(), func(tx archive.Tx) error {
		_, ok, err := tx.Lease("dead", w.Time, time.Minute)
		if !ok {
			t.Error("there is no job to lease")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := item(t, mail, id); got.State != archive.StateProcessing {
		t.Errorf("leased item shows %s, want processing", got.State)
	}
	w.Settle()
	if got := item(t, mail, id); got.State != archive.StateProcessing {
		t.Errorf("while the lease lasts it shows %s, want processing", got.State)
	}
	w.Time = w.Time.Add(2 * time.Minute)
	w.Settle()
	if got := item(t, mail, id); got.State != archive.StateReady {
		t.Errorf("after the lease ran out it shows %s, want ready", got.State)
	}
}

func TestTrailTellsWhosePapersTheMachineRead(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		ops        []audit.Op
	}{
		{"read", "Kaltmiete", []audit.Op{audit.OpRecognition, audit.OpJobDone}},
		{"not readable", "FAIL corrupt", []audit.Op{audit.OpJobFailed}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := acltest.Open(t)
			abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
			akte, err := abh.Akte(t.Context(), w.Akte(abh, "Kaya", "auslaenderbehoerde"))
			if err != nil {
				t.Fatal(err)
			}
			doc := w.Add(abh, akte.ID, archive.Document{Type: "mietvertrag"}, tc.text)
			w.Settle()
			officer := w.Guard.For(w.User("dsb", "datenschutz@datenschutz"))
			for _, f := range []archive.TrailFilter{{Akte: akte.ID}, {Person: akte.Person.ID}} {
				for _, op := range tc.ops {
					f.Op = string(op)
					page, err := officer.Trail(t.Context(), f, 10, "")
					if err != nil {
						t.Fatal(err)
					}
					if len(page.Items) != 1 {
						t.Fatalf("%s: %d events, want 1", op, len(page.Items))
					}
					if l := page.Items[0].Leaf; l.Object != "document/"+string(doc.ID) || l.Register != "wohnen" {
						t.Errorf("%s: of %s in %q, want the document in its register", op, l.Object, l.Register)
					}
				}
			}
		})
	}
}
