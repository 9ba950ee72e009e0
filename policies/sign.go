package policies

import (
	"slices"
	"strings"
)

// Sign is words that speak for a document type where they stand on a paper.
type Sign struct {
	// Type is the key of the document type.
	Type string
	// Words may begin and end with a star, which stands for any letters.
	Words string
	// Weight is 1 to 9: the higher, the more it says.
	Weight int
}

func (s Sign) clone() Sign { return s }

// Signs returns the signs of a document type in the order of the file; none where the folder has no such file.
func (s *Set) Signs(docType string) []Sign {
	return slices.DeleteFunc(s.signs.all(), func(g Sign) bool { return g.Type != docType })
}

const (
	signsFile = "signs.csv"
	mostSign  = 9 // weight
)

func (l *loader) readSigns(set *Set) {
	if _, there := l.files[signsFile]; !there {
		return
	}
	for _, r := range l.table(signsFile, "type", "sign", "weight") {
		s := Sign{Type: r.key("type"), Words: r.text("sign"), Weight: r.number("weight")}
		if s.Weight < 1 || s.Weight > mostSign {
			r.bad("weight", "%d is not from 1 to %d", s.Weight, mostSign)
		}
		if strings.Trim(s.Words, "* ") == "" {
			r.bad("sign", "%q fits any word", s.Words)
		}
		put(r, &set.signs, "sign", s.Type+" "+strings.ToLower(s.Words), s)
	}
}

func (l *loader) checkSigns(set *Set) {
	for _, s := range set.signs.items {
		if !set.docTypes.has(s.Type) {
			l.add(signsFile, l.where(signsFile, s.Type+" "+strings.ToLower(s.Words)), "unknown document type %q", s.Type)
		}
	}
}
