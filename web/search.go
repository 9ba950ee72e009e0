package web

import (
	"context"
	"unicode/utf8"

	"eakte/acl"
	"eakte/archive"
	"eakte/index"
)

type searchBody struct {
	Text    string        `json:"q,omitempty" doc:"At most 1,000 characters and 30 words of it are read. Words, all of which must be found; \"phrases\", -not, OR, wor*, word~, a NEAR/5 b, typ: register: von: bis: person: akte: az:"`
	Filters searchFilters `json:"filters,omitempty"`
	Sort    string        `json:"sort,omitempty" enum:"relevance,date,-date"`
	Limit   int           `json:"limit,omitempty" minimum:"1" doc:"50 if not given, never more than 100"`
	Cursor  string        `json:"cursor,omitempty" maxLength:"2000"`
}

type searchFilters struct {
	Types           []string `json:"type,omitempty" maxItems:"100"`
	Registers       []string `json:"register,omitempty" maxItems:"100"`
	Departments     []string `json:"department,omitempty" maxItems:"100"`
	Classifications []string `json:"classification,omitempty" maxItems:"100"`
	From            string   `json:"date_from,omitempty" maxLength:"20"`
	To              string   `json:"date_to,omitempty" maxLength:"20"`
	Akte            string   `json:"akte_id,omitempty" maxLength:"100"`
	Person          string   `json:"person_id,omitempty" maxLength:"100"`
}

type searchView struct {
	Total      int                    `json:"total"`
	Hits       []hitView              `json:"hits"`
	Facets     map[string][]facetView `json:"facets" doc:"Each counted without the filter on itself; values chosen stand in it even with 0"`
	Timeline   []facetView            `json:"timeline" doc:"Hits by date, oldest first: by month (\"2026-11\") if they lie at most two years apart, else by year"`
	Notes      []noteView             `json:"notes" doc:"What the reader should know of how her words were understood"`
	Persons    []foundPersonView      `json:"persons"`
	Next       string                 `json:"next_cursor"`
	Incomplete bool                   `json:"incomplete,omitempty" doc:"Something is being indexed anew, after a change of rights or because all is, and isn't found meanwhile"`
	Rebuilding *rebuildingView        `json:"rebuilding,omitempty" doc:"The index itself is being made anew"`
	Understood string                 `json:"understood" doc:"What was looked for, in the language of the search box"`
	Respelled  string                 `json:"respelled,omitempty" doc:"Where nothing was found: the same with words that stand in what the reader may read and are nearly like those typed"`
	TitlesOnly bool                   `json:"titles_only,omitempty" doc:"The words mean too little to look for in texts: only titles and senders were searched"`
}

type rebuildingView struct {
	Percent int `json:"percent" doc:"How much of it is there; 0 where that isn't known"`
}

type hitView struct {
	Document       archive.DocumentID `json:"document_id"`
	Akte           archive.AkteID     `json:"akte_id"`
	Number         string             `json:"aktenzeichen"`
	Lead           string             `json:"lead_department"`
	Person         personRef          `json:"person"`
	Title          string             `json:"title"`
	TitleMarks     []markView         `json:"title_marks"`
	Type           string             `json:"type"`
	Register       string             `json:"register"`
	Classification string             `json:"classification"`
	BroughtBy      string             `json:"brought_by"`
	Sender         string             `json:"sender"`
	Date           string             `json:"date"`
	ReceivedOn     string             `json:"received_on"`
	PageCount      int                `json:"page_count" doc:"0 while it isn't read"`
	Thumbnail      bool               `json:"thumbnail" doc:"The first page has a small image"`
	Snippets       []snippetView      `json:"snippets"`
	Pages          []int              `json:"pages" doc:"The first 50 pages with matches"`
	Matches        []pageCountView    `json:"matches" doc:"How many matches each of them has"`
	MorePages      int                `json:"more_pages,omitempty" doc:"How many pages with matches follow"`
}

type pageCountView struct {
	Page  int `json:"page"`
	Count int `json:"count"`
}

// snippetView is a passage with what was found in it. Marks count Unicode characters.
type snippetView struct {
	Page  int        `json:"page"`
	Text  string     `json:"text"`
	Marks []markView `json:"marks"`
}

type markView struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

type facetView struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

// foundPersonView is a person found. Akte is the one asked for by its number, else the first of all.
type foundPersonView struct {
	Person    archive.PersonID `json:"person_id"`
	Akte      archive.AkteID   `json:"akte_id"`
	Name      archive.Name     `json:"name"`
	BirthDate string           `json:"birth_date"`
	Number    string           `json:"aktenzeichen"`
	Lead      string           `json:"lead_department"`
	Akten     []akteRef        `json:"akten" doc:"All that the reader may see"`
	Score     float64          `json:"score"`
	By        string           `json:"by" enum:"aktenzeichen,azr_number,name,birth_date"`
	Matched   matchedNameView  `json:"matched"`
	Likeness  string           `json:"likeness,omitempty" enum:"same,order,umlaut,romanisation,sounds_alike,typing_error,related,initial,part_missing" doc:"How the name that was found differs from what was typed; left out where no whole name was typed"`
}

// matchedNameView is the name that fits what was typed best. Marks count Unicode characters.
type matchedNameView struct {
	Name  archive.Name `json:"name"`
	Marks struct {
		Family   []markView `json:"family"`
		Given    []markView `json:"given"`
		Original []markView `json:"original_script"`
	} `json:"marks"`
}

