package web

import (
	"eakte/acl"
	"eakte/archive/audit"
	"eakte/policies"
)

// opName is what an operation of the trail is called; its code where it has no name yet.
func opName(op audit.Op) text {
	if name, ok := opNames()[op]; ok {
		return name
	}
	return text{string(op), string(op)}
}

// deedName is opName, and of a refusal what was refused.
func deedName(row acl.TrailRow) text {
	name := opName(row.Leaf.Op)
	if row.Tried != "" {
		tried := opName(row.Tried)
		name.de, name.en = name.de+": "+tried.de, name.en+": "+tried.en
	}
	return name
}

func opNames() map[audit.Op]text {
	return map[audit.Op]text{
		audit.OpUpload: {"Eingeliefert", "Uploaded"}, audit.OpFile: {"Eingang abgelegt", "Inbox item filed"},
		audit.OpRoute: {"Eingang weitergeleitet", "Inbox item routed"}, audit.OpDocumentChange: {"Dokumentangaben geändert", "Document changed"},
		audit.OpDocumentMove: {"Dokument verschoben", "Document moved"}, audit.OpDocumentVersion: {"Neue Fassung", "New version"},
		audit.OpDocumentOpen: {"Dokumentangaben gesehen", "Document shown"}, audit.OpDocumentRead: {"Dokument gelesen", "Document read"},
		audit.OpDocumentDownload: {"Datei heruntergeladen", "File downloaded"}, audit.OpAkteOpen: {"Akte geöffnet", "Akte opened"},
		audit.OpAkteCreate: {"Akte angelegt", "Akte created"}, audit.OpAkteChange: {"Akte geändert", "Akte changed"},
		audit.OpAkteList: {"Akten aufgelistet", "Akten listed"}, audit.OpAkteBundle: {"Akte als PDF ausgegeben", "Akte handed out as PDF"},
		audit.OpBundleOrder: {"Akte als PDF angefordert", "PDF of an Akte ordered"}, audit.OpBundleExpire: {"PDF einer Akte gelöscht", "PDF of an Akte deleted"},
		audit.OpJobCancel:  {"Verarbeitung abgebrochen", "Job cancelled"},
		audit.OpCaseCreate: {"Vorgang eröffnet", "Case opened"}, audit.OpCaseClose: {"Vorgang geschlossen", "Case closed"},
		audit.OpPersonCreate: {"Person erfasst", "Person entered"}, audit.OpPersonChange: {"Person geändert", "Person changed"},
		audit.OpPersonOpen: {"Person gesehen", "Person shown"}, audit.OpPersonMerge: {"Personen zusammengeführt", "Persons merged"},
		audit.OpLocate: {"Person zum Ablegen gesucht", "Person located"}, audit.OpSearch: {"Gesucht", "Searched"},
		audit.OpInboxList: {"Eingangskorb gesehen", "Basket listed"}, audit.OpInboxOpen: {"Eingang gesehen", "Inbox item shown"},
		audit.OpJobDone: {"Verarbeitung fertig", "Job done"}, audit.OpJobFailed: {"Verarbeitung gescheitert", "Job failed"},
		audit.OpJobRetry: {"Verarbeitung wiederholt", "Job retried"}, audit.OpRecognition: {"Text erkannt", "Text recognised"},
		audit.OpUserAdd: {"Konto angelegt", "Account added"}, audit.OpUserChange: {"Konto geändert", "Account changed"},
		audit.OpTokenCreate: {"Token ausgestellt", "Token created"}, audit.OpTokenRevoke: {"Token widerrufen", "Token revoked"},
		audit.OpSignin: {"Angemeldet", "Signed in"}, audit.OpSigninFailed: {"Anmeldung gescheitert", "Sign-in failed"},
		audit.OpSignout: {"Abgemeldet", "Signed out"}, audit.OpPolicySwitch: {"Regeln gewechselt", "Rules switched"},
		audit.OpTrailRead: {"Protokoll gelesen", "Trail read"}, audit.OpTrailExport: {"Protokoll ausgegeben", "Trail exported"},
		audit.OpCheckpoint: {"Prüfpunkt abgerufen", "Checkpoint fetched"}, audit.OpReindex: {"Suchindex neu aufgebaut", "Index rebuilt"},
		audit.OpCheck: {"Bestand geprüft", "Store checked"}, audit.OpBackup: {"Gesichert", "Backed up"}, audit.OpRestore: {"Wiederhergestellt", "Restored"},
		audit.OpErasure: {"Gelöscht", "Erased"}, audit.OpAccessRefused: {"Zugriff verweigert", "Access refused"},
		audit.OpInboxChange: {"Eingangsangaben geändert", "Receipt changed"}, audit.OpInboxAside: {"Eingang beiseitegelegt", "Inbox item set aside"},
		audit.OpInboxTakeover: {"Eingang übernommen", "Inbox item taken over"}, audit.OpUnfile: {"Ablage zurückgenommen", "Filing taken back"},
		audit.OpArrange: {"Seiten neu zusammengestellt", "Pages rearranged"}, audit.OpArrangeUndo: {"Zusammenstellung zurückgenommen", "Rearrangement taken back"},
		audit.OpShardOpen: {"Jahresprotokoll begonnen", "Year's log opened"},
	}
}

// className is what a class of operations is called.
func className(c audit.Class) text {
	return map[audit.Class]text{
		audit.Collection: {"Erhebung", "Collection"}, audit.Change: {"Veränderung", "Change"}, audit.Query: {"Abfrage", "Query"},
		audit.Disclosure: {"Offenlegung", "Disclosure"}, audit.Combination: {"Kombination", "Combination"},
		audit.Erasure: {"Löschung", "Erasure"}, audit.Operation: {"Betrieb", "Operation"},
	}[c]
}

// resultName is what a result is called.
func resultName(r audit.Result) text {
	return map[audit.Result]text{
		audit.Allow: {"erlaubt", "allowed"}, audit.Deny: {"verweigert", "refused"}, audit.Failed: {"Fehler", "error"},
	}[r]
}

// markName is what a mark is called.
func markName(m acl.Mark) text {
	return map[acl.Mark]text{
		acl.MarkRefused: {"verweigert", "refused"}, acl.MarkRepeated: {"wiederholt verweigert", "refused repeatedly"},
		acl.MarkOwnCase:  {"Vorgang selbst eröffnet", "case opened by the same account"},
		acl.MarkHours:    {"außerhalb von 6 bis 20 Uhr", "outside 6 to 20 o'clock"},
		acl.MarkNamesake: {"gleicher Familienname", "same family name"},
	}[m]
}

// termName is what a key of the policies is called; the key itself where it is none of the present ones.
func termName(find func(string) (policies.Term, bool), key, language string) string {
	if t, ok := find(key); ok {
		return t.Label.In(language)
	}
	return key
}

func registerName(set *policies.Set, key, language string) string {
	return termName(func(key string) (policies.Term, bool) {
		r, ok := set.Register(key)
		return r.Term, ok
	}, key, language)
}
