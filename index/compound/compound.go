package compound

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed words.txt
var wordList string

const (
	// least is how many bytes a part has at least, and the shortest word that is taken apart twice of it.
	least = 3
	// mostParts is into how many parts a word falls at most.
	mostParts = 4
	// mostTries is how often a part is fitted to a word before it stays whole.
	mostTries = 200
)

// links are what stands between parts.
var links = [...]string{"", "s", "es", "n", "en", "er", "e"}

// part is a word of the list as it stands inside others.
type part struct {
	form, stem string
	mute       bool // not a word to be found by
}

// Splitter takes words apart. It never changes.
type Splitter struct {
	inner map[[least]byte][]part // what may stand before others, by its beginning, long ones first
	last  map[string]bool        // stems of what may stand last; true where it is mute
	whole map[string]bool        // stems of words that stay whole
	forms map[string]bool        // normal forms of words that may stand alone
}

// New makes a splitter for words that were normalised in a way of one's own: analyze returns the normal
// form of a word and its stem.
func New(analyze func(word string) (form, stem string)) *Splitter {
	s := &Splitter{inner: map[[least]byte][]part{}, last: map[string]bool{}, whole: map[string]bool{}, forms: map[string]bool{}}
	for line := range strings.Lines(wordList) {
		line, _, _ = strings.Cut(line, "#")
		for _, w := range strings.Fields(line) {
			s.add(w, analyze)
		}
	}
	for _, parts := range s.inner {
		slices.SortFunc(parts, func(a, b part) int { return len(b.form) - len(a.form) })
	}
	return s
}

// add takes a word of the list: "Amt" anywhere, "wohn-" before others, "-geber" behind them, "=Landtag" as
// a whole. Words with a hyphen are no words to be found by.
func (s *Splitter) add(w string, analyze func(string) (string, string)) {
	form, stem := analyze(strings.Trim(w, "-="))
	switch {
	case strings.HasPrefix(w, "="):
		s.whole[stem] = true
		return
	case strings.HasPrefix(w, "-"):
		s.last[stem] = true
		return
	case strings.HasSuffix(w, "-"):
		s.before(part{form, stem, true})
		return
	}
	s.last[stem], s.forms[form] = false, true
	s.before(part{form, stem, false})
	if short := strings.TrimSuffix(form, "e"); short != form { // Schule, Schulzeugnis
		s.before(part{short, stem, false})
	}
}

func (s *Splitter) before(p part) {
	if len(p.form) < least {
		return
	}
	key := [least]byte([]byte(p.form[:least]))
	s.inner[key] = append(s.inner[key], p)
}

// Has reports whether a normal form is that of a word of the list, which may stand alone.
func (s *Splitter) Has(form []byte) bool { return s.forms[string(form)] }

// Split returns the stems of the words inside a compound, given by its stem: of each part, and of what parts
// side by side make ("Krankenversicherung" in Krankenversicherungsnachweis). None for what isn't one.
func (s *Splitter) Split(stem string) []string {
	if len(stem) < 2*least || s.whole[stem] {
		return nil
	}
	f := fit{s: s, word: stem}
	if !f.from(0) {
		return nil
	}
	var out []string
	for i := range f.parts {
		for k := i; k < len(f.parts) && (i > 0 || k < len(f.parts)-1); k++ {
			if i == k && f.parts[i].mute {
				continue
			}
			term := stem[f.starts[i]:f.starts[k]] + f.parts[k].stem
			if len(term) >= least && term != stem && !slices.Contains(out, term) {
				out = append(out, term)
			}
		}
	}
	return out
}

// fit finds parts that make up a word.
type fit struct {
	s      *Splitter
	word   string
	parts  []part
	starts []int // bytes where parts begin
	tries  int
}

// from fits parts to what stands behind at and reports whether it could.
func (f *fit) from(at int) bool {
	rest := f.word[at:]
	if at > 0 {
		if mute, ok := f.s.last[rest]; ok {
			f.push(part{rest, rest, mute}, at)
			return true
		}
	}
	if len(rest) < 2*least || len(f.parts) == mostParts-1 {
		return false
	}
	for _, p := range f.s.inner[[least]byte([]byte(rest[:least]))] {
		if !strings.HasPrefix(rest, p.form) {
			continue
		}
		f.push(p, at)
		for _, link := range links {
			behind := at + len(p.form) + len(link)
			if f.tries++; f.tries > mostTries {
				return false
			}
			if strings.HasPrefix(rest[len(p.form):], link) && len(f.word)-behind >= least && f.from(behind) {
				return true
			}
		}
		f.parts, f.starts = f.parts[:len(f.parts)-1], f.starts[:len(f.starts)-1]
	}
	return false
}

func (f *fit) push(p part, at int) { f.parts, f.starts = append(f.parts, p), append(f.starts, at) }
