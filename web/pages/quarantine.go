package pages

import (
	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// quarantineOf is what the viewer tells of a version that the search for malware holds back, and where a
// word about it is posted; nil where nothing is, or was, held back.
func quarantineOf(q acl.QuarantineView, action string) *ui.Quarantine {
	if q == (acl.QuarantineView{}) {
		return nil
	}
	view := &ui.Quarantine{Held: q.Held, Found: q.Found, Risk: q.Risk, Action: action,
		MayAsk: q.MayAsk, MayDecide: q.MayDecide, Mine: q.Mine, MayFetch: q.MayFetch, Colleague: q.Colleague}
	if q.Asked != nil {
		view.Asked = &ui.QuarantineWord{Name: q.Asked.Name, At: q.Asked.At, Reason: q.Asked.Reason}
	}
	if q.Released != nil {
		view.Released = &ui.QuarantineWord{Name: q.Released.Name, At: q.Released.At, Reason: q.Released.Reason}
	}
	return view
}

// toldOfQuarantine is what the reader is told she did.
func toldOfQuarantine(word string) string {
	switch word {
	case acl.QuarantineRelease:
		return "shared.quarantine_told_released"
	case acl.QuarantineDecline:
		return "shared.quarantine_told_declined"
	}
	return "shared.quarantine_told_asked"
}

// quarantineItem says something about the release of an inbox item.
func (p *Pages) quarantineItem(r *request) error {
	_, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	return p.act(r, toldOfQuarantine(form.Value("word")), true, func(id archive.InboxID, form ui.Form) error {
		return r.desk().Quarantine(r.ctx(), acl.Holder{Inbox: id}, form.Value("word"), form.Value("reason"))
	})
}

// quarantineDocument says something about the release of a document.
func (p *Pages) quarantineDocument(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	return p.documentAct(r, func(desk *acl.Desk, doc acl.DocumentView) (ui.Notice, error) {
		err := desk.Quarantine(r.ctx(), acl.Holder{Document: doc.ID}, form.Value("word"), form.Value("reason"))
		return r.done(toldOfQuarantine(form.Value("word"))), err
	})
}
