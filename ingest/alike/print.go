package alike

import (
	"hash/fnv"
	"image"
	"math/bits"

	"eakte/archive"
)

const (
	fewWords = 12 // of a page that is told by its image alone
	// farWords and farImage are how many bits the prints of one page differ in at most.
	farWords = 20
	farImage = 12
)

// PictureSize is how many bytes [Picture] makes.
const PictureSize = 16

// Print is the print of a page, from its words and the picture of it that [Picture] made, which may be nil.
func Print(words []archive.WordBox, picture []byte) archive.Print {
	tokens := tokensOf(words, false)
	return archive.Print{Words: sketch(tokens), Count: uint16(min(len(tokens), 1<<16-1)), Image: picture}
}

// sketch is a sum over words and pairs of words of which equal texts have equal bits, and similar ones most of them.
func sketch(tokens []token) uint64 {
	var weight [64]int
	add := func(s string, by int) {
		h := fnv.New64a()
		h.Write([]byte(s)) //nolint:errcheck // never fails
		sum := h.Sum64()
		sum ^= sum >> 31
		sum *= 0x9e3779b97f4a7c15
		for i := range weight {
			if sum>>i&1 == 1 {
				weight[i] += by
			} else {
				weight[i] -= by
			}
		}
	}
	for i, t := range tokens {
		add(t.text, 2)
		if i > 0 {
			add(tokens[i-1].text+" "+t.text, 1)
		}
	}
	var out uint64
	for i, w := range weight {
		if w > 0 {
			out |= 1 << i
		}
	}
	return out
}

// Picture is a sum of 16 bytes of an image: whether each of 8 × 8 fields is brighter than the one beside it, and than
// the one below. It runs inside a child.
func Picture(g *image.Gray) []byte {
	const side = 9
	var mean [side][side]int
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w < side || h < side {
		return nil
	}
	for y := range side {
		for x := range side {
			sum, n := 0, 0
			for py := y * h / side; py < (y+1)*h/side; py += 1 + h/900 {
				for px := x * w / side; px < (x+1)*w/side; px += 1 + w/900 {
					sum += int(g.Pix[py*g.Stride+px])
					n++
				}
			}
			mean[y][x] = sum / max(n, 1)
		}
	}
	out := make([]byte, PictureSize)
	const noise = 2
	for y := range side - 1 {
		for x := range side - 1 {
			if mean[y][x] > mean[y][x+1]+noise {
				out[y] |= 1 << x
			}
			if mean[y][x] > mean[y+1][x]+noise {
				out[8+y] |= 1 << x
			}
		}
	}
	return out
}

// Near reports whether two pages may be the same by their prints; sure says that it is so as far as can be told,
// because there are too few words to compare.
func Near(a, b archive.Print) (near, sure bool) {
	if a.Count < fewWords || b.Count < fewWords {
		if a.Count >= 2*fewWords || b.Count >= 2*fewWords || len(a.Image) == 0 || len(a.Image) != len(b.Image) {
			return false, false
		}
		far := 0
		dark := 0
		for i := range a.Image {
			far += bits.OnesCount8(a.Image[i] ^ b.Image[i])
			dark += bits.OnesCount8(a.Image[i])
		}
		const plain = 8 // bits of an image that shows next to nothing: all of these are alike
		return far <= farImage && dark > plain, true
	}
	return bits.OnesCount64(a.Words^b.Words) <= farWords, false
}
