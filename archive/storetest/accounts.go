package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
)

func testAccounts(b *bench) {
	u := archive.User{
		ID: archive.NewID[archive.UserID](), Name: "jana", Display: "Jana M.", Former: []string{"Jana Alt"}, Roles: []archive.Pair{{Role: "registratur", Department: "poststelle"}},
		Proposed: []archive.Proposal{{Pair: archive.Pair{Role: "leitung", Department: "asyl"}, By: b.clerk, At: b.Clock.Now()}},
		Teams:    []string{"team-1"}, Password: "$argon2id$v=19$x", Created: b.Clock.Now(), Changed: b.Clock.Now(), Revision: 1,
	}
	other := archive.User{ID: archive.NewID[archive.UserID](), Name: "amal", Created: b.Clock.Now(), Changed: b.Clock.Now(), Revision: 1}
	token := archive.Token{Hash: [32]byte{1, 2}, User: u.ID, Created: b.Clock.Now(), Expires: b.Clock.Now().Add(time.Hour)}
	b.must(audit.OpUserAdd, func(tx archive.Tx) error { return errors.Join(tx.PutUser(u), tx.PutUser(other), tx.PutToken(token)) })
	b.view(func(r archive.Reader) error {
		got, err := r.User(u.ID)
		same(b, "user", got, err, u)
		got, err = r.UserByName("jana")
		same(b, "user by name", got, err, u)
		list, err := r.Users()
		same(b, "users", list, err, []archive.User{other, u})
		k, err := r.Token(token.Hash)
		same(b, "token", k, err, token)
		tokens, err := r.Tokens(u.ID)
		same(b, "tokens", tokens, err, []archive.Token{token})
		tokens, err = r.Tokens(other.ID)
		same(b, "another one's tokens", tokens, err, []archive.Token{})
		return nil
	})
	u.Failures, u.LockedUntil, u.SignedIn = 3, b.Clock.Now().Add(time.Minute), b.Clock.Now()
	b.must(audit.OpSigninFailed, func(tx archive.Tx) error { return tx.PutUser(u) }) // no edit
	taken := other
	taken.Name, taken.Revision = "jana", 2
	if err := b.try(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(taken) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("a name that is taken: %v", err)
	}
	u.Name, u.Revision = "jana.m", 2
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return errors.Join(tx.PutUser(u), tx.DeleteToken(token.Hash)) })
	b.view(func(r archive.Reader) error {
		if _, err := r.UserByName("jana"); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("the former name: %v", err)
		}
		got, err := r.UserByName("jana.m")
		same(b, "renamed user", got, err, u)
		if _, err := r.Token(token.Hash); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a deleted token: %v", err)
		}
		return nil
	})
	testFactor(b, u)
	testIdentity(b)
	testSettings(b)
}

// testIdentity gives an account an identity at a provider, signs in there, and gives it another.
func testIdentity(b *bench) {
	const issuer = "https://anmeldung.example"
	find := func(what, subject string, want *archive.User) {
		b.view(func(r archive.Reader) error {
			got, err := r.UserByIdentity(issuer, subject)
			if want == nil {
				if !errors.Is(err, archive.ErrNotFound) {
					b.t.Errorf("%s: %v, want not found", what, err)
				}
				return nil
			}
			same(b, what, got, err, *want)
			return nil
		})
	}
	u := archive.User{ID: archive.NewID[archive.UserID](), Name: "mina", Created: b.Clock.Now(), Changed: b.Clock.Now(), Revision: 1}
	u.Identity = &archive.Identity{Issuer: issuer, Subject: "7f3a"}
	b.must(audit.OpUserAdd, func(tx archive.Tx) error { return tx.PutUser(u) })
	find("by identity", "7f3a", &u)
	find("another subject", "7f3b", nil)
	u.SignedIn, u.Identity = b.Clock.Now(), &archive.Identity{Issuer: issuer, Subject: "7f3a", Strong: true, Ended: 2}
	b.must(audit.OpSignin, func(tx archive.Tx) error { return tx.PutUser(u) }) // no edit
	find("after a sign-in", "7f3a", &u)
	other := archive.User{ID: archive.NewID[archive.UserID](), Name: "nora", Created: b.Clock.Now(), Changed: b.Clock.Now(), Revision: 1}
	for subject, want := range map[string]error{"7f3a": archive.ErrConflict, "": archive.ErrInvalid} {
		other.Identity = &archive.Identity{Issuer: issuer, Subject: subject}
		if err := b.try(audit.OpUserAdd, func(tx archive.Tx) error { return tx.PutUser(other) }); !errors.Is(err, want) {
			b.t.Errorf("identity %q: %v, want %v", subject, err, want)
		}
	}
	u.Identity = &archive.Identity{Issuer: issuer, Subject: "9c01"}
	if err := b.try(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("another identity without a revision: %v", err)
	}
	u.Revision++
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	find("the former identity", "7f3a", nil)
	find("the present one", "9c01", &u)
	u.Identity, u.Revision = nil, u.Revision+1
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	find("without one", "9c01", nil)
}

