package acl

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"eakte/archive"
	"eakte/policies"
)

// Fields that suggestions are made for.
const (
	SuggestDate   = "date"
	SuggestType   = "type"
	SuggestNumber = "aktenzeichen"
	SuggestAZR    = "azr_number"
	SuggestSender = "sender"
	SuggestTitle  = "title"
)

// Suggestion is something that stands on a page and may be what a clerk would enter. It is never
// entered by itself, and never made without a place.
type Suggestion struct {
	Field, Value string
	// Text is what stands there.
	Text string
	// Doubt says that the check digit beside it contradicts it.
	Doubt bool
	// Page counts from 1; the box is in the units of the page's width and height.
	Page                      int
	X, Y, W, H, Width, Height float32
}

const (
	suggestPages = 3 // pages looked at
	suggestEach  = 3 // suggestions a field
)

// printed is a page as its words stand on it.
type printed struct {
	number int
	Width  float32       `json:"width"`
	Height float32       `json:"height"`
	Words  []printedWord `json:"words"`
}

// printedWord is a word with its box.
type printedWord struct {
	X    float32 `json:"x"`
	Y    float32 `json:"y"`
	W    float32 `json:"w"`
	H    float32 `json:"h"`
	Text string  `json:"text"`
}

// suggest reads the first pages of a version that is ready.
func (d *Desk) suggest(ctx context.Context, v archive.Version) ([]Suggestion, error) {
	var out []Suggestion
	for i := range min(len(v.Pages), suggestPages) {
		data, err := d.guard.Contents.Part(ctx, v.ID, v.Text, v.Pages[i].Words)
		if err != nil {
			return nil, err
		}
		p := printed{number: i + 1}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, fmt.Errorf("acl: words of a page: %w", err)
		}
		if i == 0 && v.Container != nil {
			out = append(out, p.letterhead(*v.Container)...)
		}
		if i == 0 {
			out = append(out, p.dates(d.guard.today())...)
			out = append(out, p.types(d.guard.Policies)...)
		}
		out = append(out, p.numbers()...)
		out = append(out, p.zone(d.guard.Now())...)
	}
	return fewOfEach(out), nil
}

// fewOfEach drops what was suggested already, and more than a few of a field.
func fewOfEach(all []Suggestion) []Suggestion {
	out := []Suggestion{}
	count := map[string]int{}
	for _, s := range all {
		known := slices.ContainsFunc(out, func(o Suggestion) bool { return o.Field == s.Field && o.Value == s.Value })
		if known || count[s.Field] == suggestEach {
			continue
		}
		count[s.Field]++
		out = append(out, s)
	}
	return out
}

// at is a suggestion of the words from first up to before end.
func (p printed) at(field, value string, first, end int) Suggestion {
	s := Suggestion{Field: field, Value: value, Page: p.number, Width: p.Width, Height: p.Height}
	var texts []string
	right, bottom := float32(0), float32(0)
	for i, w := range p.Words[first:end] {
		if i == 0 {
			s.X, s.Y = w.X, w.Y
		}
		s.X, s.Y = min(s.X, w.X), min(s.Y, w.Y)
		right, bottom = max(right, w.X+w.W), max(bottom, w.Y+w.H)
		texts = append(texts, w.Text)
	}
	s.W, s.H, s.Text = right-s.X, bottom-s.Y, strings.Join(texts, " ")
	return s
}

// bare is a word without the punctuation around it.
func (p printed) bare(i int) string {
	if i < 0 || i >= len(p.Words) {
		return ""
	}
	return strings.Trim(p.Words[i].Text, ".,;:!?()[]\"'„“”»«")
}

