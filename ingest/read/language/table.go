package language

import (
	"slices"
	"strings"
	"unicode"
)

// Language is one that can be recognised.
type Language struct {
	Code   string // of the recogniser, "deu"
	Tag    string // BCP 47, "de"
	Script string // as in [unicode.Scripts]
	// words are frequent ones; letters only this language has among those of its script here.
	words, letters string
}

// Scripts that are tried beyond the Latin one, with the languages that serve to find out: those whose
// models know most of the script's letters come first.
func Scripts() map[string][]string {
	return map[string][]string{
		"Arabic":   {"fas", "ara", "urd", "pus"},
		"Cyrillic": {"ukr", "rus", "srp"},
		"Ethiopic": {"amh", "tir"},
	}
}

// Order is that in which the scripts are tried.
func Order() []string { return []string{"Arabic", "Cyrillic", "Ethiopic"} }

// Find returns a language by its code.
func Find(code string) (Language, bool) {
	all := All()
	i := slices.IndexFunc(all, func(l Language) bool { return l.Code == code })
	if i < 0 {
		return Language{}, false
	}
	return all[i], true
}

// Tag returns the BCP 47 tag of languages as the recogniser names them, "ara" or "deu+ara": that of the
// last one, which is what a form was filled in with. It is empty for what isn't known here.
func Tag(codes string) string {
	l, _ := Find(codes[strings.LastIndexByte(codes, '+')+1:])
	return l.Tag
}

// RightToLeft reports whether a BCP 47 tag of this table is of a script that runs from right to left.
func RightToLeft(tag string) bool {
	return slices.ContainsFunc(All(), func(l Language) bool { return l.Tag == tag && l.Script == "Arabic" })
}

// Known reports whether all of "deu+ara" are languages of the table.
func Known(codes string) bool {
	for code := range strings.SplitSeq(codes, "+") {
		if _, ok := Find(code); !ok {
			return false
		}
	}
	return true
}

// Of returns the codes of a script's languages.
func Of(script string) (codes []string) {
	for _, l := range All() {
		if l.Script == script {
			codes = append(codes, l.Code)
		}
	}
	return codes
}

// Share tells which part of a text's letters, 0 to 1, is of a script, and how many letters it has.
func Share(text, script string) (share float64, letters int) {
	own := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if unicode.Is(unicode.Scripts[script], r) {
			own++
		}
	}
	if letters == 0 {
		return 0, 0
	}
	return float64(own) / float64(letters), letters
}
