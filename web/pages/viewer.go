package pages

import (
	"eakte/archive"
	"eakte/ingest/read/language"
	"eakte/web/ui"
)

// viewerOf fills the viewer with a version. base is the address of the content, state that of what
// holds the version.
func viewerOf(base, title, state string, v archive.Version) ui.Viewer {
	view := ui.Viewer{ID: "viewer", Base: base, Title: title, Kind: v.Kind, State: state, Reason: v.Reason, Flags: v.Flags}
	if v.Copy.Ref != "" {
		view.Kind = "" // the browser can't show the received file as it is
	}
	for i, p := range v.Pages {
		view.Pages = append(view.Pages, ui.ViewerPage{
			Number: i + 1, Width: p.Width, Height: p.Height, Note: p.Note, Source: p.Source, Drawn: p.Image.Length > 0, Flat: len(p.Corners) > 0, Blank: p.Blank,
			Lang: language.Tag(p.Language),
		})
	}
	return view
}

// documentViewer is that of a document's newest version.
func documentViewer(id archive.DocumentID, title, state string, v archive.Version) ui.Viewer {
	view := viewerOf("/api/v1/documents/"+string(id), title, state, v)
	view.Finds = true
	return view
}

// inboxViewer is that of an inbox item.
func inboxViewer(id archive.InboxID, title, state string, v archive.Version) ui.Viewer {
	return viewerOf("/api/v1/inbox/"+string(id), title, state, v)
}
