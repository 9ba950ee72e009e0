package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

// TestAnActEndsWithItsRights makes desks, as for requests whose bodies take their time, and takes the rights away
// before they act.
func TestAnActEndsWithItsRights(t *testing.T) {
	t.Parallel()
	w := newSealWorld(t)
	account := func(id archive.UserID, edit func(*archive.User)) {
		w.put(t, func(tx archive.Tx) error {
			u, err := tx.User(id)
			if err != nil {
				return err
			}
			edit(&u)
			u.Revision++
			return tx.PutUser(u)
		})
	}
	for _, tt := range []struct {
		name string
		edit func(*archive.User)
		want error
	}{
		{"her pair is taken", func(u *archive.User) { u.Roles = []archive.Pair{{Role: "sachbearbeitung", Department: "asyl"}} }, acl.ErrStale},
		{"her team is another", func(u *archive.User) { u.Teams = []string{"l-z"} }, acl.ErrStale},
		{"her account is closed", func(u *archive.User) { u.Disabled = true }, acl.ErrSignIn},
		{"she is given more", func(u *archive.User) {
			u.Roles = append(u.Roles, archive.Pair{Role: "sachbearbeitung", Department: "asyl"})
		}, nil},
	} {
		who := w.User("slow."+tt.name[:3]+tt.name[len(tt.name)-3:], "sachbearbeitung@auslaenderbehoerde")
		who = w.Team(who, "a-k")
		desk := w.Guard.For(who)
		account(who.User, tt.edit)
		_, err := desk.AskSeal(t.Context(), w.doc1(), archive.SealRequest{What: archive.SealLay, Seal: w.wanted(30, w.clerk, w.other)})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestRulesOfAnActAreThoseInForce switches the rules under a desk.
func TestRulesOfAnActAreThoseInForce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := o.Guard.For(o.clerk)
	p := o.propose(t, func(s string) string { return s + closed })
	if err := o.judge(t, o.lead, p, true); err != nil {
		t.Fatal(err)
	}
	if _, err := before.OpenCase(t.Context(), archive.Case{Akte: o.akte, Procedure: o.Guard.Rules().Procedures()[0].Key}); !errors.Is(err, acl.ErrStale) {
		t.Errorf("an act by the rules before: %v", err)
	}
}

// TestNobodyApprovesHerOwnGain lets a lead approve what gives her more, which another has to.
func TestNobodyApprovesHerOwnGain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const more = "house/more,allow,sachbearbeitung,asyl,leistungen,normal,exist read,*,any,any,\n"
	p := o.propose(t, func(s string) string { return s + more })
	other := o.User("other", "leitung@soziales")
	if err := o.judge(t, o.lead, p, true); !errors.Is(err, acl.ErrSecondPerson) {
		t.Errorf("who leads those who gain: %v", err)
	}
	if err := o.judge(t, other, p, true); err != nil {
		t.Errorf("who gains nothing: %v", err)
	}
}