var (
	dayWritten = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)$`)
	dayAlone   = regexp.MustCompile(`^\d{1,2}\.$`)
	yearAlone  = regexp.MustCompile(`^(?:19|20)\d\d$`)
	ourNumber  = regexp.MustCompile(`^\d{2}\.\d{2}-\d{6}/\d{4}$`)
	azrWritten = regexp.MustCompile(`^\d{12}$`)
)

func months() []string {
	return []string{
		"januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember",
	}
}

// dates finds days that the paper may be of: real, not to come, and not somebody's birth date.
func (p printed) dates(today string) (out []Suggestion) {
	for i := range p.Words {
		day, words := "", 1
		if m := dayWritten.FindStringSubmatch(p.bare(i)); m != nil {
			day = dateOf(m[1], m[2], m[3])
		} else if dayAlone.MatchString(p.Words[i].Text) && yearAlone.MatchString(p.bare(i+2)) {
			if m := slices.Index(months(), strings.ToLower(p.bare(i+1))); m >= 0 {
				day, words = dateOf(strings.Trim(p.Words[i].Text, "."), strconv.Itoa(m+1), p.bare(i+2)), 3
			}
		}
		if day == "" || day > today || p.born(i) {
			continue
		}
		out = append(out, p.at(SuggestDate, day, i, i+words))
	}
	return out
}

// dateOf is a day as it is stored; "" for one the calendar doesn't have.
func dateOf(day, month, year string) string {
	t, err := time.Parse("2.1.2006", strings.TrimLeft(day, "0")+"."+strings.TrimLeft(month, "0")+"."+year)
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// born reports whether the words before say that this is a birth date.
func (p printed) born(i int) bool {
	for n := max(0, i-4); n < i; n++ {
		if slices.Contains([]string{"geb", "geboren", "geborene", "geburtsdatum", "geburtstag", "born", "birth"}, strings.ToLower(p.bare(n))) {
			return true
		}
	}
	return false
}

// types finds the names of document types, the longest first: "Befristeter Arbeitsvertrag" says more
// than "Arbeitsvertrag".
func (p printed) types(set *policies.Set) (out []Suggestion) {
	words := make([]string, len(p.Words))
	for i := range p.Words {
		words[i] = strings.ToLower(p.bare(i))
	}
	length := map[string]int{}
	for _, t := range set.DocTypes() {
		for _, name := range namesOf(t.Label.DE) {
			at := position(words, name)
			if at < 0 {
				continue
			}
			out = append(out, p.at(SuggestType, t.Key, at, at+len(name)))
			length[t.Key] = max(length[t.Key], len(strings.Join(name, " ")))
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return length[b.Value] - length[a.Value] })
	return out
}

// shortName is how many letters a name of a type must have: "Pass" stands in many a text.
const shortName = 8

// namesOf are the names that a label offers, "Mietvertrag / Nutzungsvertrag (Kopie)", each as its words.
func namesOf(label string) (out [][]string) {
	label, _, _ = strings.Cut(strings.ToLower(label), "(")
	for name := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == '/' || r == ',' || r == ';' || r == ':' }) {
		if name = strings.TrimSpace(name); utf8.RuneCountInString(name) >= shortName {
			out = append(out, strings.Fields(name))
		}
	}
	return out
}

// position is where a name stands among the words of a page; -1: nowhere.
func position(words, name []string) int {
	for i := 0; i+len(name) <= len(words); i++ {
		if slices.Equal(words[i:i+len(name)], name) {
			return i
		}
	}
	return -1
}

// letterhead finds what a message says of itself: its head is written out above the text.
func (p printed) letterhead(c archive.Container) (out []Suggestion) {
	for _, line := range []struct{ label, field, value, shown string }{
		{"Von:", SuggestSender, c.Sender, c.Sender}, {"Betreff:", SuggestTitle, c.Subject, c.Subject}, {"Datum:", SuggestDate, c.Date, "1"},
	} {
		at := slices.IndexFunc(p.Words, func(w printedWord) bool { return w.Text == line.label })
		if line.value == "" || at < 0 || at+1 >= len(p.Words) {
			continue
		}
		end := min(at+1+len(strings.Fields(line.shown)), len(p.Words))
		out = append(out, p.at(line.field, line.value, at+1, end))
	}
	return out
}

// numbers finds reference numbers of ours and AZR numbers, the latter only where the page says so.
func (p printed) numbers() (out []Suggestion) {
	for i := range p.Words {
		w := p.bare(i)
		switch {
		case ourNumber.MatchString(w):
			out = append(out, p.at(SuggestNumber, w, i, i+1))
		case azrWritten.MatchString(w):
			for n := max(0, i-4); n < i; n++ {
				if strings.HasPrefix(strings.ToUpper(p.bare(n)), "AZR") {
					out = append(out, p.at(SuggestAZR, w, i, i+1))
					break
				}
			}
		}
	}
	return out
}
