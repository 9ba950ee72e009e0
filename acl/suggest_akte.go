package acl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/index"
	"eakte/ingest/hint"
	"eakte/policies"
)

// AkteSuggestion is an Akte that a paper may belong to, with the little of it that filing needs.
type AkteSuggestion struct {
	Person    archive.PersonID
	Name      archive.Name
	BirthDate archive.BirthDate
	LocatedAkte
	// Score is 1 to 100: 100 where the paper bears a number of it, less where it bears a name and the date of birth.
	Score int
	// Tied says that an Akte of somebody else fits as well.
	Tied bool
	// Why are what stands on the pages: numbers, or a name and a date of birth.
	Why []Suggestion
}

const (
	suggestAkten   = 5  // that are shown
	suggestBirth   = 6  // dates of birth that are looked up
	suggestNumbers = 10 // reference numbers that are looked up
)

// Scores of what is found on a page.
const (
	scoreNumber  = 100
	scoreBeside  = 60 // another Akte of the person whose number it is
	scoreNamed   = 70 // name and date of birth
	scoreSaid    = 10 // more where the page says that it is a date of birth
	scoreAll     = 10 // more where all given names stand there
	scoreClose   = 5  // more where the names stand side by side
	closeEnough  = 4  // words between them
	leastLetters = 2  // of a name
)

// suggestAkten finds the Akten that pages may belong to, for who may locate persons and with no more than that
// tells: by a number, or by a name together with a date of birth. A first of January isn't taken for a date of birth:
// it is what is entered where none is known. That it looked for persons is recorded.
func (d *Desk) suggestAkten(ctx context.Context, id archive.InboxID, pages []printed) ([]AkteSuggestion, error) {
	v, ok := d.able(policies.ActLocate)
	asked := keysOn(pages, d.guard.today())
	if !ok || len(asked.numbers)+len(asked.days) == 0 {
		return nil, nil
	}
	born, err := d.bornOn(ctx, asked.days)
	if err != nil {
		return nil, err
	}
	var out []AkteSuggestion
	tried := act{op: audit.OpLocate, object: "inbox/" + string(id)}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		found, err := d.belong(r, pages, asked, born)
		if err != nil {
			return act{}, err
		}
		out = found
		done := tried
		done.verdict, done.window = v, "suggest"
		for _, s := range out {
			if !slices.Contains(done.persons, s.Person) {
				done.persons = append(done.persons, s.Person)
			}
			done.window += "/" + string(s.Person)
		}
		done.detail = &audit.Detail{Act: map[string]any{"hits": len(out), "by": "page"}}
		return done, nil
	})
	return out, err
}

// keys are what pages bear that persons can be found by.
type keys struct {
	numbers, days []Suggestion
}

// keysOn gathers numbers and dates that may be somebody's birth: those said to be first.
func keysOn(pages []printed, today string) (k keys) {
	words := make([]archive.PageWords, len(pages))
	for i, p := range pages {
		words[i] = p.PageWords
		for _, n := range p.numbers() {
			known := slices.ContainsFunc(k.numbers, func(s Suggestion) bool { return s.Value == n.Value })
			if !known && len(k.numbers) < suggestNumbers {
				k.numbers = append(k.numbers, n)
			}
		}
	}
	all := hint.Days(words, today)
	births := slices.DeleteFunc(slices.Clone(all), func(d hint.Day) bool { return d.Role != hint.OfBirth })
	for _, day := range append(births, all...) {
		known := slices.ContainsFunc(k.days, func(s Suggestion) bool { return s.Value == day.Day })
		if known || strings.HasSuffix(day.Day, "-01-01") || day.Role == hint.OfEntry || day.Day > today || len(k.days) == suggestBirth {
			continue
		}
		s := pages[day.Page-1].at(SuggestBirth, day.Day, day.First, day.End)
		s.Doubt = day.Role != hint.OfBirth
		k.days = append(k.days, s)
	}
	return k
}

// bornOn asks the index who was born on the days.
func (d *Desk) bornOn(ctx context.Context, days []Suggestion) ([][]archive.PersonID, error) {
	out := make([][]archive.PersonID, len(days))
	for i, s := range days {
		hits, err := d.guard.Index.Persons(ctx, index.PersonQuery{Text: s.Value, Locate: true, Limit: namesakes})
		if errors.Is(err, index.ErrAway) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			out[i] = append(out[i], h.Person)
		}
	}
	return out, nil
}

