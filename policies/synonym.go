package policies

import (
	"slices"
	"strings"
)

// Synonym is a word of offices and what it means in full: whoever looks for one finds the other.
type Synonym struct {
	// Word is short or colloquial: a single word, as it is typed.
	Word string
	// Means is a word, or several that stand side by side.
	Means string
}

func (s Synonym) clone() Synonym { return s }

// Synonyms returns what else a single word of a search means, in the order of the file; upper and lower case
// are one. Of the full words, those that are single lead back to the short ones.
func (s *Set) Synonyms(word string) (out []string) {
	word = strings.ToLower(word)
	for _, y := range s.synonyms.items {
		switch word {
		case strings.ToLower(y.Word):
			out = append(out, y.Means)
		case strings.ToLower(y.Means):
			out = append(out, y.Word)
		}
	}
	return slices.Clip(out)
}

const synonymsFile = "synonyms.csv"

func (l *loader) readSynonyms(set *Set) {
	if _, there := l.files[synonymsFile]; !there {
		return
	}
	for _, r := range l.table(synonymsFile, "word", "means") {
		y := Synonym{Word: r.text("word"), Means: strings.Join(strings.Fields(r.text("means")), " ")}
		if strings.ContainsAny(y.Word, " \"*") {
			r.bad("word", "%q isn't one plain word", y.Word)
		}
		if strings.ContainsAny(y.Means, "\"*") {
			r.bad("means", "%q isn't plain words", y.Means)
		}
		if strings.EqualFold(y.Word, y.Means) {
			r.bad("means", "%q means itself", y.Word)
		}
		put(r, &set.synonyms, "word", strings.ToLower(y.Word+" "+y.Means), y)
	}
}
