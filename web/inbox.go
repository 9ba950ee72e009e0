package web

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
)

func hexOf(sum [32]byte) string { return hex.EncodeToString(sum[:]) }

// inboxView is an inbox item as its reader may see it.
type inboxView struct {
	ID          archive.InboxID      `json:"id"`
	Department  string               `json:"department"`
	ReceivedOn  string               `json:"received_on"`
	Channel     string               `json:"channel"`
	Sender      string               `json:"sender"`
	Note        string               `json:"note"`
	BroughtBy   string               `json:"brought_by"`
	State       string               `json:"state" doc:"received, processing, ready, failed, quarantined, password, arranging, arranged, filed"`
	Reason      string               `json:"reason,omitempty"`
	SHA256      string               `json:"sha256"`
	Size        int64                `json:"size"`
	Kind        string               `json:"kind"`
	Name        string               `json:"name"`
	Flags       []string             `json:"flags"`
	Pages       int                  `json:"pages"`
	TextSource  string               `json:"text_source"`
	Confidence  *float32             `json:"ocr_confidence"`
	JobID       archive.JobID        `json:"job_id,omitempty"`
	Job         *jobView             `json:"job,omitempty"`
	DuplicateOf archive.DocumentID   `json:"duplicate_of,omitempty"`
	Filed       []archive.DocumentID `json:"filed"`
	Suggestions []suggestionView     `json:"suggestions" doc:"What its first pages may say, with the place; not in lists"`
	Akten       []akteSuggestionView `json:"suggested_akten" doc:"Akten it may belong to, the likeliest first; not in lists"`
	MayWork     bool                 `json:"may_work"`
	ClaimedBy   *claimView           `json:"claimed_by,omitempty" doc:"Who works on it at present"`
	Aside       *asideView           `json:"aside,omitempty" doc:"Set aside in its basket"`
	From        []archive.InboxID    `json:"from" doc:"The items whose pages it was put together from"`
	Arranged    []archive.InboxID    `json:"arranged" doc:"The items made of its pages"`
	Quarantine  *quarantineView      `json:"quarantine,omitempty" doc:"Held back by the search for malware, or released from it"`
	EnclosedIn  *enclosingView       `json:"enclosed_in,omitempty" doc:"The message or archive it came in"`
	Enclosures  []enclosureView      `json:"enclosures" doc:"What came inside of it; not in lists"`
	Language    string               `json:"language,omitempty" doc:"What somebody chose to recognise it in, a key of /languages or several with + between; else its pages tell it"`
	Codes       []codeView           `json:"codes" doc:"Barcodes on its pages; foreign ones are told, never read"`
	BlankPages  []int                `json:"blank_pages" doc:"Pages with nothing on them"`
	Sheet       *archive.Separator   `json:"separator,omitempty" doc:"The separator sheet that lay in front of its pages"`
	ArrangeJob  *jobView             `json:"arrange_job,omitempty" doc:"Puts its pages together anew; a failed one can be tried again, or dismissed by undo-arrange"`
	Created     time.Time            `json:"created"`
	Changed     time.Time            `json:"changed"`
	Revision    int64                `json:"revision"`
}

// codeView is a barcode on a page.
type codeView struct {
	Page      int                `json:"page"`
	Kind      string             `json:"kind" doc:"qr, code128, code39, text"`
	Separator *archive.Separator `json:"separator,omitempty" doc:"What it says where it is a separator sheet of ours; else it is foreign"`
	Box       placeView          `json:"box"`
}

// codesOf are the barcodes on pages, and which pages are blank.
func codesOf(pages []archive.PageFacts) (codes []codeView, blank []int) {
	codes, blank = []codeView{}, []int{}
	for i, p := range pages {
		if p.Blank {
			blank = append(blank, i+1)
		}
		for _, c := range p.Codes {
			codes = append(codes, codeView{i + 1, c.Kind, c.Separator, placeView{c.X, c.Y, c.W, c.H, p.Width, p.Height}})
		}
	}
	return codes, blank
}

// suggestionView is something on a page that may be what a clerk would enter.
type suggestionView struct {
	Field string    `json:"field" doc:"date, received_on, type, sender, title, reference (a title), aktenzeichen, azr_number; of a machine-readable zone: family, given, birth_date, document_number, nationality, expiry"`
	Value string    `json:"value"`
	Text  string    `json:"text" doc:"What stands there"`
	Why   []string  `json:"why" doc:"The words it rests on, where the text itself isn't the reason"`
	Doubt bool      `json:"doubt" doc:"The check digit beside it contradicts it"`
	Page  int       `json:"page"`
	Box   placeView `json:"box"`
}

// placeView is a place on a page of width by height.
type placeView struct {
	X      float32 `json:"x"`
	Y      float32 `json:"y"`
	W      float32 `json:"w"`
	H      float32 `json:"h"`
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
}

func suggestionOf(s acl.Suggestion) suggestionView {
	return suggestionView{s.Field, s.Value, s.Text, append([]string{}, s.Why...), s.Doubt, s.Page, placeView{s.X, s.Y, s.W, s.H, s.Width, s.Height}}
}

