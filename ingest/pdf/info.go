package pdf

import (
	"bytes"
	"fmt"
	"strings"
)

// parseInfo reads what pdfinfo prints.
func parseInfo(out string) Facts {
	var f Facts
	for line := range strings.Lines(out) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		if !ok {
			continue
		}
		switch key {
		case "Producer":
			f.Producer = value
		case "Creator":
			f.Creator = value
		case "Pages":
			f.Pages = atoi(value)
		case "PDF version":
			f.Version = value
		case "Encrypted":
			f.Restricted = strings.HasPrefix(value, "yes")
		case "JavaScript":
			f.JavaScript = value == "yes"
		case "Form":
			f.XFA = strings.Contains(value, "XFA")
		default:
			f.Sheets = sheetLine(f.Sheets, key, value)
		}
	}
	f.Pages = max(f.Pages, 0)
	if len(f.Sheets) > f.Pages {
		f.Sheets = f.Sheets[:f.Pages]
	}
	return f
}

// sheetLine reads "Page    3 size: 595 x 842 pts (A4)" and "Page    3 rot: 90".
func sheetLine(sheets []Sheet, key, value string) []Sheet {
	var nr int
	var what string
	if n, _ := fmt.Sscanf(key, "Page %d %s", &nr, &what); n != 2 || nr < 1 || nr > len(sheets)+1 {
		return sheets
	}
	switch what {
	case "size":
		var w, h float32
		if n, _ := fmt.Sscanf(value, "%g x %g pts", &w, &h); n != 2 || nr != len(sheets)+1 {
			return sheets
		}
		return append(sheets, Sheet{Width: w, Height: h})
	case "rot":
		if nr > len(sheets) {
			return sheets
		}
		s := &sheets[nr-1]
		s.Rotate = ((atoi(value)%360 + 360) % 360) / 90 * 90
		if s.Rotate%180 == 90 {
			s.Width, s.Height = s.Height, s.Width
		}
	}
	return sheets
}

func atoi(s string) int {
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil {
		return 0
	}
	return n
}

func contains(b []byte, word string) bool { return bytes.Contains(b, []byte(word)) }

// mentionsStack recognises the Go runtime's end of a goroutine whose stack grew
// too large; the text is the runtime's own.
func mentionsStack(stderr []byte) bool {
	return contains(stderr, "stack overflow") || contains(stderr, "goroutine stack")
}
