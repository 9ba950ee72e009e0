package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/ingest/alike"
	"eakte/ingest/hint"
	"eakte/ingest/read/page"
	"eakte/ingest/sniff"
)

// run is one attempt at one job.
type run struct {
	*Pipeline
	mu  sync.Mutex
	job archive.Job
}

// attempt does the steps that are still to do.
func (r *run) attempt(ctx context.Context) error {
	if r.job.Attempts > r.MaxAttempts {
		return gaveUp()
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer r.keepLease(ctx, stop)()
	err := r.steps(ctx)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, archive.ErrConflict) {
		return cause
	}
	return err
}

// keepLease renews the lease until the returned function is called; losing it stops the attempt.
func (r *run) keepLease(ctx context.Context, stop context.CancelCauseFunc) (done func()) {
	var beat sync.WaitGroup
	quit := make(chan struct{})
	beat.Go(func() {
		tick := time.NewTicker(r.Lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				if err := r.note(ctx); errors.Is(err, archive.ErrConflict) {
					stop(err)
					return
				}
			}
		}
	})
	return func() { close(quit); beat.Wait() }
}

// note stores how far the job is and renews its lease.
func (r *run) note(ctx context.Context) error {
	r.mu.Lock()
	job := r.job
	r.mu.Unlock()
	job.LeasedUntil = r.Now().Add(r.Lease).UTC()
	return r.Store.Update(ctx, func(tx archive.Tx) error { return tx.PutJob(job) })
}

// at notes the step and the pages done; it is stored with the next renewal, or at once where a step
// begins.
func (r *run) at(step string, done, total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job.Step, r.job.Done, r.job.Total = step, done, total
}

func (r *run) steps(ctx context.Context) error {
	switch r.job.Kind {
	case archive.JobBundle:
		return r.bundle(ctx)
	case archive.JobInquiry:
		return r.inquiry(ctx)
	case archive.JobArrange:
		return r.arrange(ctx)
	}
	v, err := r.version(ctx)
	if err != nil {
		return err
	}
	if v, err = r.scan(ctx, v); err != nil || v.Held() {
		return err
	}
	r.at("inspect", 0, 0)
	reading, err := r.open(ctx, v)
	if err != nil {
		return err
	}
	defer reading.Close()
	if err := r.enclosed(ctx, v, reading); err != nil {
		return err
	}
	if v.Text.Ref == "" || v.State != archive.StateReady || v.Anew {
		if err := r.text(ctx, v, reading); err != nil {
			return err
		}
	}
	return r.images(ctx, reading)
}

func (r *run) version(ctx context.Context) (v archive.Version, err error) {
	err = r.Store.View(ctx, func(rd archive.Reader) (err error) {
		v, err = rd.Version(r.job.Version)
		return err
	})
	return v, err
}

// open decrypts what is read of the version for the reader.
func (r *run) open(ctx context.Context, v archive.Version) (reading Reading, err error) {
	object, kind := v.Read()
	o, err := r.Contents.Open(ctx, v.ID, object)
	if errors.Is(err, blob.ErrCorrupt) {
		return nil, damaged()
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	reader := r.Reader
	if b, ok := reader.(Bold); ok && released(v) {
		reader = b.Released()
	}
	if l, ok := reader.(Linguist); ok && v.Language != "" {
		reader = l.In(v.Language)
	}
	reading, err = reader.Open(ctx, kind, object.Size, o.NewReader())
	if errors.Is(err, blob.ErrCorrupt) {
		return nil, damaged()
	}
	return reading, err
}

// released reports whether people released a version.
func released(v archive.Version) bool { return v.Scan != nil && v.Scan.Released != nil }

// text reads all pages into one packed rendition and makes the document searchable.
func (r *run) text(ctx context.Context, v archive.Version, reading Reading) error {
	var facts []archive.PageFacts
	r.at("text", 0, reading.Pages())
	object, err := r.pack(ctx, v.ID, func(ctx context.Context, w *packer) error {
		return reading.Text(ctx, func(p page.Page) error {
			f, err := w.page(p)
			f.Codes, f.Blank = codes(p, r.Store.Mark), p.Blank
			if len(facts) >= archive.PrintedPages || p.Blank {
				f.Print = archive.Print{}
			}
			facts = append(facts, f)
			r.at("text", len(facts), reading.Pages())
			return err
		})
	})
	if err != nil {
		return err
	}
	shown, err := r.shown(ctx, v, reading)
	var note *archive.Transfer
	if err == nil {
		note, err = r.transfer(ctx, v, reading, facts)
	}
	if err != nil {
		return errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, object.Ref))
	}
	return r.store(ctx, []archive.Object{object, shown}, audit.OpRecognition, func(v *archive.Version) {
		if shown.Ref != "" {
			v.Copy, v.CopyKind = shown, string(sniff.PDF)
		}
		v.Text, v.Pages, v.State, v.Reason = object, facts, archive.StateReady, ""
		v.Images, v.Anew = archive.Object{}, false
		if v.Transfer == nil { // the first reading's: what people said about it rests on that
			v.Transfer = note
		}
		v.Flags = merge(v.Flags, reading.Flags())
		if v.TextSource() == "none" {
			v.Flags = merge(v.Flags, []string{"no_text"})
		}
	}, false)
}

