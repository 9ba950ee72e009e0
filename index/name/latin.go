package name

// latinGroups are groups of Latin letters, longest first where one begins another. A word is read from
// the left, taking the longest group that fits.
var latinGroups = map[string][]sounds{
	"schtsch": {sSh, sCh | silent}, "chtch": {sSh, sCh | silent}, "shch": {sSh, sCh | silent}, "szcz": {sSh, sCh | silent},
	"šč": {sSh, sCh | silent}, "šč'": {sSh, sCh | silent},
	"tsch": {sCh}, "dsch": {sDzh | sCh}, "sch": {sSh | sZh}, "tch": {sCh}, "dzh": {sDzh}, "dž": {sDzh}, "dj": {sDzh}, "dź": {sDzh},
	"iou": {sY | sI, sU | sO | long}, "ïou": {sY | sI, sU | sO | long}, "you": {sY | sI, sU | sO | long},
	"sh": {sSh}, "ch": {sSh | sCh | sX | sK}, "kh": {sX}, "gh": {sGh | sG}, "zh": {sZh}, "th": {sT | sS}, "dh": {sD | sZ},
	"ph": {sF}, "ts": {sTS}, "tz": {sTS | sS}, "tč": {sCh}, "cz": {sCh | sTS}, "sz": {sSh | sS}, "ck": {sK}, "cc": {sK | sCh}, "qu": {sK},
	"nh": {sN}, "dz": {sD | silent, sZ | sTS}, "ds": {sD | silent, sS | sZ | sTS}, "rz": {sZh | sR}, "kk": {sK}, "cs": {sCh | sS}, "ss": {sS}, "zz": {sZ | sTS | sS},
	"ou": {sU | sO | sW | long}, "oo": {sU | sO | long}, "ee": {sI | sE | long}, "aa": {sA | long}, "ii": {sI | sY | long}, "uu": {sU | long},
	"ie": {sI | sE | long}, "iy": {sI | sY | long}, "yi": {sI | sY | long}, "ij": {sI | sY | long}, "yy": {sI | sY | long}, "yj": {sI | sY | long},
	"ae": {sA | sE}, "oe": {sOe}, "ue": {sUe}, "ei": {sA | sE, sI | sY}, "ey": {sA | sE, sI | sY},
	"eij": {sA | sE, sI | sY | silent}, "eu": {sO | sOe | sE | sU, sY | sI | sU | silent}, "äu": {sO, sY | sI}, "aeu": {sO, sY | sI},
	"ah": {sA, sH | silent}, "eh": {sE, sH | silent}, "oh": {sO, sH | silent}, "uh": {sU, sH | silent}, "ih": {sI, sH | silent},
}

// latinLetters are single letters. What is missing is read without its marks.
var latinLetters = map[rune][]sounds{
	'a': {sA}, 'e': {sE}, 'i': {sI}, 'o': {sO}, 'u': {sU}, 'y': {sY | sI | sUe}, 'ä': {sA | sE}, 'ö': {sOe}, 'ü': {sUe}, 'æ': {sA | sE},
	'œ': {sOe}, 'ø': {sOe}, 'å': {sA | sO}, 'ı': {sI | sE}, 'ə': {sA | sE}, 'ǝ': {sA | sE}, 'ã': {sA}, 'ă': {sA | sE}, 'ê': {sE | sI | long},
	'ā': {sA | long}, 'ī': {sI | long}, 'ū': {sU | long}, 'â': {sA | sI | long}, 'î': {sI | long}, 'û': {sU | long}, 'ē': {sE | long}, 'ō': {sO | long}, 'ы': {sI},
	'b': {sB}, 'c': {sK | sS | sTS | sDzh}, 'ç': {sCh | sS}, 'č': {sCh}, 'ć': {sCh}, 'd': {sD}, 'đ': {sDzh | sD}, 'ð': {sD | sZ}, 'ď': {sD},
	'f': {sF}, 'g': {sG}, 'ğ': {sGh | sG | sY | silent}, 'ġ': {sGh}, 'ǧ': {sDzh | sG}, 'h': {sH}, 'ḥ': {sH}, 'ḫ': {sX}, 'ẖ': {sX}, 'ȟ': {sX}, 'j': {sY | sI | sDzh | sZh},
	'k': {sK}, 'l': {sL}, 'ł': {sL | sW}, 'm': {sM}, 'n': {sN}, 'p': {sP}, 'q': {sK | sG}, 'r': {sR}, 'ř': {sR | sZh},
	's': {sS}, 'ś': {sSh | sS}, 'š': {sSh}, 'ş': {sSh}, 'ș': {sSh}, 'ß': {sS}, 't': {sT}, 'ţ': {sTS}, 'ț': {sTS}, 'þ': {sT | sS}, 'ṯ': {sT | sS}, 'ḏ': {sD | sZ},
	'ḍ': {sD | sZ}, 'ẓ': {sZ | sD}, 'v': {sV | sF}, 'w': {sV | sW}, 'z': {sZ | sTS}, 'ź': {sZh | sZ}, 'ż': {sZh | sZ}, 'ž': {sZh},
}

// latinBefore are letters that are read otherwise before a vowel of the front of the mouth.
var latinBefore = map[rune][]sounds{'g': {sG | sDzh | sZh}, 'c': {sS | sTS | sDzh | sCh | sK}}

// latinGlide is i, y and u before another vowel, where they are consonants as well.
var latinGlide = map[rune][]sounds{'i': {sI | sY}, 'y': {sY | sI}, 'u': {sU | sW}}

func isVowel(r rune) bool { return latinSounds(r)&vowels != 0 && r != 'j' }

func isFront(r rune) bool { return latinSounds(r)&(sE|sI|sUe|sOe) != 0 && r != 'j' }

// latinSounds are all sounds of a letter.
func latinSounds(r rune) (s sounds) {
	for _, l := range latinLetter(r) {
		s |= l
	}
	return s
}

func latinLetter(r rune) []sounds {
	if s, ok := latinLetters[r]; ok {
		return s
	}
	if r == 'x' {
		return []sounds{sK | sX, sS | silent}
	}
	for _, p := range stripMarks(string(r)) {
		return latinLetters[p]
	}
	return nil
}

// readLatin reads a Latin word.
func readLatin(word []rune) (out []sounds) {
	for i := 0; i < len(word); {
		n, group := latinGroup(word[i:])
		if n > 0 {
			out = append(out, group...)
			i += n
			continue
		}
		r := word[i]
		s := latinLetter(r)
		if i+1 < len(word) {
			next := word[i+1]
			if g, ok := latinGlide[r]; ok && isVowel(next) {
				s = g
			} else if b, ok := latinBefore[r]; ok && isFront(next) {
				s = b
			}
		}
		out = append(out, s...)
		i++
	}
	return out
}

// latinGroup returns the longest group that the letters begin with, and how many letters it has.
func latinGroup(word []rune) (int, []sounds) {
	for n := min(len(word), 7); n > 1; n-- {
		g, ok := latinGroups[string(word[:n])]
		if !ok {
			continue
		}
		if n == 2 && word[1] == 'h' && isVowel(word[0]) && len(word) > 2 && isVowel(word[2]) {
			continue // the h begins the next syllable: "Zohra" has a long o, "Johannes" none
		}
		if n == 2 && (word[0] == 'i' || word[0] == 'y') && len(word) > 2 && isVowel(word[2]) && isVowel(word[1]) != (word[1] == 'j') {
			continue // the second letter begins the next syllable: "Hijazi"
		}
		return n, g
	}
	return 0, nil
}
