package anchor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/stamp"
	"eakte/archive/audit/witness"
	"eakte/archive/blob/seal"
	"eakte/archive/boltstore"
	"eakte/archive/keyring"
	"eakte/archive/storetest"
)

const authority = "kreis-musterland.example"

// office is an authority's trail, and the officer's witness of it.
type office struct {
	t       *testing.T
	dir     string
	clock   *storetest.Clock
	ring    *keyring.Ring
	store   *boltstore.Store
	witness *witness.Witness
	client  *witness.Client
	// down keeps the two apart.
	down atomic.Bool
	// stamped counts timestamps, whose authority's clock goes ahead; of a year that is named none are had.
	stamped int
	ahead   time.Duration
	not     string
	refuse  error
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), clock: new(storetest.Clock)}
	var err error
	if o.ring, err = keyring.Open(filepath.Join(o.dir, "keys.db"), seal.Key{1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(o.store.Close(), o.ring.Close()); err != nil {
			t.Error(err)
		}
	})
	signer := o.open()
	o.witness, err = witness.New(witness.Config{Dir: t.TempDir(), Name: "datenschutz.example/zeuge", Logs: []witness.Log{{Key: signer.VKey()}}, Now: o.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.witness.Handler(nil))
	t.Cleanup(server.Close)
	if o.client, err = witness.NewClient(server.URL, o.witness.Key().String(), ""); err != nil {
		t.Fatal(err)
	}
	return o
}

