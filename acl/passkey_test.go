package acl_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// keyholder is anna with a passkey and no codes.
type keyholder struct {
	*holder
	device *acltest.Device
}

func newKeyholder(t *testing.T) *keyholder {
	t.Helper()
	h := &keyholder{&holder{World: acltest.Open(t)}, &acltest.Device{T: t, Counts: true, Syncable: true, Synced: true}}
	addUser(t, h.World, "anna")
	h.enter(t)
	if err := h.register(t, h.device, "Dienstlaptop"); err != nil {
		t.Fatal(err)
	}
	h.Time = h.Time.Add(time.Minute)
	h.enter(t)
	return h
}

// register gives anna a passkey on a device.
func (h *keyholder) register(t *testing.T, device *acltest.Device, name string) error {
	t.Helper()
	ask, err := h.desk.AskNewPasskey(t.Context(), "Amt")
	if err != nil {
		return err
	}
	return h.desk.AddPasskey(t.Context(), name, ask.Challenge, device.Make(ask.Options))
}

// signInKey signs in with a passkey; with twists the answer before it is sent.
func (h *keyholder) signInKey(t *testing.T, device *acltest.Device, twists ...func([]byte) []byte) (archive.User, error) {
	t.Helper()
	ask, err := h.Guard.Accounts().AskPasskey(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	answer := device.Use(ask.Options)
	for _, twist := range twists {
		answer = twist(answer)
	}
	return h.Guard.Accounts().SignInPasskey(t.Context(), ask.Challenge, answer, "web", "192.0.2.7")
}

// last is the newest event of the trail, with what it said.
func (h *keyholder) last(t *testing.T) newest {
	t.Helper()
	return lastEvent(t, h.World)
}

// TestPasskeySignsIn does so, as often as there are askings.
func TestPasskeySignsIn(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	for range 2 {
		u, err := h.signInKey(t, h.device)
		if err != nil || u.ID != h.user.ID || !u.SignedIn.Equal(h.Time) {
			t.Fatalf("%v, %+v", err, u)
		}
		if e := h.last(t); e.Op != audit.OpSignin || !strings.Contains(e.text, `"factor":"passkey"`) {
			t.Errorf("recorded: %s, %s", e.Op, e.text)
		}
	}
	views, err := h.desk.Passkeys(t.Context())
	if err != nil || len(views) != 1 || views[0].Name != "Dienstlaptop" || !views[0].Used.Equal(h.Time) || !views[0].Syncable || !views[0].Synced || !views[0].Copied.IsZero() {
		t.Errorf("shown: %v, %+v", err, views)
	}
}

// TestPasskeyThatIsNotBelieved tries answers that lie in one thing each: all are refused alike, count like wrong passwords, and
// the trail says of whom.
func TestPasskeyThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	berta := &keyholder{&holder{World: h.World}, &acltest.Device{T: t}}
	addUser(t, h.World, "berta")
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger := archive.NewID[archive.UserID]()
	for _, tc := range []struct {
		name  string
		lie   func(*acltest.Device)
		twist func([]byte) []byte
		why   string
		// nobody says that it is no account's failure
		nobody bool
	}{
		{name: "origin of another", lie: func(d *acltest.Device) { d.Origin = "https://akte.example.evil" }, why: "unbelieved"},
		{name: "origin without TLS", lie: func(d *acltest.Device) { d.Origin = "http://akte.example" }, why: "unbelieved"},
		{name: "signed for another", lie: func(d *acltest.Device) { d.RP = "evil.example" }, why: "unbelieved"},
		{name: "another challenge", lie: func(d *acltest.Device) { d.Challenge = strings.Repeat("A", 43) }, why: "unbelieved"},
		{name: "owner not made sure of", lie: func(d *acltest.Device) { d.Unverified = true }, why: "unbelieved"},
		{name: "in a frame of another", lie: func(d *acltest.Device) { d.Framed = true }, why: "unbelieved"},
		{name: "another key", lie: func(d *acltest.Device) { d.Key = other }, why: "unbelieved"},
		{name: "another account", lie: func(d *acltest.Device) { d.User = []byte(userNamed(t, berta.World, "berta").ID) }, why: "unbelieved"},
		{name: "an account that isn't", lie: func(d *acltest.Device) { d.User = []byte(stranger) }, why: "unknown", nobody: true},
		{name: "no account", lie: func(d *acltest.Device) { d.User = []byte{} }, why: "unknown", nobody: true},
		{name: "another passkey", lie: func(d *acltest.Device) { d.ID = []byte("another") }, why: "unbelieved"},
		{name: "less of a copy than it was", lie: func(d *acltest.Device) { d.Syncable, d.Synced = false, false }, why: "unbelieved"},
		{name: "tampered signature", twist: turnSignature(t), why: "unbelieved"},
		{name: "no answer", twist: func([]byte) []byte { return nil }, why: "unknown", nobody: true},
		{name: "no JSON", twist: func(b []byte) []byte { return b[1:] }, why: "unknown", nobody: true},
		{name: "counter that stands still", lie: func(d *acltest.Device) { d.Counts = false }, why: "counter"},
		{name: "counter gone back", lie: func(d *acltest.Device) { d.Counts, d.Count = false, 0 }, why: "counter"},
	} {
		if _, err := h.signInKey(t, h.device); err != nil {
			t.Fatalf("before %s: %v", tc.name, err)
		}
		lying := *h.device
		if tc.lie != nil {
			tc.lie(&lying)
		}
		if tc.twist == nil {
			tc.twist = func(b []byte) []byte { return b }
		}
		u, err := h.signInKey(t, &lying, tc.twist)
		if err != acl.ErrSignIn || u.ID != "" { //nolint:errorlint // the very same answer
			t.Errorf("%s: %v, %+v; want refused", tc.name, err, u)
		}
		e := h.last(t)
		if e.Op != audit.OpSigninFailed || e.Result != audit.Deny || !strings.Contains(e.text, `"why":"`+tc.why+`"`) || (e.Object == "") != tc.nobody {
			t.Errorf("%s: recorded %s of %q, %v", tc.name, e.Op, e.Object, e.text)
		}
		h.Time = h.Time.Add(time.Second)
	}
	views, err := h.desk.Passkeys(t.Context())
	if err != nil || len(views) != 1 || views[0].Copied.IsZero() {
		t.Errorf("the counter isn't told of: %v, %+v", err, views)
	}
}

