package name

import "math/bits"

// sounds is the set of sounds that a letter or a group of letters can stand for.
type sounds uint64

const (
	sA sounds = 1 << iota
	sE
	sI
	sO
	sU
	sUe // ü
	sOe // ö
	sY
	sW
	sV
	sF
	sB
	sP
	sD
	sT
	sZ
	sS
	sTS
	sSh
	sCh
	sDzh
	sZh
	sG
	sK
	sGh
	sX // the ch of "Bach"
	sH
	sM
	sN
	sL
	sR
	// silent says that the letter may stand for nothing at all.
	silent
	// long says that a vowel is written as a long one, which Arabic script writes too.
	long
)

const (
	vowels  = sA | sE | sI | sO | sU | sUe | sOe
	audible = silent - 1
)

// Costs of sounds, in hundredths of a wrong consonant.
const (
	full        = 100
	vowelAside  = 35  // a vowel more or less
	vowelAtEnd  = 120 // the same at the end, where it often tells a woman's name from a man's
	softAtEnd   = 80
	muteAtEnd   = 50 // an e at the end, which French writes and doesn't speak
	shortVowel  = 4  // beside a script that writes no short vowels
	longVowel   = 40
	otherVowel  = 50
	vowelForOne = 120 // a vowel against a consonant
)

// near are pairs of different sounds that spellings and ears confuse.
var near = []struct {
	a, b sounds
	cost int
}{
	{sUe, sU, 8}, {sUe, sI, 40}, {sUe, sO, 20}, {sUe, sOe, 45}, {sOe, sO, 8}, {sOe, sE, 12}, {sOe, sU, 20}, {sUe, sY, 15}, {sUe, sE, 45},
	{sA, sE, 20}, {sE, sI, 20}, {sO, sU, 8}, {sA, sO, 30}, {sA, sU, 40}, {sI, sU, 45}, {sE, sO, 40},
	{sY, sI, 8}, {sY, sE, 25}, {sW, sU, 8}, {sW, sO, 15}, {sV, sU, 30}, {sW, sV, 8}, {sV, sF, 15}, {sV, sB, 40},
	{sB, sP, 30}, {sD, sT, 25}, {sP, sF, 45}, {sD, sZ, 30}, {sT, sS, 50},
	{sS, sZ, 25}, {sS, sTS, 30}, {sZ, sTS, 20}, {sS, sSh, 45}, {sZ, sZh, 45}, {sTS, sCh, 45},
	{sSh, sCh, 30}, {sDzh, sZh, 10}, {sDzh, sCh, 25}, {sZh, sSh, 30}, {sDzh, sSh, 45}, {sDzh, sG, 30}, {sDzh, sY, 50},
	{sG, sK, 30}, {sGh, sG, 8}, {sGh, sK, 30}, {sX, sH, 5}, {sX, sK, 25}, {sGh, sH, 30}, {sG, sH, 25}, {sGh, sR, 45},
	{sM, sN, 60}, {sL, sR, 80},
}

// costs of one sound against another, by the places of their bits.
var costs = func() (out [34][34]uint8) {
	for a := range out {
		for b := range out[a] {
			va, vb := sounds(1<<a)&vowels != 0, sounds(1<<b)&vowels != 0
			switch {
			case a == b:
			case va && vb:
				out[a][b] = otherVowel
			case va != vb:
				out[a][b] = vowelForOne
			default:
				out[a][b] = full
			}
		}
	}
	for _, n := range near {
		a, b := bits.TrailingZeros64(uint64(n.a)), bits.TrailingZeros64(uint64(n.b))
		out[a][b], out[b][a] = uint8(n.cost), uint8(n.cost)
	}
	return out
}()

// against is what it costs to read one set for another: the least of all pairs.
func (s sounds) against(o sounds) int {
	if s&o&audible != 0 {
		return 0
	}
	least := vowelForOne
	for x := uint64(s & audible); x != 0; x &= x - 1 {
		row := &costs[bits.TrailingZeros64(x)]
		for y := uint64(o & audible); y != 0; y &= y - 1 {
			least = min(least, int(row[bits.TrailingZeros64(y)]))
		}
	}
	return least
}

// aside is what it costs to leave a sound out. unwritten says that the other word is in a script without
// short vowels.
func (s sounds) aside(first, last, unwritten bool) int {
	switch {
	case first && s&sH != 0:
		return 40
	case s&silent != 0:
		return 0
	case s&vowels != 0 && s&sY == 0 && s&sW == 0 && s&sV == 0:
		switch {
		case last && s&^long == sE:
			return muteAtEnd
		case last && s&sA == 0:
			return softAtEnd
		case last:
			return vowelAtEnd
		case unwritten && s&long == 0:
			return shortVowel
		case unwritten:
			return longVowel
		}
		return vowelAside
	case s&vowels != 0:
		return longVowel
	case s&audible&^(sH|sX) == 0:
		return 20
	case s&audible&^(sY|sGh) == 0:
		return 30
	case s&sW != 0:
		return 70
	}
	return full
}

// reading is a word as sounds.
type reading struct {
	row []sounds
	// unwritten says that its script leaves short vowels out.
	unwritten bool
}

// longest is how many sounds of a word are compared; the rest of it is not looked at.
const longest = 32

// distance is the least cost of turning one reading into the other, in hundredths of a consonant.
func (a reading) distance(b reading) int {
	var lines [2][longest + 1]int
	prev, line := &lines[0], &lines[1]
	for j, s := range b.row {
		prev[j+1] = prev[j] + s.aside(j == 0, j == len(b.row)-1, a.unwritten)
	}
	for i, s := range a.row {
		out := s.aside(i == 0, i == len(a.row)-1, b.unwritten)
		line[0] = prev[0] + out
		for j, o := range b.row {
			in := o.aside(j == 0, j == len(b.row)-1, a.unwritten)
			other := s.against(o)
			if i == len(a.row)-1 && j == len(b.row)-1 && s&o&vowels == 0 && s&vowels != 0 {
				other *= 2 // the last vowel often is all that tells Mario from Maria
			}
			line[j+1] = min(prev[j]+other, prev[j+1]+out, line[j]+in)
		}
		prev, line = line, prev
	}
	return prev[len(b.row)]
}

// share is a distance as part of the longer word: 0 is the same, 100 nothing in common. The distance itself
// comes with it.
func (a reading) share(b reading) (share, apart int) {
	la, lb := a.spoken(), b.spoken()
	n := max(la, lb)
	if a.unwritten != b.unwritten {
		n = min(la, lb) + 1
	}
	if n == 0 || len(a.row) == 0 || len(b.row) == 0 {
		return 100, full
	}
	apart = a.distance(b)
	return min(100, apart/max(n, 3)), apart
}

// spoken is how many of the sounds can't be silent.
func (a reading) spoken() (n int) {
	for _, s := range a.row {
		if s&silent == 0 {
			n++
		}
	}
	return n
}
