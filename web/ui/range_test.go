package ui

import "testing"

func TestRangeOf(t *testing.T) {
	for want, in := range map[string][]int{
		"": nil, "3": {3}, "3, 4": {3, 4}, "3, 5–8": {3, 5, 6, 7, 8},
		"1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, …": {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25},
	} {
		if got := rangeOf(in); got != want {
			t.Errorf("%v: %q, want %q", in, got, want)
		}
	}
}