// turnSignature changes one bit of an answer's signature.
func turnSignature(t *testing.T) func([]byte) []byte {
	return func(answer []byte) []byte {
		var a map[string]any
		if err := json.Unmarshal(answer, &a); err != nil {
			t.Fatal(err)
		}
		response := a["response"].(map[string]any)
		s := []byte(response["signature"].(string))
		if s[20]++; s[20] == '{' || s[20] == '[' || s[20] == ':' {
			s[20] = 'b'
		}
		response["signature"] = string(s)
		out, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// TestPasskeyWithoutAsking is refused where the browser wasn't asked, or where the account may not sign in.
func TestPasskeyWithoutAsking(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	accounts := h.Guard.Accounts()
	ask, err := accounts.AskPasskey(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SignInPasskey(t.Context(), "", h.device.Use(ask.Options), "web", ""); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("not asked: %v", err)
	}
	if e := h.last(t); !strings.Contains(e.text, `"why":"late"`) {
		t.Errorf("not asked: recorded %s", e.text)
	}
	if err := accounts.SetDisabled(t.Context(), audit.System(), "anna", true); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signInKey(t, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("closed account: %v", err)
	}
	if e := h.last(t); e.Object != "user/"+string(h.user.ID) || strings.Contains(e.text, "unknown") {
		t.Errorf("closed account: recorded %s of %q", e.text, e.Object)
	}
	if err := accounts.SetDisabled(t.Context(), audit.System(), "anna", false); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		_, _ = accounts.SignIn(t.Context(), "anna", "wrong wrong wrong", "web", "")
	}
	if _, err := h.signInKey(t, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("account that has to wait: %v", err)
	}
	h.Time = h.Time.Add(time.Hour)
	if _, err := h.signInKey(t, h.device); err != nil {
		t.Errorf("after it waited: %v", err)
	}
	mine := archive.Identity{Issuer: "https://anmeldung.example", Subject: "7"}
	h.edit(t, func(u *archive.User) { u.Identity = &mine })
	if _, err := h.signInKey(t, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("account of a provider: %v", err)
	}
	if err := h.register(t, &acltest.Device{T: t}, "Handy"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("another for an account of a provider: %v", err)
	}
}

// edit changes anna's account by hand.
func (h *keyholder) edit(t *testing.T, edit func(*archive.User)) {
	t.Helper()
	err := h.Store.Update(t.Context(), func(tx archive.Tx) error {
		u, err := tx.UserByName("anna")
		if err != nil {
			return err
		}
		edit(&u)
		u.Revision++
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: h.Time, Actor: audit.System(), Op: audit.OpUserChange, Object: "user/" + string(u.ID), Result: audit.Allow})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPasswordBesidePasskeys is half of a proof, and none where there are no codes.
func TestPasswordBesidePasskeys(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	accounts := h.Guard.Accounts()
	u, err := accounts.SignIn(t.Context(), "anna", password, "web", "")
	if !errors.Is(err, acl.ErrCodeRequired) {
		t.Fatalf("the password alone: %v", err)
	}
	for _, code := range []string{"", "123456", "abcd-efgh-ijkl-mnop"} {
		if _, err := accounts.SignInCode(t.Context(), u, code, "web", ""); !errors.Is(err, acl.ErrSignIn) {
			t.Errorf("with code %q: %v", code, err)
		}
		if _, err := accounts.Prove(t.Context(), u.ID, password, code, "web", ""); !errors.Is(err, acl.ErrSignIn) {
			t.Errorf("proving with code %q: %v", code, err)
		}
		h.Time = h.Time.Add(time.Hour)
	}
	secret := acl.NewFactorSecret()
	if _, err := h.desk.SetFactor(t.Context(), secret, password, codeAt(t, secret, h.Time)); err != nil {
		t.Fatalf("codes beside it: %v", err)
	}
	h.Time = h.Time.Add(time.Minute)
	h.secret = secret
	if err := h.signIn(t, codeAt(t, secret, h.Time)); err != nil {
		t.Errorf("by code: %v", err)
	}
	if _, err := h.signInKey(t, h.device); err != nil {
		t.Errorf("by passkey beside codes: %v", err)
	}
}

// TestPasskeyProves proves once more who is signed in, and nobody else.
func TestPasskeyProves(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	accounts := h.Guard.Accounts()
	addUser(t, h.World, "berta")
	berta := userNamed(t, h.World, "berta")
	prove := func(id archive.UserID, device *acltest.Device) error {
		ask, err := accounts.AskPasskey(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = accounts.ProvePasskey(t.Context(), id, ask.Challenge, device.Use(ask.Options), "web", "")
		return err
	}
	if err := prove(h.user.ID, h.device); err != nil {
		t.Fatal(err)
	}
	if e := h.last(t); e.Op != audit.OpSigninAgain || !strings.Contains(e.text, `"factor":"passkey"`) {
		t.Errorf("recorded: %s %s", e.Op, e.text)
	}
	if err := prove(berta.ID, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("anna's passkey for berta: %v", err)
	}
	if e := h.last(t); e.Object != "user/"+string(berta.ID) {
		t.Errorf("recorded of %s", e.Object)
	}
}

// TestPasskeyIsAddedAsAsked refuses what wasn't made as it was asked for.
func TestPasskeyIsAddedAsAsked(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	for name, device := range map[string]*acltest.Device{
		"origin of another":         {T: t, Origin: "https://evil.example"},
		"for another":               {T: t, RP: "evil.example"},
		"another challenge":         {T: t, Challenge: strings.Repeat("A", 43)},
		"owner not made sure of":    {T: t, Unverified: true},
		"in a frame of another":     {T: t, Framed: true},
		"a kind that isn't offered": {T: t, Curve: elliptic.P384()},
		"synced and not syncable":   {T: t, Synced: true},
	} {
		var field *archive.FieldError
		if err := h.register(t, device, "Handy"); !errors.As(err, &field) || field.Code != "unbelieved" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, code := range map[string]string{"": "required", "  ": "required", strings.Repeat("x", 61): "too_long", "a\nb": "characters"} {
		var field *archive.FieldError
		if err := h.register(t, &acltest.Device{T: t}, name); !errors.As(err, &field) || field.Code != code || field.Pointer != "/name" {
			t.Errorf("called %q: %v", name, err)
		}
	}
	ask, err := h.desk.AskNewPasskey(t.Context(), "Amt")
	if err != nil || !bytes.Contains(ask.Options, []byte(`"excludeCredentials"`)) || !bytes.Contains(ask.Options, []byte(`"name":"Amt"`)) {
		t.Fatalf("%v, asked for %s", err, ask.Options)
	}
	answer := (&acltest.Device{T: t}).Make(ask.Options)
	var field *archive.FieldError
	if err := h.desk.AddPasskey(t.Context(), "Handy", "", answer); !errors.As(err, &field) || field.Code != "late" {
		t.Errorf("not asked: %v", err)
	}
	if err := h.desk.Unconfirmed().AddPasskey(t.Context(), "Handy", ask.Challenge, answer); !errors.Is(err, acl.ErrUnconfirmed) {
		t.Errorf("shown once more: %v", err)
	}
	if err := h.desk.AddPasskey(t.Context(), "Handy", ask.Challenge, answer); err != nil {
		t.Fatal(err)
	}
	if e := h.last(t); e.Op != audit.OpPasskeyAdd || e.Object != "user/"+string(h.user.ID) {
		t.Errorf("recorded: %s of %s", e.Op, e.Object)
	}
	if err := h.desk.AddPasskey(t.Context(), "Handy", ask.Challenge, answer); !errors.Is(err, archive.ErrConflict) {
		t.Errorf("the same passkey twice: %v", err)
	}
	for n := 2; n < 10; n++ {
		if err := h.register(t, &acltest.Device{T: t}, "weiterer"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.register(t, &acltest.Device{T: t}, "elfter"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("one too many: %v", err)
	}
}

// TestPasskeyIsRenamedAndRemoved leaves no account without what its role asks for.
func TestPasskeyIsRenamedAndRemoved(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	second := &acltest.Device{T: t}
	if err := h.register(t, second, "Handy"); err != nil {
		t.Fatal(err)
	}
	views, err := h.desk.Passkeys(t.Context())
	if err != nil || len(views) != 2 {
		t.Fatalf("%v, %+v", err, views)
	}
	if err := h.desk.RenamePasskey(t.Context(), views[1].Ref, " Diensthandy "); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", strings.Repeat("x", 61)} {
		if err := h.desk.RenamePasskey(t.Context(), views[1].Ref, name); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("called %q: %v", name, err)
		}
	}
	h.Guard.FactorFor = []string{"sachbearbeitung@asyl"}
	if pairs, wanted := h.Guard.Accounts().Pairs(userNamed(t, h.World, "anna")); len(pairs) != 1 || wanted {
		t.Errorf("with passkeys: %v, %v", pairs, wanted)
	}
	if err := h.desk.DropPasskey(t.Context(), views[0].Ref); err != nil {
		t.Fatal(err)
	}
	if e := h.last(t); e.Op != audit.OpPasskeyDrop {
		t.Errorf("recorded: %s", e.Op)
	}
	if _, err := h.signInKey(t, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("with a passkey that was removed: %v", err)
	}
	if err := h.desk.DropPasskey(t.Context(), views[0].Ref); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	var field *archive.FieldError
	if err := h.desk.DropPasskey(t.Context(), views[1].Ref); !errors.As(err, &field) || field.Code != "last" {
		t.Errorf("the last one of a role that wants a factor: %v", err)
	}
	h.Guard.FactorFor = nil
	if left, err := h.desk.Passkeys(t.Context()); err != nil || len(left) != 1 || left[0].Name != "Diensthandy" {
		t.Errorf("%v, %+v", err, left)
	}
	if err := h.desk.DropPasskey(t.Context(), views[1].Ref); err != nil {
		t.Errorf("the last one: %v", err)
	}
	if _, err := h.Guard.Accounts().SignIn(t.Context(), "anna", password, "web", ""); err != nil {
		t.Errorf("afterwards, by password: %v", err)
	}
}

// TestOperatorResetsPasskeys too.
func TestOperatorResetsPasskeys(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	if err := h.Guard.Accounts().ResetFactor(t.Context(), audit.System(), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.signInKey(t, h.device); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("with a passkey: %v", err)
	}
	if _, err := h.Guard.Accounts().SignIn(t.Context(), "anna", password, "web", ""); err != nil {
		t.Errorf("by password: %v", err)
	}
}

func TestOriginOfPasskeys(t *testing.T) {
	t.Parallel()
	for origin, good := range map[string]bool{
		"https://akte.example": true, "https://akte.amt.example:8443": true, "http://localhost:8080": true, "http://localhost": true,
		"": false, "akte.example": false, "https://akte.example/": false, "https://akte.example/akte": false, "http://akte.example": false,
		"https://192.0.2.7": false, "https://AKTE.example": false, "https://anna@akte.example": false,
		"https://akte.example:443": false, "http://localhost:80": false, "https://akte.example:": false, "https://akte.example:99999": false, "https://akte.example:0443": false,
		"https://akte.example:0": false, "https://[::1]": false, "https://ämt.example": false, "http://localhost:443": true,
		"https://akte.example.": false, "ftp://akte.example": false,
	} {
		if err := acl.CheckOrigin(origin); (err == nil) != good {
			t.Errorf("%q: %v, want good: %v", origin, err, good)
		}
	}
}

// newest is the newest event of the trail: what its detail says, as JSON.
type newest struct {
	audit.Leaf
	text string
}

func lastEvent(t *testing.T, w *acltest.World) (last newest) {
	t.Helper()
	err := w.Store.View(t.Context(), func(r archive.Reader) error {
		for row, err := range r.Trail(archive.TrailFilter{}, "") {
			if err != nil {
				return err
			}
			last.Leaf = row.Value.Leaf
			for _, part := range row.Value.Parts {
				last.text += string(part.Text)
			}
			return nil
		}
		return archive.ErrNotFound
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// userNamed is an account as it is now.
func userNamed(t *testing.T, w *acltest.World, name string) (u archive.User) {
	t.Helper()
	err := w.Store.View(t.Context(), func(r archive.Reader) (err error) {
		u, err = r.UserByName(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestPasskeysInTheTrail looks for which one was used, made and refused, and for what of it isn't told.
func TestPasskeysInTheTrail(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	officer := h.Guard.For(h.User("officer", "datenschutz@datenschutz"))
	keys := must(h.desk.Passkeys(t.Context()))(t)
	if len(keys) != 1 || len(keys[0].Mark) != 8 {
		t.Fatalf("has %+v", keys)
	}
	if _, err := h.signInKey(t, h.device); err != nil {
		t.Fatal(err)
	}
	if e := h.last(t); !strings.Contains(e.text, keys[0].Mark) {
		t.Errorf("signed in: %s", e.text)
	}
	h.enter(t)
	if err := h.desk.RenamePasskey(t.Context(), keys[0].Ref, "Handy"); err != nil {
		t.Fatal(err)
	}
	if e := h.last(t); !strings.Contains(e.text, keys[0].Mark) || strings.Contains(e.text, "Handy") {
		t.Errorf("renamed: %s", e.text)
	}
	refusedBefore := len(must(officer.Trail(t.Context(), archive.TrailFilter{Actor: h.user.ID, Op: string(audit.OpAccessRefused)}, 200, ""))(t).Items)
	ask := must(h.desk.AskNewPasskey(t.Context(), "Amt"))(t)
	answer := (&acltest.Device{T: t}).Make(ask.Options)
	for challenge, why := range map[string]string{"": "late", "anders": "unbelieved"} {
		h.Time = h.Time.Add(2 * time.Minute)
		var field *archive.FieldError
		if err := h.desk.AddPasskey(t.Context(), "Handy", challenge, answer); !errors.As(err, &field) || field.Code != why {
			t.Errorf("%s: %v", why, err)
		}
	}
	rows := must(officer.Trail(t.Context(), archive.TrailFilter{Actor: h.user.ID, Op: string(audit.OpAccessRefused)}, 200, ""))(t).Items
	if len(rows) != refusedBefore+2 {
		t.Fatalf("%d refusals were recorded, want 2", len(rows)-refusedBefore)
	}
	if rows[0].Tried != audit.OpPasskeyAdd || rows[0].Leaf.Object != "user/"+string(h.user.ID) {
		t.Errorf("refused: %+v", rows[0])
	}
}

// TestStranded counts who has nothing but a passkey where there are none any more.
func TestStranded(t *testing.T) {
	t.Parallel()
	h := newKeyholder(t)
	addUser(t, h.World, "otto")
	if n, err := h.Guard.Accounts().Stranded(t.Context()); n != 0 || err != nil {
		t.Errorf("with an address: %d, %v", n, err)
	}
	without := h.Guard.Config
	without.Origin = ""
	if n, err := must(acl.New(without))(t).Accounts().Stranded(t.Context()); n != 1 || err != nil {
		t.Errorf("without one: %d, %v", n, err)
	}
}
