package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"eakte/ingest/sandbox"
)

// How much is packed into one parcel at most; a document that is larger goes alone.
const (
	parcelItems = 64
	parcelBytes = 32 << 20
)

// Composer makes bundles. It may be used by several goroutines at once.
type Composer struct {
	// Sandbox runs the children; required.
	Sandbox *sandbox.Runner
}

// Compose writes the bundle of a plan to w. done is told how many documents are in it so far, and ends
// the work with its error. The error is ctx's, done's, a source's, w's, or trouble of this machine; then
// what was written is no PDF.
func (c *Composer) Compose(ctx context.Context, plan Plan, w io.Writer, done func(documents int) error) error {
	s := &session{Composer: c, plan: plan, all: plan.documents(), file: newFile(w), sheet: 1, tell: done, forms: map[int]string{}}
	for len(s.parts) < len(s.all) {
		p, err := s.pack(ctx, len(s.parts))
		if err != nil {
			return err
		}
		if err := errors.Join(s.parcel(ctx, p), p.file.Close()); err != nil {
			return err
		}
	}
	if err := s.front(ctx); err != nil {
		return err
	}
	return s.file.close(plan, s.parts)
}

// session is one bundle being made.
type session struct {
	*Composer
	plan  Plan
	all   []Document
	parts []part
	file  *file
	sheet int
	tell  func(int) error
	// forms are those in which documents are tried next, where it isn't the first.
	forms map[int]string
	// single is what is made instead of a bundle; nil: a bundle is.
	single *Single
}

// part is a document as it came to be in the bundle.
type part struct {
	made
	// sheet is that of its first page.
	sheet int
}

// pack fills a parcel with documents, from one of them on, in the form in which they are tried first.
func (s *session) pack(ctx context.Context, from int) (*packing, error) {
	p, err := newPacking()
	if err != nil {
		return nil, err
	}
	for i := from; i < len(s.all) && len(p.items) < parcelItems; i++ {
		if len(p.items) > 0 && p.at+size(s.all[i]) > parcelBytes {
			break
		}
		if err := s.add(ctx, p, s.all[i], s.form(i)); err != nil {
			return nil, errors.Join(err, p.file.Close())
		}
	}
	return p, p.close()
}

func size(d Document) int64 {
	if d.Source == nil {
		return 0
	}
	return d.Source.Size()
}

// form is that in which a document is tried now.
func (s *session) form(nr int) string {
	d := s.all[nr]
	form, ok := s.forms[nr]
	switch {
	case ok:
		return form
	case d.Reason != "" || d.Source == nil:
		return formNote
	case d.Source.Kind() == kindPDF:
		return formPDF
	case d.Source.Kind() == kindJPEG:
		return formPhoto
	}
	return formPages
}

// add packs one document in a form.
func (s *session) add(ctx context.Context, p *packing, d Document, form string) error {
	it := item{Form: form}
	switch form {
	case formNote:
		it.Note = &note{Language: s.plan.Language, Title: d.Title, Reason: d.Reason}
	case formPDF, formPhoto:
		at, err := p.span(func(w io.Writer) error { return d.Source.Original(ctx, w) })
		if errors.Is(err, ErrUnreadable) {
			break
		}
		if err != nil {
			return err
		}
		it.Spans, it.Turns = []span{at}, d.Source.Rotations()
	case formPages:
		err := d.Source.Images(ctx, func(jpeg []byte, width, height float32) error {
			at, err := p.span(func(w io.Writer) error { _, err := w.Write(jpeg); return err })
			it.Spans, it.Sizes = append(it.Spans, at), append(it.Sizes, [2]float32{width, height})
			return err
		})
		if errors.Is(err, ErrUnreadable) {
			it.Spans, it.Sizes = nil, nil
			break
		}
		if err != nil {
			return err
		}
	}
	if s.single != nil {
		if err := s.single.add(ctx, p, &it); err != nil {
			return err
		}
	}
	p.items = append(p.items, it)
	return nil
}

// parcel makes pages of a parcel as far as it goes. Documents that were refused are tried in their next
// form with the parcel that is packed then.
func (s *session) parcel(ctx context.Context, p *packing) error {
	from := len(s.parts)
	_, refused, err := s.run(ctx, p)
	for _, i := range refused {
		if err == nil {
			err = s.refuse(from+i, p.items[i].Form)
		}
	}
	return err
}

