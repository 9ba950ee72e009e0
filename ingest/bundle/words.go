package bundle

// wording is what our own pages and bookmarks say.
type wording struct {
	contents, sheet, front, leftOut string
	// Why a document couldn't be taken in.
	unreadable, notReady string
	// noPage says that a single page couldn't be drawn.
	noPage string
	// pageOf takes the number of a page and how many there are.
	pageOf string
}

func words(language string) wording {
	if language == "en" {
		return wording{
			contents: "Contents", sheet: "Sheet", front: "Cover and contents",
			leftOut:    "This document could not be included in this bundle. The received file is unchanged in the Akte.",
			unreadable: "Reason: its pages could not be drawn.",
			notReady:   "Reason: it has not been read yet.",
			pageOf:     "Page %d of %d",
			noPage:     "This page could not be drawn. The received file is unchanged in the Akte.",
		}
	}
	return wording{
		contents: "Inhalt", sheet: "Blatt", front: "Deckblatt und Inhalt",
		leftOut:    "Dieses Dokument konnte nicht in die Ausgabe aufgenommen werden. Die empfangene Datei liegt unverändert in der Akte.",
		unreadable: "Grund: Seine Seiten konnten nicht dargestellt werden.",
		notReady:   "Grund: Es ist noch nicht gelesen worden.",
		pageOf:     "Seite %d von %d",
		noPage:     "Diese Seite konnte nicht dargestellt werden. Die empfangene Datei liegt unverändert in der Akte.",
	}
}
