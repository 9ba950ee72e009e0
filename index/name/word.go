package name

import (
	"strings"
	"unicode/utf8"
)

// Word is a word of a name, read once to be compared often.
type Word struct {
	// Text is as [Words] returns it.
	Text    string
	fold    string
	cologne string
	reading reading
	latin   bool
	group   string
}

// ReadWord reads a word of [Words].
func ReadWord(text string) Word {
	w := Word{Text: text, fold: Fold(text), reading: read(text), latin: latin(text)}
	if w.latin {
		w.cologne = Cologne(text)
	}
	w.group = related[w.fold]
	return w
}

// Scores of words. What is below leastScore is no likeness.
const (
	sameScore    = 1000
	foldScore    = 970
	leastScore   = 640
	relatedScore = 740
	initialScore = 660
)

// Shares (see [reading.share]) up to which two words are written forms of one, or sound alike.
const (
	romanised   = 6
	soundsClose = 12
	soundsNear  = 17
)

// Like compares two words.
func (w Word) Like(o Word) Likeness {
	switch {
	case w.Text == o.Text:
		return Likeness{Same, sameScore}
	case w.fold == o.fold:
		return Likeness{Umlaut, foldScore}
	case w.initialOf(o) || o.initialOf(w):
		return Likeness{Initial, initialScore}
	case w.isInitial() || o.isInitial():
		return Likeness{}
	}
	share, apart := w.reading.share(o.reading)
	best := bySound(share, apart)
	if best.Class == Romanisation {
		return best
	}
	if w.group != "" && w.group == o.group {
		if best.Score < relatedScore {
			best = Likeness{Related, relatedScore}
		}
		return best
	}
	if l := w.typed(o, share); l.Score > best.Score {
		best = l
	}
	if l := w.heard(o, share); l.Score > 0 {
		best = Likeness{Sounds, max(l.Score, best.Score)}
	}
	if best.Score < leastScore {
		return Likeness{}
	}
	return best
}

func bySound(share, apart int) Likeness {
	switch {
	case share <= romanised && apart < full:
		return Likeness{Romanisation, 955 - 6*share}
	case share <= soundsClose:
		return Likeness{Sounds, 900 - 7*share}
	case share <= soundsNear:
		return Likeness{Sounds, 860 - 10*share}
	}
	return Likeness{}
}

// heard compares by the Kölner Phonetik, which says nothing of vowels: these must not be far apart.
func (w Word) heard(o Word, share int) Likeness {
	if len(w.cologne) < 2 || w.cologne != o.cologne || share > 2*soundsNear {
		return Likeness{}
	}
	return Likeness{Sounds, 850 - 6*share}
}

// typed counts slips of the keyboard: one in words of four letters, two in words of eight.
func (w Word) typed(o Word, share int) Likeness {
	n := min(utf8.RuneCountInString(w.fold), utf8.RuneCountInString(o.fold))
	if n < 3 || w.latin != o.latin {
		return Likeness{}
	}
	slips := slips([]rune(w.fold), []rune(o.fold), 2)
	switch {
	case slips == 1 && n == 3:
		return Likeness{Typo, 760 - share}
	case slips == 1:
		return Likeness{Typo, 875 - share}
	case slips == 2 && n >= 7:
		return Likeness{Typo, 790 - share}
	}
	return Likeness{}
}

func (w Word) isInitial() bool { return utf8.RuneCountInString(w.fold) == 1 }

// initialOf reports whether w is the first letter of o, in any script.
func (w Word) initialOf(o Word) bool {
	if !w.isInitial() || o.isInitial() {
		return false
	}
	if strings.HasPrefix(o.fold, w.fold) {
		return true
	}
	return w.latin != o.latin && len(w.reading.row) > 0 && len(o.reading.row) > 0 && w.reading.row[0]&o.reading.row[0]&audible != 0
}

// slips is how many letters must be left out, put in, changed or swapped with their neighbour (each letter
// once) to turn a into b; most+1 stands for all that is more.
func slips(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var lines [3][]int
	for i := range lines {
		lines[i] = make([]int, len(b)+1)
	}
	for j := range lines[1] {
		lines[1][j] = j
	}
	for i := range a {
		line, prev, before := lines[(i+2)%3], lines[(i+1)%3], lines[i%3]
		line[0] = i + 1
		least := line[0]
		for j := range b {
			d := prev[j]
			if a[i] != b[j] {
				d++
			}
			d = min(d, prev[j+1]+1, line[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			line[j+1], least = d, min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return min(lines[(len(a)+1)%3][len(b)], most+1)
}
