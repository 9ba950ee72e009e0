package ingest

// bundleWording is what a bundle says of an Akte.
type bundleWording struct {
	akte, person, script, born, made, by, purpose, choice, recipient, reason string
	// all and chosen take the number of documents.
	all, chosen string
	// Why a document isn't in it.
	password, quarantined, failed, received string
	// day and moment are forms of package time.
	day, moment string
}

func bundleWords(language string) bundleWording {
	if language == "en" {
		return bundleWording{
			akte: "Akte", person: "Person", script: "Name in original script", born: "Date of birth", made: "Issued on", by: "Issued by",
			purpose: "Purpose", choice: "Documents", recipient: "Recipient", reason: "Reason",
			all: "%d; all that the issuer may see", chosen: "%d; a selection",
			password:    "Reason: the file is protected by a password.",
			quarantined: "Reason: the file is in quarantine, because it holds or starts a program.",
			failed:      "Reason: the file is damaged or over a limit and could not be read.",
			received:    "Reason: the file has not been read yet.",
			day:         "2 January 2006", moment: "2 January 2006, 15:04",
		}
	}
	return bundleWording{
		akte: "Akte", person: "Person", script: "Name in Originalschrift", born: "Geburtsdatum", made: "Ausgegeben am", by: "Ausgegeben von",
		purpose: "Zweck", choice: "Dokumente", recipient: "Empfänger", reason: "Grund",
		all: "%d; alle, die die ausgebende Person sehen darf", chosen: "%d; eine Auswahl",
		password:    "Grund: Die Datei ist mit einem Kennwort geschützt.",
		quarantined: "Grund: Die Datei ist in Quarantäne, weil sie ein Programm enthält oder startet.",
		failed:      "Grund: Die Datei ist beschädigt oder überschreitet eine Grenze und konnte nicht gelesen werden.",
		received:    "Grund: Die Datei ist noch nicht gelesen worden.",
		day:         "02.01.2006", moment: "02.01.2006, 15:04 Uhr",
	}
}