// refuse notes that a document can't be taken in in a form. A note always can.
func (s *session) refuse(nr int, form string) error {
	words := words(s.plan.Language)
	switch form {
	case formNote:
		return errors.New("bundle: a note could not be made")
	case formPages:
		if s.all[nr].Reason = words.unreadable; s.forms[nr] == "" {
			s.all[nr].Reason = words.notReady
		}
		s.forms[nr] = formNote
	default:
		s.forms[nr] = formPages
	}
	return nil
}

// run lets a child make the items of a parcel and takes over what it made: ready says how many. refused
// are items that it refused, or that ended it.
func (s *session) run(ctx context.Context, p *packing) (ready int, refused []int, err error) {
	j := job{Object: s.file.next(), Sheet: s.sheet, Language: s.plan.Language}
	res, err := s.Sandbox.Run(ctx, sandbox.Cmd{
		Step: stepBundle, Args: j.args(), Input: p.file, Limits: limits(p.at, len(p.items)),
	})
	if errors.Is(err, sandbox.ErrInterrupted) {
		return 0, []int{0}, nil // out of memory, most likely
	}
	if err != nil {
		return 0, nil, fmt.Errorf("bundle: %w", err)
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	var a answered
	if res.OK() {
		_, err = openParcel(res.Output, res.Output.Size(), &a)
	}
	if !res.OK() || err != nil || !a.sound(j, len(p.items)) {
		return 0, []int{lastSaid(res.Stderr, len(p.items))}, nil
	}
	for i, m := range a.Made {
		if m.Refused != "" {
			refused = append(refused, i)
		} else if len(refused) == 0 {
			ready++
		}
	}
	a.Made = a.Made[:ready]
	return ready, refused, s.take(res.Output, a)
}

// limits grow with what is to be done. A decoder needs a multiple of what it decodes.
func limits(bytes int64, items int) sandbox.Limits {
	return sandbox.Limits{
		Memory: max(768<<20, min(6*bytes, 3<<30)),
		CPU:    20*time.Second + time.Duration(items)*time.Second/4,
		Wall:   2 * time.Minute,
		Output: 4*bytes + 64<<20,
	}
}

// sound checks an answer as far as this process relies on it.
func (a answered) sound(j job, items int) bool {
	last := j.Object + len(a.Offsets)
	for _, m := range a.Made {
		if m.Refused != "" {
			break // what follows was looked at only
		}
		if m.Pages < 1 || m.Node < j.Object || m.Node >= last || m.First < j.Object || m.First >= last {
			return false
		}
	}
	return len(a.Made) == items
}

// lastSaid is the item that a child that died was at.
func lastSaid(stderr []byte, items int) (at int) {
	for line := range strings.SplitSeq(string(stderr), "\n") {
		if n, err := strconv.Atoi(line); err == nil && n >= at && n < items {
			at = n
		}
	}
	return at
}

// take writes what a child made into the file.
func (s *session) take(out *sandbox.File, a answered) error {
	if err := s.file.take(out, a.Offsets); err != nil {
		return err
	}
	for _, m := range a.Made {
		s.parts = append(s.parts, part{made: m, sheet: s.sheet})
		s.sheet += m.Pages
	}
	return s.tell(min(len(s.parts), len(s.all)))
}

// front makes cover and contents, once it is known what is where.
func (s *session) front(ctx context.Context) error {
	f := &front{Language: s.plan.Language, Title: s.plan.Title, Cover: s.plan.Cover}
	nr := 0
	for _, r := range s.plan.Registers {
		f.Contents = append(f.Contents, entry{Register: true, Text: r.Title, Sheet: s.parts[nr].sheet, Target: s.parts[nr].First})
		for _, d := range r.Documents {
			f.Contents = append(f.Contents, entry{Text: d.Title, Date: d.Date, Sheet: s.parts[nr].sheet, Target: s.parts[nr].First})
			nr++
		}
	}
	p, err := newPacking()
	if err != nil {
		return err
	}
	p.items = []item{{Form: formFront, Front: f}}
	ready := 0
	if err = p.close(); err == nil {
		ready, _, err = s.run(ctx, p)
	}
	if err = errors.Join(err, p.file.Close()); err == nil && ready != 1 {
		err = errors.New("bundle: cover and contents could not be made")
	}
	return err
}

func newPacking() (*packing, error) {
	f, err := sandbox.NewFile()
	if err != nil {
		return nil, err
	}
	return &packing{file: f}, nil
}

// close ends the parcel.
func (p *packing) close() error {
	if err := closeParcel(p, p.items); err != nil {
		return err
	}
	return p.file.Seal()
}
