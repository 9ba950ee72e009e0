package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/policies"
	"eakte/web/ui"
)

// separatorView chooses which separator sheets are printed, and how baskets treat stacks.
type separatorView struct {
	ui.Frame
	Types   []option
	Baskets []acl.BasketView
}

func (p *Pages) showSeparators(r *request) error {
	baskets, err := r.desk().Baskets(r.ctx())
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, "separator", separatorView{
		Frame: r.frame("inbox", r.say("separator.title")), Baskets: baskets,
		Types: byName(options(p.Policies.DocTypes(), func(t policies.DocType) policies.Term { return t.Term }, r.lang), r.lang),
	})
}

// keepStacks sets how a basket treats stacks.
func (p *Pages) keepStacks(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	if err := r.desk().KeepStacksWhole(r.ctx(), form.Value("department"), form.Value("whole") != ""); err != nil {
		return err
	}
	if err := r.tell(ui.Notice{Kind: "success", Text: r.say("separator.kept")}); err != nil {
		return err
	}
	return r.leave("/separators")
}
