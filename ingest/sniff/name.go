package sniff

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many characters of a file name are kept.
const maxName = 200

// CleanName returns a sender's file name as it may be kept and shown: the part
// after the last separator of either kind, in NFC, without control characters,
// line breaks and characters that turn the direction of writing, at most 200
// characters long with its extension kept. Letters of every script stay. What has
// no name left is called "datei".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = norm.NFC.String(strings.Map(keepInName, name))
	name = strings.Trim(name, " .")
	if name == "" {
		return "datei"
	}
	runes := []rune(name)
	if len(runes) <= maxName {
		return name
	}
	ext := []rune(path.Ext(name))
	if len(ext) > 10 {
		ext = nil
	}
	return strings.TrimRight(string(runes[:maxName-len(ext)]), " .") + string(ext)
}

func keepInName(r rune) rune {
	switch {
	case r == '\u200c' || r == '\u200d': // joiners, needed for Persian and Indic spelling
		return r
	case unicode.Is(unicode.Cf, r), unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Co, r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}
