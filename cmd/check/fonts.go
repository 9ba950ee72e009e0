package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// notoRange is where Fira Sans has gaps among the letters of DIN 91379. The plain letters are in it
// because a letter and the mark above it must come from one font; they alone don't make a browser ask
// for it.
const notoRange = "U+0041-005A,U+0061-007A,U+00A0-036F,U+0386-03FF,U+0400-045F,U+1D00-1DBF,U+1E00-1EFF," +
	"U+2000-206F,U+2070-209F,U+20A0-20CF,U+2100-214F,U+A720-A7FF,U+FB00-FB06,U+FE20-FE2F"

// fonts writes fonts.css: a browser asks for the part of a font that has the letters on the page.
func (p parcel) fonts(modules fs.FS) error {
	var css bytes.Buffer
	var errs []error
	for _, weight := range []string{"400", "500", "600", "700"} {
		errs = append(errs, p.subsets(&css, modules, "@fontsource/fira-sans", weight, ""))
	}
	for _, f := range []struct{ weight, file string }{{"400", "NotoSans-Regular.woff2"}, {"700", "NotoSans-Bold.woff2"}} {
		errs = append(errs, p.copy(modules, copied{"fonts/", "@kern-ux/native/dist/fonts/noto-sans/" + f.file}))
		face(&css, "Noto Sans", f.weight, f.file, notoRange)
	}
	for _, weight := range []string{"400", "700"} {
		errs = append(errs, p.subsets(&css, modules, "@fontsource/noto-sans-arabic", weight, "-arabic-arabic-"))
		errs = append(errs, p.subsets(&css, modules, "@fontsource/noto-sans-ethiopic", weight, "-ethiopic-ethiopic-"))
	}
	p["fonts.css"] = css.Bytes()
	return errors.Join(errs...)
}

// subsets takes the parts of a family at one weight whose names contain only.
func (p parcel) subsets(css *bytes.Buffer, modules fs.FS, pkg, weight, only string) error {
	style, err := fs.ReadFile(modules, path.Join(pkg, weight+".css"))
	if err != nil {
		return err
	}
	faces := regexp.MustCompile(`(?s)@font-face \{\s*font-family: '([^']+)';.*?url\(\./(files/[^)]+\.woff2)\).*?unicode-range: ([^;]+);`).
		FindAllStringSubmatch(string(style), -1)
	n := 0
	for _, f := range faces {
		family, file, letters := f[1], f[2], f[3]
		if !strings.Contains(file, only) {
			continue
		}
		n++
		if err := p.copy(modules, copied{"fonts/", path.Join(pkg, file)}); err != nil {
			return err
		}
		face(css, family, weight, path.Base(file), letters)
	}
	if n == 0 {
		return fmt.Errorf("%s/%s.css names no font: %w", pkg, weight, fs.ErrNotExist)
	}
	return nil
}

func face(css *bytes.Buffer, family, weight, file, letters string) {
	fmt.Fprintf(css, "@font-face{font-family:%q;font-style:normal;font-weight:%s;font-display:swap;"+
		"src:url(fonts/%s) format(\"woff2\");unicode-range:%s}\n", family, weight, file, letters)
}
