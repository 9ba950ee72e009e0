package archive_test

import (
	"testing"

	"eakte/archive"
)

func TestConsignmentIsDueOnTheEarlierDay(t *testing.T) {
	for name, c := range map[string]struct {
		archive.Consignment
		want string
	}{
		"nobody said":                    {},
		"expected":                       {archive.Consignment{Expected: "2026-11-10"}, "2026-11-10"},
		"wanted earlier":                 {archive.Consignment{Expected: "2026-11-10", Rush: &archive.Rush{Wanted: "2026-11-05"}}, "2026-11-05"},
		"a rush order moves no day back": {archive.Consignment{Expected: "2026-11-10", Rush: &archive.Rush{Wanted: "2026-11-25"}}, "2026-11-10"},
		"wanted alone":                   {archive.Consignment{Rush: &archive.Rush{Wanted: "2026-11-25"}}, "2026-11-25"},
	} {
		if got := c.Due(); got != c.want {
			t.Errorf("%s: due %q, want %q", name, got, c.want)
		}
	}
}
