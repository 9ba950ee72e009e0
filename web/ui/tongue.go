package ui

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	spoken "eakte/ingest/read/language"
)

// Tongue names languages as the recogniser does ("ara", "deu+ara") in a language of the pages. What has no name
// keeps its code.
func Tongue(codes, lang string) string {
	var names []string
	for code := range strings.SplitSeq(codes, "+") {
		names = append(names, tongue(code, lang))
	}
	return strings.Join(names, " + ")
}

func tongue(code, lang string) string {
	if name, ok := besideTongues(lang)[code]; ok {
		return name
	}
	tag := code
	if l, ok := spoken.Find(code); ok {
		tag = l.Tag
	}
	parsed, err := language.Parse(strings.ReplaceAll(tag, "_", "-"))
	if err != nil {
		return code
	}
	name := display.German.Tags().Name(parsed)
	if lang == "en" {
		name = display.English.Tags().Name(parsed)
	}
	if name == "" {
		return code
	}
	return name
}

// besideTongues are those that the usual table of names lacks, or calls by a name that clerks don't use.
func besideTongues(lang string) map[string]string {
	if lang == "en" {
		return map[string]string{"kmr": "Kurdish (Kurmanji)", "srp_latn": "Serbian (Latin letters)", "srp": "Serbian (Cyrillic letters)", "frk": "German (blackletter)"}
	}
	return map[string]string{"kmr": "Kurdisch (Kurmandschi)", "srp_latn": "Serbisch (lateinisch)", "srp": "Serbisch (kyrillisch)", "frk": "Deutsch (Fraktur)"}
}