func (b searchBody) query() (index.Query, error) {
	f := b.Filters
	if err := checkDay("/filters/date_from", f.From); err != nil {
		return index.Query{}, err
	}
	return index.Query{
		Text: b.Text, Types: f.Types, Registers: f.Registers, Departments: f.Departments, Classifications: f.Classifications, From: f.From, To: f.To,
		Akte: archive.AkteID(f.Akte), Person: archive.PersonID(f.Person), Sort: b.Sort, Limit: b.Limit,
	}, checkDay("/filters/date_to", f.To)
}

func (s *Server) search(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[searchBody] }) (*answer[searchView], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	q, err := body.query()
	if err != nil {
		return nil, err
	}
	found, err := desk.Search(ctx, q, body.Cursor)
	if err != nil {
		return nil, err
	}
	return &answer[searchView]{foundOf(found)}, nil
}

type typedBody struct {
	Text string `json:"q" maxLength:"1000" doc:"What is typed so far; persons are found from two letters on"`
}

func (s *Server) personsTyped(ctx context.Context, desk *acl.Desk, in *struct{ Body strict[typedBody] }) (*answer[list[foundPersonView]], error) {
	body, err := in.Body.read(s.registry())
	if err != nil {
		return nil, err
	}
	found, err := desk.PersonsTyped(ctx, body.Text)
	if err != nil {
		return nil, err
	}
	return &answer[list[foundPersonView]]{list[foundPersonView]{Items: each(found, foundPersonOf)}}, nil
}

func foundOf(found acl.Found) searchView {
	out := searchView{
		Total: found.Total, Hits: each(found.Hits, hitOf), Facets: map[string][]facetView{},
		Persons: each(found.Persons, foundPersonOf), Next: found.Next, Incomplete: found.Incomplete,
		TitlesOnly: found.HeadOnly, Timeline: each(found.Timeline, countOf), Notes: notesOf(found), Understood: found.Query.String(), Respelled: found.Respelled,
	}
	if found.Rebuilding {
		out.Rebuilding = &rebuildingView{found.Percent()}
	}
	for name, counts := range found.Facets {
		out.Facets[name] = each(counts, countOf)
	}
	return out
}

func countOf(c index.Count) facetView { return facetView(c) }

// noteView says how a query was understood. Codes: nothing_to_find, titles_only, words_left_out,
// also_searched, and those of mistakes in [query.Mistake].
type noteView struct {
	Code  string   `json:"code"`
	Words []string `json:"words,omitempty" doc:"The words it is about, as they were typed"`
	Start *int     `json:"start,omitempty" doc:"Where in the text a mistake stands, in Unicode characters"`
	End   *int     `json:"end,omitempty"`
}

func notesOf(f acl.Found) []noteView {
	out := []noteView{}
	if f.Meaningless {
		out = append(out, noteView{Code: "nothing_to_find"})
	}
	if f.HeadOnly {
		out = append(out, noteView{Code: "titles_only"})
	}
	if len(f.Ignored) > 0 {
		out = append(out, noteView{Code: "words_left_out", Words: f.Ignored})
	}
	if len(f.Widened) > 0 {
		out = append(out, noteView{Code: "also_searched", Words: f.Widened})
	}
	for _, m := range f.Query.Mistakes {
		text := f.Query.Text
		start := utf8.RuneCountInString(text[:m.Start])
		end := start + utf8.RuneCountInString(text[m.Start:m.End])
		note := noteView{Code: m.Code, Start: &start, End: &end}
		if words := text[m.Start:m.End]; words != "" {
			note.Words = []string{words}
		}
		out = append(out, note)
	}
	return out
}

func hitOf(h acl.Hit) hitView {
	out := hitView{
		Document: h.Document.ID, Akte: h.Akte.ID, Number: h.Akte.Number, Lead: h.Akte.Lead,
		Person: personRef{h.Akte.Person, h.Name, h.BirthDate.Given},
		Title:  h.Document.Title, TitleMarks: marksOf(h.Document.Title, h.TitleMarks),
		Type: h.Document.Type, Register: h.Document.Register, Classification: h.Document.Classification,
		BroughtBy: h.Document.BroughtBy, Sender: h.Document.Sender, Date: h.Document.Date, ReceivedOn: h.Document.ReceivedOn,
		PageCount: h.PageCount, Thumbnail: h.Thumb, Snippets: each(h.Snippets, snippetOf),
		Pages: each(h.Pages, func(n int) int { return n }), Matches: []pageCountView{}, MorePages: h.MorePages,
	}
	for i, n := range h.Pages {
		out.Matches = append(out.Matches, pageCountView{n, h.Counts[i]})
	}
	return out
}

func snippetOf(s acl.Snippet) snippetView {
	return snippetView{Page: s.Page, Text: s.Text, Marks: marksOf(s.Text, s.Marks)}
}

// marksOf turns spans of bytes into spans of characters.
func marksOf(text string, spans []index.Span) []markView {
	return each(spans, func(m index.Span) markView {
		start := utf8.RuneCountInString(text[:m.Start])
		return markView{start, start + utf8.RuneCountInString(text[m.Start:m.End])}
	})
}

func foundPersonOf(f acl.FoundPerson) foundPersonView {
	out := foundPersonView{
		Person: f.Person.ID, Akte: f.Akte.ID, Name: f.Person.Leading(), BirthDate: f.Person.BirthDate.Given,
		Number: f.Akte.Number, Lead: f.Akte.Lead, Akten: each(f.Akten, akteRefOf), Score: f.Score, By: f.By,
	}
	out.Matched.Name, out.Likeness = f.Matched, f.Likeness.Class.String()
	m := &out.Matched.Marks
	m.Family, m.Given = marksOf(f.Matched.Family, f.Marks.Family), marksOf(f.Matched.Given, f.Marks.Given)
	m.Original = marksOf(f.Matched.OriginalScript, f.Marks.Original)
	return out
}
