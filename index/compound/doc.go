// Package compound takes German compounds apart: an Aufenthaltserlaubnis is found by Erlaubnis and by
// Aufenthalt.
//
// A word is taken apart only if all of it is words of a list, with the letters that German puts between them
// ("Geburt-s-urkunde", "Kind-er-geld"). So an unlisted word stays whole, and nothing is found inside it that
// only looks like a word ("Kompass" has no Pass). The list is words of letters, certificates and decisions
// of an authority; it was written by hand for this purpose. What it would split wrongly stands in it as
// a whole.
package compound
