package web

import "eakte/policies"

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
