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
	akte, err := r.desk().OpenTwin(r.ctx(), id, forIntake)
	if err != nil {
		return err
	}
	if akte != "" {
		if err := r.session.State(akte, forIntake); err != nil {
			return err
		}
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
