package demo

import (
	"fmt"
	"strings"
)

// layouts returns what decorates the sheets of a layout.
func layouts(name string, set setting) func(*flow, int) float64 {
	first := map[string]func(*flow, setting) float64{
		"letter": letterHead, "certificate": certificateHead, "form": formHead,
		"contract": contractHead, "passport": passportHead, "note": noteHead, "court": courtHead,
	}[name]
	return func(f *flow, number int) float64 {
		waterMark(f.sheet(), f.t)
		if name == "certificate" || name == "passport" {
			ornamentIfCertificate(f, name, set)
		}
		if number == 0 {
			return first(f, set)
		}
		s := f.sheet()
		s.text(f.t, regular, 8, f.left, 22, grey, set.issuer.name)
		s.textRight(f.t, regular, 8, f.right, 22, grey, fmt.Sprintf("Blatt %d · %s", number+1, set.facts.of("ref")))
		s.hline(f.left, 24.5, f.right-f.left, 0.2, hair)
		return 36
	}
}

func ornamentIfCertificate(f *flow, name string, set setting) {
	if name == "certificate" {
		ornament(f.sheet(), set.issuer.ink)
	}
	f.left, f.right, f.bottom = 30, 182, 268
}

// banner is the head of every official paper: arms, name, unit, a coloured rule.
func banner(f *flow, set setting) {
	s, i := f.sheet(), set.issuer
	emblem(s, f.left+7, 20, 7, i)
	s.text(f.t, bold, 15, f.left+18, 20, i.ink, i.name)
	s.text(f.t, regular, 9.5, f.left+18, 25.6, grey, i.unit)
	s.fill(f.left, 31.5, f.right-f.left, 0.7, i.ink)
}

// letterHead follows DIN 5008 form B: address field left, information block right.
func letterHead(f *flow, set setting) float64 {
	banner(f, set)
	s, i, fa := f.sheet(), set.issuer, set.facts
	s.text(f.t, regular, 6.6, f.left, 48.5, grey, i.name+" · "+i.street+" · "+i.city)
	s.hline(f.left, 49.6, 85, 0.15, hair)
	for n, l := range []string{fa.of("to1"), fa.of("to2"), fa.of("to3"), fa.of("to4")} {
		s.text(f.t, regular, 10.5, f.left, 56+float64(n)*5.1, black, l)
	}
	info := [][2]string{{"Auskunft", i.clerk}, {"Zimmer", i.room}, {"Telefon", i.phone}, {"E-Mail", i.mail}, {"Aktenzeichen", fa.of("ref")}, {"Datum", fa.of("date")}}
	for n, l := range info {
		s.text(f.t, regular, 7.6, 124, 52+float64(n)*5, grey, l[0])
		s.text(f.t, regular, 8.8, 144, 52+float64(n)*5, black, l[1])
	}
	f.y = 98
	f.prose(bold, 11.2, f.left, black, set.subject)
	return f.y + 4
}

// certificateHead is centred, in the issuer's colour.
func certificateHead(f *flow, set setting) float64 {
	s, i := f.sheet(), set.issuer
	mid := sheetWidth / 2
	emblem(s, mid, 34, 9, i)
	s.textMiddle(f.t, bold, 12, mid, 53, i.ink, i.name)
	s.textMiddle(f.t, regular, 9, mid, 58.5, grey, i.unit+" · "+i.city)
	f.y = 76
	for _, l := range f.t.wrap(bold, 22, f.right-f.left, f.t.printable(bold, set.subject)) {
		s.textMiddle(f.t, bold, 22, mid, f.y, i.ink, l)
		f.y += 10
	}
	s.fill(mid-22, f.y-4.5, 44, 0.5, i.ink)
	s.textMiddle(f.t, regular, 8, mid, f.y+1.5, grey, "Nr. "+set.facts.of("number"))
	return f.y + 15
}

func formHead(f *flow, set setting) float64 {
	banner(f, set)
	s := f.sheet()
	s.fill(f.left, 38, f.right-f.left, 11, set.issuer.ink)
	s.text(f.t, bold, 12.5, f.left+3, 45.3, ink{255, 255, 255}, set.subject)
	s.text(f.t, regular, 8, f.left, 54.5, grey, "Bitte in Druckschrift ausfüllen. Zutreffendes ankreuzen.")
	s.textRight(f.t, regular, 8, f.right, 54.5, grey, set.facts.of("ref"))
	return 64
}