// testFactor gives an account a second factor, uses it and takes it away.
func testFactor(b *bench, u archive.User) {
	check := func(what string, u archive.User) {
		b.view(func(r archive.Reader) error {
			got, err := r.User(u.ID)
			same(b, what, got, err, u)
			return nil
		})
	}
	u.Factor = &archive.Factor{Secret: []byte("zwanzig Byte geheim!"), Step: 7, Recovery: [][32]byte{{1}, {2}}, Since: b.Clock.Now()}
	if err := b.try(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("a second factor without a revision: %v", err)
	}
	u.Revision++
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	check("with a second factor", u)
	u.Factor = &archive.Factor{Secret: u.Factor.Secret, Step: 8, Recovery: u.Factor.Recovery[:1], Since: u.Factor.Since}
	b.must(audit.OpSignin, func(tx archive.Tx) error { return tx.PutUser(u) }) // no edit
	check("with a code used", u)
	u = testPasskeys(b, u, check)
	u.Factor, u.Revision = &archive.Factor{Secret: []byte("zwanzig Byte geheim!"), Since: b.Clock.Now()}, u.Revision+1
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	b.destroy("user/" + string(u.ID))
	b.view(func(r archive.Reader) error {
		got, err := r.User(u.ID)
		if err != nil || got.Factor == nil || len(got.Factor.Secret) > 0 {
			b.t.Errorf("a factor whose key was destroyed: %v, %+v; want one without a secret", err, got.Factor)
		}
		return nil
	})
}

// testPasskeys gives an account that has codes passkeys too, uses one, takes the codes away and then the passkeys.
func testPasskeys(b *bench, u archive.User, check func(string, archive.User)) archive.User {
	u.Passkeys = []archive.Passkey{
		{ID: []byte("one"), Key: []byte("key"), Name: "Dienstlaptop", Since: b.Clock.Now()},
		{ID: []byte("two"), Key: []byte("other key"), Name: "Schlüsselbund", Syncable: true, Synced: true, Since: b.Clock.Now()},
	}
	if err := b.try(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) }); !errors.Is(err, archive.ErrConflict) {
		b.t.Errorf("passkeys without a revision: %v", err)
	}
	u.Revision++
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	check("with codes and passkeys", u)
	u.Passkeys = slices.Clone(u.Passkeys)
	u.Passkeys[0].Count, u.Passkeys[0].Used, u.Passkeys[0].Copied, u.Passkeys[1].Synced = 7, b.Clock.Now(), b.Clock.Now(), false
	b.must(audit.OpSignin, func(tx archive.Tx) error { return tx.PutUser(u) }) // no edit
	check("with a passkey used", u)
	u.Factor, u.Revision = nil, u.Revision+1
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	check("with passkeys alone", u)
	for what, p := range map[string]archive.Passkey{"without an ID": {Key: []byte("key")}, "without a key": {ID: []byte("three")}} {
		broken := u
		broken.Passkeys, broken.Revision = []archive.Passkey{p}, u.Revision+1
		if err := b.try(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(broken) }); !errors.Is(err, archive.ErrInvalid) {
			b.t.Errorf("a passkey %s: %v", what, err)
		}
	}
	u.Passkeys, u.Revision = nil, u.Revision+1
	b.must(audit.OpUserChange, func(tx archive.Tx) error { return tx.PutUser(u) })
	check("without a second factor", u)
	return u
}

// testSettings stores settings and intents, which need no event.
func testSettings(b *bench) {
	i := archive.Intent{Ref: blob.NewRef(), Size: 7, Made: b.Clock.Now()}
	done := archive.Intent{Ref: blob.NewRef(), Size: 8, Made: b.Clock.Now()}
	value := []byte("value")
	if err := b.house(func(tx archive.Tx) error {
		return errors.Join(tx.PutSetting("name", value), tx.Announce(i), tx.Announce(done), tx.Settle(done.Ref), tx.Settle(blob.NewRef()))
	}); err != nil {
		b.t.Fatal(err)
	}
	var kept []byte
	b.view(func(r archive.Reader) error {
		got, err := r.Setting("name")
		same(b, "setting", got, err, []byte("value"))
		kept = got
		list, err := r.Intents()
		same(b, "intents", list, err, []archive.Intent{i})
		return nil
	})
	clear(kept) // what a view gave away is the reader's own
	b.view(func(r archive.Reader) error {
		got, err := r.Setting("name")
		same(b, "setting", got, err, []byte("value"))
		return nil
	})
}

func refOf(token string) [32]byte { return sha256.Sum256([]byte(token)) }

