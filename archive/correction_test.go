package archive

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func born(given string) BirthDate {
	b, err := ParseBirthDate(given, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return b
}

func TestCorrectedListsWhatDiffers(t *testing.T) {
	official := Name{Kind: "official", Family: "Karimi", Given: "Leila"}
	alias := Name{Kind: "alias", Family: "Rahimi", Given: "Leila", BirthDate: born("1991")}
	married := Name{Kind: "official", Family: "Sommer", Given: "Leila"}
	former := official
	former.Kind = "former"
	name := func(old, now Name) CorrectedValue {
		return CorrectedValue{FieldOfName, PersonValue{Name: old}, PersonValue{Name: now}}
	}
	for _, c := range []struct {
		name          string
		before, after Person
		want          []CorrectedValue
		replaces      bool
	}{
		{name: "nothing", before: Person{Names: []Name{official, alias}}, after: Person{Names: []Name{official, alias}}},
		{name: "the same date written differently", before: Person{BirthDate: born("17.05.1990")}, after: Person{BirthDate: born("1990-05-17")}},
		{name: "the same countries in another order", before: Person{Nationalities: []string{"IRN", "DEU"}}, after: Person{Nationalities: []string{"DEU", "IRN"}}},
		{
			name: "a name at its place, with an alias behind it", before: Person{Names: []Name{official, alias}}, after: Person{Names: []Name{married, alias}},
			want: []CorrectedValue{name(official, married)}, replaces: true,
		},
		{
			name: "a name of the same kind elsewhere", before: Person{Names: []Name{alias, official}}, after: Person{Names: []Name{married}},
			want: []CorrectedValue{name(alias, married), name(official, Name{})}, replaces: true,
		},
		{name: "a name goes", before: Person{Names: []Name{official, alias}}, after: Person{Names: []Name{official}}, want: []CorrectedValue{name(alias, Name{})}, replaces: true},
		{name: "a name comes", before: Person{Names: []Name{official}}, after: Person{Names: []Name{official, alias}}, want: []CorrectedValue{name(Name{}, alias)}},
		{name: "another kind", before: Person{Names: []Name{official}}, after: Person{Names: []Name{former}}, want: []CorrectedValue{name(official, former)}, replaces: true},
		{
			name: "another name leads", before: Person{Names: []Name{official, married}}, after: Person{Names: []Name{married, official}},
			want: []CorrectedValue{name(official, married)}, replaces: true,
		},
		{
			name: "a birth date", before: Person{BirthDate: born("1990")}, after: Person{BirthDate: born("1991")},
			want: []CorrectedValue{{FieldOfBirthDate, PersonValue{BirthDate: born("1990")}, PersonValue{BirthDate: born("1991")}}}, replaces: true,
		},
		{name: "the first birth date", after: Person{BirthDate: born("1991")}, want: []CorrectedValue{{Field: FieldOfBirthDate, New: PersonValue{BirthDate: born("1991")}}}},
		{name: "something else", before: Person{Sex: "m"}, after: Person{Sex: "f"}, want: []CorrectedValue{{FieldOfSex, PersonValue{Text: "m"}, PersonValue{Text: "f"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, replaces := Corrected(c.before, c.after), false
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, v := range got {
				replaces = replaces || v.Replaces()
			}
			if replaces != c.replaces {
				t.Errorf("replaces what stood: %t", replaces)
			}
		})
	}
}

func TestFormerNamesStay(t *testing.T) {
	was := Name{Kind: "official", Family: "Karimi", Given: "Leila"}
	before, after := Person{Names: []Name{was}}, Person{Names: []Name{{Kind: "official", Family: "Sommer", Given: "Leila"}}}
	values := Corrected(before, after)
	after.KeepFormer(values)
	after.KeepFormer(values)
	if len(after.Names) != 2 || after.Names[1] != (Name{Kind: "former", Family: "Karimi", Given: "Leila"}) {
		t.Errorf("names: %+v", after.Names)
	}
	kept := Person{Names: []Name{{Kind: "birth", Family: "Karimi", Given: "Leila"}}}
	kept.KeepFormer(Corrected(before, kept))
	if len(kept.Names) != 1 {
		t.Errorf("a name that she bears still stands twice: %+v", kept.Names)
	}
}

func TestStoodSinceItWasSaid(t *testing.T) {
	entered, later := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	value := func(old, now string) []CorrectedValue {
		return []CorrectedValue{{FieldOfBirthDate, PersonValue{BirthDate: born(old)}, PersonValue{BirthDate: born(now)}}}
	}
	former := []Correction{{At: later, Values: value("1990", "1991")}}
	if got := Stood(value("1991", "1992"), former, entered); !got.Equal(later) {
		t.Errorf("set by a correction: since %v", got)
	}
	if got := Stood(value("1985", "1992"), former, entered); !got.Equal(entered) {
		t.Errorf("nobody knows since when: since %v", got)
	}
	if got := Stood([]CorrectedValue{{Field: FieldOfBirthDate, New: PersonValue{BirthDate: born("1992")}}}, former, entered); !got.IsZero() {
		t.Errorf("nothing stood: since %v", got)
	}
}

func TestCorrectionIsChecked(t *testing.T) {
	const today = "2026-03-10"
	for _, c := range []struct {
		name, want string
		in         Correction
	}{
		{"no ground", "/ground required", Correction{State: CorrectionMade}},
		{"a ground that nobody knows", "/ground unknown", Correction{State: CorrectionMade, Ground: "mood"}},
		{"a request without its day", "/asked_on required", Correction{State: CorrectionMade, Ground: "request"}},
		{"asked tomorrow", "/asked_on future", Correction{State: CorrectionMade, Ground: "request", AskedOn: "2026-03-11"}},
		{"refused without a reason", "/reason required", Correction{State: CorrectionRefused, AskedOn: today}},
		{"refused, and nobody asked", "/asked_on required", Correction{State: CorrectionRefused, Reason: "x"}},
		{"written down wrongly", "", Correction{State: CorrectionMade, Ground: "written"}},
		{"refused", "", Correction{State: CorrectionRefused, AskedOn: today, Reason: "x"}},
	} {
		if got := fieldOf(c.in.Normalise(today)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	sent := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, state, on, note, want string }{
		{"told without a day", RecipientTold, "", "Brief", "/on required"},
		{"told tomorrow", RecipientTold, "2026-03-11", "Brief", "/on future"},
		{"told before it went there", RecipientTold, "2026-03-04", "Brief", "/on before_receipt"},
		{"told somehow", RecipientTold, today, "", "/note required"},
		{"impossible for no reason", RecipientImpossible, "", "", "/note required"},
		{"another state", "done", "", "", "/state unknown"},
		{"told", RecipientTold, today, "Brief", ""},
		{"too much", RecipientDisproportionate, "", "liegt zehn Jahre zurück", ""},
		{"taken back", RecipientOpen, "", "", ""},
	} {
		r := CorrectionRecipient{At: sent}
		if got := fieldOf(r.Say(c.state, c.on, c.note, "u", sent, today)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func fieldOf(err error) string {
	var f *FieldError
	if errors.As(err, &f) {
		return f.Pointer + " " + f.Code
	}
	return ""
}

func TestCorrectionForgetsAndHides(t *testing.T) {
	c := Correction{State: CorrectionMade, Through: "a", Proof: "d", Reason: "Heim", Values: []CorrectedValue{{Field: FieldOfSex}}, Recipients: []CorrectionRecipient{
		{Name: "eins", Akten: []AkteID{"a"}}, {Name: "zwei", Akten: []AkteID{"a", "b"}}, {Name: "drei", Akten: []AkteID{"b"}, Document: "e"},
	}}
	shut := func(id AkteID) bool { return id == "a" }
	if seen, ok := c.Without(shut); !ok || seen.Reason != "" || seen.Proof != "" || len(seen.Values) != 1 {
		t.Errorf("for whom the Akte is shut: %+v", seen)
	}
	refused := c
	refused.State = CorrectionRefused
	if _, ok := refused.Without(shut); ok {
		t.Error("a refusal through a shut Akte is told")
	}
	if c.Forget("x", "") || c.Forget("", "x") {
		t.Error("something else is forgotten")
	}
	if !c.Forget("a", "") || len(c.Recipients) != 2 || len(c.Recipients[0].Akten) != 1 || c.Through != "" {
		t.Errorf("an Akte is gone: %+v", c)
	}
	if !c.Forget("", "d") || !c.Forget("", "e") || c.Proof != "" || len(c.Recipients) != 1 {
		t.Errorf("documents are gone: %+v", c)
	}
}
