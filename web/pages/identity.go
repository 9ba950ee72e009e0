package pages

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/web/ui"
)

// countries lists nationalities by the names of their countries.
func countries(codes []string, lang string) string {
	var names []string
	for _, code := range codes {
		names = append(names, ui.Country(code, lang))
	}
	return strings.Join(names, ", ")
}

// spelt is a birth date as the hint beside the input writes it: 17.05.1990, 00.05.1990, 1990.
func spelt(b archive.BirthDate) string {
	if b.Month == 0 {
		return b.Given
	}
	return fmt.Sprintf("%02d.%02d.%04d", b.Day, b.Month, b.Year)
}

// sameBirth keeps how a date was delivered where the form says the same one.
func sameBirth(typed archive.BirthDate, now time.Time, stored ...archive.BirthDate) archive.BirthDate {
	meant, err := archive.ParseBirthDate(typed.Given, now)
	if err != nil {
		return typed // and the desk says so
	}
	for _, b := range stored {
		if b.String() == meant.String() {
			return b
		}
	}
	return typed
}

// putPerson changes a record into what was typed.
func putPerson(x *archive.Person, wanted archive.Person, now time.Time) {
	births := make([]archive.BirthDate, 0, len(x.Names))
	for _, n := range x.Names {
		births = append(births, n.BirthDate)
	}
	names := slices.Clone(wanted.Names)
	for i, n := range names {
		names[i].BirthDate = sameBirth(n.BirthDate, now, births...)
	}
	x.Names, x.BirthDate, x.Sex = names, sameBirth(wanted.BirthDate, now, x.BirthDate), wanted.Sex
	x.Nationalities, x.AZRNumber = wanted.Nationalities, wanted.AZRNumber
}

// nationalities reads countries by name or code; codes may stand without commas between them.
func nationalities(typed string) (codes []string) {
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' }) {
		words := strings.Fields(part)
		if code := ui.CountryCode(strings.Join(words, " ")); len(words) < 2 || len(code) == 3 {
			words = words[:min(len(words), 1)]
			if len(words) == 1 {
				codes = append(codes, code)
			}
			continue
		}
		for _, word := range words {
			codes = append(codes, ui.CountryCode(word))
		}
	}
	return codes
}
