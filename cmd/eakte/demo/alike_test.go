package demo

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eakte/archive"
	"eakte/ingest/alike"
)

// misread is a page as recognition might give it back from another scan: letters taken for others, words run
// together, a stamp, and less sure where it is wrong.
func misread(p archive.PageWords, errors float64, rng *rand.Rand) archive.PageWords {
	wrong := map[rune]rune{'e': 'c', 'n': 'u', 'l': '1', 'i': 'l', 'o': '0', 'a': 'o', 'S': '5', '1': 'l', '0': 'O', '8': '3', 't': 'f', 'h': 'b'}
	out := archive.PageWords{Width: p.Width, Height: p.Height}
	for i := 0; i < len(p.Words); i++ {
		w := p.Words[i]
		w.Confidence = uint8(88 + rng.IntN(10))
		if rng.Float64() < errors {
			letters := []rune(w.Text)
			at := rng.IntN(len(letters))
			if to, ok := wrong[letters[at]]; ok {
				letters[at] = to
				w.Confidence = uint8(40 + rng.IntN(50))
			}
			w.Text = string(letters)
		}
		if rng.Float64() < errors/4 && i+1 < len(p.Words) {
			i++
			w.Text += p.Words[i].Text
		}
		if rng.Float64() < errors/6 {
			continue
		}
		out.Words = append(out.Words, w)
	}
	for _, s := range []string{"EINGEGANGEN", "20.11.2026", "Landkreis", "Musterfelde"} {
		out.Words = append(out.Words, archive.WordBox{Text: s, Confidence: 70})
	}
	return out
}

// samePaper asks as the inbox does: by prints first, then word by word.
func samePaper(a, b []archive.PageWords) (near, same bool) {
	if len(a) != len(b) {
		return false, false
	}
	same = true
	for i := range a {
		ok, sure := alike.Near(alike.Print(a[i].Words, nil), alike.Print(b[i].Words, nil))
		if !ok {
			return false, false
		}
		same = same && (sure || alike.Compare(a[i], b[i]).Same())
	}
	return true, same
}

// TestSamePaperAgain compares every paper with what recognition may make of another scan of it, and every two papers
// of one form with each other.
func TestSamePaperAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	forms := map[string][][]archive.PageWords{}
	var found share
	for _, d := range Make(1).Documents {
		var pages, again []archive.PageWords
		for _, s := range d.sheets[:min(len(d.sheets), 3)] {
			p := printedOn(d.types, s)
			pages, again = append(pages, p), append(again, misread(p, 0.06, rng))
		}
		forms[recipeOf(d.paper)] = append(forms[recipeOf(d.paper)], pages)
		near, same := samePaper(pages, again)
		if found.count(same); !same {
			t.Logf("%s isn't found again; near: %v; %+v", d.FileName, near, alike.Compare(pages[0], again[0]))
		}
	}
	var mistaken share
	names := make([]string, 0, len(forms))
	for name := range forms {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all := forms[name]
		for i := range all {
			for j := range i {
				_, same := samePaper(all[i], all[j])
				if mistaken.count(same); same {
					t.Logf("two papers of %s are taken for one: %+v", name, alike.Compare(all[i][0], all[j][0]))
				}
			}
		}
	}
	// What is hardest to tell apart: one form for one person, a month later.
	m, err := newMaker(1)
	if err != nil {
		t.Fatal(err)
	}
	var later share
	for _, name := range names {
		if _, known := m.recipes[name]; !known {
			continue
		}
		for person := 0; person < 24; person += 4 {
			var two [2][]archive.PageWords
			for n := range two {
				m.made++
				p := m.paper(name, m.facts[person], m.akteOf(person), m.today.AddDate(0, -1-n, -3*n), rng)
				for _, s := range p.sheets[:min(len(p.sheets), 3)] {
					two[n] = append(two[n], printedOn(m.types, s))
				}
			}
			if d := alike.Compare(two[0][0], two[1][0]); d.Shared == d.Words && d.Extra == 0 {
				continue // nothing tells them apart
			}
			_, same := samePaper(two[0], two[1])
			if later.count(same); same {
				t.Logf("two papers of %s for one person are taken for one: %+v", name, alike.Compare(two[0][0], two[1][0]))
			}
		}
	}
	t.Logf("one form for one person a month later: %d of %d pairs that differ taken for one (%.1f %%)", later.so, later.of, later.percent())
	t.Logf("found again %.1f %% of %d papers misread; %d of %d pairs of one form taken for one (%.2f %%)",
		found.percent(), found.of, mistaken.so, mistaken.of, mistaken.percent())
	if found.percent() < 98 || mistaken.so > 0 || later.so > 0 {
		t.Error("papers are found again too seldom, or different ones are taken for one")
	}
}

