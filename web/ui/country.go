package ui

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country names the country of an ISO 3166-1 alpha-3 code; "XXA" is statelessness, "XXX" that it isn't
// known. What is no code stays as it is.
func Country(code, lang string) string {
	if name, ok := besideCountries(lang)[code]; ok {
		return name
	}
	region, err := language.ParseRegion(code)
	if err != nil || len(code) != 3 || !region.IsCountry() {
		return code
	}
	return regionName(region, lang)
}

func regionName(r language.Region, lang string) string {
	if lang == "en" {
		return display.English.Regions().Name(r)
	}
	return display.German.Regions().Name(r)
}

// besideCountries are the codes that passports have for no country.
func besideCountries(lang string) map[string]string {
	if lang == "en" {
		return map[string]string{"XXA": "stateless", "XXX": "unknown"}
	}
	return map[string]string{"XXA": "staatenlos", "XXX": "ungeklärt"}
}

// CountryCode is the code of a country that was typed as a name, in any language of the pages, or as a code.
// What is neither is returned in capital letters.
func CountryCode(typed string) string {
	typed = strings.TrimSpace(typed)
	if code, ok := countryCodes()[strings.ToLower(typed)]; ok {
		return code
	}
	return strings.ToUpper(typed)
}

// countryCodes are the codes by names in small letters.
var countryCodes = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for _, lang := range Languages() {
		for code, name := range besideCountries(lang) {
			codes[strings.ToLower(name)] = code
		}
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				region, err := language.ParseRegion(string([]rune{a, b}))
				if err != nil || !region.IsCountry() || region.Canonicalize() != region {
					continue
				}
				name, code := strings.ToLower(regionName(region, lang)), region.ISO3()
				if name != "" && len(code) == 3 && code != "ZZZ" {
					codes[name] = code
				}
			}
		}
	}
	return codes
})
