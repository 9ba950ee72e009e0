package acl

import (
	"context"
	"fmt"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/separator"
	"eakte/policies"
)

// SeparatorOrder is which separator sheets are to be printed, in this order: plain ones, then one each for types
// and for Akten.
type SeparatorOrder struct {
	Plain int
	Types []string
	Akten []archive.AkteID
	// Language of what people read on them beside German: "de" leaves the other out.
	Language string
}

// maxSheets are printed at once.
const maxSheets = 200

// Separators makes a PDF of separator sheets, for who works a basket. A sheet names an Akte by its
// number, for people, and by its id; nothing else of it, and nobody's name. The Akten must be ones that the
// subject may see.
func (d *Desk) Separators(ctx context.Context, o SeparatorOrder) ([]byte, error) {
	tried := act{op: audit.OpSeparators}
	v, ok := d.able(policies.ActInbox)
	if !ok {
		return nil, d.refused(ctx, tried, ErrDenied)
	}
	if n := o.Plain + len(o.Types) + len(o.Akten); n < 1 || n > maxSheets || o.Plain < 0 {
		return nil, &archive.FieldError{Pointer: "/plain", Code: "range", Detail: fmt.Sprintf("1 to %d sheets", maxSheets)}
	}
	var sheets []separator.Sheet
	err := d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		sheets = nil
		done := tried
		done.verdict = v
		for range o.Plain {
			sheets = append(sheets, d.sheet(archive.Separator{}, "Trennblatt", "Separator sheet", o.Language))
		}
		for i, key := range o.Types {
			t, ok := d.guard.Policies.DocType(key)
			if !ok {
				return act{}, &archive.FieldError{Pointer: fmt.Sprintf("/types/%d", i), Code: "unknown"}
			}
			sheets = append(sheets, d.sheet(archive.Separator{Type: key}, t.Label.DE, t.Label.EN, o.Language))
		}
		for _, id := range o.Akten {
			a, err := d.enter(tx, id)
			if err == nil {
				err = a.mustState()
			}
			if err != nil {
				return act{}, err
			}
			sheets = append(sheets, d.sheet(archive.Separator{Akte: id}, "Akte "+a.akte.Number, "", o.Language))
			done.akten, done.persons = append(done.akten, id), append(done.persons, a.akte.Person)
		}
		done.detail = &audit.Detail{Act: map[string]any{"sheets": len(sheets)}}
		return done, nil
	})
	if err != nil {
		return nil, err
	}
	return separator.Paint(sheets)
}

// sheet is one page to print.
func (d *Desk) sheet(s archive.Separator, de, en, language string) separator.Sheet {
	out := separator.Sheet{Mark: separator.Mark(s, d.guard.Store.Mark), Title: de, Lines: separator.Instructions(language)}
	if en != "" && language != "de" {
		out.Title = de + " / " + en
	}
	return out
}

// sheetFields are suggestions that a separator sheet makes for what lay behind it: they stand on no page of it.
func (d *Desk) sheetFields(ctx context.Context, item archive.InboxItem) (out []Suggestion, err error) {
	if item.Sheet == nil {
		return nil, nil
	}
	if t, ok := d.guard.Policies.DocType(item.Sheet.Type); ok {
		out = append(out, Suggestion{Field: SuggestType, Value: t.Key, Text: t.Label.DE})
	}
	if _, ok := d.able(policies.ActLocate); !ok || item.Sheet.Akte == "" {
		return out, nil
	}
	err = d.view(ctx, func(r archive.Reader) error {
		number, err := d.sheetLeads(r, item.Sheet.Akte)
		if err == nil && number != "" {
			out = append(out, Suggestion{Field: SuggestNumber, Value: number, Text: number})
		}
		return err
	})
	return out, err
}

// sheetLeads is the number of the Akte that a sheet names; empty: it leads the subject nowhere.
func (d *Desk) sheetLeads(r archive.Reader, id archive.AkteID) (string, error) {
	a, err := r.Akte(id)
	if err == nil {
		err = d.keptFrom(r, a.Person)
	}
	if isNotFound(err) || a.Sealed.Bars(d.subject.User, d.guard.today()) {
		return "", nil
	}
	return a.Number, err
}

// blindSheets takes from an item's sheets the Akten that lead the subject nowhere: she would learn that there are some.
func (d *Desk) blindSheets(r archive.Reader, view *InboxView) error {
	blind := func(s *archive.Separator) (*archive.Separator, error) {
		if s == nil || s.Akte == "" {
			return s, nil
		}
		number, err := d.sheetLeads(r, s.Akte)
		if err != nil || number != "" {
			return s, err
		}
		out := *s
		out.Akte = ""
		return &out, nil
	}
	var err error
	if view.Sheet, err = blind(view.Sheet); err != nil {
		return err
	}
	pages := view.Current.Pages
	for i, p := range pages {
		for j, c := range p.Codes {
			said, err := blind(c.Separator)
			if err != nil {
				return err
			}
			if said == c.Separator {
				continue
			}
			if view.Current.Pages = slices.Clone(view.Current.Pages); view.Current.Pages[i].Codes != nil {
				view.Current.Pages[i].Codes = slices.Clone(view.Current.Pages[i].Codes)
			}
			view.Current.Pages[i].Codes[j].Separator = said
		}
	}
	return nil
}

// sheetsOf finds the separator sheets in front of the outputs that somebody made by hand, so that what they say
// isn't lost with them: each is the last one before the output's first page, or among its own pages.
func sheetsOf(p archive.Arranging, items []archive.InboxItem, versions []archive.Version) []*archive.Separator {
	out, any := make([]*archive.Separator, len(p.Outputs)), false
	for i, leaves := range p.Outputs {
		first := leaves[0]
		pages := versions[first.Source].Pages
		out[i] = items[first.Source].Sheet
		for n := min(first.Page, len(pages)); n > 0; n-- {
			if s := pages[n-1].Separator(); s != nil {
				out[i] = s
				break
			}
		}
		any = any || out[i] != nil
	}
	if !any {
		return nil
	}
	return out
}

// KeepStacksWhole sets whether stacks in a basket stay as they came, and are not taken apart by themselves at
// separator sheets; for who works it.
func (d *Desk) KeepStacksWhole(ctx context.Context, basket string, whole bool) error {
	tried := act{op: audit.OpBasketChange}
	v, ok := d.able(policies.ActInbox, basket)
	if !ok {
		return d.refused(ctx, tried, ErrDenied)
	}
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done := tried
		done.verdict, done.detail = v, &audit.Detail{Act: map[string]any{"basket": basket, "whole": whole}}
		return done, archive.KeepWhole(tx, basket, whole)
	})
}

// suggested adds the suggestions of the separator sheet, then those of the pages.
func (d *Desk) suggested(ctx context.Context, view *InboxView) error {
	said, err := d.sheetFields(ctx, view.InboxItem)
	if err != nil {
		return err
	}
	pages, err := d.guard.printed(ctx, view.Current)
	if err != nil {
		return err
	}
	if len(pages) > 0 {
		read, err := d.guard.read(ctx, view.Current, pages)
		if err != nil {
			return err
		}
		said = append(said, read...)
	}
	view.Suggestions = fewOfEach(said)
	view.Akten, err = d.suggestAkten(ctx, view.ID, pages)
	return err
}
