package acl

import (
	"fmt"
	"strings"
	"time"
)

// acknowledgementWording is what a receipt says in a language.
type acknowledgementWording struct {
	title, recipient, akte, number, issued, count, papers    string
	received, channel, kind, dated, entry, pages, file, size string
	nameless, text, image, email, other                      string
	closing                                                  []string
	// day and moment are forms of package time; group stands between thousands, unit behind a size.
	day, moment, group, unit string
}

func acknowledgementWords(language string) acknowledgementWording {
	if language == "en" {
		return acknowledgementWording{
			title: "Acknowledgement of receipt", recipient: "Issued to", akte: "Reference number", number: "Number of this receipt",
			issued: "Date of issue", count: "Papers", papers: "What we received",
			received: "Received on", channel: "Way of receipt", kind: "Kind", dated: "Date on the paper", entry: "Entry", pages: "Pages",
			file: "File", size: "Size", nameless: "Without a file name", text: "Text", image: "Image", email: "E-mail", other: "File",
			closing: []string{
				"This receipt states which papers have arrived here and when. It says nothing of whether they are complete or correct, and it is no decision.",
				"By its SHA-256 value anybody can find out whether a file is the one that was received. Each value belongs to the file as it is stored here unchanged.",
				"Made by machine. It bears no signature.",
			},
			day: "2 January 2006", moment: "2 January 2006, 15:04", group: ",", unit: "bytes",
		}
	}
	return acknowledgementWording{
		title: "Empfangsbestätigung", recipient: "Ausgestellt für", akte: "Aktenzeichen", number: "Nummer dieser Bestätigung",
		issued: "Ausgestellt am", count: "Schriftstücke", papers: "Eingegangen sind",
		received: "Eingegangen am", channel: "Eingangsweg", kind: "Art", dated: "Datum des Schriftstücks", entry: "Eingang", pages: "Seiten",
		file: "Datei", size: "Größe", nameless: "Ohne Dateinamen", text: "Text", image: "Bild", email: "E-Mail", other: "Datei",
		closing: []string{
			"Diese Bestätigung sagt, welche Schriftstücke hier wann eingegangen sind. Sie sagt nichts darüber, ob sie vollständig oder richtig sind, und ist keine Entscheidung.",
			"Mit dem SHA-256-Wert lässt sich feststellen, ob eine Datei die empfangene ist. Jeder Wert gehört zu der Datei, die hier unverändert gespeichert ist.",
			"Maschinell erstellt. Sie trägt keine Unterschrift.",
		},
		day: "02.01.2006", moment: "02.01.2006, 15:04 Uhr", group: ".", unit: "Bytes",
	}
}

// date writes a day as people do; what is no whole date stays as it is.
func (w acknowledgementWording) date(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(w.day)
}

// bytes writes a size to the byte: two files of one size in rounded units are not the same.
func (w acknowledgementWording) bytes(n int64) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + w.group + digits[at:]
	}
	return digits + " " + w.unit
}

// fileKind names a media type in words, with the type behind it.
func (w acknowledgementWording) fileKind(media string) string {
	name := w.other
	switch {
	case media == "application/pdf":
		name = "PDF"
	case strings.HasPrefix(media, "image/"):
		name = w.image
	case strings.HasPrefix(media, "text/"):
		name = w.text
	case media == "message/rfc822", media == "application/vnd.ms-outlook":
		name = w.email
	}
	return name + " (" + media + ")"
}
