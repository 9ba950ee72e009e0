package hint

import (
	"slices"
	"strings"

	"eakte/archive"
)

// Sender is a line that tells who a paper is from.
type Sender struct {
	Name string
	Span
	score float64
}

const (
	mostSenders  = 3
	senderWords  = 9  // that a name has at most
	senderLetter = 60 // letters
)

// offices are words that names of offices, firms and practices have, or parts of such words.
func offices() []string {
	return []string{
		"amt", "*amt", "amt*", "*gericht*", "*behorde", "bundes*", "landes*", "landkreis", "stadt", "gemeinde", "kreis", "gmbh", "ag", "kg", "ug", "e.v", "ohg",
		"kanzlei", "rechtsanwalt*", "*anwalt*", "*kasse", "*versicherung", "praxis*", "*praxis", "dr", "klinik*", "*klinik", "*krankenhaus", "*schule",
		"universitat*", "*gymnasium", "*universitat", "institut*", "*agentur", "agentur", "jobcenter", "botschaft", "*konsulat", "polizei*", "*anwaltschaft",
		"*bau", "*wohnbau*", "*wohnungs*", "verein", "*verband", "diakonie", "caritas", "*kammer", "*werk", "*werke", "*zentrum", "*stelle", "*ministerium", "ministerium",
		"*akademie", "*kolleg", "*buro", "*dienst", "*betriebe", "*ubersetz*", "volkshochschule", "*unterkunft", "*logistik", "*backerei", "*verwaltung",
	}
}

// Senders are who a paper may be from, by its letterhead: lines in the upper part of its first page that name an
// office, and the small line above the address. The likeliest is first.
func Senders(p archive.PageWords) (out []Sender) {
	usual := middle(p)
	for n, l := range lines(p) {
		if p.Height <= 0 || l.top > p.Height*0.34 {
			continue
		}
		score, large := 0.0, usual > 0 && l.height > 1.2*usual
		if n == 0 {
			score += 2
		}
		if large {
			score += 2
		}
		if l.top < p.Height*0.14 {
			score += 2
		}
		for _, s := range parts(p, l.Span) {
			office := named(p, s.Span)
			s.score = score + office
			name := strings.Trim(text(p, s.Span), " ,;:·|-–")
			if s.score < 4 || office == 0 && (!large || n > 0) || digits(name) > 3 || !lettered(name) || s.End-s.First > senderWords || len(name) > senderLetter || len(name) < 4 {
				continue
			}
			s.Name = name
			if !slices.ContainsFunc(out, func(o Sender) bool { return Fold(o.Name) == Fold(name) }) {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Sender) int { return descending(a.score, b.score) })
	return out[:min(len(out), mostSenders)]
}

// parts are the pieces of a line between dots, bars and dashes: name, street, town.
func parts(p archive.PageWords, s Span) (out []Sender) {
	from := s.First
	for i := s.First; i <= s.End; i++ {
		if i < s.End && !slices.Contains([]string{"·", "|", "-", "–", "•"}, p.Words[i].Text) {
			if !strings.HasSuffix(p.Words[i].Text, ",") || i+1 == s.End {
				continue
			}
			out, from = append(out, Sender{Span: Span{from, i + 1}}), i+1
			continue
		}
		if from < i {
			out = append(out, Sender{Span: Span{from, i}})
		}
		from = i + 1
	}
	return out
}

// headings are words that name papers, or end like one that does: no office is called so.
func headings() []string {
	return []string{"*bestatigung", "*bescheinigung", "*urkunde", "*ubersetzung", "schreiben", "*vertrag", "*antrag", "*bescheid", "*erklarung", "betreff", "e-mail"}
}

// named is how much the words of a line sound like the name of an office.
func named(p archive.PageWords, s Span) (score float64) {
	for _, w := range p.Words[s.First:s.End] {
		word := Fold(w.Text)
		if slices.ContainsFunc(headings(), func(h string) bool { return fits(h, word) }) {
			return -20
		}
		if slices.ContainsFunc(offices(), func(o string) bool { return fits(o, word) }) {
			score = 3
		}
	}
	return score
}
