package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/web/ui"
)

// moreLikeView shows documents that resemble one.
type moreLikeView struct {
	ui.Frame
	Doc   acl.DocumentView
	Akte  acl.AkteView
	Found []acl.LikeView
}

// Path is where the document is shown.
func (v moreLikeView) Path() string {
	return documentView{Doc: v.Doc, Akte: v.Akte}.Path()
}

// showMoreLike lists documents that resemble one.
func (p *Pages) showMoreLike(r *request) error {
	doc, akte, err := p.documentOf(r)
	if err != nil {
		return err
	}
	view := moreLikeView{Frame: r.frame("akten", r.say("morelike.title")), Doc: doc, Akte: akte}
	if len(doc.Current.Pages) > 0 {
		if view.Found, err = r.desk().Within(akte.ID).MoreLike(r.ctx(), doc.ID); err != nil {
			return err
		}
	}
	return r.show(http.StatusOK, "morelike", view)
}
