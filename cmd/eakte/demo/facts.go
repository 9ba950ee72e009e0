package demo

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// facts are the words a recipe may name in braces: all that papers say of a person.
type facts map[string]string

func (f facts) of(key string) string { return f[key] }

// fill replaces {key} by its fact; an unknown key stays and a test finds it.
func (f facts) fill(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		key, after, _ := strings.Cut(rest, "}")
		if v, known := f[key]; known {
			b.WriteString(v)
		} else {
			b.WriteString("{" + key + "}")
		}
		s = after
	}
}

// hand is the handwriting of whoever signs: the same name always signs alike.
func (f facts) hand(who string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(who))
	return h.Sum64()
}

// with returns a copy with more facts.
func (f facts) with(pairs ...string) facts {
	g := make(facts, len(f)+len(pairs)/2)
	for k, v := range f {
		g[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		g[pairs[i]] = pairs[i+1]
	}
	return g
}

// germanDate prints 2026-05-17 as 17.05.2026 and vaguer dates as vague as they are.
func germanDate(s string) string {
	p := strings.Split(s, "-")
	switch len(p) {
	case 3:
		return p[2] + "." + p[1] + "." + p[0]
	case 2:
		return "00." + p[1] + "." + p[0]
	}
	if strings.Contains(s, ".") {
		return s
	}
	return "00.00." + s
}

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }

func euro(cents int) string {
	whole := fmt.Sprint(cents / 100)
	if len(whole) > 3 {
		whole = whole[:len(whole)-3] + "." + whole[len(whole)-3:]
	}
	return fmt.Sprintf("%s,%02d €", whole, cents%100)
}

// home is where a household lives, under whose roof and at what price.
type home struct {
	street, town, landlord string
	rent, rooms            int
}

func newHome(rng *rand.Rand) home {
	return home{fmt.Sprintf("%s %d", pick(rng, streets()), 1+rng.IntN(88)), pick(rng, towns()), pick(rng, landlords()), 41000 + rng.IntN(400)*100, 2 + rng.IntN(3)}
}

// factsOf draws what stays the same on all papers of a person.
func factsOf(b being, kin []being, h home, n int, rng *rand.Rand) facts {
	c := countries()[b.nation]
	f := facts{
		"family": b.family, "given": b.given, "name": b.given + " " + b.family, "filed": b.family + ", " + b.given,
		"original": b.original, "born": germanDate(b.born), "birthplace": b.birthplace, "nat": c.adjective, "state_en": c.english,
		"nat_en": c.english, "lang": c.language, "language": strings.TrimSuffix(c.language, "en"), "country": c.name, "sexletter": strings.ToUpper(b.sex), "work": b.work,
		"street": h.street, "town": h.town, "landlord": h.landlord, "rooms": fmt.Sprint(h.rooms), "azr": azrNumber(n),
		"passport": fmt.Sprintf("MUSTER%04d", 100+n*7), "issued": fmt.Sprintf("%02d.%02d.202%d", 1+rng.IntN(28), 1+rng.IntN(12), rng.IntN(5)),
		"expires": fmt.Sprintf("%02d.%02d.203%d", 1+rng.IntN(28), 1+rng.IntN(12), rng.IntN(5)), "court": fmt.Sprintf("3 K %d/26.MU", 100+n*3),
		"heir": "der", "sir": "Herr", "sir_to": "Herrn", "dear": "Sehr geehrter Herr " + b.family, "he": "er", "He": "Er", "his": "sein", "applicant": "Antragsteller",
		"occupation": b.work, "size": fmt.Sprint(38 + h.rooms*14),
	}
	if b.sex == "f" {
		for k, v := range map[string]string{"heir": "die", "sir": "Frau", "sir_to": "Frau", "dear": "Sehr geehrte Frau " + b.family, "he": "sie", "He": "Sie", "his": "ihr", "applicant": "Antragstellerin"} {
			f[k] = v
		}
	}
	if b.work == "" {
		f["work"], f["occupation"] = "Hilfskraft", "ohne Beruf"
	}
	for i, line := range []string{f["sir_to"], f["name"], f["street"], f["town"]} {
		f[fmt.Sprintf("to%d", i+1)] = line
	}
	addMoney(f, h, rng)
	addKin(f, b, kin)
	return f
}

// addMoney draws work and pay; the parts of every sum add up.
func addMoney(f facts, h home, rng *rand.Rand) {
	gross := 215000 + rng.IntN(220)*1000
	tax, social := gross*11/100, gross*20/100
	employer := pick(rng, employers())
	f["employer"] = employer
	f["firm"], _, _ = strings.Cut(employer, ", ")
	f["lessor"], _, _ = strings.Cut(h.landlord, ", ")
	extra := 12000 + rng.IntN(80)*100
	f["rent"], f["extra"], f["warm"] = euro(h.rent), euro(extra), euro(h.rent+extra)
	f["gross"], f["tax"], f["social"], f["net"] = euro(gross), euro(tax), euro(social), euro(gross-tax-social)
	f["base"], f["heating"], f["benefit"] = euro(50600), euro(extra), euro(50600+h.rent+extra)
	f["deposit"], f["points"] = euro(h.rent*2), fmt.Sprint(78+rng.IntN(10))
	f["points2"], f["points3"] = fmt.Sprint(75+rng.IntN(12)), fmt.Sprint(76+rng.IntN(14))
	f["grade"] = fmt.Sprintf("%d,%d", 1+rng.IntN(3), rng.IntN(10))
	f["iban"] = "DE00 0000 0000 0000 0000 00"
}

// addKin names the others of the household.
func addKin(f facts, b being, kin []being) {
	f["mother"], f["father"], f["spouse"], f["children"] = "unbekannt", "unbekannt", "nicht verheiratet", "keine"
	f["spouse_born"], f["persons"] = "–", fmt.Sprint(len(kin))
	var children []string
	for _, k := range kin {
		name := k.given + " " + k.family
		adult := k.life != "child" && k.life != "none"
		switch {
		case !adult:
			children = append(children, name+" ("+germanDate(k.born)+")")
		case k.sex == "f":
			f["mother"] = name
		default:
			f["father"] = name
		}
		if adult && k.sex != b.sex {
			f["spouse"], f["spouse_born"] = name, germanDate(k.born)
		}
	}
	if len(children) > 0 {
		f["children"] = strings.Join(children, ", ")
	}
	if b.life != "child" && b.life != "none" {
		c := countries()[b.nation]
		f["mother"], f["father"] = c.mother+" "+b.family, c.father+" "+b.family
	}
}

// azrNumber is a register number no register gives out.
func azrNumber(n int) string { return fmt.Sprintf("9999%08d", 10007+n*1319) }

// day prints a time as the papers do and as records do.
func day(t time.Time) (german, iso string) { return t.Format("02.01.2006"), t.Format(time.DateOnly) }
