package main

import (
	"errors"
	"fmt"
	"time"
)

// vocabulary tells a report in a language. Texts from the export are quoted, so that none can pass for a
// line of the report.
type vocabulary map[string]string

// words returns the vocabulary of a language, nil if there is none.
func words(lang string) vocabulary {
	switch lang {
	case "de":
		return german()
	case "en":
		return english()
	}
	return nil
}

// say tells what a code means.
func (w vocabulary) say(code string, args ...any) string { return fmt.Sprintf(w[code], args...) }

// place tells where a finding is.
func (w vocabulary) place(f finding) string {
	switch {
	case f.Year == "":
		return ""
	case f.Entry < 0:
		return f.Year + ": "
	}
	return w.say("place", f.Year, f.Entry) + ": "
}

// moment tells a time, in UTC as the log has it.
func (w vocabulary) moment(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return t.UTC().Format(w["clock"])
}

// explain tells what keeps the export from being checked.
func (w vocabulary) explain(err error) string {
	if p := (problem{}); errors.As(err, &p) {
		return w.say(p.code, p.args...)
	}
	return err.Error()
}

func german() vocabulary {
	return vocabulary{
		"clock":         "02.01.2006 15:04:05 UTC",
		"place":         "%s, Eintrag %d",
		"title":         "Protokoll %q",
		"year":          "%s: %d von %d Einträgen gelesen, von %s bis %s",
		"year-unread":   "%s: nicht lesbar",
		"year-details":  "      %d Einzelheiten verglichen, %d Teile davon sind gelöscht",
		"year-cosigned": "      Zeuge %q hat %d Einträge bestätigt, zuletzt am %s",
		"year-root":     "      Prüfsumme %s",
		"note":          "Hinweis: %s",
		"finding":       "FEHLER:  %s",
		"more":          "… und %d weitere Fehler.",
		"whole":         "Ergebnis: Nichts fehlt, nichts wurde verändert.",
		"proven":        "Eintrag %d von %q (%s, %s) steht unverändert im Protokoll, über dessen %d Einträge der Prüfpunkt spricht.",
		"proof-entry":   "Die erste Zeile ist kein Eintrag eines Protokolls.",
		"proof-form":    "Das ist kein Nachweis dieses Eintrags.",
		"proof-differs": "Der Eintrag gehört nicht zu dem Protokoll, über das der Prüfpunkt spricht.",
		"tampered":      "Ergebnis: Dem Protokoll ist nicht zu trauen. Fehler: %d",

		"unreadable":     "%q kann nicht gelesen werden.",
		"not-key":        "%q ist weder ein Prüfschlüssel noch eine Datei mit einem. Bitte prüfen Sie, ob er vollständig ist.",
		"no-key":         "In der Ausfuhr liegt kein Prüfschlüssel (Datei vkey). Bitte geben Sie Ihren mit -key an.",
		"not-checkpoint": "%q ist kein Prüfpunkt, der mit dem Schlüssel dieses Protokolls unterschrieben ist.",

		"no-older": "Sie haben keinen früheren Prüfpunkt angegeben (-checkpoint). Ob am Ende Einträge fehlen oder ob " +
			"jemand mit dem Schlüssel des Servers alles neu geschrieben hat, ist so nicht zu sehen.",
		"exported-key": "Der Schlüssel stammt aus der Ausfuhr selbst. Vergleichen Sie die Datei vkey mit dem Schlüssel, den " +
			"Sie zu Beginn bekommen haben, oder geben Sie diesen mit -key an.",
		"untied": "Das Jahr davor (%q) ist nicht in der Ausfuhr oder nicht lesbar; ob es anschließt, wurde nicht geprüft.",
		"dropped": "Die %d Einträge wurden am %s nach Ablauf ihrer Frist entfernt; das steht in einem späteren Jahr. Vom letzten Prüfpunkt " +
			"hängt das nächste Jahr ab; früher Bestätigtes ist nicht mehr zu vergleichen.",
		"restored": "Eintrag %d vom %s UTC sagt, dass ein älterer Stand zurückgespielt wurde: Was danach aufgezeichnet war, ist verloren. " +
			"Warum und von wem, steht in seinen Einzelheiten.",
		"stamps": "%d Zeitstempel gehören zu den Prüfpunkten, bei denen sie liegen, der letzte vom %s. Die Unterschrift der Zeitstempelstelle " +
			"prüfen Sie mit: openssl ts -verify -data N -in N.tsr -CAfile IHR-ZERTIFIKAT (im Ordner stamped).",
		"stamp-unread": "Der Zeitstempel zu %q unter stamped/ fehlt oder ist von einer Form, die hier nicht gelesen wird.",
		"back":         "Die Uhr des Servers ging %d-mal um mehr als eine Minute zurück. Die Reihenfolge der Einträge ist davon nicht berührt.",
		"sealed":       "%d Einträge haben Einzelheiten, die nicht in der Ausfuhr sind.",

		"key":    "Der Schlüssel in der Ausfuhr ist nicht der, den Sie angegeben haben.",
		"stray":  "%q gehört in keine Ausfuhr.",
		"empty":  "In der Ausfuhr ist kein einziges Jahr.",
		"absent": "Ihr Prüfpunkt %q ist von %q. Dieses Protokoll ist nicht in der Ausfuhr: Es wurde entfernt, oder ein älterer Stand wurde zurückgespielt.",

		"checkpoint-missing":   "Der Prüfpunkt fehlt oder ist nicht lesbar.",
		"checkpoint-form":      "Der Prüfpunkt hat nicht die Form eines Prüfpunkts.",
		"checkpoint-unsigned":  "Der Prüfpunkt ist nicht mit dem angegebenen Schlüssel unterschrieben.",
		"checkpoint-signature": "Die Unterschrift des Prüfpunkts ist falsch.",
		"origin":               "Der Prüfpunkt ist von %q.",
		"nothing":              "Der Prüfpunkt spricht von null Einträgen; jedes Jahr hat mindestens einen.",
		"root":                 "Die %d Einträge sind nicht die, von denen der Prüfpunkt spricht: Einträge wurden verändert, vertauscht, entfernt oder eingefügt.",
		"older":                "Die ersten %d Einträge sind nicht mehr die von Ihrem Prüfpunkt %q: Das Protokoll wurde nachträglich neu geschrieben.",
		"cut":                  "Das Protokoll endet nach %d Einträgen, es hatte aber schon %d (Ihr Prüfpunkt %q): Das Ende wurde abgeschnitten oder ein älterer Stand zurückgespielt.",
		"cosigned-form":        "%q unter cosigned/ ist kein Prüfpunkt dieses Protokolls.",
		"witness-missing":      "Vom Zeugen %q ist im letzten Jahr kein Prüfpunkt bestätigt.",
		"witness-signature":    "Die Unterschrift des Zeugen %q ist falsch.",
		"witness-differs":      "Die ersten %d Einträge sind nicht die, die der Zeuge %q bestätigt hat: Das Protokoll wurde nachträglich neu geschrieben.",
		"witness-cut":          "Das Protokoll endet nach %d Einträgen, %d hat der Zeuge %q schon bestätigt: Das Ende wurde abgeschnitten.",

		"stamped-form":    "%q unter stamped/ ist kein Prüfpunkt dieses Protokolls.",
		"stamp":           "Der Zeitstempel zu %q unter stamped/ gehört zu einem anderen Text.",
		"stamped-differs": "Die ersten %d Einträge sind nicht die von dem Prüfpunkt %q, der einen Zeitstempel trägt: Das Protokoll wurde nachträglich neu geschrieben.",
		"stamped-cut":     "Das Protokoll endet nach %d Einträgen, mit Zeitstempel hatte es schon %d (%q): Das Ende wurde abgeschnitten.",

		"lost":         "Ab hier fehlen Einträge oder sind nicht lesbar; der Rest des Jahres ist nicht prüfbar.",
		"surplus":      "Hinter diesem Eintrag steht etwas, das kein Eintrag ist.",
		"form":         "Der Eintrag hat nicht die Form eines Eintrags.",
		"log":          "Der Eintrag gehört zu einem anderen Protokoll: %q.",
		"number":       "Hier steht der Eintrag mit der Nummer %d: Davor wurde etwas entfernt, eingefügt oder vertauscht.",
		"time":         "Die Zeitangabe ist keine.",
		"opening":      "Ein Jahr beginnt mit einem Eintrag shard.open, und nur so.",
		"tie":          "Nur der erste Eintrag darf vom Jahr davor sprechen.",
		"chain":        "Der Eintrag passt nicht zum letzten Prüfpunkt des Jahres davor: Eines der beiden Jahre wurde neu geschrieben, oder dazwischen fehlt eines.",
		"tile":         "Die mitgelieferte Prüfsumme (Stufe %d) ist nicht die dieses Eintrags.",
		"tile-missing": "Die Prüfsummen ab hier (Datei %q) fehlen, sind nicht lesbar oder nicht so viele wie die Einträge.",

		"detail-missing": "Die Einzelheiten fehlen.",
		"detail-form":    "Eine Zeile der Einzelheiten ab hier ist nicht lesbar.",
		"detail-stray":   "Es gibt Einzelheiten, die zu keinem Eintrag gehören.",
		"detail-part":    "Teil %d der Einzelheiten wurde verändert.",
		"detail":         "Die Einzelheiten sind nicht die, auf die der Eintrag festgelegt ist.",
	}
}

