package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
	"eakte/ingest/bundle"
	"eakte/policies"
)

// BundleMaker makes the PDF of a bundle.
type BundleMaker interface {
	// Make makes a sealed object, which is durable and announced when it returns, and named by nobody:
	// settle or delete it. done is told how many documents are in it; its error ends the work.
	Make(ctx context.Context, b archive.Bundle, done func(documents int) error) (archive.Object, error)
}

// Bundler is the [BundleMaker] that is used. It decides nothing: whoever asks has the right to every
// document of the bundle and has recorded it. All fields are required.
type Bundler struct {
	Store    archive.Store
	Objects  *seal.Store
	Contents *archive.Contents
	Policies *policies.Set
	Composer *bundle.Composer
	// Zone is the authority's time zone.
	Zone *time.Location
	Now  func() time.Time
}

var _ BundleMaker = (*Bundler)(nil)

// Make implements [BundleMaker].
func (m *Bundler) Make(ctx context.Context, b archive.Bundle, done func(int) error) (archive.Object, error) {
	var plan bundle.Plan
	err := m.Store.View(ctx, func(r archive.Reader) (err error) {
		plan, err = m.plan(r, b)
		return err
	})
	if err != nil {
		return archive.Object{}, err
	}
	return receive(ctx, m.Store, m.Objects, b.Content, m.Now, func(ctx context.Context, w io.Writer) error {
		return m.Composer.Compose(ctx, plan, w, done)
	})
}

// plan says what the bundle holds, in the language of its reader.
func (m *Bundler) plan(r archive.Reader, b archive.Bundle) (bundle.Plan, error) {
	akte, err := r.Akte(b.Akte)
	if err != nil {
		return bundle.Plan{}, err
	}
	plan := bundle.Plan{Language: b.Language, Title: bundleWords(b.Language).akte + " " + akte.Number}
	if plan.Cover, err = m.cover(r, b, akte); err != nil {
		return bundle.Plan{}, err
	}
	register := ""
	for _, of := range b.Documents {
		doc, err := r.Document(of.Document)
		if err != nil {
			return bundle.Plan{}, err
		}
		v, err := r.Version(of.Version)
		if err != nil {
			return bundle.Plan{}, err
		}
		if doc.Akte != b.Akte || !slices.Contains(v.Documents, doc.ID) {
			return bundle.Plan{}, fmt.Errorf("ingest: a document of the bundle was moved: %w", archive.ErrNotFound)
		}
		if len(plan.Registers) == 0 || register != doc.Register {
			register = doc.Register
			title, _ := m.Policies.Register(register)
			plan.Registers = append(plan.Registers, bundle.Register{Title: title.Label.In(b.Language)})
		}
		last := &plan.Registers[len(plan.Registers)-1]
		last.Documents = append(last.Documents, m.document(doc, v, b.Language))
	}
	return plan, nil
}

func (m *Bundler) document(doc archive.Document, v archive.Version, language string) bundle.Document {
	kind, _ := m.Policies.DocType(doc.Type)
	out := bundle.Document{Title: doc.Title, Date: shownDay(doc.Date, language), Source: held{m.Contents, v}}
	if out.Title == "" {
		out.Title = kind.Label.In(language)
	}
	words := bundleWords(language)
	switch v.State {
	case archive.StateReady:
	case archive.StatePassword:
		out.Reason = words.password
	case archive.StateQuarantined:
		out.Reason = words.quarantined
	case archive.StateFailed:
		out.Reason = words.failed
	default:
		out.Reason = words.received
	}
	return out
}

// cover are the lines of the cover.
func (m *Bundler) cover(r archive.Reader, b archive.Bundle, akte archive.Akte) ([]bundle.Line, error) {
	person, err := r.Person(akte.Person)
	if err != nil {
		return nil, err
	}
	maker, err := r.User(b.Maker)
	if err != nil {
		return nil, err
	}
	purpose, err := m.purpose(r, b)
	if err != nil {
		return nil, err
	}
	words := bundleWords(b.Language)
	name := person.Leading()
	full := name.Family
	if name.Given != "" {
		full += ", " + name.Given
	}
	choice := words.all
	if b.Chosen {
		choice = words.chosen
	}
	lines := []bundle.Line{{Label: words.person, Value: full}}
	for _, l := range []bundle.Line{
		{Label: words.script, Value: name.OriginalScript},
		{Label: words.born, Value: shownDay(person.BirthDate.String(), b.Language)},
		{Label: words.made, Value: m.Now().In(m.Zone).Format(words.moment)},
		{Label: words.by, Value: m.maker(maker, akte, b.Language)},
		{Label: words.purpose, Value: purpose},
		{Label: words.choice, Value: fmt.Sprintf(choice, len(b.Documents))},
		{Label: words.recipient, Value: b.Recipient},
		{Label: words.reason, Value: b.Reason},
	} {
		if l.Value != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// maker is who made the bundle, with those of her departments that take part in the Akte.
func (m *Bundler) maker(u archive.User, akte archive.Akte, language string) string {
	parts := []string{u.Called()}
	for _, part := range akte.Participations() {
		if !slices.ContainsFunc(u.Roles, func(p archive.Pair) bool { return p.Department == part.Department }) {
			continue
		}
		if term, ok := m.Policies.Department(part.Department); ok && !slices.Contains(parts[1:], term.Label.In(language)) {
			parts = append(parts, term.Label.In(language))
		}
	}
	return strings.Join(parts, ", ")
}

// purpose is the stated one in words.
func (m *Bundler) purpose(r archive.Reader, b archive.Bundle) (string, error) {
	id, ok := archive.PurposeCase(b.Purpose)
	if !ok {
		term, _ := m.Policies.Purpose(b.Purpose)
		return term.Label.In(b.Language), nil
	}
	c, err := r.Case(id)
	if err != nil {
		return "", err
	}
	term, _ := m.Policies.Procedure(c.Procedure)
	if c.Title == "" {
		return term.Label.In(b.Language), nil
	}
	return term.Label.In(b.Language) + ": " + c.Title, nil
}

// shownDay writes a date as people do; what is no whole date stays as it is.
func shownDay(day, language string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(bundleWords(language).day)
}

// held is a stored version as a source of pages.
type held struct {
	contents *archive.Contents
	version  archive.Version
}

func (h held) Kind() string     { _, kind := h.version.Read(); return kind }
func (h held) Size() int64      { o, _ := h.version.Read(); return o.Size }
func (h held) Rotations() []int { return h.version.Rotations() }

func (h held) Original(ctx context.Context, w io.Writer) (err error) {
	object, _ := h.version.Read()
	o, err := h.contents.Open(ctx, h.version.ID, object)
	if err != nil {
		return damagedHere(err)
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	_, err = io.Copy(w, o.NewReader())
	return damagedHere(err)
}

func (h held) Images(ctx context.Context, emit func([]byte, float32, float32) error) error {
	for _, p := range h.version.Pages {
		var jpeg []byte
		if p.Image.Length > 0 {
			var err error
			if jpeg, err = h.contents.Part(ctx, h.version.ID, h.version.Images, p.Image); err != nil {
				return damagedHere(err)
			}
		}
		if err := emit(jpeg, p.Width, p.Height); err != nil {
			return err
		}
	}
	return nil
}

// damagedHere tells stored bytes that are spoilt, which are one document's affair, from trouble of this
// machine.
func damagedHere(err error) error {
	if errors.Is(err, blob.ErrCorrupt) || errors.Is(err, blob.ErrNotFound) || errors.Is(err, archive.ErrNotReady) {
		return fmt.Errorf("%w: %w", bundle.ErrUnreadable, err)
	}
	return err
}
