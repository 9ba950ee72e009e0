package web

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"eakte/archive"
	"eakte/archive/audit"
)

// keeps counts what the provider is asked with about sessions.
func (f *fakeProvider) keeps() (n int) {
	f.t.Helper()
	f.must(f.store.View(f.t.Context(), func(r archive.Reader) error {
		all, err := r.Sessions("")
		for _, kept := range all {
			if _, ok := f.world.server.openConfirmed(kept); ok {
				n++
			}
		}
		return err
	}))
	return n
}

// TestForgotten ends sessions in each way there is: what the provider is asked with is deleted, and of the last one of an account
// the provider forgets it, too.
func TestForgotten(t *testing.T) {
	for name, end := range map[string]func(*fakeProvider, *window){
		"signed out": func(_ *fakeProvider, b *window) { b.open("POST", "/sign-out", url.Values{}) },
		"idle":       func(f *fakeProvider, _ *window) { f.ahead.Add(int64(sessionIdle)) },
		"ended there": func(f *fakeProvider, _ *window) {
			if r := f.ends(f.signed(f.ending())); r.status != http.StatusOK {
				f.t.Errorf("%d", r.status)
			}
		},
		"account closed": func(f *fakeProvider, _ *window) {
			f.must(f.guard.Accounts().SetDisabled(f.t.Context(), audit.Actor{User: "system", Client: "cli"}, "eva.muster", true))
		},
		"ended from elsewhere": func(f *fakeProvider, b *window) {
			f.refresh = "zweit"
			other := f.whole()
			other.open("POST", "/profile/sessions/end", url.Values{})
			f.isIn(b, false, "ended from elsewhere")
			f.ahead.Add(int64(forgetAfter))
			f.must(f.world.server.Forget(f.t.Context()))
			if n := f.keeps(); n != 1 || len(f.revoked) != 0 {
				f.t.Errorf("with another session: %d kept, revoked %q", n, f.revoked)
			}
			other.open("POST", "/sign-out", url.Values{})
			f.revoked = append(f.revoked, "erst") // it went without, since the other might have ended with it
		},
	} {
		f := withProvider(t)
		f.refresh = "erst"
		b := f.whole()
		f.must(f.world.server.Forget(t.Context()))
		if n := f.keeps(); n != 1 || len(f.revoked) > 0 {
			t.Errorf("%s: %d kept and %q revoked before", name, n, f.revoked)
		}
		end(f, b)
		f.ahead.Add(int64(forgetAfter))
		f.must(f.world.server.Forget(t.Context()))
		if n := f.keeps(); n != 0 || !slices.Contains(f.revoked, "erst") {
			t.Errorf("%s: %d kept, revoked %q", name, n, f.revoked)
		}
	}
}

// TestForgottenAlone goes on where the provider can't be told.
func TestForgottenAlone(t *testing.T) {
	f := withProvider(t)
	f.refresh = "erst"
	b := f.whole()
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/revoke" {
			w.WriteHeader(http.StatusBadGateway)
		}
		return r.URL.Path == "/revoke"
	}
	b.leads("/sign-in?out=1", b.open("POST", "/sign-out", url.Values{}))
	if n := f.keeps(); n != 0 {
		t.Errorf("%d kept", n)
	}
}
