package unpack

import (
	"strconv"
	"strings"
)

// letter is the head of what people read, a label and a value a line. The files are those of a German
// authority, so the labels are German whoever reads them.
type letter [][2]string

// write puts head, body and the list of parts together.
func (l letter) write(bodies []string, p *packing) string {
	var b strings.Builder
	for _, line := range l {
		if line[1] != "" {
			b.WriteString(line[0] + ": " + line[1] + "\n")
		}
	}
	for _, body := range bodies {
		if body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")); body != "" && b.Len() < maxText {
			b.WriteString("\n" + body + "\n")
		}
	}
	for _, n := range p.Notes {
		switch n {
		case NoteSigned:
			b.WriteString("\n[Die Nachricht ist elektronisch signiert. Die Signatur ist erhalten, aber nicht geprüft.]\n")
		case NoteEncrypted:
			b.WriteString("\n[Die Nachricht ist verschlüsselt. Ihr Inhalt kann hier nicht gelesen werden.]\n")
		}
	}
	var names []string
	left := 0
	for _, part := range p.Parts {
		switch {
		case part.Left == LeftSignature || part.Left == LeftInline || part.Left == LeftClutter:
			left++
		case part.Name == "":
			names = append(names, "ohne Namen")
		default:
			names = append(names, strings.Join(strings.Fields(part.Name), " "))
		}
	}
	if len(names) > 0 {
		b.WriteString("\nEnthaltene Dateien (" + strconv.Itoa(len(names)) + "):\n")
		for _, n := range names {
			b.WriteString("- " + n + "\n")
		}
	}
	return b.String()
}
