package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
)

// embedded are the packages of which something is embedded, with the files that say under which terms,
// and what of others is inside them.
func embedded() []struct{ pkg, files string } {
	return []struct{ pkg, files string }{
		{"@fontsource/fira-sans", "LICENSE"},
		{"@fontsource/noto-sans-ethiopic", "LICENSE"},
		{"@fontsource/noto-sans-arabic", "LICENSE"}, // the text holds for Noto Sans too, which comes with KERN
		{"@kern-ux/native", "LICENSE.md"},
		{"@material-symbols/svg-400", "LICENSE"},
		{"htmx.org", "LICENSE"},
		{"pdfjs-dist", "LICENSE"},
		{"pdfjs-dist", "wasm/LICENSE*JBIG2"},
		{"pdfjs-dist", "wasm/LICENSE*OPENJPEG"},
		{"pdfjs-dist", "wasm/LICENSE*QCMS"},
		{"pdfjs-dist", "cmaps/LICENSE"},
		{"pdfjs-dist", "standard_fonts/LICENSE*"},
		{"pdfjs-dist", "iccs/LICENSE"},
		{"tus-js-client", "LICENSE"},
		// These are inside tus.js.
		{"base64-js", "LICENSE"},
		{"buffer", "LICENSE"},
		{"ieee754", "LICENSE"},
		{"js-base64", "LICENSE.md"},
		{"querystringify", "LICENSE"},
		{"requires-port", "LICENSE"},
		{"url-parse", "LICENSE"},
	}
}

// licences writes licences.txt.
func (p parcel) licences(modules fs.FS) error {
	var all bytes.Buffer
	for _, e := range embedded() {
		data, err := fs.ReadFile(modules, path.Join(e.pkg, "package.json"))
		if err != nil {
			return err
		}
		var about struct{ Name, Version, License string }
		if err := json.Unmarshal(data, &about); err != nil {
			return fmt.Errorf("%s: %w", e.pkg, err)
		}
		found, err := fs.Glob(modules, path.Join(e.pkg, e.files))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("the terms of %s: %s: %w", e.pkg, e.files, fs.ErrNotExist)
		}
		for _, name := range found {
			text, err := fs.ReadFile(modules, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&all, "==== %s %s (%s): %s\n\n%s\n\n", about.Name, about.Version, about.License,
				name[len(e.pkg)+1:], bytes.TrimSpace(text))
		}
	}
	p["licences.txt"] = all.Bytes()
	return nil
}
