package ui

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// assets is what others made. The folder is empty, but for .gitignore, until `make assets` fills it.
//
//go:embed all:assets
var assets embed.FS

// Assets holds what pages load and others made: styles, scripts, fonts and symbols, by names such as
// "kern.css". It may be empty: see [Complete].
func Assets() fs.FS {
	sub, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// ErrNoAssets is that the program was built without what the pages load.
var ErrNoAssets = errors.New("this program was built without the assets of its pages: run `make assets` and build it again")

// Complete says which assets are missing, as [ErrNoAssets]; nil where pages can be shown.
func Complete() error { return complete(Assets()) }

func complete(assets fs.FS) error {
	var missing []string
	for _, name := range needed() {
		if _, err := fs.Stat(assets, name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w (missing: %s)", ErrNoAssets, strings.Join(missing, ", "))
	}
	return nil
}

// needed stand for everything that is copied.
func needed() []string {
	return []string{
		"kern.css", "htmx.js", "tus.js", "icons.svg", "fonts.css", "licences.txt",
		"fonts/fira-sans-latin-400-normal.woff2",
		"fonts/fira-sans-latin-ext-700-normal.woff2",
		"fonts/NotoSans-Regular.woff2",
		"fonts/noto-sans-arabic-arabic-400-normal.woff2",
		"pdfjs/pdf.min.mjs", "pdfjs/pdf.worker.min.mjs",
		"pdfjs/web/pdf_viewer.mjs", "pdfjs/web/pdf_viewer.css", "pdfjs/web/images/loading.svg",
		"pdfjs/wasm/openjpeg.wasm", "pdfjs/wasm/jbig2.wasm", "pdfjs/wasm/qcms_bg.wasm",
		"pdfjs/cmaps/UniGB-UCS2-H.bcmap", "pdfjs/standard_fonts/LiberationSans-Regular.ttf",
		"pdfjs/iccs/CGATS001Compat-v2-micro.icc",
	}
}
