package pages

import (
	"net/http"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// at is the page of an item, on the shelf that is shown.
func (r *request) at(id archive.InboxID) string {
	if id == "" {
		return "/inbox" + r.shelf()
	}
	return "/inbox/" + string(id) + r.shelf()
}

func (r *request) shelf() string {
	if s := r.Query("shelf"); s != "" && shelfOf(s) == s {
		return "?shelf=" + s
	}
	return ""
}

// locateAkte finds Akten for the item; what was typed stays.
func (p *Pages) locateAkte(r *request) error {
	_, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	prefix := "q_"
	if form.Value("by") == "zone" {
		prefix = "z_" // what the page's machine-readable zone says, not what was typed
	}
	born, err := archive.ParseBirthDate(form.Value(prefix+"birth"), p.Guard.Now())
	if err != nil {
		form.Faults = append(form.Faults, ui.Fault{Field: "q_birth", Message: r.say("inbox.birth_wrong")})
		return p.openItem(r, http.StatusUnprocessableEntity, shown{form: &form})
	}
	found, err := r.desk().Locate(r.ctx(), acl.LocateQuery{
		Family: form.Value(prefix + "family"), Given: form.Value(prefix + "given"), BirthDate: born,
		Number: strings.TrimSpace(form.Value(prefix + "number")),
	})
	if err != nil {
		if !r.faults(&form, err) {
			return err
		}
		return p.openItem(r, http.StatusUnprocessableEntity, shown{form: &form})
	}
	return p.openItem(r, http.StatusOK, shown{form: &form, found: found, asked: true})
}

// fileItem files the item and goes on with the next one.
func (p *Pages) fileItem(r *request) error {
	id, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	filing := acl.Filing{Doc: archive.Document{
		Type: form.Value("type"), Register: form.Value("register"), Classification: form.Value("classification"),
		Title: form.Value("title"), Date: form.Value("date"), ReceivedOn: form.Value("received_on"),
		Channel: form.Value("channel"), Sender: form.Value("sender"),
	}}
	for _, v := range form.Values["akte_id"] {
		akte, err := archive.ParseID[archive.AkteID](v)
		if err != nil {
			return err
		}
		filing.Akten = append(filing.Akten, akte)
	}
	if filing.With, err = filedAlong(form); err != nil {
		return err
	}
	next := form.Value("next")
	if _, err := r.intake().Finishing("inbox/"+string(id)).FileItem(r.ctx(), id, filing); err != nil {
		err = ofEnclosure(err, filing.With)
		if !r.faults(&form, err) {
			return err
		}
		return p.openItem(r, http.StatusUnprocessableEntity, shown{form: &form})
	}
	if err := r.keepSticky(form); err != nil {
		return err
	}
	filed := r.done("inbox.filed", "N", len(filing.Akten))
	filed.Undo = "/inbox/" + string(id) + "/unfile"
	goOn, err := archive.ParseID[archive.InboxID](next)
	if err != nil {
		goOn = ""
	}
	return r.leaveWith(r.at(goOn), filed)
}

// unfileItem takes a filing back and opens the item again.
func (p *Pages) unfileItem(r *request) error {
	return p.act(r, "inbox.unfiled", true, func(id archive.InboxID, _ ui.Form) error {
		_, err := r.desk().Unfile(r.ctx(), id)
		return err
	})
}

func (p *Pages) asideItem(r *request) error {
	return p.act(r, "inbox.set_aside", false, func(id archive.InboxID, form ui.Form) error {
		_, err := r.desk().SetAside(r.ctx(), id, archive.Aside{Until: form.Value("until"), Note: form.Value("note")})
		return err
	})
}

func (p *Pages) takeUpItem(r *request) error {
	return p.act(r, "inbox.taken_up", true, func(id archive.InboxID, _ ui.Form) error {
		_, err := r.desk().TakeUp(r.ctx(), id)
		return err
	})
}

func (p *Pages) takeOverItem(r *request) error {
	return p.act(r, "inbox.taken_over", true, func(id archive.InboxID, _ ui.Form) error {
		_, err := r.desk().ClaimItem(r.ctx(), id, true)
		return err
	})
}

func (p *Pages) routeItem(r *request) error {
	return p.act(r, "inbox.routed", false, func(id archive.InboxID, form ui.Form) error {
		_, err := r.desk().RouteItem(r.ctx(), id, form.Value("department"))
		return err
	})
}

func (p *Pages) retryItem(r *request) error {
	return p.act(r, "inbox.retried", true, func(id archive.InboxID, form ui.Form) error {
		if _, typed := form.Values["type"]; typed { // what she typed beside it comes back with the page
			if err := r.keepTyped(id, form); err != nil {
				return err
			}
		}
		job, err := archive.ParseID[archive.JobID](form.Value("job"))
		if err != nil {
			item, err := r.desk().InboxItem(r.ctx(), id)
			if err != nil {
				return err
			}
			job = item.Current.Job
		}
		_, err = r.desk().Retry(r.ctx(), job)
		return err
	})
}

// unlockItem opens the file with the password that came with it. A wrong one is said beside the pages.
func (p *Pages) unlockItem(r *request) error {
	return p.act(r, "shared.viewer_unlocked", true, func(id archive.InboxID, form ui.Form) error {
		_, err := r.desk().UnlockItem(r.ctx(), id, form.Value("password"))
		return err
	})
}

// arrangePages puts the item's pages together anew, perhaps with some of another item's behind them.
func (p *Pages) arrangePages(r *request) error {
	return p.act(r, "inbox.arranging", true, func(id archive.InboxID, form ui.Form) error {
		a := arrangement(form, id)
		if backs, err := archive.ParseID[archive.InboxID](form.Value("backs")); err == nil {
			a = acl.Arrangement{Backs: backs}
		}
		if more, err := archive.ParseID[archive.InboxID](form.Value("append")); err == nil {
			spans, ok := pageSpans(form.Value("append_pages"))
			if !ok {
				return &archive.FieldError{Pointer: "/append_pages", Code: "range", Detail: "pages such as 1, 3-5"}
			}
			a.Append = acl.Appended{Item: more, Pages: spans}
		}
		_, err := r.desk().ArrangeItem(r.ctx(), id, a)
		return err
	})
}

func (p *Pages) undoArrange(r *request) error {
	id, _, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	back, err := r.desk().UndoArrange(r.ctx(), id)
	if err != nil {
		return p.refuse(r, id, err)
	}
	return r.leaveTelling(r.at(back.ID), "inbox.arranged_back")
}

// keepTyped keeps what was typed into the form of an item.
func (r *request) keepTyped(id archive.InboxID, form ui.Form) error {
	_, err := r.desk().SaveDraft(r.ctx(), "inbox/"+string(id), form.Values)
	return err
}

// act carries out what a button asks for and says so on the item's page, or, unless stay, on that of the
// next one.
func (p *Pages) act(r *request, said string, stay bool, do func(archive.InboxID, ui.Form) error) error {
	id, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	if err := do(id, form); err != nil {
		return p.refuse(r, id, err)
	}
	if stay {
		return r.leaveTelling(r.at(id), said)
	}
	next, err := archive.ParseID[archive.InboxID](form.Value("next"))
	if err != nil {
		next = ""
	}
	return r.leaveTelling(r.at(next), said)
}

// refuse tells on the item's page why a button did nothing.
func (p *Pages) refuse(r *request, id archive.InboxID, err error) error {
	var form ui.Form
	if !r.faults(&form, err) {
		return err
	}
	text := ""
	for _, f := range form.Faults {
		text += f.Message + " "
	}
	return r.leaveWith(r.at(id), ui.Notice{Kind: "danger", Text: strings.TrimSpace(text)})
}
