package acl

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"eakte/archive"
	"eakte/ingest/bundle"
)

// DeliveryStatement is the receipt of a delivery for people: by result, each row with its reason in words and its code.
// The time is printed in the zone it has.
func DeliveryStatement(d archive.Delivery, rows []DeliveryRowView, language string) bundle.Statement {
	w := WordsOfDeliveries(language)
	closing := w.say(
		"Maschinell erstellt. Sie trägt keine Unterschrift. Jeder SHA-256-Wert gehört zu der Datei, wie sie geliefert wurde.",
		"Made by machine. It bears no signature. Each SHA-256 value belongs to the file as it was delivered.",
	)
	s := bundle.Statement{
		Language: language, Title: w.say("Quittung über eine Lieferung", "Receipt of a delivery"),
		Number:  bundle.Line{Label: w.say("Lieferung", "Delivery"), Value: d.Name},
		Closing: []string{closing},
		Head: []bundle.Line{
			{Label: w.say("Dienstleister", "Vendor"), Value: d.Vendor}, {Label: w.say("Lieferung", "Delivery"), Value: d.Name},
			{Label: w.say("Eingebracht am", "Brought in"), Value: d.At.Format(w.say("02.01.2006, 15:04 Uhr", "2 January 2006, 15:04"))},
		},
	}
	if d.DryRun {
		s.Head[2].Label = w.say("Ausgestellt am", "Date of issue")
		s.Closing = []string{w.say("Probelauf: Es wurde nichts übernommen.", "Dry run: nothing was brought in."), closing}
	}
	for _, result := range archive.DeliveryResults() {
		var section []bundle.Row
		for _, row := range rows {
			if row.Result == result {
				section = append(section, w.row(row))
			}
		}
		if len(section) > 0 {
			s.Head = append(s.Head, bundle.Line{Label: w.Result(result), Value: strconv.Itoa(len(section))})
			s.Sections = append(s.Sections, bundle.Section{Title: fmt.Sprintf("%s (%d)", w.Result(result), len(section)), Rows: section})
		}
	}
	s.Head = append(s.Head, bundle.Line{Label: w.say("Papierakten zurück", "Paper files back"), Value: strconv.Itoa(d.Back)})
	return s
}

// row states a row of a delivery.
func (w DeliveryWords) row(row DeliveryRowView) bundle.Row {
	line := ""
	if row.Row > 0 {
		line = strconv.Itoa(row.Row)
	}
	out := bundle.Row{Title: row.File}
	switch {
	case row.Hidden:
		out.Title = w.say("Mehr steht in einer Akte, die Sie nicht sehen dürfen", "The rest lies in an Akte that you may not see")
	case out.Title == "":
		out.Title = cmp.Or(row.Number, w.say("Name nach Ablauf der Frist gelöscht", "Name erased at the end of its term"))
	}
	why := strings.Join(w.Why(row.DeliveryRow), "; ")
	if len(row.Faults) == 0 {
		why = withCode(why, row.Reason)
	} else {
		why = withCode(why, archive.DeliveryProfile)
	}
	size := ""
	if row.SHA256 != [32]byte{} {
		size = strconv.FormatInt(row.Size, 10)
	}
	out.Facts = filledLines([]bundle.Line{
		{Label: w.say("Zeile", "Row"), Value: line}, {Label: w.say("Aktenzeichen", "Reference number"), Value: row.Number},
		{Label: w.say("Grund", "Reason"), Value: why}, {Label: w.say("Versucht", "Tried"), Value: strings.Join(w.coded(row.Tried), "; ")},
		{Label: w.say("Größe in Bytes", "Size in bytes"), Value: size},
	})
	if size != "" {
		out.Facts = append(out.Facts, Grouped(row.SHA256)...)
	}
	return out
}
