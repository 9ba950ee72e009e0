package pages

import (
	"fmt"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
)

// FindingName is what a rule of the unusual is called.
func FindingName(rule string) policies.Label {
	return map[string]policies.Label{
		acl.UnusualBreakGlass: {DE: "Notzugriff", EN: "Break-glass access"},
		acl.UnusualNamesake:   {DE: "Eigener Familienname", EN: "Own family name"},
		acl.UnusualColleague:  {DE: "Name wie ein Kollege", EN: "Called like a colleague"},
		acl.UnusualRefusals:   {DE: "Nach Verweigerungen", EN: "After refusals"},
		acl.UnusualMany:       {DE: "Viele Akten hintereinander", EN: "Many files in a row"},
		acl.UnusualNoCase:     {DE: "Ohne Vorgang und Zuständigkeit", EN: "Without a case or task"},
		acl.UnusualHours:      {DE: "Nachts oder an freien Tagen", EN: "At night or on a day off"},
		acl.UnusualSample:     {DE: "Stichprobe", EN: "Sample"},
	}[rule]
}

// FindingWhy says why a rule struck.
func FindingWhy(f archive.Finding) policies.Label {
	n := f.Figure
	return map[string]policies.Label{
		acl.UnusualBreakGlass: {
			DE: "Eine Akte wurde im Notfall geöffnet, ohne ein Recht daran zu haben.",
			EN: "A file was opened in an emergency, without a right to it.",
		},
		acl.UnusualNamesake: {
			DE: "Geöffnet wurde etwas zu einer Person, die denselben Familiennamen trägt wie das Konto.",
			EN: "Something was opened about a person of the same family name as the account.",
		},
		acl.UnusualColleague: {
			DE: "Geöffnet wurde etwas zu einer Person, die heißt wie jemand mit einem Konto in dieser Behörde.",
			EN: "Something was opened about a person who is called like somebody with an account here.",
		},
		acl.UnusualRefusals: {
			DE: fmt.Sprintf("Inhalte wurden geöffnet, nachdem in der Stunde davor %d Zugriffe desselben Kontos verweigert worden waren.", n),
			EN: fmt.Sprintf("Content was opened after %d tries of the same account had been refused in the hour before.", n),
		},
		acl.UnusualMany: {
			DE: fmt.Sprintf("Innerhalb einer Stunde wurden Inhalte von %d verschiedenen Akten geöffnet.", n),
			EN: fmt.Sprintf("Content of %d different files was opened within an hour.", n),
		},
		acl.UnusualNoCase: {
			DE: fmt.Sprintf("An diesem Tag wurden %d Akten geöffnet, in denen kein Vorgang offen war und für die weder das Konto noch sein Team zuständig ist; ein Vorgang wurde nicht als Zweck genannt.", n),
			EN: fmt.Sprintf("On this day %d files were opened in which no case was open and for which neither the account nor its team is responsible; no case was stated as purpose.", n),
		},
		acl.UnusualHours: {
			DE: "Inhalte wurden außerhalb der Dienstzeiten geöffnet, die in den Regeln stehen.",
			EN: "Content was opened outside the hours of work that the rules name.",
		},
		acl.UnusualSample: {
			DE: "Nichts ist auffällig: Der Zugriff wurde ausgelost. Die Akte liegt außerhalb der eigenen Zuständigkeit des Kontos.",
			EN: "Nothing is unusual: the access was drawn by lot. The file lies outside the account's own area.",
		},
	}[f.Rule]
}

// AccessName is what a kind of access is called.
func AccessName(kind string) policies.Label {
	return map[string]policies.Label{
		acl.AccessLook:      {DE: "gesehen", EN: "seen"},
		acl.AccessListed:    {DE: "gefunden oder aufgelistet", EN: "found or listed"},
		acl.AccessTaken:     {DE: "ausgegeben", EN: "taken out"},
		acl.AccessDisclosed: {DE: "weitergegeben", EN: "disclosed"},
		acl.AccessChanged:   {DE: "erfasst oder geändert", EN: "entered or changed"},
		acl.AccessRefused:   {DE: "verweigert", EN: "refused"},
	}[kind]
}

// findingState is what a state is called, findingOutcome an outcome.
func findingState(state string) policies.Label {
	return map[string]policies.Label{
		archive.FindingOpen: {DE: "offen", EN: "open"}, archive.FindingReview: {DE: "wird geprüft", EN: "being looked into"},
		archive.FindingProposed: {DE: "wartet auf zweite Person", EN: "waits for a second person"}, archive.FindingClosed: {DE: "abgeschlossen", EN: "closed"},
	}[state]
}

func findingOutcome(outcome string) policies.Label {
	return map[string]policies.Label{
		archive.FindingLawful:  {DE: "rechtmäßig, der Grund steht in der Notiz", EN: "lawful, the note names the reason"},
		archive.FindingMistake: {DE: "Versehen ohne Schaden", EN: "a mistake without harm"},
		archive.FindingBreach:  {DE: "unberechtigt; was folgt, wird außerhalb entschieden", EN: "without a right to it; what follows is decided elsewhere"},
	}[outcome]
}
