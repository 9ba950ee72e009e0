package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"eakte/ingest/sandbox"
)

// Steps are the Go steps of this package, to be served by a worker.
func Steps() map[string]sandbox.Step {
	return map[string]sandbox.Step{stepBundle: bundleStep, stepStatement: statementStep}
}

const stepBundle = "bundle"

// job is what a child is told beside its parcel.
type job struct {
	// Object is the first number for objects, Sheet that of the first page.
	Object, Sheet int
	// Language is that of the sheet numbers.
	Language string
}

func (j job) args() []string {
	n := strconv.Itoa
	return []string{n(j.Object), n(j.Sheet), j.Language}
}

func parseJob(args []string) (j job, err error) {
	if len(args) != 3 {
		return job{}, errors.New("bundle: arguments missing")
	}
	for i, to := range []*int{&j.Object, &j.Sheet} {
		if *to, err = strconv.Atoi(args[i]); err != nil {
			return job{}, errors.New("bundle: argument is no number")
		}
	}
	j.Language = args[2]
	return j, nil
}

// bundleStep runs inside the child. Before each item it says its number on standard error, so that the
// one that ends the child is known.
func bundleStep(in *os.File, args []string, out io.Writer) error {
	j, err := parseJob(args)
	if err != nil {
		return err
	}
	info, err := in.Stat()
	if err != nil {
		return errors.New("bundle: no parcel")
	}
	var items []item
	if _, err := openParcel(in, info.Size(), &items); err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	s := &sheets{parcel: in, out: &objects{w: w, first: j.Object}, sheet: j.Sheet, language: j.Language}
	var a answered
	whole := true // until an item is refused: what follows depends on how many pages take its place
	for i, it := range items {
		fmt.Fprintf(os.Stderr, "%d\n", i)
		m := s.item(it, whole)
		whole = whole && m.Refused == ""
		a.Made = append(a.Made, m)
	}
	if s.out.err != nil {
		return errors.New("bundle: writing objects")
	}
	a.Offsets = s.out.offsets
	if err := closeParcel(w, a); err != nil {
		return err
	}
	return w.Flush()
}

// sheets turns items into pages with numbers.
type sheets struct {
	parcel   io.ReaderAt
	out      *objects
	sheet    int
	language string
}

// item makes the pages of one item. What it can't make leaves nothing behind; with keep false it only
// tells whether it can.
func (s *sheets) item(i item, keep bool) (m made) {
	d := &draft{sheets: s, next: s.out.next(), sheet: s.sheet, exact: i.Exact, unnumbered: i.Exact, layer: layer{words: i.Words}}
	defer func() {
		if recover() != nil {
			m = made{Refused: refusedBroken}
		}
	}()
	d.node = d.number()
	err := d.fill(i)
	if err == nil {
		err = d.closeLayer()
	}
	if err != nil {
		var r refusal
		if errors.As(err, &r) {
			return made{Refused: string(r)}
		}
		return made{Refused: refusedBroken}
	}
	switch {
	case len(d.pages) == 0:
		return made{Refused: refusedEmpty}
	case len(i.Words) > 0 && len(i.Words) != len(d.pages):
		return made{Refused: refusedPages}
	}
	if !keep {
		return made{Pages: len(d.pages)}
	}
	d.closeNode()
	s.out.write(d.objects)
	s.sheet = d.sheet
	return made{Pages: len(d.pages), Node: d.node, First: d.pages[0]}
}

// refusal is why an item has no pages.
type refusal string

func (r refusal) Error() string { return "bundle: " + string(r) }

const (
	refusedBroken = "broken"
	refusedEmpty  = "empty"
	refusedForm   = "form"   // its fields have no appearance yet: only a viewer can draw it
	refusedLayers = "layers" // some of its layers are switched off
	refusedLimit  = "limit"
	refusedPages  = "pages" // it has other pages than the words that are said of them
)

// blank stands for a page that couldn't be drawn.
func (d *draft) blank() error {
	b, err := (&note{Language: d.language, Reason: words(d.language).noPage}).paint()
	if err != nil {
		return err
	}
	return d.graft(bytes.NewReader(b), nil)
}

func (d *draft) fill(i item) error {
	switch i.Form {
	case formPDF:
		if len(i.Spans) != 1 {
			return refusal(refusedEmpty)
		}
		return d.graft(io.NewSectionReader(d.parcel, i.Spans[0].At, i.Spans[0].N), i.Turns)
	case formPhoto, formPages:
		for n, at := range i.Spans {
			var size [2]float32
			if n < len(i.Sizes) {
				size = i.Sizes[n]
			}
			if at.N == 0 {
				if err := d.blank(); err != nil {
					return err
				}
				continue
			}
			turn := 0
			if (i.Form == formPhoto || i.Exact) && n < len(i.Turns) {
				turn = i.Turns[n]
			}
			if err := d.picture(io.NewSectionReader(d.parcel, at.At, at.N), size, turn); err != nil {
				return err
			}
		}
		return nil
	case formNote:
		b, err := i.Note.paint()
		if err != nil {
			return err
		}
		return d.graft(bytes.NewReader(b), nil)
	case formFront:
		b, links, err := i.Front.paint()
		if err != nil {
			return err
		}
		d.unnumbered, d.links = true, links
		return d.graft(bytes.NewReader(b), nil)
	}
	return refusal(refusedBroken)
}