func contractHead(f *flow, set setting) float64 {
	s, i := f.sheet(), set.issuer
	s.text(f.t, bold, 12, f.left, 22, i.ink, i.name)
	s.text(f.t, regular, 8.5, f.left, 26.8, grey, i.street+", "+i.city)
	s.textRight(f.t, regular, 8.5, f.right, 22, grey, set.facts.of("number"))
	s.fill(f.left, 30, f.right-f.left, 0.4, i.ink)
	s.textMiddle(f.t, bold, 18, (f.left+f.right)/2, 45, black, set.subject)
	return 58
}

// passportHead is a copy of a data page: a card on the upper half of the sheet.
func passportHead(f *flow, set setting) float64 {
	s, i, fa := f.sheet(), set.issuer, set.facts
	s.text(f.t, regular, 8.5, 24, 22, grey, "Kopie der Datenseite, gefertigt zur Akte "+fa.of("ref"))
	s.fill(24, 30, 162, 112, ink{241, 240, 232})
	s.frame(24, 30, 162, 112, 0.5, i.ink)
	s.fill(24, 30, 162, 12, i.ink)
	s.text(f.t, bold, 12, 29, 38, ink{255, 255, 255}, set.subject)
	s.textRight(f.t, regular, 9, 181, 38, ink{255, 255, 255}, fa.of("state_en"))
	portrait(s, f.t, 29, 48, 38, 50)
	rows := [][2]string{{"Name / Surname", fa.of("family")}, {"Vornamen / Given names", fa.of("given")}, {"Staatsangehörigkeit / Nationality", fa.of("nat_en")},
		{"Geburtsdatum / Date of birth", fa.of("born")}, {"Geburtsort / Place of birth", fa.of("birthplace")}, {"Geschlecht / Sex", fa.of("sexletter")},
		{"Ausgestellt / Date of issue", fa.of("issued")}, {"Gültig bis / Date of expiry", fa.of("expires")}}
	for n, l := range rows {
		y := 50 + float64(n)*9.6
		s.text(f.t, regular, 6.6, 74, y, grey, l[0])
		s.text(f.t, bold, 10, 74, y+4.2, black, l[1])
	}
	s.text(f.t, regular, 6.6, 140, 50, grey, "Pass-Nr. / Passport No.")
	s.text(f.t, mono, 10, 140, 54.2, black, fa.of("passport"))
	s.path(ink{28, 36, 96}, scribble(30, 112, fa.hand(fa.of("family"))))
	s.text(f.t, regular, 6.6, 29, 118, grey, "Unterschrift / Signature")
	s.fill(24, 128, 162, 14, ink{255, 255, 255})
	s.textMiddle(f.t, mono, 11, 105, 136.5, claret, "MUSTER - KEIN AUSWEIS - OHNE MASCHINENLESBARE ZONE")
	s.frame(24, 30, 162, 112, 0.5, i.ink)
	return 156
}

func noteHead(f *flow, set setting) float64 {
	s, i := f.sheet(), set.issuer
	s.text(f.t, mono, 9, f.left, 22, black, strings.TrimSuffix(i.name+" - "+i.unit, " - "))
	s.textRight(f.t, mono, 9, f.right, 22, black, set.facts.of("date"))
	s.text(f.t, mono, 9, f.left, 27, black, "Az. "+set.facts.of("ref"))
	s.fill(f.left, 30, f.right-f.left, 0.3, black)
	f.y = 42
	f.prose(bold, 12.5, f.left, black, set.subject)
	return f.y + 5
}

func courtHead(f *flow, set setting) float64 {
	s, i := f.sheet(), set.issuer
	emblem(s, sheetWidth/2, 24, 8, i)
	s.textMiddle(f.t, bold, 15, sheetWidth/2, 42, black, i.name)
	s.text(f.t, mono, 9.6, f.left, 54, black, "Aktenzeichen: "+set.facts.of("court"))
	s.textRight(f.t, mono, 9.6, f.right, 54, black, set.facts.of("date"))
	f.y = 68
	s.textMiddle(f.t, bold, 15, sheetWidth/2, f.y, black, set.subject)
	return f.y + 12
}