func testSessions(b *bench) {
	put := func(token string, life time.Duration) {
		b.t.Helper()
		if err := b.house(func(tx archive.Tx) error {
			r := archive.Replay{User: b.clerk, Fingerprint: [32]byte{9}, Result: "id", Expires: b.Clock.Now().Add(life)}
			s := archive.Session{Ref: refOf(token), User: b.clerk, Sealed: []byte("sealed " + token), Expires: b.Clock.Now().Add(life).UTC().Truncate(time.Microsecond)}
			return errors.Join(tx.PutSession(s), tx.PutReplay(token, r))
		}); err != nil {
			b.t.Fatal(err)
		}
	}
	check := func(what, token string, want bool) {
		b.t.Helper()
		b.view(func(r archive.Reader) error {
			got, err := r.Session(refOf(token))
			if want && (err != nil || string(got.Sealed) != "sealed "+token || got.User != b.clerk || got.Ref != refOf(token)) || !want && !errors.Is(err, archive.ErrNotFound) {
				b.t.Errorf("session, %s: %+v, %v", what, got, err)
			}
			replay, err := r.Replay(token)
			if want && (err != nil || replay.User != b.clerk || replay.Result != "id") || !want && !errors.Is(err, archive.ErrNotFound) {
				b.t.Errorf("replay, %s: %v", what, err)
			}
			return nil
		})
	}
	put("one", time.Hour)
	check("present", "one", true)
	check("unknown", "two", false)
	b.Clock.Advance(50 * time.Minute)
	put("one", time.Hour) // lengthened
	b.Clock.Advance(50 * time.Minute)
	check("lengthened", "one", true)
	b.Clock.Advance(10 * time.Minute)
	check("over", "one", false)
	for i := range 100 { // those that are over are swept away
		put(fmt.Sprintf("short %d", i), time.Minute)
		b.Clock.Advance(2 * time.Minute)
	}
	put("last", time.Hour)
	check("last", "last", true)
	heldForms(b)
	sessionsEnd(b)
}

// heldForms keep what they are about, and what was sealed, whatever it begins with.
func heldForms(b *bench) {
	about := []string{archive.NewID[string](), archive.NewID[string]()}
	for _, want := range []archive.Session{
		{Sealed: []byte("form"), About: about}, {Sealed: []byte{0, 2, 1}}, {Sealed: []byte{0}, About: about[:1]}, {Sealed: []byte{1, 0}},
	} {
		want.Ref, want.User, want.Expires = refOf("form"), b.clerk, b.Clock.Now().Add(time.Minute).UTC().Truncate(time.Microsecond)
		if err := b.house(func(tx archive.Tx) error { return tx.PutSession(want) }); err != nil {
			b.t.Fatal(err)
		}
		b.view(func(r archive.Reader) error {
			got, err := r.Session(want.Ref)
			same(b, "a held form", got, err, want)
			return nil
		})
	}
	if err := b.house(func(tx archive.Tx) error { return tx.DeleteSession(refOf("form")) }); err != nil {
		b.t.Fatal(err)
	}
}

// sessionsEnd lists and ends the one session that is left.
func sessionsEnd(b *bench) {
	b.view(func(r archive.Reader) error {
		if got, err := r.Sessions(b.clerk); err != nil || len(got) != 1 || got[0].Ref != refOf("last") {
			b.t.Errorf("sessions: %+v, %v", got, err)
		}
		if got, err := r.Sessions(""); err != nil || len(got) != 1 {
			b.t.Errorf("everybody's: %+v, %v", got, err)
		}
		got, err := r.Sessions(archive.NewID[archive.UserID]())
		same(b, "another's", got, err, nil)
		return nil
	})
	if err := b.house(func(tx archive.Tx) error {
		return errors.Join(tx.DeleteSession(refOf("last")), tx.DeleteSession(refOf("none")))
	}); err != nil {
		b.t.Error(err)
	}
	if err := b.house(func(tx archive.Tx) error { return tx.PutSession(archive.Session{User: "nobody"}) }); !errors.Is(err, archive.ErrInvalid) {
		b.t.Errorf("a session of nobody: %v", err)
	}
	b.view(func(r archive.Reader) error {
		if got, err := r.Session(refOf("last")); !errors.Is(err, archive.ErrNotFound) {
			b.t.Errorf("a session that was ended: %+v, %v", got, err)
		}
		return nil
	})
}

func testMarks(b *bench) {
	akte, other := b.newAkte(), b.newAkte()
	mark := func(id archive.AkteID, use, text string) [32]byte {
		b.t.Helper()
		m, err := b.MarkOf(id, use, text)
		if err != nil {
			b.t.Fatal(err)
		}
		return m
	}
	first := mark(akte.ID, "a", "x")
	for name, m := range map[string][32]byte{
		"another Akte": mark(other.ID, "a", "x"), "another use": mark(akte.ID, "b", "x"), "another text": mark(akte.ID, "a", "y"), "the store's": b.Mark("a", "x"),
	} {
		if m == first {
			b.t.Errorf("%s has the same mark", name)
		}
	}
	b.reopen()
	same(b, "made again", mark(akte.ID, "a", "x"), nil, first)
	b.destroy("akte/" + string(akte.ID))
	if m, err := b.MarkOf(akte.ID, "a", "x"); !errors.Is(err, archive.ErrNotFound) || m != [32]byte{} {
		b.t.Errorf("of an erased Akte: %v, want not found", err)
	}
}
