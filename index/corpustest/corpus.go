package corpustest

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"time"
	"unicode"

	"eakte/archive"
	"eakte/index"
	"eakte/policies"
)

// Departments whose rights differ most.
const (
	// Few leads a tenth of the Akten and takes part in no other.
	Few = "integration"
	// All takes part in all Akten.
	All = "auslaenderbehoerde"
)

// leads are the departments in charge, each of a tenth of the Akten, or of as many as it is named here.
var leads = []string{All, All, All, All, "asyl", "asyl", "unterbringung", "soziales", "rueckkehr", Few}

// others take part in every fourth Akte.
var others = []string{"asyl", "soziales", "unterbringung"}

// Config says what to make.
type Config struct {
	Documents, Persons int
	Seed               uint64
	// Words is a word list, one a line; "": [WordList]. Names are given and family names: the table in the
	// shared folder, with the columns language, kind, sex and name.
	Words, Names string
	Policies     *policies.Set
}

// Corpus is made of a [Config]. It may be used by many goroutines.
type Corpus struct {
	Config
	words         vocabulary
	family, given []string
	native        []string // in scripts of their own
	types         []policies.DocType
	// dates stand in for the day on which it is made.
	now time.Time
}

// Load reads words and names. The error is [os.ErrNotExist] where there are none.
func Load(cfg Config) (*Corpus, error) {
	if cfg.Words == "" {
		cfg.Words = WordList
	}
	c := &Corpus{Config: cfg, types: cfg.Policies.DocTypes(), now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
	var err error
	if c.words, err = readWords(cfg.Words, c.rand("words", 0)); err != nil {
		return nil, fmt.Errorf("corpustest: words: %w", err)
	}
	if err := c.readNames(); err != nil {
		return nil, fmt.Errorf("corpustest: names: %w", err)
	}
	return c, nil
}

func (c *Corpus) readNames() error {
	f, err := os.Open(c.Names)
	if err != nil {
		return err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = '\t', true, -1
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if len(row) != 4 {
			continue
		}
		list := &c.given
		if row[1] == "last_name" {
			list = &c.family
		}
		if !latin(row[3]) {
			list = &c.native
		}
		*list = append(*list, row[3])
	}
	r := c.rand("names", 0)
	for _, list := range [][]string{c.family, c.given, c.native} {
		r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	}
	return nil
}

func latin(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// rand draws for one thing of a kind, whatever was drawn for others.
func (c *Corpus) rand(kind string, n int) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(kind) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(c.Seed^h, uint64(n)))
}

// id makes the n-th ID of a kind: the kinds have other middles.
func id[T ~string](kind, n int) T { return T(fmt.Sprintf("01930000-%04x-7000-8000-%012x", kind, n)) }

// Kinds of IDs.
const (
	personID = 1 + iota
	akteID
	documentID
	versionID
	userID
)

// Clerk is who brought it all in.
func (c *Corpus) Clerk() archive.UserID { return id[archive.UserID](userID, 0) }

// Person makes the n-th person, from 0.
func (c *Corpus) Person(n int) archive.Person {
	r := c.rand("person", n)
	family, given := rand.NewZipf(r, 1.1, 40, uint64(len(c.family)-1)), rand.NewZipf(r, 1.1, 40, uint64(len(c.given)-1))
	name := archive.Name{Kind: "official", Family: c.family[family.Uint64()], Given: c.given[given.Uint64()]}
	if r.IntN(4) == 0 {
		name.Given += " " + c.given[given.Uint64()]
	}
	if r.IntN(8) == 0 {
		name.OriginalScript = c.native[r.IntN(len(c.native))]
	}
	names := []archive.Name{name}
	if r.IntN(6) == 0 {
		names = append(names, archive.Name{Kind: "birth", Family: c.family[family.Uint64()], Given: name.Given})
	}
	year := 1940 + r.IntN(80)
	birth := archive.BirthDate{Given: strconv.Itoa(year), Year: year}
	if r.IntN(10) > 0 {
		birth = archive.BirthDate{Year: year, Month: 1 + r.IntN(12), Day: 1 + r.IntN(28)}
		birth.Given = birth.String()
	}
	return archive.Person{
		ID: id[archive.PersonID](personID, n), Names: names, BirthDate: birth, Sex: []string{"f", "m"}[r.IntN(2)],
		Nationalities: []string{[]string{"SYR", "AFG", "TUR", "UKR", "IRQ"}[r.IntN(5)]}, AZRNumber: fmt.Sprintf("26%010d", n),
		EnteredBy: All, Created: c.now, Changed: c.now, Revision: 1,
	}
}

