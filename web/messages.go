package web

import (
	"net/http"
	"strings"
)

// text is what users read.
type text struct{ de, en string }

func (t text) in(language string) string {
	if language == english {
		return t.en
	}
	return t.de
}

// kind is a kind of problem. retry is in seconds, unless the problem itself knows better; 0: trying again as it is doesn't help.
type kind struct {
	status        int
	title, detail text
	retry         int
}

// kindOf returns a kind of the catalogue.
func kindOf(name string) kind {
	if k, ok := kinds()[name]; ok {
		return k
	}
	return kinds()["internal"]
}

// kinds is the catalogue of problems.
func kinds() map[string]kind {
	return map[string]kind{
		"not-found": {status: http.StatusNotFound, title: text{"Nicht gefunden", "Not found"},
			detail: text{"Das gibt es nicht, oder Sie haben keinen Zugriff darauf.", "This does not exist, or you have no access to it."}},
		"method-not-allowed": {status: http.StatusMethodNotAllowed, title: text{"So nicht vorgesehen", "Method not allowed"},
			detail: text{"Diese Adresse kennt die verwendete HTTP-Methode nicht; der Kopf Allow nennt die möglichen.", "This address does not take that HTTP method; the header Allow names those it takes."}},
		"denied": {status: http.StatusForbidden, title: text{"Nicht erlaubt", "Not allowed"},
			detail: text{"Dazu haben Sie hier kein Recht.", "You have no right to do this here."}},
		"cross-origin": {status: http.StatusForbidden, title: text{"Von fremder Seite", "Cross-origin request"},
			detail: text{"Die Anfrage kam von der Seite eines anderen Anbieters und wurde deshalb nicht ausgeführt.", "The request came from another site's page and was therefore not carried out."}},
		"origin-unknown": {status: http.StatusForbidden, title: text{"Herkunft unbekannt", "Unknown origin"},
			detail: text{"Die Anfrage kam mit einer Anmeldung im Browser, nennt aber weder Sec-Fetch-Site noch Origin. Sie wurde nicht ausgeführt. Bitte verwenden Sie einen aktuellen Browser, Programme ein Token.", "The request came with a browser's sign-in but names neither Sec-Fetch-Site nor Origin. It was not carried out. Please use a current browser, programs a token."}},
		"unconfirmed": {status: http.StatusConflict, title: text{"Noch nicht ausgeführt", "Not carried out yet"},
			detail: text{"Ihre Sitzung war zu Ende, als Sie das abschickten. Bitte prüfen Sie Ihre Eingaben und schicken Sie sie noch einmal ab.", "Your session had ended when you sent this. Please check what you typed and send it once more."}},
		"sign-in-required": {status: http.StatusUnauthorized, title: text{"Anmeldung nötig", "Sign-in required"},
			detail: text{"Bitte melden Sie sich an oder senden Sie ein gültiges Token.", "Please sign in or send a valid token."}},
		"sign-in-failed": {status: http.StatusUnauthorized, title: text{"Anmeldung fehlgeschlagen", "Sign-in failed"},
			detail: text{"Name, Kennwort, Code oder Token stimmen nicht, oder das Konto muss noch warten. Bitte prüfen und etwas später erneut versuchen. Jeder Code gilt nur einmal.", "Name, password, code or token are wrong, or the account has to wait. Please check and try again a little later. Each code is good once."}},
		"sign-in-again": {status: http.StatusForbidden, title: text{"Bestätigung nötig", "Confirmation required"},
			detail: text{"Dafür muss die Sitzung vor Kurzem bestätigt worden sein. Bitte senden Sie Kennwort und gegebenenfalls Code an POST /api/v1/session/proof und fragen Sie dann noch einmal.", "For this the session must have been confirmed of late. Please send the password, and the code if there is one, to POST /api/v1/session/proof, and then ask again."}},
		"code-required": {status: http.StatusUnauthorized, title: text{"Code nötig", "Code required"},
			detail: text{"Dieses Konto hat einen zweiten Faktor. Bitte senden Sie zum Kennwort den Code mit.", "This account has a second factor. Please send the code with the password."}},
		"passkey-required": {status: http.StatusUnauthorized, title: text{"Passkey nötig", "Passkey required"},
			detail: text{"Dieses Konto hat Passkeys und keine Codes: ein Kennwort genügt nicht. Bitte melden Sie sich im Browser mit Ihrem Passkey an oder bestätigen Sie dort damit die Sitzung. Programme brauchen ein Token.", "This account has passkeys and no codes: a password is not enough. Please sign in with your passkey in the browser, or confirm the session by it there. Programs need a token."}},
		"too-many-requests": {status: http.StatusTooManyRequests, retry: 10, title: text{"Zu viele Versuche", "Too many tries"},
			detail: text{"Von dieser Adresse kamen zu viele Anmeldeversuche. Bitte warten Sie etwas.", "Too many tries to sign in came from this address. Please wait a little."}},
		"busy": {status: http.StatusServiceUnavailable, retry: 5, title: text{"Gerade ausgelastet", "Busy"},
			detail: text{"Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.", "The server is busy. Please try again in a few seconds."}},
		"maintenance": {status: http.StatusServiceUnavailable, retry: 5, title: text{"E-Akte ist gleich wieder da", "E-Akte will be back in a moment"},
			detail: text{"E-Akte wird gerade gestartet, beendet oder gewartet. Was gespeichert ist, bleibt gespeichert.", "E-Akte is being started, stopped or maintained. What is stored stays stored."}},
		"index-away": {status: http.StatusServiceUnavailable, retry: 30, title: text{"Die Suche ist gerade nicht möglich", "No search at the moment"},
			detail: text{"Der Suchindex steht gerade nicht zur Verfügung und wird von selbst wiederhergestellt. Akten lassen sich über die Listen und das Aktenzeichen öffnen.", "The search index is not available at the moment and will be restored by itself. Files can be opened from the lists and by their number."}},
		"search-slow": {status: http.StatusServiceUnavailable, retry: 10, title: text{"Die Suche dauert zu lange", "The search takes too long"},
			detail: text{"Die Suche wurde abgebrochen, weil sie zu lange dauerte. Bitte suchen Sie mit mehr oder längeren Wörtern, ohne Stern, oder schränken Sie die Suche ein.", "The search was given up because it took too long. Please search for more or longer words, without a star, or narrow the search."}},
		"too-many-searches": {status: http.StatusTooManyRequests, retry: 5, title: text{"Zu viele Suchen zugleich", "Too many searches at once"},
			detail: text{"Von Ihnen warten schon mehrere Suchen. Bitte warten Sie einen Augenblick und suchen Sie dann noch einmal.", "Several searches of yours are waiting already. Please wait a moment and then search again."}},
		"too-many-names": {status: http.StatusTooManyRequests, retry: 15, title: text{"Sehr viele Namen in kurzer Zeit", "Very many names in a short time"},
			detail: text{"Während Sie tippten, wurden sehr viele Personen angezeigt. Vorschläge gibt es erst wieder, wenn etwas Zeit vergangen ist; die Suche selbst können Sie weiter benutzen.", "Very many persons were shown while you typed. There will be suggestions again when some time has passed; the search itself can be used."}},
		"other-account": {status: http.StatusConflict, title: text{"Seite eines anderen Kontos", "Page of another account"},
			detail: text{"Diese Seite wurde für ein anderes Konto angezeigt als das, das jetzt angemeldet ist. Was Sie abgeschickt haben, wurde nicht ausgeführt.", "This page was shown to another account than the one that is signed in now. What you sent was not carried out."}},
		"purpose-required": {status: http.StatusUnprocessableEntity, title: text{"Zweck fehlt", "Purpose required"},
			detail: text{"Zum Öffnen dieser Akte muss ein gültiger Zweck angegeben werden: im Kopf Eakte-Purpose ein Code aus /api/v1/purposes oder case:ID eines offenen Vorgangs dieser Akte.", "Opening this file needs a valid purpose: in the header Eakte-Purpose a code of /api/v1/purposes or case:ID of an open case of this file."}},
		"invalid": {status: http.StatusUnprocessableEntity, title: text{"Eingabe nicht gültig", "Invalid input"},
			detail: text{"Die unter errors genannten Teile der Eingabe müssen berichtigt werden.", "The parts of the input named under errors have to be mended."}},
		"rules-refused": {status: http.StatusUnprocessableEntity, title: text{"Zugriffsregeln nicht gültig", "Access rules refused"},
			detail: text{"Die Zugriffsregeln haben Fehler; unter errors steht zu jedem die Datei, die Zeile und der Grund (auf Englisch). Es gelten unverändert die bisherigen Regeln.", "The access rules have faults; errors names file, line and reason of each. The rules in force stay in force."}},
		"malformed": {status: http.StatusBadRequest, title: text{"Kein lesbares JSON", "Malformed JSON"},
			detail: text{"Der Inhalt der Anfrage ist kein gültiges JSON in UTF-8 oder zu tief verschachtelt.", "The body is no valid JSON in UTF-8, or nested too deeply."}},
		"malformed-multipart": {status: http.StatusBadRequest, title: text{"Kein lesbares multipart/form-data", "Malformed multipart body"},
			detail: text{"Der Inhalt der Anfrage ist kein gültiges multipart/form-data. Gesendet werden die Teile file und meta.", "The body is no valid multipart/form-data. Send the parts file and meta."}},
		"media-type": {status: http.StatusUnsupportedMediaType, title: text{"Falscher Content-Type", "Wrong content type"},
			detail: text{"Diese Adresse nimmt den angegebenen Content-Type nicht: Daten kommen als application/json, Dateien als multipart/form-data.", "This address does not take that Content-Type: data come as application/json, files as multipart/form-data."}},
		"too-many-parts": {status: http.StatusUnprocessableEntity, title: text{"Zu viele Teile", "Too many parts"},
			detail: text{"Eine Anfrage überträgt genau eine Datei: die Teile file und meta.", "A request carries exactly one file: the parts file and meta."}},
		"revision-required": {status: http.StatusPreconditionRequired, title: text{"If-Match fehlt", "If-Match required"},
			detail: text{"Eine Änderung muss im Kopf If-Match das ETag des Standes nennen, den sie ändert.", "A change has to name, in the header If-Match, the ETag of the state that it changes."}},
		"stale": {status: http.StatusPreconditionFailed, title: text{"Inzwischen geändert", "Changed meanwhile"},
			detail: text{"Der genannte Stand ist nicht mehr der neueste. Bitte neu laden und die Änderung prüfen.", "The state named is not the newest any more. Please load it again and check the change."}},
		"already-filed": {status: http.StatusConflict, title: text{"Schon abgelegt", "Already filed"},
			detail: text{"Jemand anderes hat diesen Eingang schon abgelegt.", "Somebody else filed this item already."}},
		"claimed": {status: http.StatusConflict, title: text{"In Bearbeitung", "Being worked on"},
			detail: text{"Jemand anderes bearbeitet diesen Eingang gerade. Sie können ihn ausdrücklich übernehmen.", "Somebody else is working on this item. You may take it over explicitly."}},
		"break-glass-limit": {status: http.StatusTooManyRequests, retry: 3600, title: text{"Zu viele Notzugriffe", "Too many break-glass accesses"},
			detail: text{"Mehr als drei Notzugriffe am Tag sind nicht möglich. Bitte wenden Sie sich an die Leitung des zuständigen Fachbereichs.", "More than three break-glass accesses a day are not possible. Please ask the lead of the department in charge."}},
		"arranging": {status: http.StatusConflict, retry: 2, title: text{"Seiten werden geordnet", "Pages are being arranged"},
			detail: text{"Die Seiten dieses Eingangs werden gerade neu geordnet. Bitte warten Sie, bis das fertig ist.", "The pages of this item are being arranged. Please wait until that is done."}},
		"unpacking": {status: http.StatusConflict, retry: 2, title: text{"Wird noch entpackt", "Still being unpacked"},
			detail: text{"Die Dateien in diesem Eingang werden gerade entnommen. Bitte warten Sie, bis das fertig ist.", "The files in this item are being taken out. Please wait until that is done."}},
		"arranged": {status: http.StatusConflict, title: text{"Aufgeteilt", "Taken apart"},
			detail: text{"Aus den Seiten dieses Eingangs wurden neue Eingänge gemacht. Bitte arbeiten Sie mit diesen weiter oder nehmen Sie das zurück.", "New items were made of the pages of this one. Please go on with those, or take that back."}},
		"settled": {status: http.StatusConflict, title: text{"Nicht mehr rückgängig zu machen", "Not to be taken back"},
			detail: text{"Das kann nicht oder nicht mehr zurückgenommen werden: Die Frist ist vorbei, oder jemand arbeitet schon damit.", "This can't be taken back, or not any more: the time is over, or somebody is working with it already."}},
		"second-akte": {status: http.StatusConflict, title: text{"Akte besteht schon", "File exists already"},
			detail: text{"Für diese Person gibt es unter dieser Aktenplaneinheit schon eine Akte. Eine zweite braucht eine Begründung in distinct_because.", "This person has a file under this file plan unit already. A second one needs a reason in distinct_because."}},
		"second-person": {status: http.StatusConflict, title: text{"Eine zweite Person muss entscheiden", "A second person has to decide"},
			detail: text{"Wer etwas beantragt hat, kann darüber nicht selbst entscheiden. Bitte lassen Sie jemand anderen entscheiden.", "Who asked for something can't decide on it. Please let somebody else decide."}},
		"sealed": {status: http.StatusConflict, title: text{"Sperrvermerk besteht schon", "Sealed already"},
			detail: text{"Darauf liegt schon ein Sperrvermerk. Er kann geändert oder aufgehoben werden.", "There is a seal on this already. It can be changed or lifted."}},
		"not-sealed": {status: http.StatusConflict, title: text{"Kein Sperrvermerk", "Not sealed"},
			detail: text{"Darauf liegt kein Sperrvermerk, oder er ist inzwischen beendet.", "There is no seal on this, or it has ended meanwhile."}},
		"seal-waits": {status: http.StatusConflict, title: text{"Ein Antrag wartet schon", "A request waits already"},
			detail: text{"Zu diesem Sperrvermerk wartet schon ein Antrag auf eine zweite Person. Bitte lassen Sie zuerst über ihn entscheiden.", "A request about this seal waits for a second person already. Please let somebody decide on it first."}},
		"not-deserted": {status: http.StatusConflict, title: text{"Der Sperrvermerk ist nicht mehr verwaist", "The seal is not deserted any more"},
			detail: text{"Inzwischen sind wieder genug der benannten Personen da; sie entscheiden selbst. Bitte lehnen Sie den Antrag ab.", "Enough of those named are there again, and decide themselves. Please decline the request."}},
		"not-closed": {status: http.StatusConflict, title: text{"Die Akte ist offen", "The file is open"},
			detail: text{"Eine Frist läuft erst, wenn die Akte geschlossen ist. Schließen Sie sie zuerst.", "A term runs once the file is closed. Close it first."}},
		"not-held": {status: http.StatusConflict, title: text{"Keine Löschsperre", "Not held"},
			detail: text{"Für diese Akte gilt keine Löschsperre, oder sie ist inzwischen beendet.", "No hold on erasure is in force for this file, or it has ended meanwhile."}},
		"offered": {status: http.StatusConflict, title: text{"Schon angeboten", "Offered already"},
			detail: text{"Diese Akte ist dem Archiv schon angeboten. Vermerken Sie seine Antwort.", "This file was offered to the archive already. Note what it answers."}},
		"not-offered": {status: http.StatusConflict, title: text{"Nicht angeboten", "Not offered"},
			detail: text{"Diese Akte ist dem Archiv noch nicht angeboten.", "This file was not offered to the archive yet."}},
		"kept": {status: http.StatusConflict, title: text{"Etwas steht der Löschung entgegen", "Something keeps it"},
			detail: text{"Die Löschung ist noch nicht möglich. Was ihr entgegensteht, sehen Sie bei der Akte unter „Aufbewahrung“; bei einem Dokument sind es eine Löschsperre, ein Sperrvermerk, ein Original aus Papier oder eine laufende Texterkennung.", "It can't be erased yet. What keeps a file is shown on its page under “Retention”; a document is kept by a hold, a seal, a paper original, or while its text is recognised."}},
		"erasure-waits": {status: http.StatusConflict, title: text{"Schon vorgeschlagen", "Proposed already"},
			detail: text{"Die Löschung ist schon vorgeschlagen und wartet auf eine zweite Person.", "The erasure was proposed already and waits for a second person."}},
		"erasure-other": {status: http.StatusConflict, title: text{"Die Frist ist eine andere", "The period is another one"},
			detail: text{"Seit dem Vorschlag wurde die Regel oder der Tag geändert, nach denen die Akte aufbewahrt wird. Lehnen Sie ihn ab; er kann neu gestellt werden.", "Since it was proposed, the rule or day by which the file is kept was changed. Decline it; it can be proposed anew."}},
		"own-scan": {status: http.StatusForbidden, title: text{"Eine zweite Person muss freigeben", "A second person has to approve it"},
			detail: text{"Wer ein Papier gescannt oder abgelegt hat, kann den Scan nicht selbst freigeben. Bitte lassen Sie jemand anderen prüfen.", "Who scanned or filed a paper can't approve the scan. Please let somebody else check it."}},
		"quarantined": {status: http.StatusConflict, title: text{"In Quarantäne", "In quarantine"},
			detail: text{"Die Datei wird auf Schadsoftware geprüft, oder es wurde welche gefunden, oder sie startet oder enthält ein Programm. Niemand kann sie öffnen oder herunterladen, bis zwei Personen sie freigeben.", "The document is being searched for malware, or some was found, or it starts or holds a program. Nobody can open or download it until two persons release it."}},
		"conflict": {status: http.StatusConflict, title: text{"Widerspruch zum Stand", "Conflict"},
			detail: text{"Das passt nicht zum jetzigen Stand. Bitte neu laden.", "This does not fit the present state. Please load it again."}},
		"unreadable": {status: http.StatusConflict, title: text{"Nicht lesbar", "Unreadable"},
			detail: text{"Das konnte nicht gelesen werden; der Grund steht beim Dokument. Die empfangene Datei ist unverändert da und kann heruntergeladen werden.", "This could not be read; the reason is told with the document. What was received is there unchanged and can be downloaded."}},
		"not-ready": {status: http.StatusConflict, retry: 2, title: text{"Noch nicht fertig", "Not ready yet"},
			detail: text{"Die Erkennung hat das noch nicht erzeugt. Bitte später erneut abrufen.", "Recognition has not made this yet. Please ask again later."}},
		"key-used-before": {status: http.StatusUnprocessableEntity, title: text{"Schlüssel schon benutzt", "Key used before"},
			detail: text{"Derselbe Idempotency-Key kam schon mit einer anderen Anfrage.", "The same Idempotency-Key came with another request before."}},
		"too-large": {status: http.StatusRequestEntityTooLarge, title: text{"Zu groß", "Too large"},
			detail: text{"Die Anfrage überschreitet die erlaubte Größe.", "The request is larger than allowed."}},
		"slow-body": {status: http.StatusRequestTimeout, title: text{"Übertragung zu langsam", "Body too slow"},
			detail: text{"Es kamen zu lange keine Daten. Es wurde nichts gespeichert; bitte erneut senden.", "No data came for too long. Nothing was stored; please send it again."}},
		"tus-version": {status: http.StatusPreconditionFailed, title: text{"Protokoll nicht bekannt", "Protocol not known"},
			detail: text{"Hochladen in Teilen geht nach dem Protokoll tus 1.0.0, das der Kopf Tus-Resumable nennen muss.", "Uploading in pieces follows the protocol tus 1.0.0, which the header Tus-Resumable has to name."}},
		"piece-type": {status: http.StatusUnsupportedMediaType, title: text{"Falscher Content-Type", "Wrong content type"},
			detail: text{"Ein Teil einer Datei kommt als application/offset+octet-stream.", "A piece of a file comes as application/offset+octet-stream."}},
		"offset": {status: http.StatusConflict, title: text{"Falsche Stelle", "Wrong offset"},
			detail: text{"Der Teil schließt nicht an das an, was schon da ist. Bitte die Stelle abfragen und dort fortsetzen.", "The piece does not follow what is there already. Please ask for the offset and continue there."}},
		"interrupted": {status: http.StatusServiceUnavailable, retry: 1, title: text{"Übertragung unterbrochen", "Transfer interrupted"},
			detail: text{"Die Übertragung brach ab. Was angekommen ist, bleibt aufgehoben; bitte dort fortsetzen.", "The transfer broke off. What arrived is kept; please continue there."}},
		"no-bundles": {status: http.StatusNotImplemented, title: text{"Keine PDF-Ausgabe", "No output as PDF"},
			detail: text{"Dieser Server gibt Akten nicht als PDF aus. Die Dokumente können einzeln heruntergeladen werden.", "This server does not output Akten as PDF. The documents can be downloaded one by one."}},
		"not-archival": {status: http.StatusConflict, title: text{"Keine Archivfassung", "No archival file"},
			detail: text{"Eine Archivfassung (PDF/A-2b) wird nur von gelesenen Scans erstellt, und nur, wenn die Prüfung sie nicht beanstandet. Die empfangene Datei ist unverändert da.", "An archival file (PDF/A-2b) is made of scans that were read, and only if the check finds no fault. What was received is there unchanged."}},
		"too-many-uploads": {status: http.StatusTooManyRequests, retry: 60, title: text{"Zu viel angefangen", "Too much begun"},
			detail: text{"Sie haben zu viele oder zu große Übertragungen angefangen und nicht beendet. Bitte beenden oder verwerfen Sie einige.", "You have begun too many or too large transfers and not finished them. Please finish or give up some."}},
		"empty": {status: http.StatusUnprocessableEntity, title: text{"Leere Datei", "Empty upload"},
			detail: text{"Die Datei enthält keine Daten. Bitte prüfen Sie die Quelle und senden Sie sie erneut.", "The upload holds no data. Please check where it comes from and send it again."}},
		"truncated": {status: http.StatusUnprocessableEntity, title: text{"Übertragung abgebrochen", "Truncated body"},
			detail: text{"Die Übertragung endete zu früh. Es wurde nichts gespeichert; bitte erneut senden.", "The transfer ended too early. Nothing was stored; please send it again."}},
		"refused": {status: http.StatusUnprocessableEntity, title: text{"Datei nicht angenommen", "File not taken"},
			detail: text{"Die Datei ist beschädigt oder überschreitet eine Grenze.", "The upload is broken or over a limit."}},
		"unsupported": {status: http.StatusUnsupportedMediaType, title: text{"Dateiart wird nicht angenommen", "Kind of document not taken"},
			detail: takenKinds("", "")},
		"mismatch": {status: http.StatusUnsupportedMediaType, title: text{"Inhalt passt nicht zur Endung", "Content does not fit the extension"},
			detail: takenKinds("Die Endung des Dateinamens verspricht eine Dateiart, die der Inhalt nicht ist.", "The extension of the name promises a kind that the content is not.")},
		"dangerous": {status: http.StatusUnsupportedMediaType, title: text{"Programm, Skript oder Verknüpfung", "Program, script or shortcut"},
			detail: takenKinds("Programme, Skripte und Verknüpfungen werden nicht angenommen.", "Programs, scripts and shortcuts are not taken.")},
		"polyglot": {status: http.StatusUnsupportedMediaType, title: text{"Zweideutige Datei", "Ambiguous upload"},
			detail: text{"Die Datei ist zugleich von anderer, aktiver Art. Bitte neu als PDF speichern.", "The upload is of another, active kind at the same time. Please save it as PDF anew."}},
		"storage-full": {status: http.StatusInsufficientStorage, retry: 60, title: text{"Speicher voll", "Storage full"},
			detail: text{"Es ist kein Speicherplatz mehr frei. Es wurde nichts gespeichert; bitte verständigen Sie die Administration.", "There is no storage left. Nothing was stored; please tell the administrators."}},
		"range": {status: http.StatusRequestedRangeNotSatisfiable, title: text{"Bereich nicht vorhanden", "Range not satisfiable"},
			detail: text{"Der angeforderte Bereich liegt außerhalb der Datei.", "The range asked for lies outside the document."}},
		"gone": {status: 499, title: text{"Anfrage abgebrochen", "Request cancelled"},
			detail: text{"Die Anfrage wurde vom Absender abgebrochen.", "The sender cancelled the request."}},
		"internal": {status: http.StatusInternalServerError, title: text{"Interner Fehler", "Internal error"},
			detail: text{"Das lag an uns. Bitte nennen Sie der Administration die angegebene Kennung.", "This is our fault. Please give the administrators the id stated here."}},
	}
}

