// Package query reads what people type into the search box.
//
// [Parse] turns a text into a [Query]: a tree of what is looked for, conditions that hold for the whole
// search, and mistakes. It takes any text: what can't be meant is left out or read as plain words, and a
// [Mistake] says so with its place. What was understood is written by [Query.String] in the same language;
// read again it is understood the same.
//
// # The language
//
//	Pass verloren          both words, in any form
//	"Pass verloren"        side by side, as they stand; also „…“, “…”, «…»
//	"Pass verloren"~5      at most five words apart, in any order; also Pass NAHE/5 verloren (NEAR)
//	-Duldung               not this; also NICHT (NOT) Duldung
//	AE ODER Visum          one of them (OR, |); it binds closer than standing side by side
//	(AE Antrag) ODER Visum parts held together
//	Verläng*               any ending; a star may also stand inside
//	Meier~                 a letter may be wrong (two in long words)
//	typ: register: von: bis: person: akte: az:    conditions; English names are taken too
//
// A word that was copied from where a line or spaced letters tore it apart ("Aufent- halt") is looked for whole and in
// its pieces. Words in capitals are operators only as written here; a text all in capitals excludes nothing by a word.
package query
