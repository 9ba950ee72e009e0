package page

import (
	"strings"
	"unicode"
)

// Source tells where a page's words come from.
type Source string

// The sources.
const (
	Embedded Source = "embedded" // text of the file itself
	OCR      Source = "ocr"      // recognised from an image
	None     Source = "none"     // the page has no text
)

// Certain is the Confidence of a word that was read, not recognised.
const Certain = 101

// Break says how a word is set off from the word before it.
type Break uint8

// The breaks.
const (
	Space     Break = iota // on the same line
	Line                   // begins a line
	Paragraph              // begins a paragraph
)

// Word is one word with its box in points of the page.
type Word struct {
	X          float32 `json:"x"`
	Y          float32 `json:"y"`
	W          float32 `json:"w"`
	H          float32 `json:"h"`
	Text       string  `json:"text"`
	Confidence uint8   `json:"confidence"` // 0 to 100, or Certain
	Break      Break   `json:"break,omitempty"`
}

// Notes on a page; stable codes.
const (
	NoteBlank        = "blank"            // nothing to read on it
	NoteGarbage      = "garbage_text"     // its embedded text made no sense and was not used
	NoteTooLarge     = "too_large"        // its image is larger than is recognised
	NoteUnreadable   = "unreadable"       // its image could not be made or recognised
	NoteUncertain    = "uncertain"        // what was recognised is doubtful in large parts
	NoteTimeLimit    = "time_limit"       // the document took too long before its turn came
	NoteLanguage     = "language_missing" // it seems to be in a language that can't be recognised on this machine
	NoteNoRecognizer = "not_attempted"    // it has an image but recognition was switched off
)

// Page is one page of a document.
type Page struct {
	Number     int     `json:"number"` // from 1
	Width      float32 `json:"width"`  // points, as seen after Rotation
	Height     float32 `json:"height"`
	Words      []Word  `json:"words"`
	Source     Source  `json:"source"`
	Confidence uint8   `json:"confidence"` // mean over the letters, 0 to 100, or Certain; 0 without words
	Rotation   int     `json:"rotation"`   // degrees clockwise the page has to be turned beyond what its file says, to stand upright: 0, 90, 180, 270
	Note       string  `json:"note,omitempty"`
	Language   string  `json:"language,omitempty"` // it is written in, as the recogniser names it, "deu" or "deu+ara"; empty: not known
	Corners    []int   `json:"corners,omitempty"`  // of the sheet on a photograph that was straightened, as archive.PageFacts has them
	Codes      []Code  `json:"codes,omitempty"`
	Blank      bool    `json:"blank,omitempty"` // nothing but paper, as far as can be seen
	Print      []byte  `json:"print,omitempty"` // what another scan of its image is found by; empty: there is no image, or it lies on its side
}

// Lay is how a page was found to lie, for who draws it.
type Lay struct {
	Rotation int   // as that of [Page]
	Corners  []int // as those of [Page]
}

// Code is a barcode with its box in points of the page.
type Code struct {
	Kind       string // "qr", "code128" or "code39"
	Text       string
	X, Y, W, H float32
}

// Text returns the page's text with line and paragraph breaks.
func (p Page) Text() string {
	var b strings.Builder
	for i, w := range p.Words {
		if i > 0 {
			b.WriteString([]string{" ", "\n", "\n\n"}[min(w.Break, Paragraph)])
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// MeanConfidence returns the mean confidence weighted by letters: [Certain] where
// every word is, otherwise 0 to 100; 0 without words.
func MeanConfidence(words []Word) uint8 {
	sum, n, certain := 0, 0, true
	for _, w := range words {
		letters := Letters(w.Text)
		sum += min(int(w.Confidence), 100) * letters
		n += letters
		certain = certain && w.Confidence == Certain
	}
	switch {
	case n == 0:
		return 0
	case certain:
		return Certain
	}
	return uint8(sum / n)
}

// Letters counts letters and digits.
func Letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// Scale multiplies all boxes, as from pixels to points.
func Scale(words []Word, fx, fy float32) {
	for i := range words {
		w := &words[i]
		w.X, w.W, w.Y, w.H = w.X*fx, w.W*fx, w.Y*fy, w.H*fy
	}
}

// Clamp moves boxes that reach out of the page inside.
func Clamp(words []Word, width, height float32) {
	for i := range words {
		w := &words[i]
		w.X, w.W = clamp(w.X, w.W, width)
		w.Y, w.H = clamp(w.Y, w.H, height)
	}
}

func clamp(at, size, limit float32) (float32, float32) {
	if !(at >= 0) { // also catches NaN
		at = 0
	}
	at = min(at, limit)
	if !(size >= 0) {
		size = 0
	}
	return at, min(size, limit-at)
}
