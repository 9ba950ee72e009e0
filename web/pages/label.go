package pages

import (
	"cmp"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"eakte/acl"
	"eakte/archive/audit"
	"eakte/policies"
)

// label names what policies have names for. What is unknown keeps its key.
func (p *Pages) label(kind, key, lang string) string {
	set := p.Policies
	find := map[string]func(string) (policies.Label, bool){
		"department":     termLabel(set.Department),
		"team":           func(k string) (policies.Label, bool) { v, ok := set.Team(k); return v.Label, ok },
		"role":           termLabel(set.Role),
		"classification": termLabel(set.Classification),
		"purpose":        termLabel(set.Purpose),
		"channel":        termLabel(set.Channel),
		"namekind":       termLabel(set.NameKind),
		"fieldgroup":     func(k string) (policies.Label, bool) { v, ok := set.FieldGroup(k); return v.Label, ok },
		"register":       func(k string) (policies.Label, bool) { v, ok := set.Register(k); return v.Label, ok },
		"doctype":        func(k string) (policies.Label, bool) { v, ok := set.DocType(k); return v.Label, ok },
		"plan":           func(k string) (policies.Label, bool) { v, ok := set.PlanUnit(k); return v.Label, ok },
		"procedure":      func(k string) (policies.Label, bool) { v, ok := set.Procedure(k); return v.Label, ok },
		"action":         func(k string) (policies.Label, bool) { l := policies.ActionLabel(k); return l, l.DE != "" },
		"op":             func(k string) (policies.Label, bool) { return OpName(audit.Op(k)), true },
		"class":          func(k string) (policies.Label, bool) { return ClassName(audit.Class(k)), true },
		"result":         func(k string) (policies.Label, bool) { return ResultName(audit.Result(k)), true },
		"mark":           func(k string) (policies.Label, bool) { return MarkName(acl.Mark(k)), true },
	}[kind]
	if find == nil {
		return key
	}
	if l, ok := find(key); ok {
		return l.In(lang)
	}
	return key
}

func termLabel(find func(string) (policies.Term, bool)) func(string) (policies.Label, bool) {
	return func(key string) (policies.Label, bool) {
		v, ok := find(key)
		return v.Label, ok
	}
}

// option is an entry of a choice.
type option struct{ Key, Name string }

// options are the entries of a list of policies, named in a language, in the list's order.
func options[T any](in []T, term func(T) policies.Term, lang string) []option {
	out := make([]option, 0, len(in))
	for _, v := range in {
		t := term(v)
		out = append(out, option{t.Key, t.Label.In(lang)})
	}
	return out
}

// teamOptions are the teams to choose among: those that policies name, and those of used that they don't, by
// name; none where policies name no team, since then any key will do.
func (p *Pages) teamOptions(lang string, used ...string) []option {
	out := byName(options(p.Policies.Teams(), func(t policies.Team) policies.Term { return t.Term }, lang), lang)
	if len(out) == 0 {
		return nil
	}
	for _, key := range used {
		if key != "" && !slices.ContainsFunc(out, func(o option) bool { return o.Key == key }) {
			out = append(out, option{key, key})
		}
	}
	return out
}

// byName sorts options as a dictionary of the language does, German as a telephone book: DIN 5007,
// variant 2.
func byName(in []option, lang string) []option {
	c := collator(lang)
	slices.SortFunc(in, func(a, b option) int {
		return cmp.Or(c.CompareString(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
	})
	return in
}

// collator compares names. It is not safe for concurrent use.
func collator(lang string) *collate.Collator {
	if lang == "en" {
		return collate.New(language.English)
	}
	return collate.New(language.MustParse("de-u-co-phonebk"))
}
