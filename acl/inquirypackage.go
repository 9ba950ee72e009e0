package acl

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"eakte/archive"
	"eakte/ingest"
	"eakte/ingest/sniff"
	"eakte/policies"
)

var _ ingest.InquiryMaker = (*Guard)(nil)

// InquiryFormat names the form of the JSON file in a package: [InquiryData]. Another form gets another name.
const InquiryFormat = "eakte-auskunft/1"

// InquiryData is the JSON file in a package: all that is kept about the person and is handed out, in words and in codes.
// Days are "2026-11-21", times RFC 3339 in UTC.
type InquiryData struct {
	Format string `json:"format"`
	// Kind is "access" (Art. 15 GDPR) or "portability" (Art. 20 GDPR).
	Kind       string         `json:"kind"`
	Made       time.Time      `json:"made"`
	ReceivedOn string         `json:"received_on"`
	Person     archive.Person `json:"person"`
	// Particulars are what is recorded of her beside her identity, by groups, with what it was before.
	Particulars []InquiryParticular `json:"particulars,omitempty"`
	// Corrections are what was corrected of her or refused to be, newest first.
	Corrections []InquiryCorrection `json:"corrections,omitempty"`
	Akten       []InquiryAkte       `json:"akten"`
	// Documents are those whose files are in the package, or why a file isn't.
	Documents []InquiryDocument `json:"documents"`
	// Withheld counts documents and groups of fields that are not handed out, for the rights of others or by law (Art. 15 (4), Art. 23 GDPR).
	Withheld int `json:"withheld"`
	// Recipients are those to whom data went, oldest first; of acts older than the trail nothing is known. RecipientsWhole
	// is false where there were too many entries to look through.
	Recipients      []InquiryRecipient `json:"recipients,omitempty"`
	RecipientsWhole bool               `json:"recipients_whole"`
	// AutomatedDecisions is always false: the program decides nothing about anybody (Art. 22 GDPR).
	AutomatedDecisions bool `json:"automated_decisions"`
}

// InquiryTerm is a code of the authority's lists with its name in the language of the answer.
type InquiryTerm struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// InquiryParticular is a group of fields.
type InquiryParticular struct {
	Group   InquiryTerm               `json:"group"`
	Text    string                    `json:"text"`
	Changed time.Time                 `json:"changed"`
	Former  []InquiryFormerParticular `json:"former,omitempty"`
}

// InquiryFormerParticular is what a group said until it was corrected.
type InquiryFormerParticular struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// InquiryAkte is a file that is kept about the person.
type InquiryAkte struct {
	Number      string        `json:"aktenzeichen"`
	Task        InquiryTerm   `json:"task"`
	State       string        `json:"state"`
	Opened      time.Time     `json:"opened"`
	Departments []InquiryTerm `json:"departments"`
	Cases       []InquiryCase `json:"cases,omitempty"`
	// Years is how long it is kept after it was closed; KeptUntil the last day of that, empty where it isn't known yet.
	Years     int    `json:"years_after_closing"`
	KeptUntil string `json:"kept_until,omitempty"`
}

// InquiryCase is a procedure: what the data is used for, and on what ground of law.
type InquiryCase struct {
	Procedure  InquiryTerm `json:"procedure"`
	Title      string      `json:"title,omitempty"`
	LegalBasis string      `json:"legal_basis,omitempty"`
	State      string      `json:"state"`
	Opened     time.Time   `json:"opened"`
}

