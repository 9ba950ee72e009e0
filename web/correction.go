package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
)

// correctionView is what was corrected of a person, or refused to be.
type correctionView struct {
	ID         archive.CorrectionID `json:"id"`
	Person     archive.PersonID     `json:"person_id"`
	Name       *archive.Name        `json:"name,omitempty" doc:"In the list of all persons: under which she is filed"`
	State      string               `json:"state" enum:"made,refused"`
	Ground     string               `json:"ground,omitempty" enum:"written,law,identity,request" doc:"Left out where it was refused"`
	Reason     string               `json:"reason,omitempty"`
	AskedOn    string               `json:"asked_on,omitempty"`
	Proof      archive.DocumentID   `json:"proof,omitempty" doc:"For who may read it"`
	Statement  string               `json:"statement,omitempty" doc:"What the person says where it was refused"`
	Values     []correctedView      `json:"values"`
	By         archive.UserID       `json:"by"`
	ByName     string               `json:"by_name,omitempty"`
	At         time.Time            `json:"at"`
	Recipients []toldView           `json:"recipients" doc:"To whom data of the person went while a wrong value stood, as far as I may know"`
	Cut        bool                 `json:"recipients_cut,omitempty" doc:"There was more in the trail than is looked through"`
	Revision   int64                `json:"revision"`
}

type correctedView struct {
	Field string     `json:"field" enum:"name,birth_date,sex,nationalities,azr_number"`
	Old   *valueView `json:"old,omitempty" doc:"Left out where nothing stood"`
	New   *valueView `json:"new,omitempty" doc:"Left out where it was taken away"`
}

type valueView struct {
	Name *archive.Name `json:"name,omitempty"`
	Text string        `json:"text,omitempty" doc:"Of everything but a name; countries stand with blanks between"`
}

type toldView struct {
	Place    int                `json:"place"`
	Name     string             `json:"name"`
	At       time.Time          `json:"at"`
	Reason   string             `json:"reason,omitempty"`
	Op       audit.Op           `json:"op"`
	Document archive.DocumentID `json:"document_id,omitempty"`
	Numbers  []string           `json:"aktenzeichen"`
	State    string             `json:"state" enum:"open,told,impossible,disproportionate"`
	On       string             `json:"on,omitempty"`
	Note     string             `json:"note,omitempty"`
	ByName   string             `json:"by_name,omitempty"`
}

func correctionOf(c acl.CorrectionView) correctionView {
	return correctionView{
		ID: c.ID, Person: c.Person, State: c.State, Ground: c.Ground, Reason: c.Reason, AskedOn: c.AskedOn, Proof: c.Proof, Statement: c.Statement,
		By: c.By, ByName: c.ByName, At: c.At.UTC(), Cut: c.Cut, Revision: c.Revision,
		Values: each(c.Values, func(v archive.CorrectedValue) correctedView {
			return correctedView{v.Field, valueOf(v.Old), valueOf(v.New)}
		}),
		Recipients: each(c.Told, func(t acl.CorrectionTold) toldView {
			return toldView{t.Place, t.Name, t.At.UTC(), t.Reason, t.Op, t.Document, plain(t.Numbers), t.State, t.On, t.Note, t.ByName}
		}),
	}
}

func valueOf(v archive.PersonValue) *valueView {
	switch {
	case v.IsZero():
		return nil
	case v.Name != archive.Name{}:
		return &valueView{Name: &v.Name}
	}
	return &valueView{Text: v.Text + v.BirthDate.Given}
}

// corrections are the routes to what Art. 16 and 19 GDPR ask for.
func (s *Server) corrections() {
	handle(s, "GET", "/persons/{id}/corrections", "List what was corrected of a person, or refused to be, newest first", purposed, s.listCorrections)
	handle(s, "POST", "/persons/{id}/corrections", "Note that a correction which the person asked for is refused; one is made by changing her", purposed|once|created, s.refuseCorrection)
	handle(s, "PUT", "/persons/{id}/corrections/{correction}/recipients/{place}", "Say what became of telling a recipient", purposed, s.tellRecipient)
	handle(s, "GET", "/corrections", "List corrections of which recipients wait to be told by my department, newest first", 0, s.listRecipientsToTell)
}

func (s *Server) listCorrections(ctx context.Context, desk *acl.Desk, in *ByID) (*answer[list[correctionView]], error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	view, err := desk.Corrections(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[correctionView]]{list[correctionView]{Items: each(view.Items, correctionOf)}}, nil
}

type refuseCorrectionBody struct {
	AskedOn   string `json:"asked_on" maxLength:"20"`
	Reason    string `json:"reason" maxLength:"4000"`
	Statement string `json:"statement,omitempty" maxLength:"10000" doc:"What the person says herself"`
	Proof     string `json:"proof,omitempty" maxLength:"40" doc:"The id of a document of one of her Akten that shows it"`
}

type refusedView struct {
	ID archive.CorrectionID `json:"id"`
}

func (s *Server) refuseCorrection(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body strict[refuseCorrectionBody]
}) (*record[refusedView], error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	made, err := desk.RefuseCorrection(ctx, id, acl.RefusedCorrection{
		AskedOn: body.AskedOn, Reason: body.Reason, Statement: body.Statement, Proof: archive.DocumentID(body.Proof),
	})
	if err != nil {
		return nil, err
	}
	return &record[refusedView]{ETag: etag(1), Location: base + "/persons/" + string(id) + "/corrections", Body: refusedView{made}}, nil
}

// tellInput is what became of telling a recipient.
type tellInput struct {
	ByID
	Correction string `path:"correction" maxLength:"100"`
	Place      int    `path:"place" minimum:"0"`
	Body       strict[tellBody]
}

type tellBody struct {
	State    string `json:"state" enum:"open,told,impossible,disproportionate"`
	On       string `json:"on,omitempty" maxLength:"20" doc:"The day on which she was told"`
	Note     string `json:"note,omitempty" maxLength:"4000" doc:"How she was told, or why nobody tells her"`
	Revision int64  `json:"revision" doc:"That of the correction"`
}

func (s *Server) tellRecipient(ctx context.Context, desk *acl.Desk, in *tellInput) (*struct{}, error) {
	id, err := archive.ParseID[archive.PersonID](in.ID)
	if err != nil {
		return nil, err
	}
	correction, err := archive.ParseID[archive.CorrectionID](in.Correction)
	if err != nil {
		return nil, err
	}
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	return nil, desk.TellRecipient(ctx, id, correction, in.Place, acl.RecipientWord{State: body.State, On: body.On, Note: body.Note, Revision: body.Revision})
}

func (s *Server) listRecipientsToTell(ctx context.Context, desk *acl.Desk, in *Page) (*answer[list[correctionView]], error) {
	page, err := desk.RecipientsToTell(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[list[correctionView]]{list[correctionView]{Next: page.Next, Items: each(page.Items, func(o acl.RecipientsOpen) correctionView {
		one := correctionOf(o.CorrectionView)
		one.Name = &o.Name
		return one
	})}}, nil
}
