package archive_test

import (
	"errors"
	"testing"

	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/blob"
)

func TestPartsOutsideARenditionAreCorrupt(t *testing.T) {
	w := acltest.Open(t)
	abh := w.Guard.For(w.User("abh", "sachbearbeitung@auslaenderbehoerde"))
	doc := w.Add(abh, w.Akte(abh, "Kaya", "auslaenderbehoerde"), archive.Document{Type: "mietvertrag"}, "Kaltmiete")
	w.Settle()
	view, err := abh.Document(t.Context(), doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	v := view.Current
	for _, tc := range []struct {
		name string
		part archive.Part
		want error
	}{
		{"the whole of it", archive.Part{Length: v.Text.Size}, nil},
		{"a byte too many", archive.Part{Length: v.Text.Size + 1}, blob.ErrCorrupt},
		{"behind the end", archive.Part{Offset: v.Text.Size, Length: 1}, blob.ErrCorrupt},
		{"nothing there yet", archive.Part{}, archive.ErrNotReady},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := w.Contents.Part(t.Context(), v.ID, v.Text, tc.part)
			if !errors.Is(err, tc.want) || tc.want == nil && int64(len(got)) != v.Text.Size {
				t.Errorf("%d bytes and %v, want error %v", len(got), err, tc.want)
			}
		})
	}
}