// codeText says what a code of [Field] means.
func codeText(code string) text {
	if t, ok := codes()[code]; ok {
		return t
	}
	return text{"Dieser Wert ist nicht zulässig.", "This value is not allowed."}
}

// codes is the catalogue of what can be wrong with a field.
func codes() map[string]text {
	return map[string]text{
		"wrong_password":    {"Das Kennwort passt nicht zu dieser Datei. Bitte achten Sie auf Groß- und Kleinschreibung.", "The password does not open this file. Please check upper and lower case."},
		"wrong_code":        {"Dieser Code passt nicht. Bitte geben Sie den an, den die App jetzt zeigt, und prüfen Sie die Uhr des Geräts.", "This code does not fit. Please type the one that the app shows now, and check the device's clock."},
		"tool_missing":      {"Auf diesem Server fehlt das Programm, das Dateien mit Kennwort öffnet. Bitte geben Sie der IT Bescheid.", "This server lacks the program that opens files with passwords. Please tell your IT department."},
		"late":              {"Das hat zu lange gedauert, oder es wurde in einem anderen Fenster begonnen. Bitte versuchen Sie es noch einmal.", "This took too long, or was begun in another window. Please try again."},
		"unbelieved":        {"Die Antwort Ihres Geräts ließ sich nicht bestätigen. Bitte versuchen Sie es noch einmal; hilft das nicht, nehmen Sie ein anderes Gerät.", "Your device's answer could not be confirmed. Please try again; if that doesn't help, take another device."},
		"last":              {"Ihre Rolle verlangt einen zweiten Faktor, und das ist Ihr letzter. Bitte richten Sie zuerst einen anderen Passkey oder Codes ein.", "Your role asks for a second factor, and this is your last one. Please set up another passkey or codes first."},
		"claimed":           {"Das legt der Anmeldedienst fest, bei dem dieses Konto geführt wird.", "This is decided by the sign-in service that keeps this account."},
		"required":          {"Diese Angabe fehlt.", "This is missing."},
		"unknown":           {"Dieser Wert ist nicht bekannt.", "This value is not known."},
		"unknown_field":     {"Hier steht ein Feld, das es nicht gibt.", "There is a field here that does not exist."},
		"unknown_part":      {"Es gibt nur die Teile file und meta.", "There are only the parts file and meta."},
		"beyond":            {"Das geht über Ihre eigenen Rechte in dieser Akte hinaus.", "This goes beyond your own rights in this file."},
		"self":              {"Das geht nicht für Sie selbst.", "You can't do this for yourself."},
		"elsewhere":         {"Dieses Konto gehört zu keinem Fachbereich, den Sie leiten.", "This account belongs to no department that you lead."},
		"pairs":             {"Die Vertretung braucht dieselben Rollen im Fachbereich wie die vertretene Person.", "Who stands in needs the same roles in the department as who is away."},
		"inspections_a_day": {"Mehr Akten können Sie heute nicht zur Kontrolle öffnen. Bitte fahren Sie morgen fort.", "You cannot open more files to inspect them today. Please go on tomorrow."},
		"no_inspection":     {"Diese Akte gibt es nicht, oder sie ist für Sie gesperrt. Bitte prüfen Sie das Aktenzeichen.", "There is no such file, or it is sealed to you. Please check the reference number."},
		"no_emergency":      {"Dazu lässt sich keine Akte im Notfall öffnen. Bitte prüfen Sie die Angabe oder fragen Sie die Leitung des Fachbereichs.", "No file can be opened by this in an emergency. Please check what you entered, or ask the lead of the department."},
		"several":           {"Das passt zu mehreren Akten. Bitte geben Sie das Aktenzeichen an.", "This fits several files. Please give the reference number."},
		"open":              {"Diese Akte können Sie mit Ihren eigenen Rechten lesen.", "You can read this file by your own rights."},
		"holder":            {"Dieses Konto ist gesperrt oder liest keine Akten.", "This account is closed or reads no files."},
		"duplicate":         {"Das darf nur einmal vorkommen.", "This may come only once."},
		"format":            {"Die Schreibweise stimmt nicht.", "The format is wrong."},
		"future":            {"Das Datum liegt in der Zukunft.", "The date lies in the future."},
		"before_receipt":    {"Das Datum liegt vor dem Eingang des Ersuchens.", "The date lies before the request was received."},
		"term_over":         {"Mitgeteilt werden muss die Verlängerung innerhalb der ersten Frist (Art. 12 Abs. 3 DSGVO); die war an diesem Tag vorbei.", "The person has to be told within the first term (Art. 12 (3) GDPR), which was over on that day."},
		"type":              {"Hier steht ein Wert der falschen Art.", "The value is of the wrong type."},
		"characters":        {"Hier stehen Zeichen, die nicht erlaubt sind.", "There are characters that are not allowed."},
		"too_long":          {"Der Text ist zu lang.", "The text is too long."},
		"too_many":          {"Das sind zu viele Einträge.", "There are too many entries."},
		"too_few":           {"Das sind zu wenige Einträge: Benennen Sie mindestens zwei Personen, denn auch das Ende braucht zwei.", "There are too few entries: name at least two persons, for its end takes two as well."},
		"no_lead":           {"Unter den Benannten muss jemand aus der Leitung des zuständigen Fachbereichs sein; sonst könnte niemand den Vermerk beenden.", "One of those named must lead the responsible department; else nobody could end it."},
		"no_reader":         {"Eine der benannten Personen gibt es nicht oder nicht mehr, oder sie arbeitet nicht mit dieser Akte.", "One of the persons named is not there, or not any more, or does not work with this file."},
		"seal_end":          {"Der letzte Tag darf nicht vergangen und höchstens zehn Jahre entfernt sein.", "The last day must not be past, and at most ten years away."},
		"length":            {"Die Länge stimmt nicht.", "The length is wrong."},
		"guessable":         {"Dieses Kennwort ist zu leicht zu erraten. Bitte nehmen Sie zum Beispiel drei oder vier Wörter, die nichts miteinander zu tun haben.", "This password is too easy to guess. Please take three or four words, say, that have nothing to do with each other."},
		"minimum":           {"Der Wert ist zu klein.", "The value is too small."},
		"maximum":           {"Der Wert ist zu groß.", "The value is too large."},
		"unused":            {"Von diesem Eingang selbst wird keine Seite verwendet.", "No page of this item itself is used."},
		"other_basket":      {"Die Seiten liegen in verschiedenen Postkörben.", "The pages lie in different baskets."},
		"too_large_sum":     {"Diese Eingänge sind zusammen größer als 1 GB. Bitte ordnen Sie weniger Eingänge auf einmal oder teilen Sie zuerst den größten.", "These items have more than 1 GB together. Please arrange fewer items at a time, or take the largest one apart first."},
		"plain_text":        {"Reiner Text hat keine Seiten, die sich ordnen lassen.", "Plain text has no pages to arrange."},
		"unchanged":         {"Das ändert nichts.", "This changes nothing."},
		"cursor":            {"Diese Fortsetzungsmarke gilt nicht oder nicht mehr. Bitte die Liste von vorn laden.", "This cursor is not valid, or not any more. Please load the list from its start."},
		"phrase_open":       {"Ein Anführungszeichen wird nicht geschlossen.", "A quotation mark is not closed."},
		"too_many_words":    {"Das sind zu viele Suchwörter.", "There are too many words."},
	}
}

