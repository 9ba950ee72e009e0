package searchtest

import (
	"slices"
	"strings"
)

// What stands in papers, and what a person means who types a word, is written down here by hand, as the two are
// agreed on in index/query and index/bleveindex. Nothing of the analysis under test is asked. A place of a
// text carries notions: the word itself in its plain form, what it is made of, and what it was misread from.

// lexeme is something that stands on a page: a word, or pieces of one.
type lexeme struct {
	text string
	// places are the notions of its places, one after the other; a place of a word so common that pages are
	// not searched for it has none but that word.
	places []place
	// lean is 1 for small English words, by which a page is known to be English, -1 for German ones.
	lean int
}

// place is what stands at one place of a text.
type place struct {
	common  bool
	german  []string // in German texts, titles and senders
	english []string // in English texts, where nothing is taken apart
}

// spread is a word set w i d e.
const spread = "B e s c h e i d"

// lexicon is "text|notions of the first place|notions of the second|…". What stands behind a slash is a notion in
// English texts alone.
var lexicon = strings.Split(`Antrag|antrag
Anträge|antrag
Antrages|antrag
Bescheid|bescheid
Bescheide|bescheid
BESCHEID|bescheid
Bescheinigung|bescheinigung
Aufenthalt|aufenthalt
Aufenthaltserlaubnis|aufenthaltserlaubnis aufenthalt erlaubnis
Aufenthaltserlaubnisse|aufenthaltserlaubnis aufenthalt erlaubnis
Aufenthaltstitel|aufenthaltstitel aufenthalt titel
elektronischer|elektronisch
eAT|eat
Erlaubnis|erlaubnis
Erlaubnisse|erlaubnis
AE|ae
Pass|pass
Pässe|pass
Reisepass|reisepass reise pass
Nationalpass|nationalpass
Urkunde|urkunde
Urkunden|urkunde
Geburtsurkunde|geburtsurkunde geburt urkunde
Heiratsurkunde|heiratsurkunde heirat urkunde
Trauschein|trauschein
Wohnung|wohnung
Wohnungen|wohnung
Müller|mueller
Mueller|mueller
Köln|koeln
Koeln|koeln
Behörde|behoerde
Formular|formular
Forrnular|forrnular
xyzzy|xyzzy
copies|copies
4711|4711
260417001234|260417001234
паспорт|passport-ru
جواز|passport-ar
Aufent- halt|aufenthalt
B e s c h e i d|bescheid
Aufent halt|aufent aufenthalt|halt
der|!der
und|!und
die|!die`, "\n")

// englishLexicon stands on English pages alone: "the" and "of" tell the language.
var englishLexicon = strings.Split(`the|the
of|of
copy|copy /e:copy
copies|copies /e:copy
expired|expired
application|application /e:application
applications|applications /e:application`, "\n")

var (
	lexemes        = read(lexicon)
	englishLexemes = append(read(englishLexicon), read([]string{"Antrag|antrag", "Urkunden|urkunde", "Reisepass|reisepass reise pass", "4711|4711"})...)
	// headLexemes are those that a title may have: no line breaks inside.
	headLexemes = lexemes
)

func read(lines []string) (out []lexeme) {
	for _, line := range lines {
		fields := strings.Split(line, "|")
		l := lexeme{text: fields[0]}
		switch l.text {
		case "the", "of":
			l.lean = 1
		case "der", "und", "die":
			l.lean = -1
		}
		for _, notions := range fields[1:] {
			var p place
			for i, n := range strings.Fields(notions) {
				word, common := strings.CutPrefix(n, "!")
				alone, english := strings.CutPrefix(word, "/")
				p.common = p.common || common
				if !english {
					p.german = append(p.german, word)
				}
				if i == 0 || english {
					p.english = append(p.english, alone)
				}
			}
			l.places = append(l.places, p)
		}
		out = append(out, l)
	}
	return out
}

// text is lexemes in a row.
type text []lexeme

func (t text) String() string {
	words := make([]string, len(t))
	for i, l := range t {
		words[i] = l.text
	}
	return strings.Join(words, " ")
}

// spot is a place of a text with the words, by number, that stand there.
type spot struct {
	notions []string
	words   []int
	common  bool
}

func (s spot) holds(any []string) bool {
	return slices.ContainsFunc(s.notions, func(n string) bool { return slices.Contains(any, n) })
}