// InquiryDocument is a paper in a file.
type InquiryDocument struct {
	Akte           string      `json:"aktenzeichen"`
	Register       InquiryTerm `json:"register"`
	Type           InquiryTerm `json:"type"`
	Title          string      `json:"title,omitempty"`
	Date           string      `json:"date,omitempty"`
	ReceivedOn     string      `json:"received_on,omitempty"`
	Channel        InquiryTerm `json:"channel,omitzero"`
	Sender         string      `json:"sender,omitempty"`
	Classification InquiryTerm `json:"classification"`
	Filed          time.Time   `json:"filed"`
	Pages          int         `json:"pages,omitempty"`
	Versions       int         `json:"versions"`
	// Retention says how long such papers are kept, by the rule named; empty where the lists name none.
	Retention      string `json:"retention,omitempty"`
	RetentionBasis string `json:"retention_basis,omitempty"`
	// File is its name in the package, SHA256 and Size are of its bytes as they were received. NoFile says why there is none:
	// "held_back" (a search for malware isn't
	// over, or found some).
	File   string `json:"file,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Size   int64  `json:"size,omitempty"`
	NoFile string `json:"no_file,omitempty"`
}

// InquiryRecipient is somebody to whom data went.
type InquiryRecipient struct {
	At       time.Time `json:"at"`
	Name     string    `json:"name"`
	Reason   string    `json:"reason,omitempty"`
	Akten    []string  `json:"aktenzeichen,omitempty"`
	Document string    `json:"document,omitempty"`
}

// packing is one package while it is written.
type packing struct {
	guard *Guard
	q     archive.Inquiry
	zip   *zip.Writer
	data  InquiryData
	// retentions are the rules that its papers fall under, in the order in which they came.
	retentions []policies.Retention
}

// WriteInquiry implements [ingest.InquiryMaker]: a ZIP of a PDF for people, a JSON file ([InquiryData]) and the files as they
// were received. It decides nothing: two people did.
func (g *Guard) WriteInquiry(ctx context.Context, q archive.Inquiry, w io.Writer, done func(files int) error) error {
	p := &packing{guard: g.inForce.Load(), q: q, zip: zip.NewWriter(w)}
	if err := p.guard.Store.View(ctx, p.collect); err != nil {
		return err
	}
	files := 0
	for _, item := range q.Items {
		if item.Group != "" {
			continue
		}
		if !item.Given() {
			p.data.Withheld++
			continue
		}
		if err := p.add(ctx, item, files+1); err != nil {
			return err
		}
		if files++; done(files) != nil {
			return done(files)
		}
	}
	if err := p.writeJSON(); err != nil {
		return err
	}
	paper, err := p.guard.Printer.Print(ctx, p.statement())
	if err != nil {
		return err
	}
	out, err := p.create(p.say("auskunft.pdf", "information.pdf"))
	if err != nil {
		return err
	}
	if _, err := out.Write(paper); err != nil {
		return err
	}
	return p.zip.Close()
}

func (p *packing) say(de, en string) string { return policies.Label{DE: de, EN: en}.In(p.q.Language) }

// create begins a file of the package.
func (p *packing) create(name string) (io.Writer, error) {
	return p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.data.Made})
}

// collect reads all that is kept about the person but the papers.
func (p *packing) collect(r archive.Reader) error {
	p.retentions = nil
	person, err := r.Person(p.q.Person)
	if err != nil {
		return err
	}
	akten, err := aktenLeft(r, person.ID)
	if err != nil {
		return err
	}
	p.data = InquiryData{
		Format: InquiryFormat, Kind: p.q.Kind, Made: p.guard.Now().UTC(), ReceivedOn: p.q.ReceivedOn, Person: person,
		Akten: []InquiryAkte{}, Documents: []InquiryDocument{}, RecipientsWhole: true,
	}
	if p.q.Kind == archive.InquiryPortability {
		return nil
	}
	if err := errors.Join(p.particulars(r), p.corrections(r, akten)); err != nil {
		return err
	}
	for _, a := range akten {
		if p.withheld(a) {
			p.data.Withheld++
			continue
		}
		one, err := p.akte(r, a)
		if err != nil {
			return err
		}
		p.data.Akten = append(p.data.Akten, one)
	}
	found, whole, err := recipients(r, person.ID, akten, time.Time{})
	if err != nil {
		return err
	}
	p.data.RecipientsWhole = whole
	for _, f := range found {
		if f.Document != "" && !p.gives(f.Document) {
			p.data.Withheld++ // to whom it went would tell what it is
			continue
		}
		one := InquiryRecipient{At: f.At, Name: f.Name, Reason: f.Reason, Akten: f.Numbers}
		if doc, err := r.Document(f.Document); err == nil && p.gives(doc.ID) {
			one.Document = p.called(doc)
		} else if unlessMissing(err) != nil {
			return err
		}
		p.data.Recipients = append(p.data.Recipients, one)
	}
	return nil
}

// particulars reads the groups of fields that are handed out.
func (p *packing) particulars(r archive.Reader) error {
	for _, i := range p.q.Items {
		if i.Group == "" {
			continue
		}
		if !i.Given() {
			p.data.Withheld++
			continue
		}
		one, err := particularOf(r, p.q.Person, i.Group)
		if err != nil {
			return err
		}
		if one.Revision != i.Seen { // nobody decided about what it says now
			return fmt.Errorf("acl: inquiry %s: %s changed since: %w", p.q.ID, i.Group, archive.ErrConflict)
		}
		g, _ := p.guard.Policies.FieldGroup(i.Group)
		told := InquiryParticular{Group: p.named(i.Group, g.Label), Text: one.Text, Changed: one.Changed}
		for _, f := range one.Former {
			told.Former = append(told.Former, InquiryFormerParticular{f.Text, f.At})
		}
		p.data.Particulars = append(p.data.Particulars, told)
	}
	return nil
}

// gives reports whether a document is handed out: else nothing tells what it is called.
func (p *packing) gives(id archive.DocumentID) bool {
	return slices.ContainsFunc(p.q.Items, func(i archive.InquiryItem) bool { return i.Document == id && i.Group == "" && i.Given() })
}

// called is the title of a document, or what papers of its type are called.
func (p *packing) called(doc archive.Document) string {
	if doc.Title != "" {
		return doc.Title
	}
	kind, _ := p.guard.Policies.DocType(doc.Type)
	return p.named(doc.Type, kind.Label).Name
}

// named is a code with its name, or the code alone where the lists have lost it.
func (p *packing) named(key string, label policies.Label) InquiryTerm {
	return InquiryTerm{key, cmp.Or(label.In(p.q.Language), key)}
}

func (p *packing) akte(r archive.Reader, a archive.Akte) (InquiryAkte, error) {
	set := p.guard.Policies
	unit, _ := set.PlanUnit(a.Plan)
	out := InquiryAkte{Number: a.Number, Task: p.named(a.Plan, unit.Label), State: a.State, Opened: a.Created, Years: unit.Years, KeptUntil: p.guard.term(a).Ends, Departments: []InquiryTerm{}}
	for _, part := range a.Participations() {
		t, _ := set.Department(part.Department)
		if one := p.named(part.Department, t.Label); !slices.Contains(out.Departments, one) {
			out.Departments = append(out.Departments, one)
		}
	}
	cases, err := r.CasesOf(a.ID)
	for _, c := range cases {
		t, _ := set.Procedure(c.Procedure)
		out.Cases = append(out.Cases, InquiryCase{p.named(c.Procedure, t.Label), c.Title, t.LegalBasis, c.State, c.Created})
	}
	return out, err
}

// add puts a document into the package: what is recorded of it, and its file.
func (p *packing) add(ctx context.Context, item archive.InquiryItem, place int) error {
	var doc archive.Document
	var akte archive.Akte
	var v archive.Version
	err := p.guard.Store.View(ctx, func(r archive.Reader) (err error) {
		if doc, err = r.Document(item.Document); err != nil {
			return err
		}
		if akte, err = r.Akte(doc.Akte); err != nil {
			return err
		}
		v, err = p.guard.released(r, item.Version)
		return err
	})
	if isNotFound(err) || err == nil && doc.Akte != item.Akte {
		return nil // removed or moved since it was released
	}
	if err != nil && !errors.Is(err, ErrQuarantined) {
		return err
	}
	one := p.document(doc, akte, v)
	if err != nil {
		one.NoFile = "held_back"
		p.data.Documents = append(p.data.Documents, one)
		return nil
	}
	name := fmt.Sprintf("%s/%04d %s", p.say("dateien", "files"), place, fileName(p.called(doc)))
	one.File = sniff.SaveName(sniff.Kind(v.Kind), name)
	one.SHA256, one.Size = hex.EncodeToString(v.Original.SHA256[:]), v.Original.Size
	p.data.Documents = append(p.data.Documents, one)
	return p.copy(ctx, v, one.File) // a damaged one ends the work: half a file must not look like a whole one
}

// fileName is a title that every system takes as the name of a file.
func fileName(title string) string {
	title = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, title)
	if runes := []rune(title); len(runes) > 80 {
		title = string(runes[:80])
	}
	return strings.Trim(title, " .")
}

// copy writes the received bytes of a version.
func (p *packing) copy(ctx context.Context, v archive.Version, name string) (err error) {
	o, err := p.guard.Contents.Open(ctx, v.ID, v.Original)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	out, err := p.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, o.NewReader())
	return err
}

// document is what is recorded of a document.
func (p *packing) document(doc archive.Document, akte archive.Akte, v archive.Version) InquiryDocument {
	set := p.guard.Policies
	reg, _ := set.Register(doc.Register)
	kind, _ := set.DocType(doc.Type)
	class, _ := set.Classification(doc.Classification)
	out := InquiryDocument{
		Akte: akte.Number, Register: p.named(doc.Register, reg.Label), Type: p.named(doc.Type, kind.Label), Title: doc.Title,
		Date: doc.Date, ReceivedOn: doc.ReceivedOn, Sender: doc.Sender, Classification: p.named(doc.Classification, class.Label),
		Filed: doc.Created, Pages: len(v.Pages), Versions: len(doc.Versions),
	}
	if channel, ok := set.Channel(doc.Channel); ok {
		out.Channel = p.named(doc.Channel, channel.Label)
	}
	if rule, ok := set.Retention(kind.Retention); ok {
		out.Retention, out.RetentionBasis = rule.Label.In(p.q.Language), rule.LegalBasis.In(p.q.Language)
		if !slices.ContainsFunc(p.retentions, func(r policies.Retention) bool { return r.Key == rule.Key }) {
			p.retentions = append(p.retentions, rule)
		}
	}
	return out
}

func (p *packing) writeJSON() error {
	out, err := p.create(p.say("daten.json", "data.json"))
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(p.data)
}
