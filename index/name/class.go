package name

// Class says in what a name differs from what was typed: the weakest of its words tells.
type Class int

// Classes, from sure to unsure.
const (
	None         Class = iota
	Same               // letter by letter
	Order              // the same words in another order
	Umlaut             // but for accents, umlauts and ß
	Romanisation       // another script, or another way to write the same sounds
	Sounds             // likely to be heard as the same
	Typo               // a letter more, less, other or swapped
	Related            // the form that another language has of the name
	Initial            // one of the two is abbreviated
	Part               // a word of one name is missing in the other
)

var codes = []string{"", "same", "order", "umlaut", "romanisation", "sounds_alike", "typing_error", "related", "initial", "part_missing"}

// String is the code of the class, as interfaces write it; it is empty for None.
func (c Class) String() string { return codes[c] }

// Likeness is how alike two names are.
type Likeness struct {
	Class Class
	// Score is 0 to 1000: 1000 for the same name, 0 for no likeness worth telling.
	Score int
}

// Sure reports whether the two are very likely ways to write one name. What only sounds alike, may be
// mistyped or is another form is worth showing, not worth relying on.
func (l Likeness) Sure() bool {
	return l.Class >= Same && l.Class <= Romanisation && l.Score >= 900
}
