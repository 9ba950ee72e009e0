package acl

import (
	"context"
	"strings"
	"unicode/utf8"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
)

const (
	// typingShown is how many persons are shown while somebody types.
	typingShown = 8
	// typingLeast is how many letters she has typed before any is.
	typingLeast = 2
	// typingBegun is how many letters make the beginning of a word that nobody's name begins with.
	typingBegun = 3
)

// PersonsTyped finds persons while their names are being typed: those that [Desk.Search] would find for the text as it
// stands. Each letter is a question, and one event for each would bury the trail. So what is told is recorded: an
// answer that names somebody whom no event of the last minutes names, and one that names nobody, once for words that
// begin alike. Fewer than two letters find nobody.
func (d *Desk) PersonsTyped(ctx context.Context, text string) ([]FoundPerson, error) {
	if utf8.RuneCountInString(strings.TrimSpace(text)) < typingLeast {
		return []FoundPerson{}, nil
	}
	q := index.Query{Text: text}
	rights, understood, err := d.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	if !understood.Plain() {
		q.Text = understood.Words()
	}
	found, err := d.findPersons(ctx, q, rights)
	if err != nil {
		return nil, err
	}
	found = found[:min(len(found), typingShown)]
	return found, d.told(ctx, text, found)
}

// told records whom an answer to a text that is being typed names, unless that is known already.
func (d *Desk) told(ctx context.Context, text string, found []FoundPerson) error {
	key := func(what string) windowKey {
		return windowKey{string(d.subject.User), "typing", what, d.subject.Purpose}
	}
	begun := []rune(strings.ToLower(strings.TrimSpace(text)))
	told := []windowKey{key("begun " + string(begun[:min(len(begun), typingBegun)]))}
	known := len(found) > 0 || d.guard.windows.open(told[0])
	done := act{op: audit.OpSearch, verdict: verdict{Decision: Decision{Allow: true, Rule: "search"}}}
	for _, f := range found {
		k := key("person/" + string(f.Person.ID))
		known = known && d.guard.windows.open(k)
		done.persons, told = append(done.persons, f.Person.ID), append(told, k)
	}
	if known {
		return nil
	}
	done.detail = &audit.Detail{
		Act:    map[string]any{"total": len(found), "listed": len(found), "typing": true},
		Shared: map[string]any{"q": text},
	}
	if err := d.store(ctx, done, func(archive.Tx) (act, error) { return done, nil }); err != nil {
		return err
	}
	for _, k := range told {
		d.guard.windows.start(k)
	}
	return nil
}
