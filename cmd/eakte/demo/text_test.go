package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// words is the text of a sheet as it was laid out.
func words(s sheet) string {
	var b strings.Builder
	for _, o := range s.ops {
		b.WriteString(o.text + "\n")
	}
	return b.String()
}

func TestEveryPageIsMarkedAndFilled(t *testing.T) {
	a := Make(1)
	all := make([]paper, 0, len(a.Documents)+len(a.Inbox))
	for _, d := range a.Documents {
		all = append(all, d.paper)
	}
	for _, i := range a.Inbox {
		all = append(all, i.paper)
	}
	for _, p := range all {
		text := ""
		for n, s := range p.sheets {
			page := words(s)
			if !strings.Contains(page, "MUSTER") {
				t.Errorf("%s page %d isn't marked", p.FileName, n+1)
			}
			text += page
		}
		if strings.ContainsAny(text, "{}") {
			t.Errorf("%s has an unfilled place", p.FileName)
		}
	}
}

func TestKeywordsStandWhereTheyShould(t *testing.T) {
	for _, d := range Make(1).Documents {
		if len(d.Keywords) == 0 {
			t.Errorf("%s has no key words", d.FileName)
			continue
		}
		for n, k := range d.Keywords {
			last := d.Pages > 1 && n == len(d.Keywords)-1
			first := strings.Contains(words(d.sheets[0]), k)
			whole := ""
			for _, s := range d.sheets {
				whole += words(s)
			}
			if !strings.Contains(whole, k) || last && first {
				t.Errorf("%s: key word %d (%s) is missing or not kept for the last page", d.FileName, n, k)
			}
		}
	}
}

func TestTextStaysOnTheSheet(t *testing.T) {
	types, err := newTypeset()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range Make(1).Documents {
		for n, s := range d.sheets {
			for _, o := range s.ops {
				if o.text != "" && (o.x < 5 || o.x+types.width(o.face, o.points, o.text) > 206 || o.y > 292) {
					t.Errorf("%s page %d: %q runs off the sheet", d.FileName, n+1, o.text)
				}
			}
		}
	}
}

func TestNamesCanBePrinted(t *testing.T) {
	types, err := newTypeset()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Make(1).Persons {
		for _, n := range p.Names {
			for f := range faces {
				if s := types.printable(f, n.Given+" "+n.Family); strings.Contains(s, "?") {
					t.Errorf("%s %s prints as %s", n.Given, n.Family, s)
				}
			}
		}
	}
}

// tool runs a program of the machine, or skips the test.
func tool(t *testing.T, name string, arg ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(path, arg...)
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func save(t *testing.T, d Document) string {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), d.FileName)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEveryKindOfPDFReadsBack(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Make(1).Documents {
		if d.Scan || seen[d.title] {
			continue
		}
		seen[d.title] = true
		file := save(t, d)
		if info := tool(t, "pdfinfo", file); !strings.Contains(info, "Pages:") {
			t.Errorf("%s: pdfinfo says %s", d.FileName, info)
		}
		pages := strings.Split(strings.TrimSuffix(tool(t, "pdftotext", "-layout", file, "-"), "\f"), "\f")
		if len(pages) != d.Pages {
			t.Errorf("%s has %d pages, want %d", d.FileName, len(pages), d.Pages)
		}
		for n, p := range pages {
			if !strings.Contains(p, "MUSTER") {
				t.Errorf("%s page %d lost its mark", d.FileName, n+1)
			}
		}
		for _, k := range d.Keywords {
			if !strings.Contains(strings.Join(pages, " "), k) {
				t.Errorf("%s: pdftotext doesn't find %s", d.FileName, k)
			}
		}
	}
}

func TestScansCanBeRecognised(t *testing.T) {
	if testing.Short() {
		t.Skip("recognition takes seconds")
	}
	for _, form := range []string{"image/jpeg", "image/png", "application/pdf"} {
		for _, d := range Make(1).Documents {
			if !d.Scan || d.MediaType != form {
				continue
			}
			file := save(t, d)
			if form == "application/pdf" {
				if text := tool(t, "pdftotext", file, "-"); strings.TrimSpace(text) != "" {
					t.Errorf("%s is no mere image", d.FileName)
				}
				base := filepath.Join(t.TempDir(), "page")
				tool(t, "pdftoppm", "-gray", "-r", "200", "-f", "1", "-singlefile", file, base)
				file = base + ".pgm"
			}
			got := tool(t, "tesseract", file, "-", "-l", "deu", "--dpi", "200")
			if lost := lostWords(words(d.sheets[0]), got); lost > 0.12 {
				t.Errorf("%s: %.0f %% of the words are not recognised\n%s", d.FileName, 100*lost, got)
			} else {
				t.Logf("%s: %.1f %% of the words lost", d.FileName, 100*lost)
			}
			break
		}
	}
}

// lostWords is the share of words (four letters and more) that recognition didn't give back.
func lostWords(want, got string) float64 {
	have := map[string]bool{}
	trim := func(w string) string { return strings.Trim(w, ".,:;()„“·–-§") }
	for _, w := range strings.Fields(got) {
		have[trim(w)] = true
	}
	all, lost := 0.0, 0.0
	for _, w := range strings.Fields(want) {
		if w = trim(w); len(w) < 4 {
			continue
		}
		all++
		if !have[w] {
			lost++
		}
	}
	return lost / all
}
