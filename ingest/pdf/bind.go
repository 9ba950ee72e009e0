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

	"eakte/ingest/sandbox"
)

// stepBind puts pages of files together as a new one.
const stepBind = "pdf-bind"

// order is what the child is told: it stands in front of the bytes of the pictures, behind its own length
// in 8 bytes. Each of the outputs is a file to be made.
type order struct {
	Parts   []orderPart `json:"parts"`
	Outputs [][]Leaf    `json:"outputs"`
}

// manifest is the last that the child prints, in front of its own length in 8 bytes: how long each of the
// files before it is, or why there are none.
type manifest struct {
	Refused string  `json:"refused,omitempty"`
	Sizes   []int64 `json:"sizes,omitempty"`
}

// orderPart is a PDF, input number File of the child, or a JPEG among the bytes that fills a page of Width by
// Height points.
type orderPart struct {
	File    int     `json:"file,omitempty"`
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

// bindStep runs inside the child. It prints one PDF behind the other, then what [manifest] says of them.
func bindStep(in *os.File, _ []string, out io.Writer) error {
	sizes, err := bind(in, out)
	b := manifest{Sizes: sizes}
	var refused *Refused
	switch {
	case err == nil:
	case errors.As(err, &refused):
		b = manifest{Refused: refused.Code}
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		b = manifest{Refused: Encrypted}
	default:
		b = manifest{Refused: classify(err)}
	}
	said, err := json.Marshal(b)
	if err != nil {
		return err
	}
	_, err = out.Write(binary.BigEndian.AppendUint64(said, uint64(len(said))))
	return err
}

// bind makes the outputs one after the other; each source is read once for all of them.
func bind(in *os.File, out io.Writer) (sizes []int64, err error) {
	defer func() {
		if recover() != nil {
			err = refuse(Corrupt) // pdfcpu panics where a file breaks its rules
		}
	}()
	o, base, err := readOrder(in)
	if err != nil {
		return nil, err
	}
	model.ConfigPath = "disable"
	sources, err := origins(in, base, o.Parts)
	if err != nil {
		return nil, err
	}
	for _, leaves := range o.Outputs {
		to := &counted{Writer: out}
		if err := bindOne(sources, leaves, to); err != nil {
			return nil, err
		}
		sizes = append(sizes, to.n)
	}
	return sizes, nil
}

// origins are the parts of an order; none of them is read yet.
func origins(in *os.File, base int64, parts []orderPart) (out []*origin, err error) {
	for _, p := range parts {
		if p.At < 0 || p.Size < 0 || p.File < 0 {
			return nil, errors.New("pdf-bind: bad part")
		}
		s := &origin{part: p, bytes: io.NewSectionReader(in, base+p.At, p.Size)}
		if !p.Picture {
			f, err := os.Open(sandbox.MorePath(p.File)) // held until the child ends
			if err != nil {
				return nil, errors.New("pdf-bind: no such input")
			}
			s.bytes = io.NewSectionReader(f, 0, p.Size)
		}
		out = append(out, s)
	}
	return out, nil
}

// bindOne makes one output. What the sources gave to another is copied anew: no file holds a number of
// another one.
func bindOne(sources []*origin, leaves []Leaf, out io.Writer) error {
	b, err := newBinder()
	if err != nil {
		return err
	}
	b.sources = sources
	for _, s := range sources {
		s.taken = map[int]types.IndirectRef{}
	}
	for _, l := range leaves {
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

// counted counts what is written.
type counted struct {
	io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
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
	s.ctx = ctx
	return nil
}

// picture makes a page that a JPEG fills.
func (s *origin) picture(b *binder) (types.Dict, error) {
	w, h := float64(s.part.Width), float64(s.part.Height)
	if w <= 0 || h <= 0 {
		return nil, errors.New("pdf-bind: picture without a size")
	}
	imp := &pdfcpu.Import{PageDim: &types.Dim{Width: w, Height: h}, Pos: types.Center, Scale: 1, InpUnit: types.POINTS}
	if _, err := s.bytes.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	refs, err := pdfcpu.NewPagesForImage(b.dest.XRefTable, s.bytes, &b.root, imp)
	if err != nil {
		return nil, err
	}
	if len(refs) != 1 {
		return nil, fmt.Errorf("pdf-bind: %d pages of one picture", len(refs))
	}
	return b.dest.DereferenceDict(*refs[0])
}
