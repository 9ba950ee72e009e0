package acl_test

import (
	"testing"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// A day shows what she can take back, as long as she can.
func TestDayShowsFilingsToUndo(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	item := d.Post(d.one, "poststelle", "Pass")
	d.Settle()
	if _, err := d.one.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{d.akte}, Doc: archive.Document{Type: "reisepass"}}); err != nil {
		t.Fatal(err)
	}
	filed := func(desk *acl.Desk) int {
		t.Helper()
		day, err := desk.Day(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range day.Filed {
			if f.ID != item.ID || !f.Undo || len(f.Documents) != 1 {
				t.Errorf("filing: %+v", f)
			}
		}
		return len(day.Filed)
	}
	if filed(d.one) != 1 || filed(d.two) != 0 || filed(d.clerk) != 0 {
		t.Errorf("one %d, two %d, clerk %d; want 1, 0, 0", filed(d.one), filed(d.two), filed(d.clerk))
	}
	d.Time = d.Time.Add(31 * time.Minute)
	if n := filed(d.one); n != 0 {
		t.Errorf("half an hour later: %d", n)
	}
	d.Time = d.Time.Add(-31 * time.Minute)
	if _, err := d.one.Unfile(t.Context(), item.ID); err != nil {
		t.Fatal(err)
	}
	if n := filed(d.one); n != 0 {
		t.Errorf("taken back: %d", n)
	}
}