// Akte makes the Akte of the n-th person.
func (c *Corpus) Akte(n int) archive.Akte {
	r := c.rand("akte", n)
	a := archive.Akte{
		ID: id[archive.AkteID](akteID, n), Number: archive.FormatNumber("33.11", uint64(n+1), 2026), Person: id[archive.PersonID](personID, n),
		Plan: "33.11", Lead: leads[n%len(leads)], State: archive.AkteOpen, Created: c.now, Changed: c.now, Revision: 1,
	}
	if a.Lead == All {
		a.Team = []string{"abh-a-k", "abh-l-z"}[n/len(leads)%2]
	} else {
		a.Departments = append(a.Departments, archive.Participation{Department: All})
	}
	if d := others[r.IntN(len(others))]; r.IntN(4) == 0 && d != a.Lead {
		p := archive.Participation{Department: d}
		if r.IntN(2) == 0 {
			p.Registers = []string{"leistungen", "wohnen", "identitaet"}[:1+r.IntN(3)]
		}
		a.Departments = append(a.Departments, p)
	}
	return a
}

// AkteOf is the number of the person whose Akte the n-th document lies in.
func (c *Corpus) AkteOf(n int) int { return n * c.Persons / c.Documents }

// Document makes the n-th document, from 0, and the ID of its version.
func (c *Corpus) Document(n int) (archive.Document, archive.VersionID) {
	r := c.rand("document", n)
	t := c.types[min(r.IntN(len(c.types)), r.IntN(len(c.types)))]
	akte := c.Akte(c.AkteOf(n))
	brought := akte.Participations()
	day := c.now.AddDate(0, 0, -int(float64(8*365)*r.Float64()*r.Float64()))
	version := id[archive.VersionID](versionID, n)
	return archive.Document{
		ID: id[archive.DocumentID](documentID, n), Akte: akte.ID, Type: t.Key, Register: t.Register, Title: t.Label.DE,
		Date: day.Format(time.DateOnly), ReceivedOn: day.AddDate(0, 0, 3).Format(time.DateOnly), Channel: "post", Sender: c.sender(r),
		Classification: t.Classification, BroughtBy: brought[r.IntN(len(brought))].Department, FiledBy: c.Clerk(),
		Versions: []archive.VersionID{version}, Created: c.now, Changed: c.now, Revision: 1,
	}, version
}

func (c *Corpus) sender(r *rand.Rand) string {
	place := c.family[r.IntN(len(c.family))]
	return []string{"Standesamt ", "Jobcenter ", "Einwohnermeldeamt ", "Rechtsanwalt ", "Krankenkasse ", "Firma "}[r.IntN(6)] + place
}

// Entry is the n-th document as the index knows it.
func (c *Corpus) Entry(n int) index.Document {
	d, _ := c.Document(n)
	akte := c.Akte(c.AkteOf(n))
	return index.Document{
		ID: d.ID, Akte: d.Akte, Person: akte.Person, Type: d.Type, Register: d.Register, Department: d.BroughtBy, Classification: d.Classification,
		Date: d.Date, Title: d.Title, Sender: d.Sender, Number: akte.Number, Pages: c.Pages(n),
		Rights: index.DocumentRights(akte, d, c.now.Format(time.DateOnly)),
	}
}

// Reader are the rights of a user who sees all that departments may, of all registers and classifications;
// those of one who sees everything where none is named.
func (c *Corpus) Reader(departments ...string) index.Rights {
	if len(departments) == 0 {
		departments = slices.Compact(slices.Sorted(slices.Values(leads)))
	}
	var out index.Rights
	for _, d := range departments {
		for _, reg := range c.Policies.Registers() {
			for _, class := range c.Policies.Classifications() {
				out.Tokens = append(out.Tokens, index.Grant{Department: d, AllTeams: true, Register: reg.Key, Classification: class.Key}.Tokens(c.Clerk())...)
			}
		}
	}
	return out
}

// PersonEntry is the n-th person as the index knows her.
func (c *Corpus) PersonEntry(n int) index.Person {
	p, akte := c.Person(n), c.Akte(n)
	var registers []string
	for _, r := range c.Policies.Registers() {
		registers = append(registers, r.Key)
	}
	e := index.Person{
		ID: p.ID, BirthDate: p.BirthDate.String(), Numbers: []string{p.AZRNumber}, Akten: map[archive.AkteID][]string{akte.ID: nil},
		Rights: index.PersonRights(p, []archive.Akte{akte}, registers, c.now.Format(time.DateOnly)),
	}
	for _, name := range p.Names {
		e.Names = append(e.Names, name.Given+" "+name.Family)
		if name.OriginalScript != "" {
			e.Names = append(e.Names, name.OriginalScript)
		}
	}
	return e
}