func inboxOf(i acl.InboxView) inboxView {
	cur := i.Current
	v := inboxView{
		ID: i.ID, Department: i.Basket, ReceivedOn: i.ReceivedOn, Channel: i.Channel, Sender: i.Sender, Note: i.Note,
		BroughtBy: i.BroughtBy, State: i.State, Reason: cur.Reason, SHA256: hexOf(cur.Original.SHA256), Size: cur.Original.Size,
		Kind: cur.Kind, Name: cur.Name, Flags: plain(cur.Flags), Pages: len(cur.Pages), TextSource: cur.TextSource(),
		JobID: cur.Job, DuplicateOf: i.DuplicateOf, MayWork: i.MayWork, Suggestions: each(i.Suggestions, suggestionOf), Akten: each(i.Akten, akteSuggestionOf),
		Filed: each(i.Filed, func(id archive.DocumentID) archive.DocumentID { return id }),
		From:  append([]archive.InboxID{}, i.From...), Arranged: append([]archive.InboxID{}, i.Arranged...),
		EnclosedIn: enclosingOf(i.Enclosing), Enclosures: each(i.Enclosures, enclosureOf),
		Created: i.Created.UTC(), Changed: i.Changed.UTC(), Revision: i.Revision,
	}
	v.Codes, v.BlankPages = codesOf(cur.Pages)
	v.Sheet, v.Language = i.Sheet, cur.Language
	if c, ok := cur.Confidence(); ok {
		v.Confidence = &c
	}
	if i.Job.ID != "" {
		job := jobOf(i.Job)
		v.Job = &job
	}
	if i.Arrange.ID != "" {
		job := jobOf(i.Arrange)
		v.ArrangeJob = &job
	}
	v.Quarantine = quarantineOf(i.Quarantine)
	if i.Claim.User != "" {
		v.ClaimedBy = &claimView{User: i.Claim.User, Name: i.Claim.Name, Until: i.Claim.Until.UTC(), Mine: i.Claim.Mine}
	}
	if i.Aside != nil {
		v.Aside = &asideView{Until: i.Aside.Until, Note: i.Aside.Note, By: i.Aside.By, At: i.Aside.At.UTC()}
	}
	return v
}

func (s *Server) addInboxItem(c *gin.Context, desk *acl.Desk) error {
	ctx := c.Request.Context()
	if err := desk.MayReceive(ctx, ""); err != nil {
		return err
	}
	in, err := receive[inboxMeta](s, c, desk, false)
	if err != nil {
		return err
	}
	if err := in.file.In(in.meta.Language); err != nil {
		return in.close(err)
	}
	view, err := desk.AddInboxItem(ctx, in.meta.item(), in.file)
	if err := in.close(err); err != nil {
		return err
	}
	c.Header("ETag", etag(view.Revision))
	c.Header("Location", base+"/inbox/"+string(view.ID))
	c.JSON(http.StatusCreated, inboxOf(view))
	return nil
}

func (s *Server) showInboxItem(ctx context.Context, desk *acl.Desk, in *ByID) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.InboxItem(ctx, id)
	if err != nil {
		return nil, err
	}
	return &record[inboxView]{ETag: etag(view.Revision), Body: inboxOf(view)}, nil
}

type fileBody struct {
	Akte  string   `json:"akte_id,omitempty" maxLength:"100"`
	Akten []string `json:"akte_ids,omitempty" maxItems:"20" doc:"Instead of akte_id: one paper for several Akten"`
	DocumentFields
	Enclosures []enclosureBody `json:"enclosures,omitempty" maxItems:"500" doc:"What came inside of the item and is filed along: into the same Akten, with the same dates, channel and sender"`
}

// filedView is the document made, or, for akte_ids, a list of all of them.
type filedView struct {
	one *documentView
	all []documentView
}

// MarshalJSON implements json.Marshaler.
func (v filedView) MarshalJSON() ([]byte, error) {
	if v.one != nil {
		return json.Marshal(v.one)
	}
	return json.Marshal(list[documentView]{Items: v.all})
}

// Schema describes both forms.
func (filedView) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(typeOf[documentView](), true, ""), r.Schema(typeOf[list[documentView]](), true, ""),
	}}
}

func (b fileBody) filing() (acl.Filing, error) {
	f := acl.Filing{Doc: b.document()}
	var err error
	if f.With, err = along(b.Enclosures); err != nil {
		return f, err
	}
	given := b.Akten
	switch {
	case b.Akte != "" && len(given) > 0:
		return f, &archive.FieldError{Pointer: "/akte_ids", Code: "duplicate"}
	case b.Akte != "":
		given = []string{b.Akte}
	}
	for _, g := range given {
		id, err := archive.ParseID[archive.AkteID](g)
		if err != nil {
			return f, err
		}
		f.Akten = append(f.Akten, id)
	}
	return f, nil
}

func (s *Server) fileInboxItem(ctx context.Context, desk *acl.Desk, in *sending[fileBody]) (*record[filedView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	filing, err := body.filing()
	if err != nil {
		return nil, err
	}
	made, err := desk.FileItem(ctx, id, filing)
	if err != nil {
		return nil, err
	}
	if body.Akte == "" {
		return &record[filedView]{Body: filedView{all: each(made, documentOf)}}, nil
	}
	doc := documentOf(made[0])
	return &record[filedView]{ETag: etag(doc.Revision), Location: base + "/documents/" + string(doc.ID), Body: filedView{one: &doc}}, nil
}

type routeBody struct {
	Department string `json:"department" maxLength:"100"`
}

func (s *Server) routeInboxItem(ctx context.Context, desk *acl.Desk, in *sending[routeBody]) (*record[inboxView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	view, err := desk.RouteItem(ctx, id, body.Department)
	if err != nil {
		return nil, err
	}
	return &record[inboxView]{ETag: etag(view.Revision), Body: inboxOf(view)}, nil
}
