package ui

import (
	"cmp"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// functions are what templates can call, in one language.
func functions(cfg Config, src *source, lang string) template.FuncMap {
	f := formatter{language: lang, zone: cfg.Zone, printer: message.NewPrinter(language.Make(lang))}
	return template.FuncMap{
		// t "page.key" "N" 3 is a sentence.
		"t": func(key string, args ...any) (string, error) { return src.texts.say(lang, key, args...) },
		// label "register" "asyl" is what policies call it.
		"label": func(kind, key string) string { return cfg.Label(kind, key, lang) },
		// titled "" "pass" is what a document of that type is called: its title, or what it is.
		"titled": func(title, doctype string) string { return cmp.Or(title, cfg.Label("doctype", doctype, lang)) },
		// date takes "2026-11-21", "2026-11", "2026" or a time; clock and moment a time.
		"date":  f.date,
		"clock": f.clock,
		// localtime takes "2026-11-21T10:15:00", which some device's clock said.
		"localtime": f.localtime,
		// country "SYR" is what people call it.
		"country": func(code string) string { return Country(code, lang) },
		"moment":  f.moment,
		// stamp is a time for the attribute datetime.
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		// number groups digits, size takes bytes.
		"number":   f.number,
		"range_of": rangeOf,
		// list_of puts names one behind the other.
		"list_of":  func(names []string) string { return strings.Join(names, ", ") },
		"size":     f.size,
		"initials": initials,
		// icon "search" is a symbol of the sprite, hidden from screen readers.
		"icon": func(name string) template.HTML { return icon(src.static, name) },
		// qr "text" "label" is a text as a QR code.
		"qr": qr,
		// asset "shared/app.js" is the address of a file.
		"asset": src.static.Address,
		// dict makes a map for a block that needs several things.
		"dict": func(args ...any) (map[string]any, error) { return pairs(args) },
		"add":  func(a, b int) int { return a + b },
		"sub":  func(a, b int) int { return a - b },
		"lang": func() string { return lang },
	}
}

func icon(static *Static, name string) template.HTML {
	href := template.HTMLEscapeString(static.Address("assets/icons.svg") + "#" + name)
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + href + `"/></svg>`)
}

// formatter writes dates and numbers as readers of a language expect them.
type formatter struct {
	language string
	zone     *time.Location
	printer  *message.Printer
}

// layouts are those of a day, a month and a clock.
func (f formatter) layouts() (day, month, clock string) {
	if f.language == "en" {
		return "2 Jan 2006", "Jan 2006", "15:04"
	}
	return "02.01.2006", "01.2006", "15:04"
}

// date writes a day, or a month or year where no more is known. What is no date stays as it is.
func (f formatter) date(value any) string {
	day, month, _ := f.layouts()
	switch v := value.(type) {
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(f.zone).Format(day)
	case fmt.Stringer:
		return f.date(v.String())
	case string:
		for layout, shown := range map[string]string{time.DateOnly: day, "2006-01": month} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.Format(shown)
			}
		}
		return v
	}
	return fmt.Sprint(value)
}

func (f formatter) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	_, _, clock := f.layouts()
	return t.In(f.zone).Format(clock)
}

// moment is a day and a clock.
func (f formatter) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return f.date(t) + ", " + f.clock(t)
}

// localtime writes a time by a clock that nobody knows the zone of. What is none stays as it is.
func (f formatter) localtime(s string) string {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		return s
	}
	day, _, clock := f.layouts()
	return t.Format(day + ", " + clock)
}

func (f formatter) number(n any) string { return f.printer.Sprintf("%v", number(n)) }

// number is what a printer groups.
func number(n any) any {
	switch v := n.(type) {
	case int, int64, uint64, float64:
		return v
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	}
	return n
}

// size writes bytes in the unit people use: kB and MB are powers of ten.
func (f formatter) size(n int64) string {
	switch {
	case n < 1000:
		return f.printer.Sprintf("%d B", n)
	case n < 1000*1000:
		return f.printer.Sprintf("%d kB", (n+500)/1000)
	case n < 1000*1000*1000:
		return f.printer.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return f.printer.Sprintf("%.1f GB", float64(n)/1e9)
}

// initials are the first letters of the first and last word of a name, at most two.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '.' || r == '-' })
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	out := string(unicode.ToUpper(first))
	if len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		out += string(unicode.ToUpper(last))
	}
	return out
}

// maxRanges is how many runs of pages a sentence names.
const maxRanges = 12

// rangeOf writes page numbers in order as "3, 5–8".
func rangeOf(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		part := strconv.Itoa(numbers[i])
		switch {
		case j == i+1:
			part += ", " + strconv.Itoa(numbers[j])
		case j > i:
			part += "–" + strconv.Itoa(numbers[j])
		}
		if parts = append(parts, part); len(parts) == maxRanges && j+1 < len(numbers) {
			return strings.Join(parts, ", ") + ", …"
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// Date writes a day "2026-11-21" in a language, for sentences that handlers make.
func Date(language, day string) string { return formatter{language: language}.date(day) }