// shown keeps the PDF that was made to stand for the received bytes; the zero Object where none was.
func (r *run) shown(ctx context.Context, v archive.Version, reading Reading) (archive.Object, error) {
	file := reading.Shown()
	if file == nil {
		return archive.Object{}, nil
	}
	return r.pack(ctx, v.ID, func(_ context.Context, w *packer) error {
		_, err := io.Copy(w.w, file.Reader())
		return err
	})
}

// images makes page images into a second packed rendition and ends the job.
func (r *run) images(ctx context.Context, reading Reading) error {
	type pair struct{ image, thumb archive.Part }
	var parts []pair
	r.at("images", 0, reading.Pages())
	v, err := r.version(ctx)
	if err != nil {
		return err
	}
	object, err := r.pack(ctx, v.ID, func(ctx context.Context, w *packer) error {
		return reading.Images(ctx, lays(v), func(image, thumb []byte) error {
			p := pair{w.put(image), w.put(thumb)}
			parts = append(parts, p)
			r.at("images", len(parts), reading.Pages())
			return w.err
		})
	})
	if err != nil {
		return err
	}
	return r.store(ctx, []archive.Object{object}, audit.OpJobDone, func(v *archive.Version) {
		v.Images, v.Pages = object, slices.Clone(v.Pages)
		for i := range min(len(v.Pages), len(parts)) {
			v.Pages[i].Image, v.Pages[i].Thumb = parts[i].image, parts[i].thumb
		}
	}, true)
}

// lays are how the pages were found to lie.
func lays(v archive.Version) []page.Lay {
	out := make([]page.Lay, len(v.Pages))
	for i, p := range v.Pages {
		out[i] = page.Lay{Rotation: p.Rotation, Corners: p.Corners}
	}
	return out
}

// store commits what a step made: the version, the event, and with the last step the job's end.
// A rendition that it replaces is deleted after it.
func (r *run) store(ctx context.Context, made []archive.Object, op audit.Op, change func(*archive.Version), last bool) error {
	var replaced []archive.Object
	err := r.Store.Update(ctx, func(tx archive.Tx) error {
		v, err := tx.Version(r.job.Version)
		if err != nil {
			return err
		}
		before := v.Objects()
		change(&v)
		replaced = slices.DeleteFunc(before, func(o archive.Object) bool { return slices.Contains(v.Objects(), o) })
		if err := tx.PutVersion(v); err != nil {
			return err
		}
		if last && v.State == archive.StateReady {
			if err := r.part(tx, v); err != nil {
				return err
			}
		}
		job := r.snapshot()
		if job.LeasedUntil = r.Now().Add(r.Lease).UTC(); last {
			job.State, job.Reason, job.Finished = archive.JobDone, "", r.Now().UTC()
		}
		if err := tx.PutJob(job); err != nil {
			return err
		}
		for _, o := range made {
			if o.Ref == "" {
				continue
			}
			if err := tx.Settle(o.Ref); err != nil {
				return err
			}
		}
		e, err := r.event(tx, op, v)
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
	if err != nil {
		for _, o := range made {
			if o.Ref != "" {
				err = errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, o.Ref))
			}
		}
		return err
	}
	for _, o := range replaced {
		if err := r.Objects.Delete(ctx, o.Ref); err != nil {
			r.Log.WarnContext(ctx, "replaced rendition was not deleted", "object", o.Ref, "error", err)
		}
	}
	return nil
}

func (r *run) snapshot() archive.Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.job
}

// pack streams parts into a new sealed object, which is durable and announced, not yet named by the
// version, when pack returns.
func (r *run) pack(ctx context.Context, id archive.VersionID, fill func(context.Context, *packer) error) (archive.Object, error) {
	content, err := r.Store.ContentKey(ctx, id)
	if err != nil {
		return archive.Object{}, err
	}
	return receive(ctx, r.Store, r.Objects, content, r.Now, func(ctx context.Context, out io.Writer) error {
		return fill(ctx, &packer{w: out})
	})
}

// merge adds flags that are new, in their order.
func merge(flags, more []string) []string {
	out := slices.Clone(flags)
	for _, f := range more {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// packer writes parts one behind the other.
type packer struct {
	w   io.Writer
	at  int64
	err error
}

// put writes a part and says where it is.
func (w *packer) put(data []byte) archive.Part {
	part := archive.Part{Offset: w.at, Length: int64(len(data))}
	if w.err == nil && len(data) > 0 {
		_, w.err = w.w.Write(data)
	}
	w.at += part.Length
	return part
}

// page writes the text and the word boxes of a page.
func (w *packer) page(p page.Page) (archive.PageFacts, error) {
	words := make([]archive.WordBox, len(p.Words))
	for i, word := range p.Words {
		words[i] = archive.WordBox{
			X: word.X, Y: word.Y, W: word.W, H: word.H, Text: norm.NFC.String(word.Text), Confidence: min(word.Confidence, 100),
		}
	}
	printed := archive.PageWords{Width: p.Width, Height: p.Height, Words: words}
	boxes, err := json.Marshal(printed)
	if err != nil {
		return archive.PageFacts{}, err
	}
	f := archive.PageFacts{
		Width: p.Width, Height: p.Height, Source: string(p.Source),
		Confidence: float32(min(p.Confidence, 100)), Rotation: p.Rotation, Note: p.Note, Corners: p.Corners, Language: p.Language,
	}
	f.Print, f.Births = alike.Print(words, p.Print), hint.Births(printed, time.Now())
	f.Text = w.put([]byte(norm.NFC.String(p.Text())))
	f.Words = w.put(boxes)
	return f, w.err
}
