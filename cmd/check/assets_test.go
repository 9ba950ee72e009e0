package main

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStylesThatAskAnotherHost(t *testing.T) {
	for style, bad := range map[string]bool{
		`a{background:url(https://example.org/a.png)}`:                                          true,
		`a{background:url( "//example.org/a.png")}`:                                             true,
		`@import 'http://example.org/a.css';`:                                                   true,
		`a{background:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E")}`: false,
		`a{background:url(images/a.png)} /* see https://example.org */`:                         false,
	} {
		if err := localOnly("a.css", []byte(style)); (err != nil) != bad {
			t.Errorf("%s: %v", style, err)
		}
	}
}

func TestCopyWithoutItsFile(t *testing.T) {
	modules := fstest.MapFS{"a/x.js": {Data: []byte("one()\n//# sourceMappingURL=x.js.map\n")}}
	p := parcel{}
	if err := p.copy(modules, copied{"x.js", "a/x.js"}); err != nil || string(p["x.js"]) != "one()\n" {
		t.Errorf("copied %q: %v", p["x.js"], err)
	}
	if err := p.copy(modules, copied{"y/", "a/*.css"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pattern without a file: %v", err)
	}
	_, err := pack(modules)
	for _, name := range []string{"htmx.min.js", "400.css", "kern.min.css", "package.json"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("packing nothing does not speak of %s: %v", name, err)
		}
	}
}