// takenKinds says, behind what is wrong, which kinds of files are taken.
func takenKinds(de, en string) text {
	return text{
		strings.TrimSpace(de + " Angenommen werden PDF, JPEG, PNG, TIFF, WebP, HEIC, JPEG 2000, BMP, einfacher Text, Dateien aus Büroprogrammen (DOCX, XLSX, PPTX, ODT, ODS, ODP, RTF, DOC, XLS, PPT), E-Mails (EML, MSG) und ZIP-Archive."),
		strings.TrimSpace(en + " PDF, JPEG, PNG, TIFF, WebP, HEIC, JPEG 2000, BMP, plain text, documents of office programs (DOCX, XLSX, PPTX, ODT, ODS, ODP, RTF, DOC, XLS, PPT), e-mails (EML, MSG) and ZIP archives are taken."),
	}
}

// foundText says what a file is that isn't taken.
func foundText(hint string) (text, bool) {
	t, ok := map[string]text{
		"office":     {"Diese Datei stammt aus einem Büroprogramm, ist aber von einer Art, die hier nicht gelesen wird.", "This document comes from an office program, but is of a kind that is not read here."},
		"email":      {"Diese Datei ist keine einzelne, lesbare E-Mail.", "This is no single, readable e-mail."},
		"heic":       {"Diese Datei ist ein Foto oder Film eines Telefons von einer Art, die hier nicht gelesen wird.", "This is a phone's photograph or film of a kind that is not read here."},
		"avif":       {"Diese Datei ist ein Bild im Format AVIF.", "This is a picture in the format AVIF."},
		"archive":    {"Diese Datei ist ein Archiv anderer Art als ZIP.", "This is an archive of another kind than ZIP."},
		"html":       {"Diese Datei ist eine Webseite.", "This is a web page."},
		"xml":        {"Diese Datei enthält Daten im Format XML.", "This holds data in the format XML."},
		"svg":        {"Diese Datei ist eine Zeichnung im Format SVG.", "This is a drawing in the format SVG."},
		"picture":    {"Diese Datei ist ein Bild von einer Art, die hier nicht gelesen wird.", "This is a picture of a kind that is not read here."},
		"audio":      {"Diese Datei ist eine Tonaufnahme.", "This is a sound recording."},
		"video":      {"Diese Datei ist ein Film.", "This is a film."},
		"postscript": {"Diese Datei enthält PostScript, eine Sprache für Drucker.", "This holds PostScript, a language for printers."},
		"contact":    {"Diese Datei ist eine Visitenkarte aus einem Adressbuch.", "This is a card of an address book."},
		"calendar":   {"Diese Datei ist ein Termin aus einem Kalender.", "This is an appointment of a calendar."},
		"text":       {"Diese Datei enthält einfachen Text, heißt aber nicht so.", "This holds plain text, but is called something else."},
		"pdf":        {"In dieser Datei steckt vor dem PDF noch etwas anderes.", "There is something else in front of the PDF in this upload."},
		"program":    {"Diese Datei ist ein Programm, ein Skript oder startet eines.", "This is a program or a script, or starts one."},
		"unknown":    {"Diese Datei ist von keiner hier bekannten Art, oder sie ist beschädigt.", "This is of no kind known here, or it is damaged."},
	}[hint]
	return t, ok
}

