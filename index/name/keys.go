package name

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kinds of keys: the first byte of each.
const (
	keySkeleton = "s" // consonants, coarse
	keyCologne  = "c" // Kölner Phonetik
	keySlip     = "d" // the word, or its skeleton, with one letter left out
	keyRelated  = "r" // group of related forms
)

// Limits of keys of one word.
const (
	skeletonsKept = 8
	shortSkeleton = 3
	slipLetters   = 14 // longer words have skeletons long enough
)

// Keys are what words worth comparing with this one have at least one of in common. They are some ten of
// a few letters each, sorted.
func (w Word) Keys() []string {
	var out []string
	if w.isInitial() {
		return nil
	}
	skeletons := w.reading.skeletons()
	for _, s := range skeletons {
		out = append(out, keySkeleton+s)
	}
	for _, s := range skeletons[:min(2, len(skeletons))] {
		if len(s) < shortSkeleton {
			continue
		}
		out = append(out, keySlip+s)
		for i := range s {
			if len(s) > shortSkeleton {
				out = append(out, keySlip+s[:i]+s[i+1:])
			}
		}
	}
	if rs := []rune(w.fold); len(rs) >= 3 && len(rs) <= slipLetters {
		out = append(out, keySlip+"+"+w.fold)
		for i := range rs {
			out = append(out, keySlip+"+"+string(rs[:i])+string(rs[i+1:]))
		}
	}
	if len(w.cologne) > 1 {
		out = append(out, keyCologne+w.cologne)
	}
	if w.group != "" {
		out = append(out, keyRelated+w.group)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// keyInitial marks an abbreviation, and words by the letter they may be abbreviated to.
const keyInitial, keyFull = "1", "i"

// StoredKeys are the keys under which an index keeps the form.
func (f Form) StoredKeys() []string { return f.kept(keyInitial, keyFull) }

// SoughtKeys are the keys by which an index is asked for the form.
func (f Form) SoughtKeys() []string {
	out := f.kept(keyFull, keyInitial)
	if !f.joined && f.isInitial() {
		out = append(out, f.kept(keyInitial, "")...)
	}
	return out
}

// kept adds to the keys of a word what it can be an abbreviation of, or be abbreviated to.
func (f Form) kept(initial, whole string) []string {
	if f.joined {
		var out []string
		for _, s := range f.skeletons {
			out = append(out, keySkeleton+s)
		}
		return out
	}
	first, _ := utf8.DecodeRuneInString(f.fold)
	if f.isInitial() {
		return []string{initial + string(first)}
	}
	return append(f.Keys(), whole+string(first))
}

// Encode writes a form down for an index to keep beside its keys; see [Decode].
func (f Form) Encode() string {
	switch {
	case !f.joined:
		return f.Text
	case f.bound:
		return f.Text + "+" + strconv.Itoa(f.To-f.From)
	}
	return f.Text + "-" + strconv.Itoa(f.To-f.From)
}

// Decode reads a form that [Form.Encode] wrote. Its place in the name is not known.
func Decode(s string) Form {
	text, f := s, Form{To: 1}
	if i := strings.IndexAny(s, "+-"); i > 0 {
		text, f.joined, f.bound = s[:i], true, s[i] == '+'
		f.To, _ = strconv.Atoi(s[i+1:])
	}
	f.Word = ReadWord(text)
	f.skeletons = f.reading.skeletons()
	return f
}

// Coarse classes of consonants in skeletons.
var coarse = []struct {
	of    sounds
	class byte
}{
	{sB | sP, 'b'}, {sV | sF, 'f'}, {sD | sT, 't'}, {sS | sZ | sTS, 's'}, {sSh | sCh | sDzh | sZh, 'j'}, {sG | sK | sGh, 'k'},
	{sM, 'm'}, {sN, 'n'}, {sL, 'l'}, {sR, 'r'},
}

// skeletons are the consonants of a reading in coarse classes. Vowels, and what some languages write and
// others don't (h, ch, y, w), stand only at the beginning, as one sign each. Where a letter can stand for
// several classes there are several skeletons.
func (a reading) skeletons() []string {
	out := []string{""}
	for i, s := range a.row {
		signs := s.signs(i == 0)
		var next []string
		for _, sign := range signs {
			for _, o := range out {
				add := sign
				if sign != "" && strings.HasSuffix(o, sign) {
					add = ""
				}
				if len(next) < skeletonsKept && !slices.Contains(next, o+add) {
					next = append(next, o+add)
				}
			}
		}
		out = next
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// signs are the ways in which sounds stand in a skeleton; "" is not at all.
func (s sounds) signs(first bool) (out []string) {
	for _, c := range coarse {
		if s&c.of == 0 || c.class == 'f' && s&vowels != 0 && s&silent != 0 {
			continue
		}
		out = append(out, string(c.class))
	}
	if first && s&sH != 0 && s&(sG|sK) == 0 {
		out = append(out, "k") // Halyna, Galina
	}
	if first && s&sW != 0 && s&sV == 0 {
		out = append(out, "f") // Oualid, Walid
	}
	soft := s&(vowels|sY|sW|sH|sX|silent) != 0
	switch {
	case first && s&(vowels|sY|sH|sX) != 0:
		out = append(out, "a") // "Hanna" and "Anna", "Yurii" and "Iouri" begin alike
	case soft:
		out = append(out, "")
	}
	return out
}
