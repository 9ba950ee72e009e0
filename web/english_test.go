package web

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// germanIn finds German in English pages.
type germanIn struct {
	seen      map[string]bool
	sentences []string
}

// germanWords are frequent ones that are no English words; those of the tests' own papers are none of them.
var germanWords = regexp.MustCompile(`(?i)(^|[^\pL])(und|oder|nicht|der|das|dem|den|des|ein|eine|einen|einer|eines|ist|sind|wird|werden|wurde|für|mit|` +
	`von|zum|zur|bitte|kein|keine|noch|schon|auf|aus|bei|nach|über|sie|ihre|ihren|diese|dieser|dieses|akte|akten|datei|dateien|dokument|dokumente|` +
	`vorgang|vorgänge|postkorb|postkörbe|seiten|seite|zweck|abteilung|ändern|öffnen|ablegen|suchen|löschen|speichern|angemeldet|abmelden)([^\pL]|$)`)

// chunks are what a reader sees or hears of a page: texts between tags, and attributes that are read out.
var chunks = regexp.MustCompile(`>([^<>]+)<|\s(?:title|alt|aria-label|placeholder|content|data-[a-z-]+)="([^"]*)"`)

// untranslated are parts that say so of themselves: secrets, which may look like a word.
var untranslated = regexp.MustCompile(`<[a-z]+[^>]* translate="no"[^>]*>[^<]*`)

// machine are codes and paths, which scripts read.
var machine = regexp.MustCompile(`^[a-z0-9_./:?=&*-]*$`)

// properNames stand in pages of every language.
var properNames = strings.NewReplacer("E-Akte", "", "Eakte-Purpose", "", "eakte audit verify", "")

// newGermanIn reads the German sentences that read otherwise in English.
func newGermanIn(t *testing.T) *germanIn {
	t.Helper()
	g := &germanIn{seen: map[string]bool{}}
	files, err := filepath.Glob("ui/*/text.toml")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	var english strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]map[string]string
		if err := toml.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for _, said := range texts {
			english.WriteString(said["en"] + "\n" + said["en_one"] + "\n")
			for _, de := range []string{said["de"], said["de_one"]} {
				for _, part := range regexp.MustCompile(`\{\{[^}]*\}\}`).Split(de, -1) {
					if part = strings.TrimSpace(part); len(part) >= 8 && strings.ContainsAny(part, " äöüß") {
						g.sentences = append(g.sentences, part)
					}
				}
			}
		}
	}
	both := english.String()
	g.sentences = slices.DeleteFunc(g.sentences, func(s string) bool { return strings.Contains(both, s) })
	return g
}

// find returns the first German text of a page that was not looked at before; empty: there is none.
func (g *germanIn) find(page []byte) string {
	for _, m := range chunks.FindAllSubmatch(untranslated.ReplaceAll(page, nil), -1) {
		text := strings.TrimSpace(html.UnescapeString(string(m[1]) + string(m[2])))
		if g.seen[text] || machine.MatchString(text) {
			continue
		}
		g.seen[text] = true
		text = properNames.Replace(text)
		if germanWords.MatchString(text) || slices.ContainsFunc(g.sentences, func(s string) bool { return strings.Contains(text, s) }) {
			return text
		}
	}
	return ""
}

func TestGermanIsFound(t *testing.T) {
	g := newGermanIn(t)
	for page, want := range map[string]bool{
		"<p>The file is open.</p>":                                   false,
		"<p>Die Akte ist offen.</p>":                                 true,
		`<code class="mono" translate="no">MUSS ZUR5 DER</code>`:     false,
		`<button aria-label="Seite drehen"></button>`:                true,
		`<a href="/akten/x">E-Akte</a>`:                              false,
		"<p>" + html.EscapeString(g.sentences[0]) + "</p>":           true,
		`<input name="akte_id" value="der"><p>Opening this file</p>`: false,
	} {
		if got := g.find([]byte(page)); (got != "") != want {
			t.Errorf("%s: %q", page, got)
		}
	}
}