// hintText says what to do where a hint came with a refusal.
func hintText(hint string) (text, bool) {
	t, ok := hints()[hint]
	return t, ok
}

// hints is the catalogue of what to do instead.
func hints() map[string]text {
	return map[string]text{
		"office":  {"Bitte das Schriftstück als PDF speichern und dieses hochladen.", "Please save the document as PDF and upload that."},
		"email":   {"Bitte jede E-Mail einzeln als EML- oder MSG-Datei speichern und diese hochladen.", "Please save each e-mail as an EML or MSG file and upload that."},
		"heic":    {"Bitte das Foto als JPEG speichern und dieses hochladen.", "Please save the photo as JPEG and upload that."},
		"avif":    {"Bitte das Bild als JPEG speichern und dieses hochladen.", "Please save the picture as JPEG and upload that."},
		"archive": {"Bitte das Archiv entpacken und als ZIP oder einzeln hochladen.", "Please unpack the archive and upload the documents as a ZIP or one by one."},
		"html":    {"Bitte die Seite als PDF drucken und dieses hochladen.", "Please print the page to PDF and upload that."},
		"svg":     {"Bitte die Zeichnung als PDF speichern und dieses hochladen.", "Please save the drawing as PDF and upload that."},
		"picture": {"Bitte das Bild als JPEG oder PNG speichern und dieses hochladen.", "Please save the picture as JPEG or PNG and upload that."},
		"rtf":     {"Bitte das Schriftstück als PDF speichern und dieses hochladen.", "Please save the document as PDF and upload that."},
	}
}