func english() vocabulary {
	return vocabulary{
		"clock":         "2006-01-02 15:04:05 UTC",
		"place":         "%s, entry %d",
		"title":         "Trail %q",
		"year":          "%s: read %d of %d entries, from %s to %s",
		"year-unread":   "%s: not readable",
		"year-details":  "      %d details compared, %d parts of them are erased",
		"year-cosigned": "      witness %q vouched for %d entries, last on %s",
		"year-root":     "      root %s",
		"note":          "note:  %s",
		"finding":       "WRONG: %s",
		"more":          "… and %d more.",
		"whole":         "Result: nothing is missing, nothing was changed.",
		"proven":        "Entry %d of %q (%s, %s) stands unchanged in the log, of whose %d entries the checkpoint speaks.",
		"proof-entry":   "The first line is no entry of a log.",
		"proof-form":    "This is no proof of that entry.",
		"proof-differs": "The entry isn't in the log of which the checkpoint speaks.",
		"tampered":      "Result: the trail is not to be trusted. Faults: %d",

		"unreadable":     "%q can't be read.",
		"not-key":        "%q is neither a verifier key nor a file with one. Please see whether it is complete.",
		"no-key":         "The export has no verifier key (file vkey). Please give yours with -key.",
		"not-checkpoint": "%q is no checkpoint that is signed with the key of this trail.",

		"no-older": "You gave no earlier checkpoint (-checkpoint). So it can't be seen whether entries were cut off at the end, " +
			"or whether somebody with the server's key wrote everything anew.",
		"exported-key": "The key was taken from the export itself. Compare the file vkey with the key you were given when the " +
			"trail began, or give that one with -key.",
		"untied": "The year before (%q) isn't in the export or can't be read; whether it fits was not checked.",
		"dropped": "The %d entries were removed on %s at the end of their term; a later year tells so. The next year is tied to the " +
			"final checkpoint; what was vouched for before that can't be compared any more.",
		"restored": "Entry %d of %s UTC tells that an older state was put back: what was recorded after it is lost. " +
			"Why and by whom is in its details.",
		"stamps": "%d timestamps belong to the checkpoints they lie beside, the last of %s. Check the authority's signature with: " +
			"openssl ts -verify -data N -in N.tsr -CAfile YOUR-CERTIFICATE (in the folder stamped).",
		"stamp-unread": "The timestamp of %q in stamped/ is missing or of a form that isn't read here.",
		"back":         "The server's clock went back by more than a minute %d times. The order of the entries doesn't depend on it.",
		"sealed":       "%d entries have details that aren't in the export.",

		"key":    "The key in the export isn't the one you gave.",
		"stray":  "%q is no part of an export.",
		"empty":  "There is not a single year in the export.",
		"absent": "Your checkpoint %q is of %q. That trail isn't in the export: it was removed, or an older state was put back.",

		"checkpoint-missing":   "The checkpoint is missing or can't be read.",
		"checkpoint-form":      "The checkpoint isn't in the form of one.",
		"checkpoint-unsigned":  "The checkpoint isn't signed with the key given.",
		"checkpoint-signature": "The signature of the checkpoint is wrong.",
		"origin":               "The checkpoint is of %q.",
		"nothing":              "The checkpoint speaks of no entries; every year has one at least.",
		"root":                 "The %d entries aren't those the checkpoint speaks of: entries were changed, swapped, removed or put in.",
		"older":                "The first %d entries aren't those of your checkpoint %q any more: the trail was rewritten since.",
		"cut":                  "The trail ends at %d entries, but had %d before (your checkpoint %q): the end was cut off, or an older state was put back.",
		"cosigned-form":        "%q in cosigned/ is no checkpoint of this trail.",
		"witness-missing":      "The witness %q vouched for no checkpoint of the last year.",
		"witness-signature":    "The signature of the witness %q is wrong.",
		"witness-differs":      "The first %d entries aren't those that the witness %q vouched for: the trail was rewritten since.",
		"witness-cut":          "The trail ends at %d entries, %d were vouched for by the witness %q: the end was cut off.",

		"stamped-form":    "%q in stamped/ is no checkpoint of this trail.",
		"stamp":           "The timestamp of %q in stamped/ is of another text.",
		"stamped-differs": "The first %d entries aren't those of the checkpoint %q, which is timestamped: the trail was rewritten since.",
		"stamped-cut":     "The trail ends at %d entries, but had %d when it was timestamped (%q): the end was cut off.",

		"lost":         "From here on entries are missing or unreadable; the rest of the year can't be checked.",
		"surplus":      "Behind this entry there is something that is none.",
		"form":         "The entry isn't in the form of one.",
		"log":          "The entry belongs to another trail: %q.",
		"number":       "Here stands the entry with the number %d: something was removed, put in or swapped before it.",
		"time":         "The time is none.",
		"opening":      "A year begins with an entry shard.open, and nothing else does.",
		"tie":          "Only the first entry may speak of the year before.",
		"chain":        "The entry doesn't fit the final checkpoint of the year before: one of the two was rewritten, or there was one between them.",
		"tile":         "The exported hash (level %d) isn't that of this entry.",
		"tile-missing": "The hashes from here on (file %q) are missing, unreadable or not as many as the entries.",

		"detail-missing": "The details are missing.",
		"detail-form":    "A line of the details from here on can't be read.",
		"detail-stray":   "There are details that belong to no entry.",
		"detail-part":    "Part %d of the details was changed.",
		"detail":         "The details aren't those the entry commits to.",
	}
}
