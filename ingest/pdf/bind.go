package pdf

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// stepBind puts pages of files together as a new one.
const stepBind = "pdf-bind"

// order is what the child is told: it stands in front of the bytes of the parts, behind its own length
// in 8 bytes.
type order struct {
	Parts  []orderPart `json:"parts"`
	Leaves []Leaf      `json:"leaves"`
}

// orderPart is a file among the bytes: a PDF, or a JPEG that fills a page of Width by Height points.
type orderPart struct {
	At      int64   `json:"at"`
	Size    int64   `json:"size"`
	Picture bool    `json:"picture,omitempty"`
	Width   float32 `json:"w,omitempty"`
	Height  float32 `json:"h,omitempty"`
}

// Leaf is a page of a new file: page Page, from 1, of part Part, from 0, turned clockwise by Turn degrees
// beyond how it is shown.
type Leaf struct {
	Part int `json:"part"`
	Page int `json:"page"`
	Turn int `json:"turn"`
}

// bindStep runs inside the child. It prints a PDF, or an answer with the reason why there is none.
func bindStep(in *os.File, _ []string, out io.Writer) error {
	err := bind(in, out)
	var refused *Refused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return json.NewEncoder(out).Encode(answer{Refused: refused.Code})
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return json.NewEncoder(out).Encode(answer{Refused: Encrypted})
	}
	return json.NewEncoder(out).Encode(answer{Refused: classify(err)})
}

func bind(in *os.File, out io.Writer) (err error) {
	defer func() {
		if recover() != nil {
			err = refuse(Corrupt) // pdfcpu panics where a file breaks its rules
		}
	}()
	o, base, err := readOrder(in)
	if err != nil {
		return err
	}
	model.ConfigPath = "disable"
	b, err := newBinder()
	if err != nil {
		return err
	}
	for _, p := range o.Parts {
		if p.At < 0 || p.Size < 0 {
			return errors.New("pdf-bind: bad part")
		}
		b.sources = append(b.sources, &origin{part: p, bytes: io.NewSectionReader(in, base+p.At, p.Size)})
	}
	for _, l := range o.Leaves {
		if err := b.add(l); err != nil {
			return err
		}
	}
	w := bufio.NewWriter(out)
	b.dest.Write.Writer = w
	if err := pdfcpu.WriteContext(b.dest); err != nil {
		return err
	}
	return w.Flush()
}

// readOrder reads the order; the parts begin at base.
func readOrder(in io.ReaderAt) (o order, base int64, err error) {
	var head [8]byte
	if _, err := in.ReadAt(head[:], 0); err != nil {
		return o, 0, errors.New("pdf-bind: no order")
	}
	n := int64(binary.BigEndian.Uint64(head[:]))
	if n < 0 || n > maxOrder {
		return o, 0, errors.New("pdf-bind: bad order")
	}
	err = json.NewDecoder(io.NewSectionReader(in, 8, n)).Decode(&o)
	return o, 8 + n, err
}

// maxOrder is the longest order, in bytes.
const maxOrder = 16 << 20

// binder makes a file.
type binder struct {
	dest    *model.Context
	root    types.IndirectRef
	pages   types.Dict
	sources []*origin
}

// origin is a part with what was taken from it already.
type origin struct {
	part  orderPart
	bytes *io.SectionReader
	ctx   *model.Context
	taken map[int]types.IndirectRef
}

func newBinder() (*binder, error) {
	dest, err := pdfcpu.CreateContextWithXRefTable(model.NewDefaultConfiguration(), types.PaperSize["A4"])
	if err != nil {
		return nil, err
	}
	root, err := dest.Pages()
	if err != nil {
		return nil, err
	}
	pages, err := dest.DereferenceDict(*root)
	return &binder{dest: dest, root: *root, pages: pages}, err
}

// add appends a page.
func (b *binder) add(l Leaf) error {
	if l.Part < 0 || l.Part >= len(b.sources) {
		return errors.New("pdf-bind: leaf of no part")
	}
	s := b.sources[l.Part]
	page, rotate, err := s.page(b, l.Page)
	if err != nil {
		return err
	}
	if turn := ((rotate+l.Turn)%360 + 360) % 360; turn != 0 {
		page["Rotate"] = types.Integer(turn)
	}
	page["Type"], page["Parent"] = types.Name("Page"), b.root
	ref, err := b.dest.IndRefForNewObject(page)
	if err != nil {
		return err
	}
	return model.AppendPageTree(ref, 1, b.pages)
}

// page makes the page's dictionary for the new file and says how the old one turns it.
func (s *origin) page(b *binder, nr int) (types.Dict, int, error) {
	if s.part.Picture {
		page, err := s.picture(b)
		return page, 0, err
	}
	if s.ctx == nil {
		if err := s.open(); err != nil {
			return nil, 0, err
		}
	}
	if nr < 1 || nr > s.ctx.PageCount {
		return nil, 0, refuse(NoPages)
	}
	d, _, inherited, err := s.ctx.PageDict(nr, false)
	if err != nil {
		return nil, 0, err
	}
	c := copier{source: s, dest: b.dest}
	page, err := c.page(d, inherited)
	return page, inherited.Rotate, err
}

// open reads the structure of a PDF.
func (s *origin) open() error {
	if err := deeplyNested(s.bytes); err != nil {
		return err
	}
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.DecodeAllStreams = false
	conf.Limits.MaxDecodeBytes = maxDecoded
	conf.Limits.MaxObjectCount = maxObjects
	ctx, err := read(s.bytes, conf)
	if err != nil {
		return err
	}
	if err := ctx.EnsurePageCount(); err != nil {
		return err
	}
	s.ctx, s.taken = ctx, map[int]types.IndirectRef{}
	return nil
}

// picture makes a page that a JPEG fills.
func (s *origin) picture(b *binder) (types.Dict, error) {
	w, h := float64(s.part.Width), float64(s.part.Height)
	if w <= 0 || h <= 0 {
		return nil, errors.New("pdf-bind: picture without a size")
	}
	imp := &pdfcpu.Import{PageDim: &types.Dim{Width: w, Height: h}, Pos: types.Center, Scale: 1, InpUnit: types.POINTS}
	refs, err := pdfcpu.NewPagesForImage(b.dest.XRefTable, s.bytes, &b.root, imp)
	if err != nil {
		return nil, err
	}
	if len(refs) != 1 {
		return nil, fmt.Errorf("pdf-bind: %d pages of one picture", len(refs))
	}
	return b.dest.DereferenceDict(*refs[0])
}
