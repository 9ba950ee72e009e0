package web

import (
	"strconv"
	"strings"
)

const (
	german  = "de"
	english = "en"
)

// preferred reads Accept-Language: English where it is asked for before German, German else.
func preferred(accept string) string {
	best, quality := german, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // what can't be read is 0: not wanted
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (primary == german || primary == english) && q > quality {
			best, quality = primary, q
		}
	}
	return best
}
