package pages

import (
	"net/http"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// proposalsView are the roles that wait for a lead.
type proposalsView struct {
	ui.Frame
	Items []proposalRow
}

type proposalRow struct {
	acl.Proposed
	Key string
}

func (p *Pages) showProposals(r *request) error {
	items, err := r.desk().Proposals(r.ctx())
	if err != nil {
		return err
	}
	v := proposalsView{Frame: r.rightsFrame("proposals", r.say("proposals.title"))}
	for _, item := range items {
		v.Items = append(v.Items, proposalRow{item, pairKey(item.Pair)})
	}
	return r.show(http.StatusOK, "proposals", v)
}

func (p *Pages) decideProposal(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	id, err := archive.ParseID[archive.UserID](form.Value("user"))
	if err != nil {
		return archive.ErrNotFound
	}
	confirm := form.Value("decision") == "confirm"
	if err := r.desk().Decide(r.ctx(), id, pairOf(form.Value("pair")), confirm); err != nil {
		return err
	}
	said := "proposals.turned_down"
	if confirm {
		said = "proposals.confirmed"
	}
	return r.leaveTelling("/proposals", said)
}
