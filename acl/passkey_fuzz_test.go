package acl_test

import (
	"encoding/json"
	"errors"
	"testing"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// FuzzPasskeyAnswer hands what browsers send to whatever reads it: JSON with CBOR inside, of somebody who isn't signed in. Nothing
// may panic, and nothing be believed that wasn't signed for what was asked.
func FuzzPasskeyAnswer(f *testing.F) {
	w := acltest.Open(f)
	anna := w.User("anna", "sachbearbeitung@auslaenderbehoerde")
	desk, accounts, device := w.Guard.For(anna), w.Guard.Accounts(), &acltest.Device{T: f}
	ask := func(ask acl.PasskeyAsk, err error) acl.PasskeyAsk {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
		return ask
	}
	first := ask(desk.AskNewPasskey(f.Context(), "Amt"))
	if err := desk.AddPasskey(f.Context(), "Laptop", first.Challenge, device.Make(first.Options)); err != nil {
		f.Fatal(err)
	}
	making, using := ask(desk.AskNewPasskey(f.Context(), "Amt")), ask(accounts.AskPasskey(f.Context(), ""))
	made, used := (&acltest.Device{T: f, Syncable: true}).Make(making.Options), device.Use(using.Options)
	for _, seed := range [][]byte{made, used, device.Make(first.Options), []byte("{}"), []byte("null"), nil, []byte(`{"response":{"clientDataJSON":"bnVsbA"}}`)} {
		f.Add(seed)
	}
	var clean archive.User
	if err := w.Store.View(f.Context(), func(r archive.Reader) (err error) {
		clean, err = r.User(anna.User)
		return err
	}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		if owner := acl.PasskeyOwner(answer); owner != "" {
			if _, err := archive.ParseID[archive.UserID](string(owner)); err != nil {
				t.Errorf("owner %q", owner)
			}
		}
		said := acl.PasskeyChallenge(answer)
		if !json.Valid(answer) {
			if said != "" {
				t.Errorf("what is no JSON says %q", said)
			}
			return // nothing reads on, and the store is slow
		}
		if err := desk.AddPasskey(t.Context(), "Handy", making.Challenge, answer); err == nil && said != making.Challenge {
			t.Errorf("made for %q, asked was %q", said, making.Challenge)
		}
		if u, err := accounts.SignInPasskey(t.Context(), using.Challenge, answer, "web", "192.0.2.7"); err == nil && (said != using.Challenge || u.ID != anna.User) {
			t.Errorf("signed for %q, asked was %q", said, using.Challenge)
		}
		if err := w.Store.Update(t.Context(), func(tx archive.Tx) error { // as it was: failures would have it wait
			u, err := tx.User(anna.User)
			if err != nil {
				return err
			}
			u.Passkeys, u.Failures, u.LockedUntil, u.Revision = clean.Passkeys, 0, clean.LockedUntil, u.Revision+1
			e := audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Result: audit.Allow, Object: "user/" + string(u.ID)}
			return errors.Join(tx.PutUser(u), tx.Record(e))
		}); err != nil {
			t.Fatal(err)
		}
	})
}
