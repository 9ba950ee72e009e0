package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// icons puts the symbols of the list into one file, from which pages show them by name. A line of the
// list is a name, and, where the symbol is called otherwise, a second word: what it is called.
func (p parcel) icons(modules fs.FS, list string) error {
	data, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	parts := regexp.MustCompile(`(?s)^<svg [^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>\s*$`)
	var sprite bytes.Buffer
	sprite.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">` + "\n")
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		symbol, err := fs.ReadFile(modules, path.Join("@material-symbols/svg-400/outlined", words[len(words)-1]+".svg"))
		if err != nil {
			return err
		}
		m := parts.FindSubmatch(symbol)
		if m == nil {
			return fmt.Errorf("the symbol %s is not as expected", words[0])
		}
		fmt.Fprintf(&sprite, "<symbol id=%q viewBox=%q>%s</symbol>\n", words[0], m[1], m[2])
	}
	sprite.WriteString("</svg>\n")
	p["icons.svg"] = sprite.Bytes()
	return nil
}
