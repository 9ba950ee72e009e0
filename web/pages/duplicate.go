package pages

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
)

// compareDuplicate opens the document with the same bytes, or a paper that is like it, beside the item. A document is
// a look into its Akte, so she says with it what for, unless she did before.
func (p *Pages) compareDuplicate(r *request) error {
	id, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	beside := form.Value("beside")
	akte, err := r.openBeside(id, beside)
	if err != nil {
		return err
	}
	if akte != "" {
		if err := r.session.State(akte, forIntake); err != nil {
			return err
		}
	}
	to := r.at(id)
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	to += mark + "compare=1"
	if beside != "" {
		to += "&beside=" + url.QueryEscape(beside)
	}
	return r.leave(to)
}

// compare adds the document with the same bytes, or the paper that is like it, where she asked for it and may see it
// still.
func (p *Pages) compare(r *request, view *inboxPage) error {
	if r.Query("compare") == "" {
		return nil
	}
	beside := r.Query("beside")
	for _, a := range view.Alike {
		switch {
		case beside == "":
		case beside == string(a.Document):
			return p.compareDocument(r, view, a.Document)
		case beside == string(a.Item):
			return p.compareItem(r, view, a.Item)
		}
	}
	if beside != "" || view.Duplicate == "" {
		return nil
	}
	return p.compareDocument(r, view, view.Duplicate)
}

// compareItem shows another item beside the one that is open.
func (p *Pages) compareItem(r *request, view *inboxPage, id archive.InboxID) error {
	other, err := r.intake().InboxItem(r.ctx(), id)
	if errors.Is(err, archive.ErrNotFound) || err == nil && !other.MayWork {
		return nil
	}
	if err != nil {
		return err
	}
	twin := inboxViewer(id, itemName(r, other), other.State, other.Current)
	twin.ID, twin.Close = "twin", r.at(view.Item.ID)
	twin.Refresh = r.Request.URL.RequestURI()
	view.Viewer.Refresh, view.Twin = twin.Refresh, &twin
	return nil
}

// compareDocument shows a document beside the item.
func (p *Pages) compareDocument(r *request, view *inboxPage, id archive.DocumentID) error {
	doc, err := r.desk().Document(r.ctx(), id)
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

// pageSpans reads pages such as "1, 3-5"; nothing stands for all there are.
func pageSpans(s string) (out []acl.Span, ok bool) {
	if strings.TrimSpace(s) == "" {
		return nil, true
	}
	for part := range strings.FieldsFuncSeq(strings.ReplaceAll(s, "–", "-"), func(c rune) bool { return c == ',' || c == ';' }) {
		first, last, several := strings.Cut(strings.TrimSpace(part), "-")
		if !several {
			last = first
		}
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to, terr := strconv.Atoi(strings.TrimSpace(last))
		if err != nil || terr != nil {
			return nil, false
		}
		out = append(out, acl.Span{First: from, Last: to})
	}
	return out, len(out) > 0
}