// belong finds the Akten, the likeliest first.
func (d *Desk) belong(r archive.Reader, pages []printed, asked keys, born [][]archive.PersonID) ([]AkteSuggestion, error) {
	var out []AkteSuggestion
	for _, s := range asked.numbers {
		ids, err := d.candidates(r, LocateQuery{Number: s.Value}, nil)
		if err == nil {
			out, err = d.fitting(r, out, ids, LocateQuery{Number: s.Value}, func(archive.Person) (int, []Suggestion) { return scoreNumber, []Suggestion{s} })
		}
		if err != nil {
			return nil, err
		}
	}
	there := tokensOf(pages)
	for i, s := range asked.days {
		day, err := archive.ParseBirthDate(s.Value, d.guard.Now())
		if err != nil {
			continue // to come: nobody's
		}
		out, err = d.fitting(r, out, born[i], LocateQuery{BirthDate: day}, func(p archive.Person) (int, []Suggestion) { return there.name(p, day, s) })
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b AkteSuggestion) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Number, b.Number))
	})
	out = out[:min(len(out), suggestAkten)]
	for i := range out {
		out[i].Tied = slices.ContainsFunc(out, func(o AkteSuggestion) bool { return o.Score == out[i].Score && o.Person != out[i].Person })
	}
	return out, nil
}

// fitting adds the Akten of those persons that may be told of and that fit, each once, with its best score.
func (d *Desk) fitting(r archive.Reader, out []AkteSuggestion, ids []archive.PersonID, q LocateQuery, fit func(archive.Person) (int, []Suggestion)) ([]AkteSuggestion, error) {
	for _, id := range ids {
		p, err := r.Person(id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		score, why := fit(p)
		if score == 0 {
			continue
		}
		found, err := d.locate(r, LocateQuery{BirthDate: q.BirthDate}, []archive.PersonID{id})
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			for _, a := range l.Akten {
				s := AkteSuggestion{Person: l.Person, Name: l.Name, BirthDate: l.BirthDate, LocatedAkte: a, Score: score, Why: why}
				if ourNumber.MatchString(q.Number) && q.Number != a.Number {
					s.Score = scoreBeside
				}
				out = better(out, s)
			}
		}
	}
	return out, nil
}

// better adds a suggestion, or puts it in place of a weaker one for the same Akte.
func better(all []AkteSuggestion, s AkteSuggestion) []AkteSuggestion {
	at := slices.IndexFunc(all, func(o AkteSuggestion) bool { return o.ID == s.ID })
	switch {
	case at < 0:
		return append(all, s)
	case all[at].Score < s.Score:
		all[at] = s
	}
	return all
}

// token is where a word stands.
type token struct{ page, word int }

// tokens are the words of pages as names are compared.
type tokens struct {
	pages []printed
	at    map[string]token
}

// tokensOf takes words apart at hyphens and at the marks of a machine-readable zone.
func tokensOf(pages []printed) tokens {
	t := tokens{pages, map[string]token{}}
	for n, p := range pages {
		for i, w := range p.Words {
			for _, spelled := range hint.Spellings(w.Text) {
				for part := range strings.FieldsFuncSeq(spelled, apart) {
					if _, known := t.at[part]; !known {
						t.at[part] = token{n, i}
					}
				}
			}
		}
	}
	return t
}

func apart(c rune) bool {
	return c == '-' || c == '<' || c == ' ' || c == '/' || c == '’' || c == '\''
}

// find says where the words of a name stand, and how many it has.
func (t tokens) find(name string) (found []token, words int) {
	for part := range strings.FieldsFuncSeq(name, apart) {
		if len(part) < leastLetters {
			continue
		}
		words++
		for _, spelled := range hint.Spellings(part) {
			if at, ok := t.at[spelled]; ok {
				found = append(found, at)
				break
			}
		}
	}
	return found, words
}

// name tells how well a person fits who was born on a day that stands on the pages: 0 where none of the names she has
// for it does, with all of the family name and one given name.
func (t tokens) name(p archive.Person, day archive.BirthDate, s Suggestion) (score int, why []Suggestion) {
	for _, n := range p.Names {
		if own := n.BirthDate; !own.IsZero() && !day.Compatible(own) || own.IsZero() && !day.Compatible(p.BirthDate) {
			continue // a name with a date of its own goes with that
		}
		family, all := t.find(n.Family)
		given, alls := t.find(n.Given)
		if all == 0 || len(family) < all || alls > 0 && len(given) == 0 {
			continue
		}
		this := scoreNamed
		if !s.Doubt {
			this += scoreSaid
		}
		if len(given) == alls {
			this += scoreAll
		}
		at := family[0]
		reasons := []Suggestion{t.pages[at.page].at(SuggestFamily, n.Family, at.word, at.word+1)}
		if len(given) > 0 {
			g := given[0]
			if gap := g.word - at.word; g.page == at.page && gap <= closeEnough && gap >= -closeEnough {
				this += scoreClose
			}
			reasons = append(reasons, t.pages[g.page].at(SuggestGiven, n.Given, g.word, g.word+1))
		}
		if this > score {
			score, why = this, append(reasons, s)
		}
	}
	return score, why
}
