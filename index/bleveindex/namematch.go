package bleveindex

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"eakte/index"
	"eakte/index/name"
)

// nameMatcher is an [index.NameMatcher].
type nameMatcher struct {
	spelled, folded map[string]bool
	// start and startFolded are the last word, if it may be the beginning of a name.
	start, startFolded string
	// words are those of the query, for names that are only like it.
	words []name.Word
}

// NameMatcher implements [index.Engine].
func (x *Index) NameMatcher(query string) (index.NameMatcher, error) {
	clauses, err := index.ParseText(index.PersonText(query))
	if err != nil {
		return nil, err
	}
	m := nameMatcher{spelled: map[string]bool{}, folded: map[string]bool{}}
	last := ""
	for _, c := range clauses {
		last = ""
		for _, w := range name.Words(c.Text) {
			m.spelled[w], m.folded[name.Fold(w)], last = true, true, w
			m.words = append(m.words, name.ReadWord(w))
		}
	}
	if utf8.RuneCountInString(last) >= minBeginning {
		m.start = last
	}
	if last = name.Fold(last); m.start != "" && utf8.RuneCountInString(last) >= minBeginning {
		m.startFolded = last
	}
	return m, nil
}

// Name implements [index.NameMatcher].
func (m nameMatcher) Name(full string) (out []index.Span, fit int) {
	for _, field := range spansOf(full, func(r rune) bool { return !unicode.IsSpace(r) }) {
		text := full[field.Start:field.End]
		pieces := spansOf(text, inName)
		if len(pieces) > 1 {
			for _, w := range name.Joined(text) {
				if n := m.fit(w); n > 0 {
					out, fit = append(out, field), fit+n
					pieces = nil
				}
			}
		}
		for _, p := range pieces {
			for _, w := range name.Words(text[p.Start:p.End]) {
				if n := m.fit(w); n > 0 {
					out, fit = append(out, index.Span{Start: field.Start + p.Start, End: field.Start + p.End}), fit+n
					break
				}
			}
		}
	}
	return out, fit
}

// fit is how well a word of a name fits the query; 0 is not at all.
func (m nameMatcher) fit(word string) int {
	folded := name.Fold(word)
	switch {
	case m.spelled[word]:
		return fitsSpelled
	case m.folded[folded]:
		return fitsFolded
	case m.start != "" && strings.HasPrefix(word, m.start):
		return fitsStart
	case m.startFolded != "" && strings.HasPrefix(folded, m.startFolded):
		return fitsBeginning
	}
	read := name.ReadWord(word)
	if slices.ContainsFunc(m.words, func(w name.Word) bool {
		l := w.Like(read)
		return l.Score > 0 && l.Class != name.Initial
	}) {
		return fitsAlike
	}
	return 0
}

// inName reports whether [name.Words] keeps the character inside a word.
func inName(r rune) bool {
	return name.IsApostrophe(r) || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Cf, r)
}

// spansOf returns the longest runs of characters that keep holds for.
func spansOf(s string, keep func(rune) bool) (out []index.Span) {
	start := -1
	for i, r := range s {
		switch k := keep(r); {
		case k && start < 0:
			start = i
		case !k && start >= 0:
			out = append(out, index.Span{Start: start, End: i})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, index.Span{Start: start, End: len(s)})
	}
	return out
}
