package pages

import (
	"eakte/archive"
	"eakte/web/ui"
)

// retryJob has a document read once more and leads back to the page that shows it.
func (p *Pages) retryJob(r *request) error {
	id, err := pathID[archive.JobID](r, "id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if _, err := r.desk().Retry(r.ctx(), id); err != nil {
		return err
	}
	if err := r.tell(ui.Notice{Kind: "info", Text: r.say("shared.viewer_retried")}); err != nil {
		return err
	}
	return r.leave(local(form.Value("to")))
}
