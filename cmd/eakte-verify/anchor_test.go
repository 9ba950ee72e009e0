package main

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"eakte/archive/audit"
	protocol "eakte/archive/audit/witness"
)

// officers is a real witness of a trail, as it runs on the officer's machine.
type officers struct {
	t      testing.TB
	server *protocol.Witness
	client *protocol.Client
	now    time.Time
}

func newOfficers(t testing.TB, r *trail) *officers {
	t.Helper()
	o := &officers{t: t, now: noon}
	var err error
	o.server, err = protocol.New(protocol.Config{
		Dir: t.TempDir(), Name: "datenschutz.kreis-musterland.example/zeuge",
		Logs: []protocol.Log{{Key: r.signer.VKey()}}, Now: func() time.Time { return o.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.server.Handler(nil))
	t.Cleanup(server.Close)
	if o.client, err = protocol.NewClient(server.URL, o.server.Key().String(), ""); err != nil {
		t.Fatal(err)
	}
	return o
}

// vouch has the witness cosign a trail as it was signed last, and keeps the cosignature in it.
func (o *officers) vouch(r *trail, year int) error {
	o.t.Helper()
	v := r.signer.Verifier()
	last, err := r.log.LastVouched(r.store, audit.BucketCosigned, year, v)
	if err != nil {
		o.t.Fatal(err)
	}
	signed, at, err := r.log.LastCheckpoint(r.store, year, v)
	if err != nil {
		o.t.Fatal(err)
	}
	proof, err := r.log.ProveGrowth(r.store, year, last.Size, at.Size)
	if errors.Is(err, audit.ErrNoEntry) {
		proof = nil // there is nothing to prove it with: let the witness say so
	} else if err != nil {
		o.t.Fatal(err)
	}
	cosigned, when, err := o.client.Add(o.t.Context(), protocol.Request{Old: last.Size, Proof: proof, Checkpoint: signed})
	if err != nil {
		return err
	}
	return r.log.PutVouched(r.store, audit.BucketCosigned, audit.Vouched{Signed: cosigned, At: when}, v)
}

// TestWitnessed takes what the server exports of a real witness's cosignatures to both verifiers.
func TestWitnessed(t *testing.T) {
	r := newTrail(t)
	o := newOfficers(t, r)
	for day := range 3 {
		o.now = noon.AddDate(0, 0, day)
		r.grow(100, o.now)
		r.sign(2026)
		if err := o.vouch(r, 2026); err != nil {
			t.Fatal(err)
		}
	}
	r.grow(50, noon.AddDate(0, 0, 3))
	r.sign(2026)
	h := hand{export: r.export(), key: r.signer.VKey(), witnesses: []string{o.server.Key().String()}}
	if got := strings.Join(tree(t, h.export), " "); !strings.Contains(got, "2026/cosigned/1 2026/cosigned/2 2026/cosigned/3") {
		t.Errorf("exported are %s", got)
	}
	if got := ours(t, h); got.exit != exitWhole {
		t.Errorf("eakte-verify: %v", got)
	}
	if got := theirs(t, h); got.exit != exitWhole {
		t.Errorf("verify.py: %v", got)
	}
	forged := r.copy(t)
	forged.rewrite(2026, at(230, other))
	forged.sign(2026)
	h.export = forged.exportWith(audit.ExportOptions{})
	want := "2026/-1 witness-differs"
	if got := ours(t, h); strings.Join(got.faults, " ") != want {
		t.Errorf("eakte-verify: %v, want %s", got, want)
	}
	if got := theirs(t, h); strings.Join(got.faults, " ") != want {
		t.Errorf("verify.py: %v, want %s", got, want)
	}
	if err := o.vouch(forged, 2026); err == nil {
		t.Error("the witness cosigned another history")
	}
}
