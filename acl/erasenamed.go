package acl

import (
	"slices"
	"strings"
	"unicode"

	"eakte/archive"
	"eakte/index/name"
)

// naming is by what a text tells of an Akte that goes, and of its person if she goes, too, and of nobody else for all that is
// known here. Where that is in doubt what people wrote stays: it may keep somebody from another Akte, or be their work.
type naming struct {
	// numbers are the Akte's and the person's, in small letters.
	numbers []string
	// names are the person's, both ways round, as [row] writes them.
	names []string
}

// namingOf is by what a text tells of an Akte, and of its person unless she is nil: by names, and a number of hers, that
// nobody else has.
func namingOf(r archive.Reader, akte archive.Akte, p *archive.Person) (n naming, err error) {
	n.numbers = []string{strings.ToLower(akte.Number)}
	if p == nil {
		return n, nil
	}
	if p.AZRNumber != "" {
		have, err := r.PersonsByNumber(p.AZRNumber)
		if err != nil {
			return n, err
		}
		if len(have) == 1 {
			n.numbers = append(n.numbers, p.AZRNumber)
		}
	}
	names, err := unshared(r, *p)
	for _, one := range names {
		if one.Family != "" && one.Given != "" {
			n.names = append(n.names, row(one.Family+" "+one.Given), row(one.Given+" "+one.Family))
		}
		if script := row(one.OriginalScript); strings.Count(script, " ") > 2 {
			n.names = append(n.names, script)
		}
	}
	return n, err
}

// unshared are the names of a person that nobody else bears, in any spelling, or as a part of a longer one.
func unshared(r archive.Reader, p archive.Person) ([]archive.Name, error) {
	type hers struct {
		archive.Name
		latin, script []string
	}
	var left []hers
	for _, n := range p.Names {
		left = append(left, hers{n, folded(n.Given + " " + n.Family), folded(n.OriginalScript)})
	}
	for one, err := range r.Persons("") {
		if err != nil {
			return nil, err
		}
		if len(left) == 0 {
			break
		}
		if one.Value.ID == p.ID {
			continue
		}
		for _, n := range one.Value.Names {
			theirs := folded(n.Given + " " + n.Family + " " + n.OriginalScript)
			left = slices.DeleteFunc(left, func(h hers) bool { return among(h.latin, theirs) || among(h.script, theirs) })
		}
	}
	var out []archive.Name
	for _, h := range left {
		out = append(out, h.Name)
	}
	return out, nil
}

// among reports whether there are words, and all of them among others.
func among(words, others []string) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(others, w) })
}

// folded are the words of a name, with other ways to write a letter made equal.
func folded(text string) []string {
	all := name.Words(text)
	for i, w := range all {
		all[i] = name.Fold(w)
	}
	return all
}

// tells reports whether a text tells of it: by a number that stands there whole, or by a name whose parts stand side by side.
func (n naming) tells(text string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`,;()[]"'„“”`, r) }) {
		word = strings.Trim(word, ".:!?")
		if slices.Contains(n.numbers, word) || slices.Contains(n.numbers, strings.NewReplacer("-", "", ".", "", "/", "").Replace(word)) {
			return true
		}
	}
	said := row(text)
	return slices.ContainsFunc(n.names, func(name string) bool { return strings.Contains(said, name) })
}

// typed reports whether what was typed into a form tells of it: in one field, or in those of a family and a given name that
// belong together.
func (n naming) typed(values map[string][]string) bool {
	for field, all := range values {
		if slices.ContainsFunc(all, n.tells) {
			return true
		}
		if at, is := strings.CutSuffix(field, "family"); is && n.tells(strings.Join(all, " ")+" "+strings.Join(values[at+"given"], " ")) {
			return true
		}
	}
	return false
}

// row are the words of a text between spaces, in small letters. What is joined by a hyphen or an apostrophe is one, and
// whatever else stands between two but a space or a comma keeps them apart.
func row(text string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), r == '-', name.IsApostrophe(r):
			out.WriteRune(r)
		case unicode.IsSpace(r), r == ',':
			out.WriteByte(' ')
		default:
			out.WriteString(" . ")
		}
	}
	return " " + strings.Join(strings.Fields(out.String()), " ") + " "
}
