package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Delivered is what a scan vendor's index says of whose a file is. Anything may be missing.
type Delivered struct {
	// Number is the Akte's reference number, Register the person's number in the central register.
	Number, Register string
	Family, Given    string
	BirthDate        archive.BirthDate
}

// Match is what came of looking for the Akte of a delivered file.
type Match struct {
	// Akte is empty where two keys don't agree on one.
	Akte archive.AkteID
	// Tried are codes of what was tried, in order, such as "file_number+name" or "birth_date:imputed".
	Tried []string
}

// MatchDelivered finds the Akte that a delivered file belongs to. One key is never enough, and neither is a name
// with a date of birth: it takes a number that leads to the person and, beside it, her name or the day of her
// birth; a 1 January is none, for registers put it where only the year is known. Whatever else is said must not
// disagree. Akten under a seal and protected persons are found by nobody here, and nobody finds whom a conflict of interest
// keeps her from.
func (d *Desk) MatchDelivered(ctx context.Context, q Delivered) (Match, error) {
	var found Match
	tried := act{op: audit.OpLocate}
	v, ok := d.able(policies.ActLocate)
	if !ok {
		return found, d.refused(ctx, tried, ErrDenied)
	}
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		m := &matching{Reader: tx, desk: d, of: q, day: d.guard.today()}
		akte, err := m.akte()
		if err != nil {
			return act{}, err
		}
		found = Match{Akte: akte.ID, Tried: m.tried}
		done := tried
		done.verdict = v
		if akte.ID != "" {
			done.akten, done.persons = []archive.AkteID{akte.ID}, []archive.PersonID{akte.Person}
		}
		done.detail = &audit.Detail{
			Act: map[string]any{"tried": m.tried},
			Shared: map[string]any{
				"number": cmp.Or(q.Number, q.Register), "family": q.Family, "given": q.Given, "birth_date": q.BirthDate,
			},
		}
		return done, nil
	})
	return found, err
}

// matching is one search for the Akte of a delivered file.
type matching struct {
	archive.Reader
	desk  *Desk
	of    Delivered
	day   string
	tried []string
}

func (m *matching) note(code string) { m.tried = append(m.tried, code) }

// akte tries the numbers; the zero Akte where none leads to one that a second key confirms.
func (m *matching) akte() (archive.Akte, error) {
	m.dates()
	named, err := m.byNumber()
	if err != nil {
		return archive.Akte{}, err
	}
	listed, err := m.byRegister()
	if err != nil {
		return archive.Akte{}, err
	}
	switch {
	case m.of.Number == "" && m.of.Register == "":
		m.note("name+birth_date:never_enough")
	case named != nil && listed != nil && named.Person != listed.ID:
		m.note("numbers:differ")
	case named != nil:
		return m.confirmed("file_number", named.Person, []archive.Akte{*named})
	case listed != nil:
		akten, err := m.open(listed.ID)
		if err != nil {
			return archive.Akte{}, err
		}
		return m.confirmed("register_number", listed.ID, akten)
	}
	return archive.Akte{}, nil
}

// dates notes why a date of birth is no key.
func (m *matching) dates() {
	switch born := m.of.BirthDate; {
	case born.IsZero():
	case born.Imputed():
		m.note("birth_date:imputed")
	case born.Precision() != "day":
		m.note("birth_date:incomplete")
	}
}

func (m *matching) byNumber() (*archive.Akte, error) {
	if m.of.Number == "" {
		return nil, nil
	}
	id, err := m.AkteByNumber(m.of.Number)
	if err == nil {
		var akte archive.Akte
		if akte, err = m.Akte(id); err == nil && !akte.Sealed.Holds(m.day) {
			p, perr := m.Person(akte.Person)
			if perr == nil && m.findable(p) {
				return &akte, nil
			}
			err = perr
		}
	}
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	m.note("file_number:unknown")
	return nil, nil
}

// findable reports whether a person may be found here by whoever looks.
func (m *matching) findable(p archive.Person) bool {
	return !p.Protected && !m.desk.conflicted(m, p.ID)
}

func (m *matching) byRegister() (*archive.Person, error) {
	if m.of.Register == "" {
		return nil, nil
	}
	ids, err := m.PersonsByNumber(m.of.Register)
	if err != nil {
		return nil, err
	}
	var found []archive.Person
	for _, id := range ids {
		p, err := m.Person(id)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		if err == nil && m.findable(p) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		m.note("register_number:unknown")
	case 1:
		return &found[0], nil
	default:
		m.note("register_number:ambiguous")
	}
	return nil, nil
}

// open are the Akten of a person that could take a paper.
func (m *matching) open(id archive.PersonID) ([]archive.Akte, error) {
	akten, err := m.AktenOf(id)
	return slices.DeleteFunc(akten, func(a archive.Akte) bool { return a.State != archive.AkteOpen || a.Sealed.Holds(m.day) }), err
}

