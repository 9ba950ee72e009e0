package policies

import "regexp"

// Reference is a kind of reference number that others give.
type Reference struct {
	Term
	// Pattern fits the whole number, with one blank between its words.
	Pattern *regexp.Regexp
}

func (r Reference) clone() Reference { return r }

// References returns all kinds of reference numbers in the order of the file; none where the folder has no such file.
func (s *Set) References() []Reference { return s.references.all() }

const (
	referencesFile = "references.csv"
	longestPattern = 200
)

func (l *loader) readReferences(set *Set) {
	if _, there := l.files[referencesFile]; !there {
		return
	}
	for _, r := range l.table(referencesFile, "key", "de", "en", "pattern") {
		text := r.text("pattern")
		pattern, err := regexp.Compile(`^(?:` + text + `)$`)
		if err != nil || len(text) > longestPattern {
			r.bad("pattern", "%q can't be read as a pattern", text)
			continue
		}
		if pattern.MatchString("") || pattern.MatchString("x") {
			r.bad("pattern", "%q fits anything", text)
		}
		ref := Reference{Term: r.term("key"), Pattern: pattern}
		put(r, &set.references, "key", ref.Key, ref)
	}
}
