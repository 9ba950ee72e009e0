package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

// DocumentFields are what a clerk says of a document.
type DocumentFields struct {
	Type           string `json:"type" maxLength:"100" doc:"A key of /doctypes"`
	Register       string `json:"register,omitempty" maxLength:"100" doc:"That of the type if not given"`
	Title          string `json:"title,omitempty" maxLength:"600"`
	Date           string `json:"date,omitempty" maxLength:"20" doc:"The date on the paper"`
	ReceivedOn     string `json:"received_on,omitempty" maxLength:"20"`
	Channel        string `json:"channel,omitempty" maxLength:"100"`
	Sender         string `json:"sender,omitempty" maxLength:"600"`
	Classification string `json:"classification,omitempty" maxLength:"100" doc:"That of the type if not given"`
	Case           string `json:"case_id,omitempty" maxLength:"100"`
}

type documentMeta struct {
	DocumentFields
	LanguageMeta
}

type versionMeta struct{ LanguageMeta }

type documentEdit struct {
	Type           edit[string] `json:"type,omitempty"`
	Title          edit[string] `json:"title,omitempty"`
	Date           edit[string] `json:"date,omitempty"`
	ReceivedOn     edit[string] `json:"received_on,omitempty"`
	Channel        edit[string] `json:"channel,omitempty"`
	Sender         edit[string] `json:"sender,omitempty"`
	Classification edit[string] `json:"classification,omitempty"`
	Case           edit[string] `json:"case_id,omitempty"`
}

func (f DocumentFields) document() archive.Document {
	return archive.Document{
		Type: f.Type, Register: f.Register, Title: f.Title, Date: f.Date, ReceivedOn: f.ReceivedOn,
		Channel: f.Channel, Sender: f.Sender, Classification: f.Classification, Case: archive.CaseID(f.Case),
	}
}

// documentView is a document as its reader may see it. SHA256 to Confidence are those of the newest
// version.
type documentView struct {
	ID             archive.DocumentID `json:"id"`
	Akte           archive.AkteID     `json:"akte_id"`
	Type           string             `json:"type"`
	Register       string             `json:"register"`
	Title          string             `json:"title"`
	Date           string             `json:"date"`
	ReceivedOn     string             `json:"received_on"`
	Channel        string             `json:"channel"`
	Sender         string             `json:"sender"`
	Classification string             `json:"classification"`
	Case           archive.CaseID     `json:"case_id,omitempty"`
	BroughtBy      string             `json:"brought_by"`
	SealedUntil    string             `json:"sealed_until,omitempty"`
	State          string             `json:"state" doc:"received, processing, ready, failed, quarantined, password"`
	Reason         string             `json:"reason,omitempty"`
	SHA256         string             `json:"sha256"`
	Size           int64              `json:"size"`
	Kind           string             `json:"kind"`
	Name           string             `json:"name"`
	Flags          []string           `json:"flags"`
	Pages          int                `json:"pages"`
	TextSource     string             `json:"text_source" doc:"embedded, ocr, mixed, none"`
	Confidence     *float32           `json:"ocr_confidence" doc:"0 to 100; null where nothing was recognised"`
	Job            archive.JobID      `json:"job_id,omitempty"`
	DuplicateOf    archive.DocumentID `json:"duplicate_of,omitempty"`
	VersionCount   int                `json:"version_count"`
	Versions       []versionView      `json:"versions,omitempty" doc:"All, oldest first; not in lists"`
	MayWrite       bool               `json:"may_write"`
	Language       string             `json:"language,omitempty" doc:"What somebody chose to recognise the newest version in; else its pages tell it"`
	Transfer       string             `json:"transfer,omitempty" doc:"How the newest version stands if it is a scan: open, approved, returned, released"`
	Unapproved     bool               `json:"unapproved,omitempty" doc:"It waits for the approval that its type asks for, or was sent back"`
	Original       bool               `json:"original_held,omitempty" doc:"The paper original is in the authority's keeping; not in lists"`
	Quarantine     *quarantineView    `json:"quarantine,omitempty" doc:"The newest version is held back by the search for malware, or released from it"`
	Created        time.Time          `json:"created"`
	Changed        time.Time          `json:"changed"`
	Revision       int64              `json:"revision"`
}

type versionView struct {
	Number     int            `json:"number" doc:"From 1; ?version= of content routes"`
	SHA256     string         `json:"sha256"`
	Size       int64          `json:"size"`
	Kind       string         `json:"kind"`
	Name       string         `json:"name"`
	State      string         `json:"state"`
	Reason     string         `json:"reason,omitempty"`
	Flags      []string       `json:"flags"`
	Pages      int            `json:"pages"`
	ReceivedAt time.Time      `json:"received_at"`
	ReceivedBy archive.UserID `json:"received_by"`
}

func versionOf(number int, v archive.Version) versionView {
	return versionView{
		Number: number, SHA256: hex.EncodeToString(v.Original.SHA256[:]), Size: v.Original.Size, Kind: v.Kind, Name: v.Name,
		State: v.State, Reason: v.Reason, Flags: plain(v.Flags), Pages: len(v.Pages),
		ReceivedAt: v.ReceivedAt.UTC(), ReceivedBy: v.ReceivedBy,
	}
}

