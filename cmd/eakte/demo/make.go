package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

const today = "2026-11-20"

// Make makes up the authority of a seed. The same seed gives the same authority down to
// the bytes of its papers; persons and Akten are the same for every seed, what papers say
// and how scans look is not. Make lays papers out and paints none: it takes a fraction of
// a second. Its only failure is a recipe or a face that doesn't parse, which a build with
// passing tests doesn't have; it then panics.
func Make(seed int64) *Authority {
	a, err := makeAuthority(uint64(seed))
	if err != nil {
		panic(err)
	}
	return a
}

// maker holds what the papers have in common while they are made.
type maker struct {
	types   *typeset
	recipes map[string]recipe
	all     []being
	homes   map[int]home
	facts   []facts
	akten   []Akte
	today   time.Time
	seed    uint64
	made    int
}

func makeAuthority(seed uint64) (*Authority, error) {
	m, err := newMaker(seed)
	if err != nil {
		return nil, err
	}
	a := &Authority{Name: "Landkreis Musterfelde", Today: today, Accounts: accounts(), Akten: m.akten}
	for i, b := range m.all {
		a.Persons = append(a.Persons, person(b, i))
	}
	a.Documents = m.documents()
	a.Inbox = m.inbox()
	return a, nil
}

func newMaker(seed uint64) (*maker, error) {
	types, err := newTypeset()
	if err != nil {
		return nil, err
	}
	m := &maker{types: types, recipes: map[string]recipe{}, all: people(), homes: map[int]home{}, seed: seed}
	if m.today, err = time.Parse(time.DateOnly, today); err != nil {
		return nil, fmt.Errorf("demo: reading the day: %w", err)
	}
	for name := range kinds() {
		if m.recipes[name], err = readRecipe(name); err != nil {
			return nil, err
		}
	}
	m.akten = akten(m.all)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i, b := range m.all {
		if _, ok := m.homes[b.home]; !ok {
			m.homes[b.home] = newHome(rng)
		}
		m.facts = append(m.facts, factsOf(b, m.kin(b), m.homes[b.home], i, rng))
	}
	return m, nil
}

// person turns a being into what the register knows of her.
func person(b being, n int) Person {
	p := Person{
		Names:     append([]Name{{Kind: "official", Family: b.family, Given: b.given, Original: b.original}}, b.more...),
		BirthDate: b.born, Sex: b.sex, Nationalities: []string{b.nation}, AZRNumber: azrNumber(n), EnteredBy: "auslaenderbehoerde",
	}
	switch {
	case b.life == "asylum":
		p.EnteredBy = "asyl"
	case b.given == "Elias":
		p.Nationalities = append(p.Nationalities, "LBN")
	case b.given == "Patrick":
		p.Nationalities = append(p.Nationalities, "IRL")
	}
	return p
}

// kin is the household, oneself included.
func (m *maker) kin(b being) []being {
	var out []being
	for _, k := range m.all {
		if k.home == b.home {
			out = append(out, k)
		}
	}
	return out
}

// documents deals papers to the Akten and puts one of every kind first.
func (m *maker) documents() []Document {
	type dealt struct {
		doc   Document
		round int
	}
	var docs []dealt
	round, dealtExtras := map[string]int{}, map[string]int{}
	heads := map[string]bool{}
	for i, a := range m.akten {
		b := m.all[a.Person]
		names := otherPapers(a.Plan)
		if a.Plan == "33.11" {
			names = lifePapers(b.life)
			pool, each := lifeExtras(b.life)
			for range each {
				names = append(names, pool[dealtExtras[b.life]%len(pool)])
				dealtExtras[b.life]++
			}
		}
		for age, name := range names {
			once := fmt.Sprint(name, b.home)
			if k := kinds()[name]; k.shared && b.life != "child" && heads[once] || name == "heiratsurkunde" && m.facts[a.Person]["spouse_born"] == "–" {
				continue
			}
			heads[once] = heads[once] || b.life != "child"
			docs = append(docs, dealt{m.document(i, name, len(names)-age), round[name]})
			round[name]++
		}
	}
	slices.SortStableFunc(docs, func(a, b dealt) int { return cmp.Compare(min(a.round, 1), min(b.round, 1)) })
	out := make([]Document, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.doc)
	}
	return out
}

