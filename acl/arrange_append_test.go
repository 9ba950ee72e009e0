package acl_test

import (
	"errors"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

func TestAppendedPagesAreThoseThereAre(t *testing.T) {
	t.Parallel()
	d := openDesks(t)
	stranger := d.Guard.For(d.User("stranger", "registratur@asyl"))
	first, more := d.scan("eins"), d.scan("a", "b", "c")
	d.Settle()
	arrange := func(desk *acl.Desk, pages ...acl.Span) error {
		a := acl.Arrangement{Outputs: [][]acl.Leaf{leaves(first.ID, 1)}, Append: acl.Appended{Item: more.ID, Pages: pages}}
		_, err := desk.ArrangeItem(t.Context(), first.ID, a)
		return err
	}
	for _, s := range []acl.Span{{First: 2, Last: 4}, {First: 0, Last: 1}, {First: 3, Last: 2}, {First: 1, Last: 1 << 40}} {
		if err := arrange(d.one, s); !errors.Is(err, archive.ErrInvalid) {
			t.Errorf("%v: %v", s, err)
		}
	}
	if err := arrange(stranger); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if err := arrange(d.one, acl.Span{First: 3, Last: 3}, acl.Span{First: 1, Last: 1}); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	if texts, items := d.basket(); len(items) != 1 || texts[0] != "eins|c|a" {
		t.Errorf("%d items, %q", len(items), texts)
	}
}