// english reports whether small words show that a page is in English.
func (t text) english() bool {
	n := 0
	for _, l := range t {
		n += l.lean
	}
	return n > 1
}

// page is how a page is searched: places in a row, those of common words empty.
func (t text) page() []spot { return t.spots(t.english(), false) }

// head is how a title is searched: every word counts, and none of it is English.
func (t text) head() []spot { return t.spots(false, true) }

func (t text) spots(english, common bool) (out []spot) {
	at := 0
	for _, l := range t {
		words := len(strings.Fields(l.text))
		for i, p := range l.places {
			s := spot{notions: p.german, common: p.common}
			if english {
				s.notions = p.english
			}
			if p.common && !common {
				s.notions = nil
			}
			for w := range words {
				if len(l.places) == 1 || w == i || i == 0 { // what is put together again is marked whole
					s.words = append(s.words, at+w)
				}
			}
			out = append(out, s)
		}
		at += words
	}
	return out
}

// item is a word of a query with what it means.
type item struct {
	typed string
	// any are the notions of which one is enough.
	any []string
	// also are words in a row that mean the same.
	also [][]string
	// loose are what recognition may have made of it; phrases are searched for without them, and without
	// what means the same.
	same, loose []string
	common      bool
	// number is what it is as a reference number.
	number string
}

// typedWords is "typed|notions|notions that mean the same|misread notions".
var typedWords = strings.Split(`Antrag|antrag
antrags|antrag
Bescheid|bescheid
Bescheide|bescheid
Bescheinigungen|bescheinigung
Aufenthalt|aufenthalt
Erlaubnis|erlaubnis
Aufenthaltserlaubnis|aufenthaltserlaubnis|ae
Aufenthaltserlaubnisse|aufenthaltserlaubnis
Aufenthaltstitel|aufenthaltstitel
AE|ae|aufenthaltserlaubnis
eAT|eat
Pass|pass|reisepass
Pässe|pass
Reisepass|reisepass|nationalpass pass
Nationalpass|nationalpass|reisepass
Urkunde|urkunde
Geburtsurkunden|geburtsurkunde
Heiratsurkunde|heiratsurkunde|trauschein
Trauschein|trauschein|heiratsurkunde
Wohnung|wohnung
Müller|mueller
muller|mueller
Köln|koeln
behorde|behoerde
Formular|formular||forrnular
xyzzy|xyzzy
4711|4711
260417001234|260417001234
паспорт|passport-ru
جواز|passport-ar
copy|copy e:copy
copies|copies e:copy
application|application e:application
Miete|miete`, "\n")

// patterns and misspelt words, with the notions they mean.
var (
	typedPatterns = strings.Split(`Aufenthalt*|aufenthalt aufenthaltserlaubnis aufenthaltstitel
Aufent*|aufent aufenthalt aufenthaltserlaubnis aufenthaltstitel
Erl*|erlaubnis
Urk*|urkunde
Ant*ag|antrag
Reise*|reise reisepass
Wohn*|wohnung
Bes*d|bescheid
Besch*|bescheid bescheinigung
xyz*|xyzzy
For*r|formular forrnular
471*|4711`, "\n")
	typedFuzzy = strings.Split(`Antrog~|antrag
Wohnumg~|wohnung
Bescheit~|bescheid
Urkumde~|urkunde
Formulare~1|formular
Muller~|mueller`, "\n")
	words, patterns, misspelt = readItems(typedWords), readItems(typedPatterns), readItems(typedFuzzy)
	commons                   = []item{{typed: "der", any: []string{"der"}, common: true}, {typed: "und", any: []string{"und"}, common: true}}
)

func readItems(lines []string) (out []item) {
	for _, line := range lines {
		fields := append(strings.Split(line, "|"), "", "")
		it := item{typed: fields[0], any: strings.Fields(fields[1]), same: strings.Fields(fields[2]), loose: strings.Fields(fields[3])}
		switch it.typed {
		case "eAT":
			it.also = [][]string{{"elektronisch", "aufenthaltstitel"}}
		case "4711", "260417001234":
			it.number = it.typed
		}
		out = append(out, it)
	}
	return out
}

// wide is everything a single word is looked for by.
func (it item) wide() []string { return slices.Concat(it.any, it.same, it.loose) }
