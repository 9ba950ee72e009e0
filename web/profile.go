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

// keptSearchView is a saved search with what is new in it.
type keptSearchView struct {
	savedSearchView
	New int `json:"new" doc:"Documents that came to fit since I looked, as far as I may find them now; 0 where notify is off"`
}

type savedSearchBody struct {
	Name    string        `json:"name" maxLength:"400"`
	Text    string        `json:"q,omitempty" maxLength:"2000"`
	Filters searchFilters `json:"filters,omitempty"`
	Sort    string        `json:"sort,omitempty" enum:"relevance,date,-date"`
	Notify  bool          `json:"notify,omitempty" doc:"Documents that come to fit are counted as new"`
}

// savedSearchEdit switches the count of new hits on or off.
type savedSearchEdit struct {
	Notify bool `json:"notify"`
}

// newHitsView is a search among the new hits of a saved one.
type newHitsView struct {
	searchView
	UpTo uint64 `json:"up_to" doc:"How far they go: what comes later is new still when these are seen"`
}

type seenBody struct {
	UpTo uint64 `json:"up_to,omitempty" doc:"As it came with the new hits; without it all that are there now"`
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
	return savedSearchView{s.ID, savedSearchBody{Name: s.Name, Text: s.Text, Sort: s.Sort, Notify: s.Notify, Filters: searchFilters{
		Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications,
		From: f.From, To: f.To, Akte: string(f.Akte), Person: string(f.Person),
	}}}
}

func keptSearchOf(s acl.KeptSearch) keptSearchView {
	return keptSearchView{savedSearchOf(s.SavedSearch), s.New}
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

func (s *Server) listSearches(ctx context.Context, desk *acl.Desk, _ *struct{}) (*answer[list[keptSearchView]], error) {
	searches, err := desk.Searches(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[list[keptSearchView]]{list[keptSearchView]{Items: each(searches, keptSearchOf)}}, nil
}

func (s *Server) saveSearch(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[savedSearchBody] }) (*answer[savedSearchView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	f := body.Filters
	saved, err := desk.SaveSearch(ctx, archive.SavedSearch{Name: body.Name, Text: body.Text, Sort: body.Sort, Notify: body.Notify, Filters: archive.SearchFilters{
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

func (s *Server) changeSearch(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body strict[savedSearchEdit]
}) (*answer[savedSearchView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	saved, err := desk.NotifySearch(ctx, archive.SearchID(in.ID), body.Notify)
	if err != nil {
		return nil, err
	}
	return &answer[savedSearchView]{savedSearchOf(saved)}, nil
}

func (s *Server) findNew(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Limit  int    `query:"limit" minimum:"1" doc:"50 if not given, never more than 100"`
	Cursor string `query:"cursor" maxLength:"2000"`
}) (*answer[newHitsView], error) {
	found, hits, err := desk.FindNew(ctx, archive.SearchID(in.ID), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[newHitsView]{newHitsView{foundOf(found), hits.UpTo}}, nil
}

func (s *Server) seeNew(ctx context.Context, desk *acl.Desk, in *struct {
	ByID
	Body strict[seenBody]
}) (*struct{}, error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	_, _, err = desk.SeeNew(ctx, archive.SearchID(in.ID), body.UpTo)
	return &struct{}{}, err
}
