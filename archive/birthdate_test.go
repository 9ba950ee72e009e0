package archive

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

var birthdateNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestParseBirthDate(t *testing.T) {
	for _, tt := range []struct {
		in, iso, precision, code string
		imputed                  bool
	}{
		{in: "", precision: "unknown"},
		{in: "  1990 ", iso: "1990", precision: "year"},
		{in: "1990-05", iso: "1990-05", precision: "month"},
		{in: "1990-05-17", iso: "1990-05-17", precision: "day"},
		{in: "17.05.1990", iso: "1990-05-17", precision: "day"},
		{in: "7.5.1990", iso: "1990-05-07", precision: "day"},
		{in: "00.05.1990", iso: "1990-05", precision: "month"},
		{in: "00.00.1990", iso: "1990", precision: "year"},
		{in: "01.01.1990", iso: "1990-01-01", precision: "day", imputed: true},
		{in: "29.02.2000", iso: "2000-02-29", precision: "day"},
		{in: "2026-11-21", iso: "2026-11-21", precision: "day"},
		{in: "29.02.1999", code: "format"},
		{in: "31.04.1990", code: "format"},
		{in: "17.00.1990", code: "format"},
		{in: "17.13.1990", code: "format"},
		{in: "00.00.0000", code: "format"},
		{in: "17.05.90", code: "format"},
		{in: "1990-5-7", code: "format"},
		{in: "17/05/1990", code: "format"},
		{in: "1990-05-17T00:00:00Z", code: "format"},
		{in: "١٩٩٠", code: "format"},
		{in: "2026-11-22", code: "future"},
		{in: "2027", code: "future"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseBirthDate(tt.in, birthdateNow)
			if tt.code != "" {
				var field *FieldError
				if !errors.As(err, &field) || field.Code != tt.code {
					t.Fatalf("got %v, %v, want code %s", got, err, tt.code)
				}
				return
			}
			if err != nil || got.String() != tt.iso || got.Precision() != tt.precision || got.Imputed() != tt.imputed {
				t.Errorf("got %q (%s, imputed %v), %v", got, got.Precision(), got.Imputed(), err)
			}
		})
	}
}

func TestBirthDateCompatible(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"1990", "17.05.1990", true},
		{"00.05.1990", "17.05.1990", true},
		{"00.06.1990", "17.05.1990", false},
		{"1991", "17.05.1990", false},
		{"18.05.1990", "17.05.1990", false},
		{"", "17.05.1990", true},
		{"00.00.1990", "1990", true},
	} {
		a, errA := ParseBirthDate(tt.a, birthdateNow)
		b, errB := ParseBirthDate(tt.b, birthdateNow)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Compatible(b) != tt.want || b.Compatible(a) != tt.want {
			t.Errorf("%q and %q: compatible %v, %v, want %v", tt.a, tt.b, a.Compatible(b), b.Compatible(a), tt.want)
		}
	}
}

func TestBirthDateKeepsItsFormInJSON(t *testing.T) {
	for _, in := range []string{"", "1990", "00.00.1990", "00.05.1990", "1990-05", "17.05.1990", "1990-05-17"} {
		want, err := ParseBirthDate(in, birthdateNow)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got BirthDate
		if err := json.Unmarshal(data, &got); err != nil || got != want || got.Given != in {
			t.Errorf("%q became %s, then %+v, %v", in, data, got, err)
		}
	}
	for _, bad := range []string{`"31.04.1990"`, `1990`, `{}`} {
		if err := json.Unmarshal([]byte(bad), new(BirthDate)); err == nil {
			t.Errorf("%s was read as a birth date", bad)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for _, tt := range []struct {
		plan    string
		counter uint64
		year    int
		want    string
	}{
		{"33.11", 123, 2026, "33.11-000123/2026"},
		{"33.11", 1, 2027, "33.11-000001/2027"},
		{"33.12.1", 1234567, 2026, "33.12.1-1234567/2026"},
	} {
		if got := FormatNumber(tt.plan, tt.counter, tt.year); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestBirthDateOfTodayInTheAuthoritysZone(t *testing.T) {
	berlin := time.FixedZone("CET", 60*60)
	for _, tt := range []struct {
		name, in string
		now      time.Time
		ok       bool
	}{
		{"born today, after midnight here and before it in UTC", "2026-11-22", time.Date(2026, 11, 22, 0, 30, 0, 0, berlin), true},
		{"tomorrow, before midnight here", "2026-11-22", time.Date(2026, 11, 21, 23, 30, 0, 0, berlin), false},
		{"tomorrow, before midnight here and after it in UTC", "2026-11-22", time.Date(2026, 11, 21, 20, 0, 0, 0, time.FixedZone("AST", -4*60*60)), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseBirthDate(tt.in, tt.now); (err == nil) != tt.ok {
				t.Errorf("got %v, want ok %v", err, tt.ok)
			}
		})
	}
}
