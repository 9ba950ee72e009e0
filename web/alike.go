package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// alikeView is a paper that seems to be the same as an inbox item, received another time.
type alikeView struct {
	Document archive.DocumentID `json:"document_id,omitempty" doc:"A document of an Akte, or else:"`
	Akte     archive.AkteID     `json:"akte_id,omitempty"`
	Type     string             `json:"type,omitempty"`
	Title    string             `json:"title,omitempty"`
	Item     archive.InboxID    `json:"item_id,omitempty" doc:"another item of the basket"`
	Name     string             `json:"name,omitempty"`
	Date     string             `json:"date,omitempty"`
}

func (s *Server) listAlike(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Akten []string `query:"akte_id,explode" maxItems:"20" doc:"Akten whose documents are looked at, repeated; those that may not be read are passed over"`
}) (*answer[list[alikeView]], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	var akten []archive.AkteID
	for _, a := range in.Akten {
		akte, err := archive.ParseID[archive.AkteID](a)
		if err != nil {
			return nil, err
		}
		akten = append(akten, akte)
	}
	found, err := desk.Alike(ctx, id, akten)
	if err != nil {
		return nil, err
	}
	return &answer[list[alikeView]]{list[alikeView]{Items: each(found, func(a acl.AlikeView) alikeView {
		return alikeView{a.Document, a.Akte, a.Type, a.Title, a.Item, a.Name, a.Date}
	})}}, nil
}

// akteSuggestionView is an Akte that an inbox item may belong to.
type akteSuggestionView struct {
	Akte       archive.AkteID    `json:"akte_id"`
	Number     string            `json:"aktenzeichen"`
	Department string            `json:"lead_department"`
	Person     archive.PersonID  `json:"person_id"`
	Family     string            `json:"family"`
	Given      string            `json:"given"`
	BirthDate  archive.BirthDate `json:"birth_date"`
	Score      int               `json:"score" doc:"1 to 100; 100 where the paper bears a number"`
	Tied       bool              `json:"tied" doc:"An Akte of somebody else fits as well"`
	Why        []suggestionView  `json:"why" doc:"What stands on the pages: a number, or a name and a date of birth"`
}

func akteSuggestionOf(s acl.AkteSuggestion) akteSuggestionView {
	return akteSuggestionView{
		s.ID, s.Number, s.Department, s.Person, s.Name.Family, s.Name.Given, s.BirthDate, s.Score, s.Tied, each(s.Why, suggestionOf),
	}
}