// document makes one paper for an Akte; the higher age, the longer ago.
func (m *maker) document(akte int, name string, age int) Document {
	a, k := m.akten[akte], kinds()[name]
	b := m.all[a.Person]
	m.made++
	rng := rand.New(rand.NewPCG(m.seed, uint64(m.made)*977))
	written := m.today.AddDate(0, 0, -age*34-rng.IntN(30)-2)
	_, iso := day(written)
	doc := Document{Akte: akte, Type: k.doctype, Register: k.register, Classification: k.classification, Date: iso, ReceivedOn: iso,
		Department: k.department, Sender: k.sender, Channel: "internal"}
	if a.Lead == "asyl" && k.department == "auslaenderbehoerde" && k.register == "identitaet" {
		doc.Department = "asyl"
	}
	if k.sender != "" {
		_, doc.ReceivedOn = day(earlier(m.today, written.AddDate(0, 0, 1+rng.IntN(6))))
		doc.Channel = []string{"upload", "upload", "email"}[rng.IntN(3)]
	}
	if k.sender == "Antragsteller" {
		doc.Sender = b.given + " " + b.family
	}
	if k.shared && a.Plan == "33.11" {
		doc.Also = m.akteOfKin(b, akte)
	}
	doc.paper = m.paper(name, m.facts[a.Person], a, written, rng)
	doc.Title = doc.title
	if k.sender != "" && doc.Type != "email_rueckfrage" && m.made%6 == 0 {
		doc.Channel = "scan"
		doc.scanned(m.made/6, doc.ReceivedOn, rng)
	}
	return doc
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// akteOfKin lists the usual Akten of the others in the household.
func (m *maker) akteOfKin(b being, own int) []int {
	var out []int
	for i, a := range m.akten {
		if i != own && a.Plan == "33.11" && m.all[a.Person].home == b.home {
			out = append(out, i)
		}
	}
	return out
}

// paper lays out a recipe with the facts of the day.
func (m *maker) paper(name string, f facts, a Akte, written time.Time, rng *rand.Rand) paper {
	r := m.recipes[name]
	german, iso := day(written)
	in := func(days int) string { g, _ := day(written.AddDate(0, 0, days)); return g }
	department := kinds()[name].department
	f = f.with("date", german, "due", in(24), "until", in(365), "from", in(12), "sent", in(-40), "number", fmt.Sprintf("%d/%02d", 100+m.made*3, written.Year()%100),
		"month", germanMonth(written), "ref", m.reference(a), "clerk", caseworker(department, a.Team).Display, "department_mail", "abh@musterfelde.example")
	if department == "auslaenderbehoerde" && a.Team == "" {
		f["clerk"] = caseworker(department, teamOf(f["family"])).Display
	}
	p := paper{MediaType: "application/pdf", types: m.types, made: written, seed: m.seed*7919 + uint64(m.made), title: f.fill(r.title), Keywords: r.keywords}
	p.sheets = r.layOut(setting{t: m.types, facts: f, rng: rng})
	p.Pages = len(p.sheets)
	p.FileName = strings.ReplaceAll(iso, "-", "") + "_" + name + ".pdf"
	return p
}

// reference is the number an Akte gets when Akten are entered in order in an empty store.
func (m *maker) reference(a Akte) string {
	n := 0
	for _, other := range m.akten {
		if other.Plan == a.Plan {
			n++
		}
		if other.Person == a.Person && other.Plan == a.Plan {
			return fmt.Sprintf("%s-%06d/%s", a.Plan, n, today[:4])
		}
	}
	return "noch keines"
}

// scanned turns the paper into an image of itself with the mail room's stamp on it.
func (p *paper) scanned(n int, received string, rng *rand.Rand) {
	p.Scan = true
	format := [...]string{"pdf", "pdf", "jpg", "pdf", "pdf", "png", "pdf"}[n%7]
	if p.Pages > 1 {
		format = "pdf"
	}
	p.look = someLook(rng, format)
	p.FileName = strings.TrimSuffix(p.FileName, "pdf") + format
	p.MediaType = map[string]string{"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}[format]
	receivedStamp(&p.sheets[0], p.types, 148, 262, -0.03-rng.Float64()*0.06, claret, "EINGEGANGEN", germanDate(received), "Landkreis Musterfelde")
}

func germanMonth(t time.Time) string {
	return [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}[t.Month()-1] + t.Format(" 2006")
}
