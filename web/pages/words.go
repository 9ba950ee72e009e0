package pages

import (
	"eakte/acl"
	"eakte/archive/audit"
	"eakte/policies"
)

// OpName is what an operation of the trail is called; its code where it has no name yet.
func OpName(op audit.Op) policies.Label {
	if name, ok := opNames()[op]; ok {
		return name
	}
	return policies.Label{DE: string(op), EN: string(op)}
}

// DeedName is [OpName], and of a refusal what was refused.
func DeedName(row acl.TrailRow) policies.Label {
	name := OpName(row.Leaf.Op)
	if row.Tried != "" && row.Tried != audit.OpAccessRefused {
		tried := OpName(row.Tried)
		name.DE, name.EN = name.DE+": "+tried.DE, name.EN+": "+tried.EN
	}
	return name
}

func opNames() map[audit.Op]policies.Label {
	return map[audit.Op]policies.Label{
		audit.OpUpload: {DE: "Eingeliefert", EN: "Uploaded"}, audit.OpFile: {DE: "Eingang abgelegt", EN: "Inbox item filed"},
		audit.OpRoute: {DE: "Eingang weitergeleitet", EN: "Inbox item routed"}, audit.OpDocumentChange: {DE: "Dokumentangaben geändert", EN: "Document changed"},
		audit.OpDocumentMove: {DE: "Dokument verschoben", EN: "Document moved"}, audit.OpDocumentVersion: {DE: "Neue Fassung", EN: "New version"},
		audit.OpDocumentOpen: {DE: "Dokumentangaben gesehen", EN: "Document shown"}, audit.OpDocumentRead: {DE: "Dokument gelesen", EN: "Document read"},
		audit.OpDocumentDisclose: {DE: "Dokument herausgegeben", EN: "Document handed out"},
		audit.OpDocumentDownload: {DE: "Datei heruntergeladen", EN: "Original downloaded"}, audit.OpAkteOpen: {DE: "Akte geöffnet", EN: "File opened"},
		audit.OpAkteCreate: {DE: "Akte angelegt", EN: "File created"}, audit.OpAkteChange: {DE: "Akte geändert", EN: "File changed"},
		audit.OpAkteList: {DE: "Übersicht oder Aktenkopf gesehen", EN: "Overview or head of a file seen"}, audit.OpAkteBundle: {DE: "Akte als PDF ausgegeben", EN: "File handed out as PDF"},
		audit.OpCaseCreate: {DE: "Vorgang eröffnet", EN: "Case opened"}, audit.OpCaseClose: {DE: "Vorgang abgeschlossen", EN: "Case closed"},
		audit.OpPersonCreate: {DE: "Person erfasst", EN: "Person entered"}, audit.OpPersonChange: {DE: "Person geändert", EN: "Person changed"}, audit.OpParticular: {DE: "Besondere Angabe zur Person geändert", EN: "Particular of a person changed"},
		audit.OpCorrection: {DE: "Person berichtigt", EN: "Person corrected"}, audit.OpCorrectionRefuse: {DE: "Berichtigung abgelehnt", EN: "Correction refused"}, audit.OpCorrectionTell: {DE: "Mitteilung an Empfänger einer Berichtigung vermerkt", EN: "Notification of a recipient of a correction noted"},
		audit.OpCorrectionOpen: {DE: "Berichtigungen angesehen", EN: "Corrections looked at"}, audit.OpCorrectionList: {DE: "Empfänger zu benachrichtigen aufgelistet", EN: "Recipients to be notified listed"},
		audit.OpPersonOpen: {DE: "Person gesehen", EN: "Person shown"}, audit.OpPersonMerge: {DE: "Personen zusammengeführt", EN: "Persons merged"},
		audit.OpLocate: {DE: "Person zum Ablegen gesucht", EN: "Person located"}, audit.OpSearch: {DE: "Gesucht", EN: "Searched"},
		audit.OpInboxList: {DE: "Postkorb gesehen", EN: "Basket listed"}, audit.OpInboxOpen: {DE: "Eingang gesehen", EN: "Inbox item shown"},
		audit.OpJobDone: {DE: "Verarbeitung fertig", EN: "Job done"}, audit.OpJobFailed: {DE: "Verarbeitung gescheitert", EN: "Job failed"},
		audit.OpJobRetry: {DE: "Verarbeitung wiederholt", EN: "Job retried"}, audit.OpRecognition: {DE: "Text erkannt", EN: "Text recognised"},
		audit.OpUserAdd: {DE: "Konto angelegt", EN: "Account added"}, audit.OpUserChange: {DE: "Konto geändert", EN: "Account changed"},
		audit.OpTokenCreate: {DE: "Token ausgestellt", EN: "Token created"}, audit.OpTokenRevoke: {DE: "Token widerrufen", EN: "Token revoked"},
		audit.OpSignin: {DE: "Angemeldet", EN: "Signed in"}, audit.OpSigninFailed: {DE: "Anmeldung gescheitert", EN: "Sign-in failed"},
		audit.OpSigninHalf: {DE: "Kennwort richtig, Code verlangt", EN: "Password right, code asked for"}, audit.OpSigninAgain: {DE: "Anmeldung bestätigt", EN: "Sign-in confirmed"},
		audit.OpFactorSet: {DE: "Zweiten Faktor eingerichtet", EN: "Second factor set up"}, audit.OpFactorDrop: {DE: "Zweiten Faktor entfernt", EN: "Second factor removed"},
		audit.OpPasskeyAdd: {DE: "Passkey eingerichtet", EN: "Passkey set up"}, audit.OpPasskeyRename: {DE: "Passkey umbenannt", EN: "Passkey renamed"},
		audit.OpPasskeyDrop: {DE: "Passkey entfernt", EN: "Passkey removed"},
		audit.OpSignout:     {DE: "Abgemeldet", EN: "Signed out"}, audit.OpPolicySwitch: {DE: "Regeln gewechselt", EN: "Rules switched"},
		audit.OpPolicyPropose: {DE: "Andere Regeln vorgeschlagen", EN: "Other rules proposed"}, audit.OpPolicyDecline: {DE: "Vorgeschlagene Regeln abgelehnt", EN: "Proposed rules turned down"},
		audit.OpPolicyOpen: {DE: "Auswirkungen von Regeln angesehen", EN: "Effects of rules looked at"}, audit.OpPolicyExplain: {DE: "Rechte an einer Akte erklärt", EN: "Rights to a file explained"},
		audit.OpTrailRead: {DE: "Protokoll gelesen", EN: "Trail read"}, audit.OpTrailExport: {DE: "Protokoll ausgegeben", EN: "Trail exported"},
		audit.OpCheckpoint: {DE: "Prüfpunkt abgerufen", EN: "Checkpoint fetched"}, audit.OpWitness: {DE: "Zeuge befragt", EN: "Witness asked"},
		audit.OpTrailDrop: {DE: "Protokolljahr gelöscht", EN: "Year of the trail dropped"}, audit.OpTrailHold: {DE: "Protokoll von der Löschung ausgenommen", EN: "Trail held beyond its term"},
		audit.OpTrailRelease: {DE: "Ausnahme von der Löschung beendet", EN: "Hold on the trail released"},
		audit.OpFindingMake:  {DE: "Auffälliges bemerkt", EN: "Something unusual noticed"}, audit.OpFindingList: {DE: "Auffälliges aufgelistet", EN: "Findings listed"},
		audit.OpFindingOpen: {DE: "Auffälliges geöffnet", EN: "Finding opened"}, audit.OpFindingReview: {DE: "Auffälliges geprüft", EN: "Finding reviewed"},
		audit.OpFindingClose: {DE: "Über Ergebnis einer Prüfung entschieden", EN: "Outcome of a review decided on"},
		audit.OpReindex:      {DE: "Suchindex neu aufgebaut", EN: "Index rebuilt"},
		audit.OpCheck:        {DE: "Bestand geprüft", EN: "Store checked"}, audit.OpBackup: {DE: "Gesichert", EN: "Backed up"}, audit.OpRestore: {DE: "Wiederhergestellt", EN: "Restored"},
		audit.OpErasure: {DE: "Gelöscht", EN: "Erased"}, audit.OpAccessRefused: {DE: "Zugriff verweigert", EN: "Access refused"},
		audit.OpInboxChange: {DE: "Eingangsangaben geändert", EN: "Receipt changed"}, audit.OpInboxAside: {DE: "Eingang zurückgestellt", EN: "Inbox item set aside"},
		audit.OpInboxTakeover: {DE: "Eingang übernommen", EN: "Inbox item taken over"}, audit.OpUnfile: {DE: "Ablage zurückgenommen", EN: "Filing taken back"},
		audit.OpEnclosed: {DE: "Aus E-Mail oder Archiv entnommen", EN: "Taken from an e-mail or archive"},
		audit.OpArrange:  {DE: "Seiten neu zusammengestellt", EN: "Pages rearranged"}, audit.OpArrangeUndo: {DE: "Zusammenstellung zurückgenommen", EN: "Rearrangement taken back"},
		audit.OpAcknowledge: {DE: "Empfangsbestätigung ausgestellt", EN: "Receipt issued"},
		audit.OpConsign:     {DE: "An Scandienstleister übergeben", EN: "Handed to a scan vendor"}, audit.OpConsignRush: {DE: "Eilauftrag beim Scandienstleister", EN: "Rush order at the scan vendor"},
		audit.OpDelivery: {DE: "Lieferung eines Scandienstleisters eingebracht", EN: "Delivery of a scan vendor brought in"}, audit.OpDeliveryList: {DE: "Liste der Lieferungen gesehen", EN: "List of deliveries seen"},
		audit.OpDeliveryOpen: {DE: "Lieferung gesehen", EN: "Delivery seen"},
		audit.OpConsignEnd:   {DE: "Vom Scandienstleister zurück", EN: "Back from the scan vendor"},
		audit.OpSeparators:   {DE: "Trennblätter gedruckt", EN: "Separator sheets printed"}, audit.OpBasketChange: {DE: "Postkorb eingestellt", EN: "Basket settings changed"},
		audit.OpUnlock:        {DE: "Mit Kennwort geöffnet", EN: "Opened with its password"},
		audit.OpReread:        {DE: "Erneute Erkennung bestellt", EN: "Recognition ordered anew"},
		audit.OpIncidentBegin: {DE: "Datenschutzvorfall aufgenommen", EN: "Data protection incident noted"}, audit.OpIncidentChange: {DE: "Datenschutzvorfall bearbeitet", EN: "Data protection incident changed"},
		audit.OpIncidentClose: {DE: "Über Datenschutzvorfall entschieden", EN: "Word on a data protection incident"}, audit.OpIncidentList: {DE: "Liste der Datenschutzvorfälle gesehen", EN: "List of incidents seen"},
		audit.OpIncidentOpen: {DE: "Datenschutzvorfall gesehen", EN: "Data protection incident seen"}, audit.OpIncidentReport: {DE: "Bericht über Datenschutzvorfall ausgegeben", EN: "Report on an incident exported"},
		audit.OpInquiryBegin: {DE: "Auskunftsersuchen aufgenommen", EN: "Access request begun"}, audit.OpInquiryReview: {DE: "Auskunft geprüft", EN: "Access request reviewed"},
		audit.OpInquiryPropose: {DE: "Auskunft zur Freigabe vorgelegt", EN: "Answer proposed for release"}, audit.OpInquiryRelease: {DE: "Auskunft freigegeben", EN: "Answer released"},
		audit.OpInquiryTake: {DE: "Auskunft ausgehändigt", EN: "Answer handed out"}, audit.OpInquiryClose: {DE: "Auskunftsersuchen ohne Paket beendet", EN: "Access request ended without a package"},
		audit.OpInquiryProlong: {DE: "Frist eines Auskunftsersuchens verlängert", EN: "Term of an access request prolonged"},
		audit.OpInquiryExpire:  {DE: "Auskunftspaket gelöscht", EN: "Package of an answer removed"}, audit.OpInquiryList: {DE: "Liste der Auskünfte gesehen", EN: "List of access requests seen"},
		audit.OpInquiryOpen: {DE: "Auskunftsersuchen gesehen", EN: "Access request seen"}, audit.OpInquiryRead: {DE: "Schriftstück für eine Auskunft geprüft", EN: "Paper looked at for an answer"},
		audit.OpBundleOrder: {DE: "Akte als PDF angefordert", EN: "PDF of a file ordered"}, audit.OpBundleExpire: {DE: "PDF einer Akte gelöscht", EN: "PDF of a file deleted"},
		audit.OpScan: {DE: "Auf Schadsoftware geprüft", EN: "Searched for malware"}, audit.OpQuarantine: {DE: "In Quarantäne genommen", EN: "Put into quarantine"},
		audit.OpQuarantineAsk:    {DE: "Freigabe aus der Quarantäne beantragt", EN: "Release from quarantine asked for"},
		audit.OpQuarantineFree:   {DE: "Aus der Quarantäne freigegeben", EN: "Released from quarantine"},
		audit.OpQuarantineRefuse: {DE: "Freigabe aus der Quarantäne abgelehnt", EN: "Release from quarantine declined"},
		audit.OpScanApprove:      {DE: "Scan freigegeben", EN: "Scan approved"},
		audit.OpScanReturn:       {DE: "Scan zurückgewiesen", EN: "Scan sent back"},
		audit.OpGrantGive:        {DE: "Recht auf Zeit gegeben", EN: "Right for a time given"}, audit.OpGrantEnd: {DE: "Recht auf Zeit zurückgenommen", EN: "Right for a time taken back"},
		audit.OpConflictReport: {DE: "Interessenkonflikt gemeldet", EN: "Conflict of interest reported"}, audit.OpConflictLay: {DE: "Interessenkonflikt eingetragen", EN: "Conflict of interest noted"},
		audit.OpConflictEndAsk: {DE: "Ende eines Interessenkonflikts beantragt", EN: "End of a conflict of interest asked for"}, audit.OpConflictEnd: {DE: "Interessenkonflikt beendet", EN: "Conflict of interest ended"},
		audit.OpConflictDecline: {DE: "Meldung oder Ende eines Interessenkonflikts abgelehnt", EN: "Report or end of a conflict of interest declined"}, audit.OpConflictList: {DE: "Liste der Interessenkonflikte gesehen", EN: "List of conflicts of interest seen"},
		audit.OpBreakGlass:       {DE: "Notzugriff", EN: "Break-glass access"},
		audit.OpBreakGlassReview: {DE: "Notzugriff geprüft", EN: "Break-glass access reviewed"},
		audit.OpBreakGlassList:   {DE: "Notzugriffe gesehen", EN: "Break-glass accesses listed"},
		audit.OpInspect:          {DE: "Kontrolle einer Akte", EN: "Inspection of a file"},
		audit.OpSubstitute:       {DE: "Vertretung bestimmt", EN: "Substitute named"}, audit.OpSubstituteEnd: {DE: "Vertretung beendet", EN: "Substitute ended"},
		audit.OpGrantList:       {DE: "Rechte auf Zeit gesehen", EN: "Rights for a time listed"},
		audit.OpPaperRelease:    {DE: "Papier zur Vernichtung freigegeben", EN: "Paper released for destruction"},
		audit.OpApprovalList:    {DE: "Liste wartender Scans gesehen", EN: "List of waiting scans seen"},
		audit.OpPaperList:       {DE: "Liste der Papiervorlagen gesehen", EN: "List of papers seen"},
		audit.OpCustodyTake:     {DE: "Original in Verwahrung genommen", EN: "Original taken into custody"},
		audit.OpCustodyPlace:    {DE: "Original umgelegt", EN: "Original placed elsewhere"},
		audit.OpCustodyReturn:   {DE: "Original zurückgegeben", EN: "Original handed back"},
		audit.OpCustodyUndo:     {DE: "Eintrag zur Verwahrung zurückgenommen", EN: "Entry on custody undone"},
		audit.OpCustodyList:     {DE: "Liste der Originale gesehen", EN: "List of originals seen"},
		audit.OpSealAsk:         {DE: "Sperrvermerk beantragt", EN: "Seal asked for"},
		audit.OpSealLay:         {DE: "Sperrvermerk eingetragen", EN: "Seal laid"},
		audit.OpSealChange:      {DE: "Sperrvermerk geändert", EN: "Seal changed"},
		audit.OpTermSet:         {DE: "Aufbewahrung festgelegt", EN: "Retention laid down"},
		audit.OpHoldLay:         {DE: "Löschsperre eingetragen", EN: "Hold on erasure entered"},
		audit.OpHoldEnd:         {DE: "Löschsperre beendet", EN: "Hold on erasure ended"},
		audit.OpOffer:           {DE: "Dem Archiv angeboten", EN: "Offered to the archive"},
		audit.OpOfferAnswer:     {DE: "Antwort des Archivs vermerkt", EN: "Answer of the archive noted"},
		audit.OpErasureAsk:      {DE: "Löschung vorgeschlagen", EN: "Erasure proposed"},
		audit.OpErasureRelease:  {DE: "Löschung freigegeben", EN: "Erasure released"},
		audit.OpErasureDecline:  {DE: "Löschung abgelehnt", EN: "Erasure declined"},
		audit.OpErasureWithdraw: {DE: "Löschvorschlag zurückgenommen", EN: "Proposed erasure taken back"},
		audit.OpErasureWait:     {DE: "Löschung wartet auf den Speicher", EN: "Erasure waits for the storage"},
		audit.OpRetentionOpen:   {DE: "Aufbewahrung angesehen", EN: "Retention shown"},
		audit.OpRetentionList:   {DE: "Fällige Löschungen aufgelistet", EN: "Due erasures listed"},
		audit.OpSealLift:        {DE: "Sperrvermerk aufgehoben", EN: "Seal lifted"},
		audit.OpSealDecline:     {DE: "Antrag zu einem Sperrvermerk abgelehnt", EN: "Request about a seal declined"},
		audit.OpSealWithdraw:    {DE: "Antrag zu einem Sperrvermerk zurückgenommen", EN: "Request about a seal taken back"},
		audit.OpSealOpen:        {DE: "Sperrvermerk gesehen", EN: "Seal shown"},
		audit.OpSealList:        {DE: "Liste der Sperrvermerke gesehen", EN: "List of seals seen"},
		audit.OpJobCancel:       {DE: "Verarbeitung abgebrochen", EN: "Job cancelled"},
		audit.OpShardOpen:       {DE: "Jahresprotokoll begonnen", EN: "Year's log opened"},
	}
}

