package name

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// read turns a word (of [Words]) into sounds. Two of the same beside each other are one.
func read(word string) reading {
	var out reading
	rs := []rune(word)
	var row []sounds
	for i := 0; i < len(rs); {
		n := 1
		switch r := rs[i]; {
		case unicode.Is(unicode.Latin, r):
			for i+n < len(rs) && (unicode.Is(unicode.Latin, rs[i+n]) || unicode.IsMark(rs[i+n])) {
				n++
			}
			row = append(row, readLatin(assimilated(bare(rs[i:i+n])))...)
		case unicode.Is(unicode.Cyrillic, r):
			row = append(row, letter(cyrillic, r)...)
		case unicode.Is(unicode.Arabic, r) || arabicMarks[r] != nil:
			out.unwritten = true
			if s, ok := arabicMarks[r]; ok {
				row = append(row, s...)
			} else {
				row = append(row, letter(arabic, r)...)
				if article(rs, i) {
					row[len(row)-1] |= silent
				}
			}
		case unicode.Is(unicode.Hebrew, r):
			out.unwritten = true
			row = append(row, hebrew[r]...)
		case unicode.Is(unicode.Greek, r):
			row = append(row, letter(greek, r)...)
		case unicode.Is(unicode.Georgian, r):
			row = append(row, georgian[r]...)
		case unicode.Is(unicode.Armenian, r):
			row = append(row, armenian[r]...)
		}
		i += n
	}
	out.row = settled(row)
	return out
}

// settled makes two of the same beside each other one, and cuts what is too long.
func settled(row []sounds) (out []sounds) {
	for _, s := range row {
		if s &= sounds(audible | silent | long); s&audible == 0 || len(out) == longest {
			continue
		}
		if k := len(out) - 1; k >= 0 && (out[k]|silent|long) == (s|silent|long) {
			out[k] |= s & long
			continue
		}
		out = append(out, s)
	}
	return out
}

// bare drops marks that could not be composed with their letter.
func bare(rs []rune) []rune {
	out := rs[:0:0]
	for _, r := range rs {
		if !unicode.IsMark(r) {
			out = append(out, r)
		}
	}
	return out
}

// letter looks a letter up, without its marks where it has none of its own entry.
func letter(table map[rune][]sounds, r rune) []sounds {
	if s, ok := table[r]; ok {
		return s
	}
	for _, p := range norm.NFD.String(string(r)) {
		return table[p]
	}
	return nil
}

// sunLatin and sunArabic are letters that swallow the l of an article before them.
const (
	sunLatin  = "tdrzsnšṣṭḍẓ"
	sunArabic = "تثدذرزسشصضطظلن"
)

// assimilated leaves the l out of an article inside a word, where it may not be spoken: "abdulrahman" is
// "abdurahman", "nuraldin" is "nuradin".
func assimilated(word []rune) []rune {
	for i := 1; i+2 < len(word); i++ {
		if word[i] != 'l' || !isVowel(word[i-1]) || !strings.ContainsRune(sunLatin, word[i+1]) {
			continue
		}
		rest := string(word[i+1:])
		begins := i == 4 && string(word[:3]) == "abd"
		if ends := rest == "din" || rest == "deen" || rest == "dine"; begins || ends && i > 2 {
			return slices.Concat(word[:i], word[i+1:])
		}
	}
	return word
}

// article reports whether letter i is the ل of an article that the next letter may swallow.
func article(word []rune, i int) bool {
	if word[i] != 'ل' || i == 0 || word[i-1] != 'ا' || i+1 == len(word) || !strings.ContainsRune(sunArabic, word[i+1]) {
		return false
	}
	return i == 1 || i > 3
}
