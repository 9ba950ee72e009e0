package policies

import (
	"slices"
	"strings"
)

// actions are what the rules' actions are called.
func actions() map[string]Label {
	return map[string]Label{
		ActExist: {"sehen, dass etwas da ist", "see that something is there"}, ActRead: {"lesen", "read"},
		ActWrite: {"bearbeiten", "write"}, ActFile: {"ablegen", "file"}, ActDisclose: {"nach außen geben", "disclose"},
		ActInbox: {"den Eingangskorb bearbeiten", "work the inbox"}, ActRoute: {"weiterleiten", "route"},
		ActUpload: {"einliefern", "upload"}, ActLocate: {"Personen zum Ablegen finden", "locate persons"},
		ActReadFiled:   {"selbst Abgelegtes 24 Stunden sehen", "see for 24 hours what she filed"},
		ActPersonWrite: {"Personen erfassen", "enter persons"}, ActAkteCreate: {"Akten anlegen", "open files"},
		ActAkteChange: {"Akten ändern", "change files"}, ActGrant: {"Rechte auf Zeit geben", "grant rights for a time"},
		ActBreakGlass: {"im Notfall zugreifen", "access in an emergency"},
		ActRelease:    {"aus der Quarantäne freigeben", "release from quarantine"},
		ActTrailRead:  {"das Protokoll lesen", "read the trail"}, ActRulesRead: {"die Regeln lesen", "read the rules"},
		ActRulesPropose: {"Zugriffsregeln vorschlagen", "propose access rules"},
		ActRulesApprove: {"Zugriffsregeln in Kraft setzen", "let access rules come into force"},
		ActInform:       {"Auskunft nach Art. 15 DSGVO geben", "answer requests under Art. 15 GDPR"},
		ActInspect:      {"eine Akte kontrollieren", "inspect a file"}, ActOperate: {"das System betreiben", "operate the system"},
	}
}

// ActionLabel is what an action is called; empty for none that is known.
func ActionLabel(action string) Label { return actions()[action] }

// Describe puts a rule into a sentence for who has to judge it.
func (s *Set) Describe(r Rule) Label {
	return Label{DE: s.describe(r, "de"), EN: s.describe(r, "en")}
}

func (s *Set) describe(r Rule, language string) string {
	say := func(de, en string) string { return Label{de, en}.In(language) }
	var parts []string
	add := func(text string) { parts = append(parts, text) }
	role, _ := s.Role(r.Role)
	verb := say(" darf ", " may ")
	if r.Deny {
		verb = say(" darf nicht ", " must not ")
	}
	departments := names(r.Departments, s.Department, language)
	add(role.Label.In(language) + " (" + departments + ")" + verb + deeds(r.Actions, language))
	if len(r.Registers) > 0 {
		add(say("Register ", "registers ") + names(r.Registers, func(key string) (Term, bool) {
			reg, ok := s.Register(key)
			return reg.Term, ok
		}, language))
	}
	if len(r.Classifications) > 0 {
		add(say("Einstufung ", "classification ") + names(r.Classifications, s.Classification, language))
	}
	if len(r.Purposes) > 0 {
		add(say("nur zum Zweck ", "only for ") + names(r.Purposes, s.Purpose, language))
	}
	if r.MatchingCase {
		add(say("nur mit passendem Vorgang", "only with a matching case"))
	}
	if r.OwnBrought {
		add(say("nur, was die eigene Abteilung eingebracht hat", "only what her own department brought in"))
	}
	return strings.Join(parts, "; ")
}

// deeds lists actions in words; seeing that something is there goes without saying where one may read it.
func deeds(keys []string, language string) string {
	words := actions()
	var out []string
	for _, key := range keys {
		if key == ActExist && slices.Contains(keys, ActRead) {
			continue
		}
		out = append(out, words[key].In(language))
	}
	return strings.Join(out, ", ")
}

// names lists terms in words; a key without one stands for itself.
func names(keys []string, find func(string) (Term, bool), language string) string {
	var out []string
	for _, key := range keys {
		if t, ok := find(key); ok {
			key = t.Label.In(language)
		}
		out = append(out, key)
	}
	return strings.Join(out, ", ")
}
