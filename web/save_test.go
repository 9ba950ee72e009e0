package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestSavedFilesStartNothing uploads under dangerous names and looks at how the files come back.
func TestSavedFilesStartNothing(t *testing.T) {
	w := newWorld(t)
	clerk := w.pair("sachbearbeitung", "auslaenderbehoerde")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	const pdf, jpeg = "%PDF-1.4\r\ncalc.exe\r\n", "\xff\xd8\xff\xe0 JFIF"
	for _, tt := range []struct{ name, content, want string }{
		{"bescheid.pdf", pdf, "bescheid.pdf"},
		{"rechnung.pdf.bat", pdf, "rechnung.pdf.bat.pdf"},
		{"lauf.cmd", "\r\n\r\n" + pdf, "lauf.cmd.pdf"},
		{"lauf.sh", "calc.exe\r\n" + pdf, "lauf.sh.pdf"},
		{"brief.html", pdf, "brief.html.pdf"},
		{"a.js", pdf, "a.js.pdf"},
		{"brief.hta", jpeg, "brief.hta.jpg"},
		{"FOTO.JPG", jpeg, "FOTO.JPG"},
		{"liste.csv", "a;b\n", "liste.csv"},
		{"notiz.unbekannt", "Text", "notiz.unbekannt.txt"},
	} {
		f := newForm().meta(`{"type":"arbeitsvertrag"}`).file(tt.name, tt.content)
		doc := w.want(201, clerk, "POST", "/akten/"+akte+"/documents", f, purpose).text("id")
		for _, method := range []string{"GET", "HEAD"} {
			got := w.want(200, clerk, method, "/documents/"+doc+"/original", nil, purpose).header.Get("Content-Disposition")
			if want := fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, tt.want, tt.want); got != want {
				t.Errorf("%s %s: got %s", method, tt.name, got)
			}
		}
	}
	for _, name := range []string{"a.url", "a.scf", "a.desktop", "a.jnlp", "a.library-ms", "a.lnk", "a.cmd", "a.ps1", "a.vbs"} {
		isProblem(t, w.call(clerk, "POST", "/inbox", newForm().file(name, "Text")), 415, "dangerous", german)
	}
	for _, content := range []string{"[InternetShortcut]\r\nURL=x\r\n", "[Desktop Entry]\nExec=sh\n", `<?xml version="1.0"?><jnlp/>`} {
		r := w.call(clerk, "POST", "/inbox", newForm().file("brief.txt", content))
		isProblem(t, r, 415, "dangerous", german)
		if strings.Contains(string(r.body), "URL") {
			t.Errorf("the answer repeats the file: %v", r)
		}
	}
}
