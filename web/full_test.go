package web

import (
	"context"
	"sync/atomic"
	"testing"

	"eakte/acl"
	"eakte/archive"
)

// fullStore stands for a disk that has no room left, when it is told so.
type fullStore struct {
	archive.Store
	full atomic.Bool
}

// Update implements archive.Store.
func (s *fullStore) Update(ctx context.Context, fn func(archive.Tx) error) error {
	if s.full.Load() {
		return archive.ErrFull
	}
	return s.Store.Update(ctx, fn)
}

// TestNothingIsAcknowledgedThatIsNotStored runs into a full disk with every kind of request.
func TestNothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	disk := &fullStore{}
	w := newWorld(t, func(_ *Config, g *acl.Config) { disk.Store, g.Store = g.Store, disk })
	w.member("eva")
	clerk, stranger := w.pair("sachbearbeitung", "auslaenderbehoerde"), w.pair("gesundheit", "gesundheit")
	akte := w.akte(clerk, "Beispiel", "auslaenderbehoerde")
	doc := w.document(clerk, akte, "arbeitsvertrag", "Text")
	item := w.want(201, clerk, "POST", "/inbox", newForm().file("a.txt", "Text")).text("id")
	w.settle()
	disk.full.Store(true)
	for _, tt := range []struct {
		who, method, path string
		body              any
	}{
		{clerk, "POST", "/inbox", newForm().file("a.txt", "Neu")},
		{clerk, "POST", "/akten/" + akte + "/documents", newForm().meta(`{"type":"arbeitsvertrag"}`).file("a.txt", "Neu")},
		{clerk, "POST", "/documents/" + doc + "/versions", newForm().file("a.txt", "Neu")},
		{clerk, "PATCH", "/documents/" + doc, `{"title":"Neu"}`},
		{clerk, "POST", "/documents/" + doc + "/move", `{"register":"bildung","reason":"x"}`},
		{clerk, "POST", "/persons", `{"names":[{"family":"Neu"}]}`},
		{clerk, "POST", "/inbox/" + item + "/file", map[string]any{"akte_id": akte, "type": "arbeitsvertrag"}},
		{clerk, "POST", "/search", `{"q":"Text"}`},
		{clerk, "GET", "/documents/" + doc + "/original", nil},
		{clerk, "GET", "/documents/" + doc + "/text", nil},
		{stranger, "GET", "/documents/" + doc, nil}, // a refusal is an event too
		{"", "POST", "/session", map[string]any{"name": "eva", "password": password}},
	} {
		r := w.call(tt.who, tt.method, tt.path, tt.body, purpose, `If-Match: "1"`)
		isProblem(t, r, 507, "storage-full", german)
		if r.header.Get("Retry-After") == "" || r.header.Get("Location") != "" || r.header.Get("Set-Cookie") != "" {
			t.Errorf("%s %s: %v", tt.method, tt.path, r.header)
		}
	}
	disk.full.Store(false)
	if list := w.want(200, clerk, "GET", "/akten/"+akte+"/documents", nil, purpose); len(list.field("items").([]any)) != 1 || list.field("items/0/revision") != 1.0 {
		t.Errorf("documents: %v", list)
	}
	if list := w.want(200, clerk, "GET", "/inbox", nil); len(list.field("items").([]any)) != 1 {
		t.Errorf("basket: %v", list)
	}
}
