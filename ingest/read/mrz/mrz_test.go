package mrz

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// specimens are those printed in Doc 9303.
func specimens() map[string][]string {
	return map[string][]string{
		TD1:           {"I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
		TD2:           {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"},
		TD3:           {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
		MRVA:          {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"},
		MRVB:          {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"},
		"long number": {"I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<<<<<<<<<<<<<<<"},
	}
}

func TestSpecimensOfTheStandard(t *testing.T) {
	for kind, want := range map[string]Zone{
		TD1:           {Kind: TD1, Document: "I", Issuer: "UTO", Number: "D23145890", Nationality: "UTO", Birth: "1974-08-12", Expiry: "2012-04-15", Sex: "F"},
		TD2:           {Kind: TD2, Document: "I", Issuer: "UTO", Number: "D23145890", Nationality: "UTO", Birth: "1974-08-12", Expiry: "2012-04-15", Sex: "F"},
		TD3:           {Kind: TD3, Document: "P", Issuer: "UTO", Number: "L898902C3", Nationality: "UTO", Birth: "1974-08-12", Expiry: "2012-04-15", Sex: "F", Optional: "ZE184226B"},
		MRVA:          {Kind: MRVA, Document: "V", Issuer: "UTO", Number: "L8988901C", Nationality: "XXX", Birth: "1940-09-07", Expiry: "1996-12-10", Sex: "F", Optional: "6ZE184226B"},
		MRVB:          {Kind: MRVB, Document: "V", Issuer: "UTO", Number: "L8988901C", Nationality: "XXX", Birth: "1940-09-07", Expiry: "1996-12-10", Sex: "F"},
		"long number": {Kind: TD1, Document: "I", Issuer: "UTO", Number: "D23145890734", Nationality: "UTO", Birth: "1934-07-12", Expiry: "1995-07-12", Sex: "M"},
	} {
		got, ok := Parse(specimens()[kind], today)
		want.Family, want.Given = "ERIKSSON", "ANNA MARIA"
		if kind == "long number" {
			want.Family, want.Given = "STEVENSON", "PETER"
		}
		if !ok || len(got.Faults) > 0 {
			t.Errorf("%s: %v, faults %v in %q", kind, ok, got.Faults, got.Lines)
		}
		if kind == "long number" {
			got.Optional = ""
		}
		got.Lines, want.Lines = nil, nil
		if !slices.Equal(flat(got), flat(want)) {
			t.Errorf("%s:\n%+v\n%+v", kind, got, want)
		}
	}
}

func flat(z Zone) []string {
	return []string{z.Kind, z.Document, z.Issuer, z.Number, z.Family, z.Given, z.Nationality, z.Birth, z.Expiry, z.Sex, z.Optional}
}

// TestAWrongDigitIsToldNotGuessed changes every digit of the lines with check digits, one at a time.
func TestAWrongDigitIsToldNotGuessed(t *testing.T) {
	for kind, lines := range specimens() {
		data := len(lines) - 1 // two lines: the second
		if kind == TD1 || kind == "long number" {
			data = 1
		}
		end := len(lines[data])
		if lines[0][0] == 'V' {
			end = 28 // behind it visas have no check digit
		}
		for i := range end {
			c := lines[data][i]
			if c < '0' || c > '9' {
				continue
			}
			wrong := slices.Clone(lines)
			wrong[data] = lines[data][:i] + string('0'+(c-'0'+1)%10) + lines[data][i+1:]
			z, ok := Parse(wrong, today)
			if !ok || len(z.Faults) == 0 {
				t.Errorf("%s: digit %d of %q passes: %v %v", kind, i, wrong[data], ok, z.Faults)
			}
			if ok && z.Lines[data] != wrong[data] {
				t.Errorf("%s: %q became %q", kind, wrong[data], z.Lines[data])
			}
		}
	}
}

func TestWhatRecognitionDoesToAZone(t *testing.T) {
	for name, lines := range map[string][]string{
		"letters for digits": {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO74O8I22F12O4159ZE184226B<<<<<1O"},
		"digits for letters": {"P<UT0ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UT07408122F1204159ZE184226B<<<<<10"},
		"fillers lost":       {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<10"},
		"fillers misread":    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<KKK KKK<KK", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
		"small and joined":   {"P<UTOERIKSSON«ANNA<MARIA<<<<<<<cccceee", "L898902C36UTO7408122F1204159ZE184226B<ccc<10"},
		"end cut off":        {"P<UTOERIKSSON<<ANNA<MARIA<<", "L898902C36UTO7408122F1204159ZE184226B<<10"},
		"among other lines":  {"PASSPORT", "Utopia", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "page 2"},
	} {
		z, ok := Parse(lines, today)
		if !ok || len(z.Faults) > 0 || z.Family != "ERIKSSON" || z.Given != "ANNA MARIA" || z.Birth != "1974-08-12" {
			t.Errorf("%s: %v %+v", name, ok, z)
		}
	}
}

func TestUnknownPartsOfABirthDate(t *testing.T) {
	for in, want := range map[string]string{
		"740812": "1974-08-12", "7408<<": "1974-08", "74<<<<": "1974", "261123": "1926-11-23", "261122": "2026-11-22",
		"741301": "", "740231": "", "<<<<<<": "", "740001": "",
	} {
		if got := birth(in, today); got != want {
			t.Errorf("%s: %q, not %q", in, got, want)
		}
	}
}

func TestOrdinaryTextIsNoZone(t *testing.T) {
	for _, text := range []string{
		"Sehr geehrte Damen und Herren,\nhiermit beantrage ich die Verlängerung\nmeiner Aufenthaltserlaubnis",
		"if (a << 2 < b) { return c << 3; } else { x = y << 1 < z }\nwhile (a < b && c << 2 < d) { e << f; }",
		strings.Repeat("<", 44) + "\n" + strings.Repeat("<", 44), strings.Repeat("0", 44) + "\n" + strings.Repeat("0", 44), "",
	} {
		if z, ok := Parse(strings.Split(text, "\n"), today); ok {
			t.Errorf("%q: %+v", text, z)
		}
	}
	for line, want := range map[string]bool{
		"Sehr geehrte Damen und Herren, hier": false, "P<UTOERIKSSON<<ANNA<MARIA<<<<<": true,
		"L898902C36UT07408122F1204159ZE184226B": true, "DE89 3704 0044 0532 0130 00": false,
	} {
		if Looks(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, lines := range specimens() {
		f.Add(strings.Join(lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, in string) {
		z, ok := Parse(strings.Split(in, "\n"), today)
		if !ok {
			return
		}
		size := map[string]int{TD1: 30, TD2: 36, TD3: 44, MRVA: 44, MRVB: 36}[z.Kind]
		for _, l := range z.Lines {
			if len(l) != size {
				t.Errorf("%s with a line of %d", z.Kind, len(l))
			}
		}
	})
}
