package pages

import (
	"slices"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

// German lists are in the order of a telephone book, English ones aren't; equal names go by given name and number.
func TestAktenAreOrderedByPerson(t *testing.T) {
	head := func(family, given, number string) acl.AkteHead {
		return acl.AkteHead{
			Akte: archive.Akte{ID: archive.NewID[archive.AkteID](), Number: number},
			Name: archive.Name{Family: family, Given: given},
		}
	}
	all := []acl.AkteHead{
		head("Arnold", "A", "1"), head("Afra", "B", "2"), head("Ärger", "C", "3"), head("Adam", "D", "4"), head("Adam", "D", "3"), head("Adam", "B", "9"),
	}
	for lang, want := range map[string][]string{
		"de": {"Adam B 9", "Adam D 3", "Adam D 4", "Ärger C 3", "Afra B 2", "Arnold A 1"},
		"en": {"Adam B 9", "Adam D 3", "Adam D 4", "Afra B 2", "Ärger C 3", "Arnold A 1"},
	} {
		var got []string
		for _, h := range slices.SortedStableFunc(slices.Values(all), byPerson(lang)) {
			got = append(got, h.Name.Family+" "+h.Name.Given+" "+h.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", lang, got, want)
		}
	}
}
