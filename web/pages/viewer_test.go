package pages

import (
	"strings"
	"testing"

	"eakte/archive"
	"eakte/web/ui"
)

func TestViewer(t *testing.T) {
	set, err := ui.New(ui.Config{Label: func(_, key, _ string) string { return key }})
	if err != nil {
		t.Fatal(err)
	}
	read := archive.Version{Kind: "application/pdf", State: "ready", Pages: []archive.PageFacts{
		{Width: 595, Height: 842, Source: "ocr", Image: archive.Part{Length: 1}},
		{Width: 243, Height: 153, Source: "none", Note: "unreadable"},
	}}
	tests := []struct {
		name       string
		state      string
		version    archive.Version
		edit       func(*ui.Viewer)
		want, lack []string
	}{
		{
			name: "pages of a document", state: "ready", version: read,
			want: []string{
				`id="page=1" data-page="1" data-width="595" data-height="842" data-drawn`, `src="/api/v1/documents/D/pages/1/image?width=1280"`,
				`Seite 1 von 2`, `Bitte prüfen Sie das Original`, `data-do="as-exact"`, `data-find`, `href="/api/v1/documents/D/original"`,
			},
			lack: []string{"data-waits", "data-drawing", "pages/2/image", "viewer-told"},
		},
		{
			name: "an older version beside", state: "ready", version: read,
			edit: func(v *ui.Viewer) { v.ID, v.Version, v.Close = "beside", 2, "/akten/A" },
			want: []string{
				`id="beside-page=1"`, `image?width=1280&amp;version=2"`, `original?version=2"`, `href="/akten/A"`,
			},
		},
		{
			name: "no images yet", state: "processing",
			version: archive.Version{Kind: "image/tiff", Pages: []archive.PageFacts{{Width: 1, Height: 1}}},
			want:    []string{"data-drawing", "gerade erstellt"}, lack: []string{"<img", "as-exact", "data-waits"},
		},
		{
			name: "a photograph as it was received", state: "ready",
			version: archive.Version{Kind: "image/jpeg", State: "ready", Pages: read.Pages[:1]},
			want:    []string{`data-exact="image/jpeg"`, `data-do="as-exact"`},
		},
		{
			name: "being read", state: "processing", version: archive.Version{},
			want: []string{"data-waits", "wird gerade gelesen"}, lack: []string{"data-pages", "data-find"},
		},
		{
			name: "some pages are not read, some uncertain, one straightened", state: "ready",
			version: archive.Version{Kind: "application/pdf", State: "ready", Flags: []string{"unlocked", "owner_restricted", "xfa", "extension"}, Pages: []archive.PageFacts{
				{Width: 1, Height: 1, Note: "unreadable"}, {Width: 1, Height: 1, Note: "uncertain"}, {Width: 1, Height: 1, Note: "time_limit"},
				{Width: 1, Height: 1, Corners: []int{0, 0, 9, 0, 9, 9, 0, 9}},
			}},
			want: []string{
				"Die Seiten 1, 3 konnten nicht gelesen werden.", "Auf Seite 2 ist die Texterkennung unsicher.", "begradigt",
				"mit ihrem Kennwort geöffnet", "Drucken oder Kopieren", "XFA-Formular", "Endung des Dateinamens",
			},
		},
		{
			name: "waits for its password, and she may enter it", state: "password", version: archive.Version{State: "password", Reason: "encrypted"},
			edit: func(v *ui.Viewer) { v.Unlock = "/unlock" },
			want: []string{`action="/unlock"`, `type="password"`, "nirgends gespeichert"}, lack: []string{"neue Fassung"},
		},
		{
			name: "waits for its password", state: "password", version: archive.Version{State: "password", Reason: "encrypted"},
			want: []string{"neue Fassung"}, lack: []string{`type="password"`},
		},
		{
			name: "damaged, and she may try again", state: "failed", version: archive.Version{State: "failed", Reason: "corrupt"},
			edit: func(v *ui.Viewer) { v.Retry = "/again" },
			want: []string{"Die Datei ist beschädigt.", `action="/again"`, "Erneut versuchen", "/original"},
		},
		{
			name: "damaged, and she may not", state: "failed", version: archive.Version{State: "failed", Reason: "corrupt"},
			want: []string{"Die Datei ist beschädigt."}, lack: []string{"<form", "Erneut"},
		},
		{
			name: "a program inside", state: "quarantined", version: archive.Version{Reason: "embedded_program"},
			want: []string{"Quarantäne", "In der Datei steckt ein Programm."},
		},
		{
			name: "a letter with macros, shown as text", state: "ready",
			version: archive.Version{Kind: "application/msword", State: "ready", Flags: []string{"macros", "text_only"}, Pages: read.Pages[:1]},
			want:    []string{"kleine Programme", "nur den Text dieser Datei", "Vorsicht mit dem Original"}, lack: []string{"as-exact"},
		},
		{
			name: "scripts in a PDF", state: "ready",
			version: archive.Version{Kind: "application/pdf", State: "ready", Flags: []string{"javascript"}, Pages: read.Pages[:1]},
			want:    []string{"nie ausgeführt", "Vorsicht mit dem Original"},
		},
		{
			name: "nothing but a signature", state: "ready",
			version: archive.Version{Kind: "application/pdf", State: "ready", Flags: []string{"signed"}, Pages: read.Pages[:1]},
			lack:    []string{"Vorsicht mit dem Original"},
		},
		{
			name: "locked", state: "password", version: archive.Version{Reason: "encrypted"},
			want: []string{"mit einem Kennwort geschützt", "neue Fassung"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			view := documentViewer("D", "Ein <Titel>", tt.state, tt.version)
			if tt.edit != nil {
				tt.edit(&view)
			}
			body, err := set.Part("akte", "viewer", "de", view)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range append(tt.want, "Ein &lt;Titel&gt;") {
				if !strings.Contains(string(body), want) {
					t.Errorf("no %q in\n%s", want, body)
				}
			}
			for _, lack := range tt.lack {
				if strings.Contains(string(body), lack) {
					t.Errorf("%q in\n%s", lack, body)
				}
			}
		})
	}
}

func TestInboxIsNotSearched(t *testing.T) {
	if v := inboxViewer("I", "Post", "ready", archive.Version{}); v.Finds || v.Base != "/api/v1/inbox/I" {
		t.Errorf("viewer of an inbox item: %+v", v)
	}
}
