package corpustest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pages are the texts of the n-th document: one page of 200 to 300 words; two to five in every twentieth
// document, ten to twenty in every hundredth.
func (c *Corpus) Pages(n int) []string {
	r := c.rand("pages", n)
	z := zipf(r, len(c.words.words))
	count := 1
	switch k := r.IntN(100); {
	case k == 0:
		count = 10 + r.IntN(11)
	case k < 6:
		count = 2 + r.IntN(4)
	}
	p := c.Person(c.AkteOf(n))
	pages := make([]string, count)
	for i := range pages {
		var s strings.Builder
		if i == 0 {
			c.head(&s, r, n)
		}
		c.sentences(&s, r, z, 200+r.IntN(101), p.Leading().Given+" "+p.Leading().Family)
		pages[i] = s.String()
	}
	return pages
}

// head is how a letter begins.
func (c *Corpus) head(s *strings.Builder, r *rand.Rand, n int) {
	d, _ := c.Document(n)
	a, p := c.Akte(c.AkteOf(n)), c.Person(c.AkteOf(n))
	fmt.Fprintf(s, "%s\n\nDatum: %s\nAktenzeichen: %s\nTelefon: 0%d/%d\n\n", d.Sender, d.Date, a.Number, 200+r.IntN(9000), r.IntN(1_000_000))
	fmt.Fprintf(s, "%s\n%s, geboren am %s\nAZR-Nummer %s\n\nSehr geehrte Damen und Herren,\n\n", d.Title, p.Leading().Family+", "+p.Leading().Given, p.BirthDate.Given, p.AZRNumber)
}

// sentences writes about so many words. One in sixty is the person's name, one in ninety a number.
func (c *Corpus) sentences(s *strings.Builder, r *rand.Rand, z *rand.Zipf, words int, name string) {
	line := 0
	for words > 0 {
		length := 6 + r.IntN(14)
		for k := range length {
			w := c.words.words[z.Uint64()]
			switch r.IntN(180) {
			case 0, 1, 2:
				w = name
			case 3, 4:
				w = fmt.Sprintf("%d", 1+r.IntN(100_000))
			}
			if k == 0 {
				w = capital(w)
			}
			s.WriteString(w)
			line += len(w) + 1
			switch {
			case k == length-1:
				s.WriteByte('.')
			case r.IntN(12) == 0:
				s.WriteByte(',')
			}
			if line > 80 {
				s.WriteByte('\n')
				line = 0
			} else {
				s.WriteByte(' ')
			}
		}
		words -= length
	}
	s.WriteString("\n\nMit freundlichen Grüßen\n")
}

func capital(w string) string {
	r, n := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(r)) + w[n:]
}
