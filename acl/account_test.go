package acl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

const password = "correct horse battery"

func addUser(t *testing.T, w *acltest.World, name string) {
	t.Helper()
	u := archive.User{Name: name, Roles: []archive.Pair{{Role: "sachbearbeitung", Department: "asyl"}}}
	if _, err := w.Guard.Accounts().Add(t.Context(), audit.System(), u, password); err != nil {
		t.Fatal(err)
	}
}

func TestAccountsAreCheckedBeforeTheyAreMade(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	addUser(t, w, "anna")
	pair := []archive.Pair{{Role: "sachbearbeitung", Department: "asyl"}}
	for _, tc := range []struct {
		name     string
		user     archive.User
		password string
		want     error
	}{
		{"name taken", archive.User{Name: "anna", Roles: pair}, password, archive.ErrConflict},
		{"bad name", archive.User{Name: "Anna B", Roles: pair}, password, archive.ErrInvalid},
		{"short password", archive.User{Name: "berta", Roles: pair}, "short", archive.ErrInvalid},
		{"no role", archive.User{Name: "berta"}, password, archive.ErrInvalid},
		{"pair that does not exist", archive.User{Name: "berta", Roles: []archive.Pair{{Role: "gesundheit", Department: "asyl"}}}, password, archive.ErrInvalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := w.Guard.Accounts().Add(t.Context(), audit.System(), tc.user, tc.password); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestSignInTellsNothingAndSlowsGuessing(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	addUser(t, w, "anna")
	accounts := w.Guard.Accounts()
	try := func(name, pass string) error {
		_, err := accounts.SignIn(t.Context(), name, pass, "web", "127.0.0.1")
		return err
	}
	for range 4 {
		if err := try("anna", "wrong wrong wrong"); !errors.Is(err, acl.ErrSignIn) {
			t.Fatalf("wrong password: %v", err)
		}
	}
	if known, unknown := try("anna", "wrong wrong wrong"), try("nobody", "wrong wrong wrong"); known.Error() != unknown.Error() {
		t.Errorf("a known name is told %q, an unknown one %q", known, unknown)
	}
	if err := try("anna", password); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("the right password while she has to wait: %v, want refused", err)
	}
	w.Time = w.Time.Add(time.Minute)
	if err := try("Anna ", password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := try("anna", password); err != nil {
		t.Errorf("success clears the count: %v", err)
	}
}

// TestGuessablePasswords refuses what is tried first: frequent passwords, keyboard rows, dates, and what is known of the account.
func TestGuessablePasswords(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	anna := archive.User{Name: "anna.kowalczyk", Display: "Dr. Anna Kowalczyk", Roles: []archive.Pair{{Role: "sachbearbeitung", Department: "auslaenderbehoerde"}}}
	for password, code := range map[string]string{
		"short": "length", strings.Repeat("zebra kiosk ", 30): "length",
		"1234567890": "guessable", "Passw0rd!23": "guessable", "Winter2025!!": "guessable", "qwertzuiop1": "guessable", "aaaaaaaaaaaa": "guessable",
		"Kowalczyk1987": "guessable", "Auslaenderbehoerde1": "guessable", "sachbearbeitung!": "guessable", "EAkte2026!": "guessable",
	} {
		var field *archive.FieldError
		if _, err := w.Guard.Accounts().Add(t.Context(), audit.System(), anna, password); !errors.As(err, &field) || field.Code != code || field.Pointer != "/password" {
			t.Errorf("%q: %v, want %s", password, err, code)
		}
	}
	if _, err := w.Guard.Accounts().Add(t.Context(), audit.System(), anna, "zebra kiosk fenster"); err != nil {
		t.Errorf("three words: %v", err)
	}
	admin := w.Guard.For(w.User("admin", "administration@it"))
	u := must(w.Guard.Accounts().Add(t.Context(), audit.System(), archive.User{Name: "ben.lindqvist", Roles: anna.Roles}, "zebra kiosk fenster"))(t)
	if err := admin.SetUserPassword(t.Context(), u.ID, "lindqvist1234"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("her name as another's password: %v", err)
	}
	if err := w.Guard.Accounts().SetPassword(t.Context(), audit.System(), "ben.lindqvist", "lindqvist1234"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("her name, by the machine: %v", err)
	}
	waits := must(admin.AddUser(t.Context(), archive.User{Name: "carla", Roles: anna.Roles}, "zebra kiosk fenster"))(t)
	if err := admin.SetUserPassword(t.Context(), waits.ID, "Auslaenderbehoerde1"); !errors.Is(err, archive.ErrInvalid) {
		t.Errorf("the department of a role that waits: %v", err)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	addUser(t, w, "anna")
	accounts := w.Guard.Accounts()
	token, err := accounts.CreateToken(t.Context(), audit.System(), "anna", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	u, err := accounts.Bearer(t.Context(), token)
	if err != nil || u.Name != "anna" {
		t.Fatalf("fresh token: %v, %v", u.Name, err)
	}
	for name, bad := range map[string]string{"cut": token[:len(token)-1], "another": "eak_" + token[5:] + "A", "none": ""} {
		if _, err := accounts.Bearer(t.Context(), bad); !errors.Is(err, acl.ErrSignIn) {
			t.Errorf("%s token: %v, want refused", name, err)
		}
	}
	err = w.Store.Update(t.Context(), func(tx archive.Tx) error {
		u, err := tx.User(u.ID)
		if err != nil {
			return err
		}
		u.Disabled, u.Revision = true, u.Revision+1
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return tx.Record(audit.Event{Time: w.Time, Actor: audit.System(), Op: audit.OpUserChange, Result: audit.Allow})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Bearer(t.Context(), token); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("a leaver's token: %v, want refused", err)
	}
}