// confirmed asks for the second key, and for one Akte.
func (m *matching) confirmed(first string, id archive.PersonID, akten []archive.Akte) (none archive.Akte, err error) {
	p, err := m.Person(id)
	if err != nil && !isNotFound(err) {
		return none, err
	}
	if err != nil || p.Protected {
		m.note(first + ":unknown")
		return none, nil
	}
	if said := plainNumber(m.of.Register); said != "" && p.AZRNumber != "" && said != plainNumber(p.AZRNumber) {
		m.note(first + ":register_number_differs")
		return none, nil
	}
	name, born := sameName(p, m.of.Family, m.of.Given), sameBirth(p, m.of.BirthDate)
	switch {
	case name == keyDiffers:
		m.note(first + ":name_differs")
	case born == keyDiffers:
		m.note(first + ":birth_date_differs")
	case name != keyAgrees && born != keyAgrees:
		m.note(first + ":alone")
	case len(akten) != 1:
		m.note(first + ":no_single_akte")
	case name == keyAgrees:
		m.note(first + "+name")
		return akten[0], nil
	default:
		m.note(first + "+birth_date")
		return akten[0], nil
	}
	return none, nil
}

// plainNumber leaves the digits and letters of a number.
func plainNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// How a key compares with what is recorded.
const (
	keyAbsent = iota // nothing was said, or not enough
	keyAgrees
	keyDiffers
)

// sameBirth compares days of birth. What isn't a whole day, or a 1 January, can only disagree.
func sameBirth(p archive.Person, said archive.BirthDate) int {
	switch {
	case said.IsZero():
		return keyAbsent
	case said.Imputed():
		said.Month, said.Day = 0, 0
	}
	if !born(p, said) {
		return keyDiffers
	}
	same := func(b archive.BirthDate) bool {
		return b.Precision() == "day" && b.Year == said.Year && b.Month == said.Month && b.Day == said.Day
	}
	if same(p.BirthDate) || slices.ContainsFunc(p.Names, func(n archive.Name) bool { return same(n.BirthDate) }) {
		return keyAgrees
	}
	return keyAbsent
}

// sameName compares a name with all those of a person, whatever marks and capitals it is written with. One that
// lacks the given name, where she has one, is not enough.
func sameName(p archive.Person, family, given string) int {
	if strings.TrimSpace(family+given) == "" {
		return keyAbsent
	}
	out := keyDiffers
	for _, n := range p.Names {
		if !sameWords(n.Family, family) {
			continue
		}
		switch {
		case strings.TrimSpace(given) == "" && n.Given != "":
			out = keyAbsent
		case sameGiven(n.Given, given):
			return keyAgrees
		}
	}
	return out
}

// sameGiven lets one side leave out given names behind the first.
func sameGiven(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return len(y) == 0
	}
	for i := range x {
		if !sameWord(x[i], y[i]) {
			return false
		}
	}
	return true
}

func sameWords(a, b string) bool {
	return slices.EqualFunc(nameWords(a), nameWords(b), sameWord)
}

// nameWords are the words of a name in lower case.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFKC.String(name)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
	})
}

// sameWord compares words as keyboards and passports write them: without marks, or ä as ae.
func sameWord(a, b string) bool {
	return bare(a, false) == bare(b, false) || bare(a, true) == bare(b, true)
}

// plainLetters are Latin letters that don't decompose.
var plainLetters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "ı", "i", "þ", "th", "ŋ", "n", "ħ", "h", "ŧ", "t", "'", "", "’", "",
)

func bare(word string, german bool) string {
	word = norm.NFC.String(word)
	if german {
		word = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa").Replace(word)
	}
	word = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
	return plainLetters.Replace(word)
}

// ReturnDelivered notes that the paper of an Akte is back, because a delivery held all of it; for who files
// into Akten she can't see. It reports whether the paper was away.
func (d *Desk) ReturnDelivered(ctx context.Context, id archive.AkteID, delivery string) (back bool, err error) {
	tried := act{op: audit.OpConsignEnd, object: "akte/" + string(id)}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		a, err := d.stand(tx, id)
		if err != nil {
			return act{}, err
		}
		v := a.may(policies.ActFile, object{register: d.guard.Policies.UnsortedRegister().Key, classification: "normal"})
		if !v.Allow {
			return act{}, archive.ErrNotFound
		}
		was, err := consignmentOf(tx, id)
		if err == nil && was == nil {
			err = ErrNotConsigned
		}
		if err != nil {
			return act{}, err
		}
		done := tried
		done.verdict = v
		done.akten, done.persons = []archive.AkteID{id}, []archive.PersonID{a.akte.Person}
		done.detail = &audit.Detail{Shared: map[string]any{"vendor": was.Vendor, "delivery": delivery}}
		return done, tx.DeleteConsignment(id)
	})
	if errors.Is(err, ErrNotConsigned) {
		return false, nil
	}
	return err == nil, err
}