// open opens the store as it lies there.
func (o *office) open() *audit.Signer {
	o.t.Helper()
	signer, err := audit.LoadOrCreateSigner(filepath.Join(o.dir, "trail.key"), authority+"/audit")
	if err != nil {
		o.t.Fatal(err)
	}
	o.store, err = boltstore.Open(boltstore.Config{
		Path: filepath.Join(o.dir, "meta.db"), Keys: o.ring, LookupKey: o.ring.LookupKey(), Authority: authority,
		Signer: signer, Now: o.clock.Now, Reserve: -1,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return signer
}

// Add implements [Witness].
func (o *office) Add(ctx context.Context, r witness.Request) ([]byte, time.Time, error) {
	if o.down.Load() {
		return nil, time.Time{}, witness.ErrUnreachable
	}
	return o.client.Add(ctx, r)
}

// Stamp implements [Stamper].
func (o *office) Stamp(_ context.Context, data []byte) ([]byte, time.Time, error) {
	if o.not != "" && strings.Contains(string(data), "audit/"+o.not) {
		return nil, time.Time{}, stamp.ErrToken
	}
	o.stamped++
	return append([]byte("token of "), data...), o.clock.Now().Add(o.ahead), o.refuse
}

func (o *office) record(ctx context.Context, e audit.Event) error {
	return o.store.Update(ctx, func(tx archive.Tx) error { return tx.Record(e) })
}

// anchor returns a fresh anchor, as after a start.
func (o *office) anchor() *Anchor {
	return New(Config{
		Store: o.store, Witness: o, WitnessName: "zeuge", Stamper: o, StamperName: "tsa",
		Now: o.clock.Now, Retry: time.Millisecond,
	})
}

// act records n events and has them signed.
func (o *office) act(n int) {
	o.t.Helper()
	for range n {
		if err := o.record(o.t.Context(), audit.Event{Time: o.clock.Now(), Actor: audit.System(), Op: audit.OpSearch, Result: audit.Allow}); err != nil {
			o.t.Fatal(err)
		}
	}
	if _, err := o.store.Checkpoint(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) state(a *Anchor) State {
	o.t.Helper()
	s, err := a.State(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// told are the results of what the trail was told of the witness, oldest first.
func (o *office) told() (results []audit.Result) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(r archive.Reader) error {
		results = nil
		for row, err := range r.Trail(archive.TrailFilter{Op: string(audit.OpWitness)}, "") {
			if err != nil {
				return err
			}
			results = append([]audit.Result{row.Value.Leaf.Result}, results...)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return results
}

// TestWitnessKeepsUp has the witness vouch step by step, be out of reach, and catch up.
func TestWitnessKeepsUp(t *testing.T) {
	o := newOffice(t)
	a, ctx := o.anchor(), t.Context()
	if !a.askWitness(ctx) {
		t.Error("an empty log is a trouble")
	}
	if s := o.state(a).Witness; s.Name != "zeuge" || s.Size != 0 || !s.At.IsZero() || s.Trouble != "" {
		t.Errorf("at the start: %+v", s)
	}
	o.act(4)
	if !a.askWitness(ctx) {
		t.Error("the first checkpoint was not cosigned")
	}
	if s := o.state(a).Witness; s.Size != 5 || s.Behind != 0 || s.At.IsZero() {
		t.Errorf("after the first: %+v", s)
	}
	o.down.Store(true)
	o.act(3)
	if a.askWitness(ctx) {
		t.Error("nobody answered, and all is well")
	}
	since := o.state(a).Witness.Since
	o.clock.Advance(time.Hour)
	a.askWitness(ctx)
	if s := o.state(a).Witness; s.Trouble != Unreachable || s.Size != 5 || s.Behind != 3 || !s.Since.Equal(since) {
		t.Errorf("out of reach: %+v, since %s", s, since)
	}
	o.down.Store(false)
	if !a.askWitness(ctx) {
		t.Error("it doesn't catch up")
	}
	if s := o.state(a).Witness; s.Trouble != "" || s.Size != 8 || s.Behind != 0 {
		t.Errorf("after that: %+v", s)
	}
	if told := o.told(); len(told) > 0 {
		t.Errorf("the trail was told %v", told)
	}
}

// TestWitnessRemembersMore loses cosignatures, as a crash between answer and storing does.
func TestWitnessRemembersMore(t *testing.T) {
	o := newOffice(t)
	o.act(4)
	var signed []byte
	var proof [][32]byte
	err := o.store.TrailSource().View(t.Context(), func(g audit.Getter) (err error) {
		if signed, _, err = o.store.TrailLog().LastCheckpoint(g, o.clock.Now().Year(), o.store.TrailVerifier()); err != nil {
			return err
		}
		proof, err = o.store.TrailLog().ProveGrowth(g, o.clock.Now().Year(), 0, 5)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.client.Add(t.Context(), witness.Request{Proof: proof, Checkpoint: signed}); err != nil {
		t.Fatal(err)
	}
	o.act(3)
	a := o.anchor()
	if !a.askWitness(t.Context()) {
		t.Errorf("trouble: %+v", o.state(a).Witness)
	}
	if s := o.state(a).Witness; s.Size != 8 {
		t.Errorf("cosigned: %+v", s)
	}
}

// TestQuietDays asks again after a day without events, and not before.
func TestQuietDays(t *testing.T) {
	o := newOffice(t)
	o.act(4)
	a := o.anchor()
	a.askWitness(t.Context())
	first := o.state(a).Witness.At
	o.clock.Advance(23 * time.Hour)
	a.askWitness(t.Context())
	if at := o.state(a).Witness.At; !at.Equal(first) {
		t.Errorf("asked again at %s after %s", at, first)
	}
	o.clock.Advance(2 * time.Hour)
	a.askWitness(t.Context())
	if s := o.state(a).Witness; s.At.Sub(first) < 24*time.Hour || s.Size != 5 {
		t.Errorf("a day later: %+v, first %s", s, first)
	}
}

// TestYearsAreVouchedFor has the end of a year cosigned when the next one has begun.
func TestYearsAreVouchedFor(t *testing.T) {
	o := newOffice(t)
	o.act(4)
	year := o.clock.Now().Year()
	o.clock.Advance(365 * 24 * time.Hour)
	o.act(2)
	a := o.anchor()
	if !a.askWitness(t.Context()) {
		t.Errorf("trouble: %+v", o.state(a).Witness)
	}
	list, err := o.witness.Latest()
	if err != nil || len(list) != 2 || list[0].Size+list[1].Size != 5+3 {
		t.Errorf("of %d and the next year: %+v, %v", year, list, err)
	}
	if s := o.state(a).Witness; s.Size != 3 || s.Behind != 0 {
		t.Errorf("the present year: %+v", s)
	}
}

// copyFiles copies files of a folder.
func copyFiles(t *testing.T, pattern, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		in, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.OpenFile(filepath.Join(to, filepath.Base(name)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(out, in)
		if err := errors.Join(err, in.Close(), out.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOlderStateIsContradicted puts back everything, the key's memory included, so that nothing on the machine knows
// better: the witness does, until the officer accepts it.
func TestOlderStateIsContradicted(t *testing.T) {
	for _, tt := range []struct {
		name  string
		more  int
		known int64
	}{{"shorter", 1, 12}, {"grown longer again", 20, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			o, backup := newOffice(t), t.TempDir()
			o.act(4)
			a := o.anchor()
			a.askWitness(t.Context())
			if err := o.store.Close(); err != nil {
				t.Fatal(err)
			}
			for _, pattern := range []string{"meta.db", "trail.key*"} {
				copyFiles(t, pattern, o.dir, backup)
			}
			o.open()
			o.act(7)
			a = o.anchor()
			if !a.askWitness(t.Context()) || len(o.told()) > 0 {
				t.Fatal("trouble before anything was put back")
			}
			if err := o.store.Close(); err != nil {
				t.Fatal(err)
			}
			copyFiles(t, "*", backup, o.dir)
			o.clock.Advance(time.Hour) // another history
			o.open()
			o.act(tt.more)
			a = o.anchor()
			for range 3 {
				if a.askWitness(t.Context()) {
					t.Error("the witness vouches for another history")
				}
			}
			if s := o.state(a).Witness; s.Trouble != Contradicted || s.Known != tt.known || s.Size != 5 {
				t.Errorf("state %+v, want it contradicted, known %d", s, tt.known)
			}
			if told := o.told(); len(told) != 1 || told[0] != audit.Failed {
				t.Errorf("the trail was told %v, want it once", told)
			}
			since := o.state(a).Witness.Since
			o.clock.Advance(time.Hour)
			a = o.anchor() // a restart takes nothing back, nor does it tell it again
			if s := o.state(a).Witness; s.Trouble != Contradicted || s.Known != tt.known || !s.Since.Equal(since) {
				t.Errorf("after a restart: %+v, want it contradicted since %s", s, since)
			}
			nobody := o.anchor()
			nobody.Witness, nobody.WitnessName = nil, ""
			if s := o.state(nobody).Witness; s.Trouble != Contradicted || s.Name != "zeuge" {
				t.Errorf("asked no more: %+v, want what it said", s)
			}
			if a.askWitness(t.Context()) || len(o.told()) != 1 {
				t.Errorf("after a restart the trail was told %v", o.told())
			}
			o.down.Store(true)
			a.askWitness(t.Context())
			if s := o.state(a).Witness; s.Trouble != Contradicted {
				t.Errorf("state %+v: who is out of reach took nothing back", s)
			}
			o.down.Store(false)
			signed, err := o.store.Checkpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := o.witness.Accept(signed); err != nil {
				t.Fatal(err)
			}
			if !a.askWitness(t.Context()) {
				t.Errorf("after it was accepted: %+v", o.state(a).Witness)
			}
			if told := o.told(); len(told) != 2 || told[1] != audit.Allow {
				t.Errorf("the trail was told %v, want the end, too", told)
			}
			if s := o.state(o.anchor()).Witness; s.Trouble != "" {
				t.Errorf("it agreed, and after a restart: %+v", s)
			}
		})
	}
}

// TestFormerYearIsAskedAgain puts a finished year back to a state that was cosigned, and goes on in the next: nothing here
// tells that there was more, and that the witness vouches for the present year takes nothing back.
func TestFormerYearIsAskedAgain(t *testing.T) {
	o, backup := newOffice(t), t.TempDir()
	o.act(4)
	o.anchor().askWitness(t.Context())
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"meta.db", "trail.key*"} {
		copyFiles(t, pattern, o.dir, backup)
	}
	o.open()
	o.act(7)
	if !o.anchor().askWitness(t.Context()) {
		t.Fatal("trouble before anything was put back")
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	copyFiles(t, "*", backup, o.dir)
	o.open()
	o.clock.Advance(365 * 24 * time.Hour)
	o.act(2)
	a := o.anchor()
	for range 3 {
		if a.askWitness(t.Context()) {
			t.Error("nobody noticed")
		}
		if s := o.state(a).Witness; s.Trouble != Contradicted || s.Known != 12 || s.Behind > 2 {
			t.Errorf("state %+v, want it contradicted for 12 entries, and the present year vouched for", s)
		}
		o.act(1)
	}
	if told := o.told(); len(told) != 1 {
		t.Errorf("the trail was told %v, want it once", told)
	}
}

// TestRun works by itself, and vouches for the last events at its end.
func TestRun(t *testing.T) {
	o := newOffice(t)
	a := o.anchor()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	o.act(4)
	until(t, "the first checkpoint is cosigned", func() bool { return o.state(a).Witness.Size >= 5 })
	o.down.Store(true)
	o.act(2)
	until(t, "the trouble is told", func() bool { return o.state(a).Witness.Trouble == Unreachable })
	o.down.Store(false)
	until(t, "it was asked again", func() bool { s := o.state(a).Witness; return s.Trouble == "" && s.Behind == 0 })
	if err := o.record(ctx, audit.Event{Time: o.clock.Now(), Actor: audit.System(), Op: audit.OpSearch, Result: audit.Allow}); err != nil {
		t.Fatal(err)
	}
	cancel() // the event isn't signed yet
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if s := o.state(a).Witness; s.Behind != 0 || s.Size != 8 {
		t.Errorf("at the end: %+v", s)
	}
}

// until waits for what others do.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("it never was: %s", what)
}

// TestStampsComeDaily gets one timestamp a day, for a log that grew.
func TestStampsComeDaily(t *testing.T) {
	o := newOffice(t)
	a := o.anchor()
	steps := []struct {
		events int
		pause  time.Duration
		want   int
	}{{0, 0, 0}, {3, 0, 1}, {3, time.Minute, 1}, {0, 25 * time.Hour, 2}, {0, 25 * time.Hour, 2}, {1, time.Minute, 3}}
	for i, step := range steps {
		o.clock.Advance(step.pause)
		if step.events > 0 {
			o.act(step.events)
		}
		if !a.askStamper(t.Context()) || o.stamped != step.want {
			t.Errorf("step %d: %d timestamps, want %d", i, o.stamped, step.want)
		}
	}
	if s := o.state(a).Stamps; s.Name != "tsa" || s.Size != 8 || s.Behind != 0 {
		t.Errorf("state %+v", s)
	}
	err := o.store.TrailSource().View(t.Context(), func(g audit.Getter) error {
		last, err := o.store.TrailLog().LastVouched(g, audit.BucketStamp, o.clock.Now().Year(), o.store.TrailVerifier())
		if !bytes.Equal(last.Answer, append([]byte("token of "), last.Signed...)) || !strings.Contains(string(last.Signed), "\n8\n") {
			t.Errorf("kept %q for %q", last.Answer, last.Signed)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	o.clock.Advance(25 * time.Hour)
	o.act(1)
	o.refuse = stamp.ErrToken
	if a.askStamper(t.Context()) || o.state(a).Stamps.Trouble != Refused {
		t.Errorf("a token that proves nothing: %+v", o.state(a).Stamps)
	}
}

// TestStampsOfAnotherDay has an authority whose clock differs by a day, and one that refuses a year.
func TestStampsOfAnotherDay(t *testing.T) {
	for _, ahead := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		o := newOffice(t)
		o.ahead = ahead
		a := o.anchor()
		for i := range 4 {
			o.act(1)
			if !a.askStamper(t.Context()) || o.stamped != 1 {
				t.Errorf("%s ahead, checkpoint %d: %d timestamps, want 1", ahead, i, o.stamped)
			}
			o.clock.Advance(time.Minute)
		}
	}
	o := newOffice(t)
	o.act(1)
	o.not = o.clock.Now().Format("2006")
	o.clock.Advance(365 * 24 * time.Hour)
	o.act(1)
	a := o.anchor()
	for range 2 {
		if a.askStamper(t.Context()) || o.stamped != 1 {
			t.Errorf("%d timestamps, want that of the present year, once", o.stamped)
		}
	}
	if s := o.state(a).Stamps; s.Trouble != Refused || s.Behind != 0 {
		t.Errorf("state %+v, want the present year vouched for, and the refusal told", s)
	}
}