// TestLongLettersOfAnotherDay: however long two letters are, one date or one number that was legible on both keeps them
// apart.
func TestLongLettersOfAnotherDay(t *testing.T) {
	letter := func(words int, sure uint8, put ...string) archive.PageWords {
		p := archive.PageWords{Width: 595, Height: 842}
		for i := range words {
			text := []string{"Aufenthalt", "Bescheid", "Unterlagen", "Vorsprache", "gemäß", "wegen", "Akte"}[i%7] + strings.Repeat("x", i%5)
			p.Words = append(p.Words, archive.WordBox{Text: text, Confidence: 96})
		}
		for i, w := range put {
			at := (i + 1) * words / (len(put) + 1)
			p.Words = slices.Insert(p.Words, at, archive.WordBox{Text: w, Confidence: sure})
		}
		return p
	}
	for _, tc := range []struct {
		name        string
		sure        uint8
		left, right []string
		same        bool
	}{
		{"another month", 96, []string{"12.03.2026"}, []string{"12.04.2026"}, false},
		{"another day that looks alike", 96, []string{"18.03.2026"}, []string{"13.03.2026"}, false},
		{"another day and month", 96, []string{"12.03.2026"}, []string{"27.11.2025"}, false},
		{"another month in letters", 96, []string{"März"}, []string{"April"}, false},
		{"another day in one digit", 96, []string{"3."}, []string{"4."}, false},
		{"another sum", 96, []string{"1.204,50"}, []string{"1.284,50"}, false},
		{"one of two numbers", 96, []string{"12.03.2026", "447-2"}, []string{"12.03.2026", "447-3"}, false},
		{"a number that nobody can read", 60, []string{"12.03.2026"}, []string{"12.08.2026"}, true},
		{"a letter for a digit", 96, []string{"10.03.2026"}, []string{"1O.03.2026"}, true},
		{"other blanks in a date", 96, []string{"12.03.2026"}, []string{"12.03.2026"}, true},
	} {
		for _, words := range []int{60, 200, 700} {
			d := alike.Compare(letter(words, 96, tc.left...), letter(words, tc.sure, tc.right...))
			if d.Same() != tc.same {
				t.Errorf("%s in %d words: same %v: %+v", tc.name, words, d.Same(), d)
			}
		}
	}
}

// recognised are the words tesseract finds on an image.
func recognised(t *testing.T, picture []byte, dpi int) archive.PageWords {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.jpg")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	p := archive.PageWords{Width: float32(sheetWidth), Height: float32(sheetHeight)}
	for line := range strings.Lines(tool(t, "tesseract", file, "-", "-l", "deu", "--dpi", strconv.Itoa(dpi), "tsv")) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(cells) < 12 || cells[0] != "5" || strings.TrimSpace(cells[11]) == "" {
			continue
		}
		sure, err := strconv.ParseFloat(cells[10], 64)
		if err != nil {
			t.Fatal(err)
		}
		p.Words = append(p.Words, archive.WordBox{Text: cells[11], Confidence: uint8(sure)})
	}
	return p
}

// TestScannedTwice scans papers twice, at other angles and resolutions, and recognises both: a few, or with
// EAKTE_TEST_FIGURES many.
func TestScannedTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("recognition takes seconds")
	}
	most := 2
	if os.Getenv("EAKTE_TEST_FIGURES") != "" {
		most = 12
	}
	type scans struct {
		name  string
		words [2]archive.PageWords
	}
	var all []scans
	var found, pictures share
	done := map[string]int{}
	for _, d := range Make(1).Documents {
		name := recipeOf(d.paper)
		if len(all) == most {
			break
		}
		if done[name] == 2 || len(all) >= most/2 && done[name] == 0 { // two of each form
			continue
		}
		done[name]++
		one := scans{name: name}
		var prints [2][]byte
		for n, look := range []scanLook{
			{dpi: 200, angle: 0.008, quality: 60, paper: 236, holes: true, format: "jpg"},
			{dpi: 170, angle: -0.013, quality: 45, paper: 228, fold: true, format: "jpg"},
		} {
			picture, err := paintScan(d.types, "", d.made, d.sheets[:1], look, d.seed+uint64(n))
			if err != nil {
				t.Fatal(err)
			}
			one.words[n] = recognised(t, picture, int(look.dpi))
			img, _, err := image.Decode(bytes.NewReader(picture))
			if err != nil {
				t.Fatal(err)
			}
			prints[n] = alike.Picture(img.(*image.Gray))
		}
		all = append(all, one)
		_, same := samePaper([]archive.PageWords{one.words[0]}, []archive.PageWords{one.words[1]})
		found.count(same)
		near, _ := alike.Near(archive.Print{Image: prints[0]}, archive.Print{Image: prints[1]})
		pictures.count(near)
		t.Logf("%s: same %v, by image alone %v; %+v", d.FileName, same, near, alike.Compare(one.words[0], one.words[1]))
	}
	var mistaken share
	for i := range all {
		for j := range i {
			_, same := samePaper([]archive.PageWords{all[i].words[0]}, []archive.PageWords{all[j].words[1]})
			if mistaken.count(same); same {
				t.Logf("%s and %s are taken for one: %+v", all[i].name, all[j].name, alike.Compare(all[i].words[0], all[j].words[1]))
			}
		}
	}
	t.Logf("scanned twice: %.0f %% of %d found; by the image alone %.0f %%; %d of %d other pairs taken for one",
		found.percent(), found.of, pictures.percent(), mistaken.so, mistaken.of)
	if found.percent() < 90 || mistaken.so > 0 {
		t.Error("a paper scanned twice isn't found, or two papers are taken for one")
	}
}