// ClassName is what a class of operations is called.
func ClassName(c audit.Class) policies.Label {
	return map[audit.Class]policies.Label{
		audit.Collection: {DE: "Erhebung", EN: "Collection"}, audit.Change: {DE: "Veränderung", EN: "Change"}, audit.Query: {DE: "Abfrage", EN: "Query"},
		audit.Disclosure: {DE: "Offenlegung", EN: "Disclosure"}, audit.Combination: {DE: "Kombination", EN: "Combination"},
		audit.Erasure: {DE: "Löschung", EN: "Erasure"}, audit.Operation: {DE: "Betrieb", EN: "Operation"},
	}[c]
}

// ResultName is what a result is called.
func ResultName(r audit.Result) policies.Label {
	return map[audit.Result]policies.Label{
		audit.Allow: {DE: "erlaubt", EN: "allowed"}, audit.Deny: {DE: "verweigert", EN: "refused"}, audit.Failed: {DE: "Fehler", EN: "error"},
	}[r]
}

// MarkName is what a mark is called.
func MarkName(m acl.Mark) policies.Label {
	return map[acl.Mark]policies.Label{
		acl.MarkRefused: {DE: "verweigert", EN: "refused"}, acl.MarkRepeated: {DE: "wiederholt verweigert", EN: "refused repeatedly"},
		acl.MarkOwnCase:  {DE: "Vorgang selbst eröffnet", EN: "case opened by the same account"},
		acl.MarkHours:    {DE: "außerhalb der Dienstzeit", EN: "outside working hours"},
		acl.MarkNamesake: {DE: "gleicher Familienname", EN: "same family name"},
	}[m]
}
