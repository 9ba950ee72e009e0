package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
	"github.com/rogpeppe/go-internal/testscript"
)

// scan makes a PDF as a scanner does: on each page one image, which differs by page and text.
func scan(ts *testscript.TestScript, _ *stage, args []string) error {
	if len(args) != 5 {
		return errors.New("usage: scan FILE PAGES DPI gray|colour TEXT")
	}
	pages, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	dpi, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	data, err := scanned(pages, dpi, args[3] == "colour", args[4])
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[0]), data, 0o600)
}

func scanned(pages, dpi int, colour bool, text string) ([]byte, error) {
	const width, height = 105.0, 148.0 // A6, so that it is quick
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: height}})
	for n := range pages {
		h := fnv.New64a()
		fmt.Fprint(h, text, n)
		box := image.Rect(0, 0, int(width/25.4*float64(dpi)+0.5), int(height/25.4*float64(dpi)+0.5))
		var img image.Image
		at := int(h.Sum64() % uint64(box.Dy()))
		if colour {
			c := image.NewRGBA(box)
			for x := range box.Dx() {
				c.Set(x, at, color.RGBA{200, 30, 30, 255})
			}
			img = c
		} else {
			g := image.NewGray(box)
			for x := range box.Dx() {
				g.Set(x, at, color.Gray{200})
			}
			img = g
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 40}); err != nil {
			return nil, err
		}
		pdf.AddPage()
		name := fmt.Sprintf("page%d", n)
		pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPEG"}, &b)
		pdf.ImageOptions(name, 0, 0, width, height, false, fpdf.ImageOptions{}, 0, "")
	}
	var out bytes.Buffer
	err := pdf.Output(&out)
	return out.Bytes(), err
}
