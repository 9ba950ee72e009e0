package pages

import (
	"errors"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
)

// compareDuplicate opens the document with the same bytes beside the item. That is a look into its Akte,
// so she says with it what for, unless she did before.
func (p *Pages) compareDuplicate(r *request) error {
	id, err := pathID[archive.InboxID](r, "id")
	if err != nil {
		return err
	}
	desk := r.intake()
	item, err := desk.InboxItem(r.ctx(), id)
	if err != nil {
		return err
	}
	if item.DuplicateOf == "" {
		return archive.ErrNotFound
	}
	if _, err := r.desk().Document(r.ctx(), item.DuplicateOf); errors.Is(err, acl.ErrPurpose) {
		doc, err := desk.Document(r.ctx(), item.DuplicateOf)
		if err != nil {
			return err
		}
		if err := r.session.State(doc.Akte, "posteingang"); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	to := r.at(id)
	if strings.Contains(to, "?") {
		return r.leave(to + "&compare=1")
	}
	return r.leave(to + "?compare=1")
}

// compare adds the document with the same bytes where she asked for it and may see it still.
func (p *Pages) compare(r *request, view *inboxPage) error {
	if view.Duplicate == "" || r.Query("compare") == "" {
		return nil
	}
	doc, err := r.desk().Document(r.ctx(), view.Duplicate)
	switch {
	case errors.Is(err, acl.ErrPurpose), errors.Is(err, acl.ErrDenied), errors.Is(err, archive.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	title := doc.Title
	if title == "" {
		title = p.label("doctype", doc.Type, r.lang)
	}
	twin := documentViewer(doc.ID, title, doc.State, doc.Current)
	twin.ID, twin.Close = "twin", r.at(view.Item.ID)
	twin.Refresh = r.Request.URL.RequestURI()
	view.Viewer.Refresh = twin.Refresh
	view.Twin, view.TwinAt = &twin, "/akten/"+string(doc.Akte)+"/documents/"+string(doc.ID)
	return nil
}

// pageRange reads pages such as "1, 3-5" of so many; nothing stands for all of them.
func pageRange(s string, pages int) (out []int, ok bool) {
	if strings.TrimSpace(s) == "" {
		s = "1-" + strconv.Itoa(pages)
	}
	for part := range strings.FieldsFuncSeq(strings.ReplaceAll(s, "–", "-"), func(c rune) bool { return c == ',' || c == ';' }) {
		first, last, several := strings.Cut(strings.TrimSpace(part), "-")
		if !several {
			last = first
		}
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to, terr := strconv.Atoi(strings.TrimSpace(last))
		if err != nil || terr != nil || from < 1 || to < from || to > pages {
			return nil, false
		}
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
	}
	return out, len(out) > 0
}
