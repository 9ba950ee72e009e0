package web

import (
	"context"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// profileView is what somebody set and keeps for herself.
type profileView struct {
	preferencesView
	Pinned   []string          `json:"pinned" doc:"Akten in the order they were pinned; only those whose head may be seen now"`
	Recent   []openedView      `json:"recent" doc:"Akten opened last in the pages, newest first; only those whose head may be seen now"`
	Purpose  string            `json:"purpose,omitempty" doc:"The one stated last"`
	Searches []savedSearchView `json:"searches"`
}

type preferencesView struct {
	Language  string `json:"language" doc:"de, en, or empty for that of the browser"`
	Density   string `json:"density" doc:"compact or comfortable"`
	Theme     string `json:"theme" doc:"light, dark, or empty for that of the machine"`
	Shortcuts bool   `json:"shortcuts" doc:"Single keys do something"`
}

type openedView struct {
	Akte archive.AkteID `json:"akte_id"`
	At   time.Time      `json:"at"`
}

type savedSearchView struct {
	ID archive.SearchID `json:"id"`
	savedSearchBody
}

type savedSearchBody struct {
	Name    string        `json:"name" maxLength:"400"`
	Text    string        `json:"q,omitempty" maxLength:"2000"`
	Filters searchFilters `json:"filters,omitempty"`
	Sort    string        `json:"sort,omitempty" enum:"relevance,date,-date"`
}

type preferencesEdit struct {
	Language  edit[string] `json:"language,omitempty"`
	Density   edit[string] `json:"density,omitempty"`
	Theme     edit[string] `json:"theme,omitempty"`
	Shortcuts edit[bool]   `json:"shortcuts,omitempty"`
}

func profileOf(p archive.Profile) profileView {
	return profileView{
		preferencesView: preferencesView(p.Preferences), Pinned: plain(p.Pinned), Purpose: p.Purpose,
		Recent:   each(p.Recent, func(o archive.Opened) openedView { return openedView{o.Akte, o.At.UTC()} }),
		Searches: each(p.Searches, savedSearchOf),
	}
}

func savedSearchOf(s archive.SavedSearch) savedSearchView {
	f := s.Filters
	return savedSearchView{s.ID, savedSearchBody{Name: s.Name, Text: s.Text, Sort: s.Sort, Filters: searchFilters{
		Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: string(f.Akte), Person: string(f.Person),
	}}}
}

func (s *Server) showProfile(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[profileView], error) {
	p, err := desk.Profile(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[profileView]{profileOf(p)}, nil
}

func (s *Server) changeProfile(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[preferencesEdit] }) (*answer[preferencesView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	var set archive.Preferences
	if err := desk.SetPreferences(ctx, func(p *archive.Preferences) {
		body.Language.into(&p.Language)
		body.Density.into(&p.Density)
		body.Theme.into(&p.Theme)
		body.Shortcuts.into(&p.Shortcuts)
		set = *p
	}); err != nil {
		return nil, err
	}
	return &answer[preferencesView]{preferencesView(set)}, nil
}

// byAkte is the input of a route that names an Akte.
type byAkte struct {
	Akte string `path:"akte"`
}

func (s *Server) pinAkte(ctx context.Context, desk *acl.Desk, in *byAkte) (*struct{}, error) {
	id, err := archive.ParseID[archive.AkteID](in.Akte)
	if err != nil {
		return nil, err
	}
	return &struct{}{}, desk.Pin(ctx, id)
}

func (s *Server) unpinAkte(ctx context.Context, desk *acl.Desk, in *byAkte) (*struct{}, error) {
	return &struct{}{}, desk.Unpin(ctx, archive.AkteID(in.Akte))
}

func (s *Server) listSearches(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[savedSearchView]], error) {
	p, err := desk.Profile(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[savedSearchView]]{list[savedSearchView]{Items: each(p.Searches, savedSearchOf)}}, nil
}

func (s *Server) saveSearch(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[savedSearchBody] }) (*answer[savedSearchView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	f := body.Filters
	saved, err := desk.SaveSearch(ctx, archive.SavedSearch{Name: body.Name, Text: body.Text, Sort: body.Sort, Filters: archive.SearchFilters{
		Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: archive.AkteID(f.Akte), Person: archive.PersonID(f.Person),
	}})
	if err != nil {
		return nil, err
	}
	return &answer[savedSearchView]{savedSearchOf(saved)}, nil
}

func (s *Server) dropSearch(ctx context.Context, desk *acl.Desk, in *ByID) (*struct{}, error) {
	return &struct{}{}, desk.DropSearch(ctx, archive.SearchID(in.ID))
}
