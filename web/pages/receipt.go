package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// receiptForm begins with what is stored, or with what was typed before. Its revision is the present one:
// who sends it again has seen what is stored. Names of inputs begin with "rc_": those of the form beside
// them are the document's.
func receiptForm(item acl.InboxView, typed *ui.Form) ui.Form {
	form := ui.Form{Values: url.Values{
		"rc_received_on": {item.ReceivedOn}, "rc_channel": {item.Channel}, "rc_sender": {item.Sender}, "rc_note": {item.Note},
	}}
	if typed != nil {
		form = *typed
	}
	form.Values["revision"] = []string{strconv.FormatInt(item.Revision, 10)}
	return form
}

// correctReceipt changes what is known of how an item came in. Where somebody else was first, her state
// is shown beside what was typed.
func (p *Pages) correctReceipt(r *request) error {
	id, form, err := posted[archive.InboxID](r)
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("inbox.receipt_unsure")})
		return p.openItem(r, http.StatusUnprocessableEntity, shown{receipt: &form})
	}
	var before archive.InboxItem
	_, err = r.desk().ChangeItem(r.ctx(), id, revision, func(item *archive.InboxItem) error {
		before = *item
		item.ReceivedOn, item.Channel = form.Value("rc_received_on"), form.Value("rc_channel")
		item.Sender, item.Note = form.Value("rc_sender"), form.Value("rc_note")
		return nil
	})
	switch {
	case err == nil:
		if err := r.draftFollows(before, form); err != nil {
			return err
		}
		return r.leaveTelling(r.at(id), "inbox.receipt_told")
	case errors.Is(err, acl.ErrStale):
		return p.openItem(r, http.StatusPreconditionFailed, shown{receipt: &form, stale: true})
	case !r.faults(&form, err):
		return err
	}
	for i, f := range form.Faults {
		if f.Field != "" {
			form.Faults[i].Field = "rc_" + f.Field
		}
	}
	return p.openItem(r, http.StatusUnprocessableEntity, shown{receipt: &form})
}

// draftFollows corrects the draft of the filing where it said what the receipt said.
func (r *request) draftFollows(before archive.InboxItem, form ui.Form) error {
	key := "inbox/" + string(before.ID)
	draft, err := r.desk().Draft(r.ctx(), key)
	if err != nil {
		return nil // none: the form begins with what is stored
	}
	old := map[string]string{"received_on": before.ReceivedOn, "channel": before.Channel, "sender": before.Sender}
	changed := false
	for name, was := range old {
		if is := form.Value("rc_" + name); is != was && url.Values(draft.Values).Get(name) == was {
			draft.Values[name], changed = []string{is}, true
		}
	}
	if !changed {
		return nil
	}
	_, err = r.desk().SaveDraft(r.ctx(), key, draft.Values)
	return err
}