func documentOf(d acl.DocumentView) documentView {
	cur := d.Current
	v := documentView{
		ID: d.ID, Akte: d.Akte, Type: d.Type, Register: d.Register, Title: d.Title, Date: d.Date, ReceivedOn: d.ReceivedOn,
		Channel: d.Channel, Sender: d.Sender, Classification: d.Classification, Case: d.Case, BroughtBy: d.BroughtBy,
		State: d.State, Reason: cur.Reason, SHA256: hex.EncodeToString(cur.Original.SHA256[:]), Size: cur.Original.Size,
		Kind: cur.Kind, Name: cur.Name, Flags: plain(cur.Flags), Pages: len(cur.Pages), TextSource: cur.TextSource(),
		Job: cur.Job, DuplicateOf: d.DuplicateOf, VersionCount: len(d.Versions), MayWrite: d.MayWrite,
		Created: d.Created.UTC(), Changed: d.Changed.UTC(), Revision: d.Revision,
	}
	v.Quarantine, v.Language = quarantineOf(d.Quarantine), cur.Language
	if t := d.Transfer(); t != nil {
		v.Transfer, v.Unapproved = t.State, t.Unapproved()
	}
	v.Original = slices.ContainsFunc(d.Originals, func(c acl.CustodyView) bool { return c.Stands.Held })
	if d.Sealed != nil {
		v.SealedUntil = d.Sealed.Until
	}
	if c, ok := cur.Confidence(); ok {
		v.Confidence = &c
	}
	for i, version := range d.All {
		v.Versions = append(v.Versions, versionOf(i+1, version))
	}
	return v
}

func documentRecord(d acl.DocumentView) *record[documentView] {
	return &record[documentView]{ETag: etag(d.Revision), Body: documentOf(d)}
}

func (s *Server) listDocuments(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Page
	Register string `query:"register" maxLength:"100"`
}) (*answer[list[documentView]], error) {
	id, err := archive.ParseID[archive.AkteID](in.ID)
	if err != nil {
		return nil, err
	}
	found, err := desk.Documents(ctx, id, acl.DocumentsQuery{Register: in.Register, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &answer[list[documentView]]{list[documentView]{Next: found.Next, Items: each(found.Items, documentOf)}}, nil
}

func (s *Server) addDocument(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.AkteID](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := desk.MayReceive(ctx, id); err != nil {
		return err
	}
	in, err := receive[documentMeta](s, c, desk, true)
	if err != nil {
		return err
	}
	if err := in.file.In(in.meta.Language); err != nil {
		return in.close(err)
	}
	view, err := desk.AddDocument(ctx, id, in.meta.document(), in.file)
	if err := in.close(err); err != nil {
		return err
	}
	s.sendDocument(c, view)
	return nil
}

func (s *Server) addVersion(c *gin.Context, desk *acl.Desk) error {
	id, err := pathID[archive.DocumentID](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := desk.MayReceiveVersion(ctx, id); err != nil {
		return err
	}
	in, err := receive[versionMeta](s, c, desk, false)
	if err != nil {
		return err
	}
	if err := in.file.In(in.meta.Language); err != nil {
		return in.close(err)
	}
	view, err := desk.AddVersion(ctx, id, in.file)
	if err := in.close(err); err != nil {
		return err
	}
	s.sendDocument(c, view)
	return nil
}

func (s *Server) sendDocument(c *gin.Context, view acl.DocumentView) {
	c.Header("ETag", etag(view.Revision))
	c.Header("Location", base+"/documents/"+string(view.ID))
	c.JSON(http.StatusCreated, documentOf(view))
}

// documentNamed shows the document that a route names.
func documentNamed(ctx context.Context, desk *acl.Desk, in *ByID) (acl.DocumentView, error) {
	id, err := archive.ParseID[archive.DocumentID](in.ID)
	if err != nil {
		return acl.DocumentView{}, err
	}
	return desk.Document(ctx, id)
}

func (s *Server) showDocument(ctx context.Context, desk *acl.Desk, in *ByID) (*record[documentView], error) {
	view, err := documentNamed(ctx, desk, in)
	if err != nil {
		return nil, err
	}
	return documentRecord(view), nil
}

func (s *Server) changeDocument(ctx context.Context, desk *acl.Desk, in *change[documentEdit]) (*record[documentView], error) {
	id, revision, body, err := conditional[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	view, err := desk.ChangeDocument(ctx, id, revision, body.apply)
	if err != nil {
		return nil, err
	}
	return documentRecord(view), nil
}

// apply carries the change out.
func (e documentEdit) apply(d *archive.Document) error {
	e.Type.into(&d.Type)
	e.Title.into(&d.Title)
	e.Date.into(&d.Date)
	e.ReceivedOn.into(&d.ReceivedOn)
	e.Channel.into(&d.Channel)
	e.Sender.into(&d.Sender)
	e.Classification.into(&d.Classification)
	if e.Case.set {
		d.Case = archive.CaseID(e.Case.value)
	}
	return nil
}

type moveBody struct {
	Akte     string `json:"akte_id,omitempty" maxLength:"100"`
	Register string `json:"register,omitempty" maxLength:"100"`
	Reason   string `json:"reason" maxLength:"4000"`
}

func (s *Server) moveDocument(ctx context.Context, desk *acl.Desk, in *change[moveBody]) (*record[documentView], error) {
	id, revision, body, err := conditional[archive.DocumentID](s, in)
	if err != nil {
		return nil, err
	}
	move := acl.Move{Register: body.Register, Reason: body.Reason}
	if body.Akte != "" {
		if move.Akte, err = archive.ParseID[archive.AkteID](body.Akte); err != nil {
			return nil, err
		}
	}
	view, err := desk.MoveDocument(ctx, id, revision, move)
	if err != nil {
		return nil, err
	}
	return documentRecord(view), nil
}
