package pages

import (
	"eakte/acl"
	"eakte/policies"
	"eakte/web/ui"
)

// rightsPlaces are the places about rights beside the ordinary ones that the reader may use.
func rightsPlaces(d *acl.Desk) (places []ui.Place) {
	if d.May(policies.ActGrant) {
		places = append(places, ui.Place{Key: "proposals", Path: "/proposals"}, ui.Place{Key: "seals", Path: "/seals"}, ui.Place{Key: "conflicts", Path: "/conflicts"})
	}
	if d.May(policies.ActOperate) && !d.May(policies.ActGrant) { // it decides where no lead is left
		places = append(places, ui.Place{Key: "seals", Path: "/seals"})
	}
	if d.May(policies.ActInform) && !d.May(policies.ActTrailRead) {
		places = append(places, ui.Place{Key: "inquiries", Path: "/inquiries"})
	}
	if d.Reads() {
		places = append(places, ui.Place{Key: "grants", Path: "/grants"})
	}
	if d.May(policies.ActBreakGlass) || d.May(policies.ActGrant) || d.May(policies.ActTrailRead) {
		places = append(places, ui.Place{Key: "breakglass", Path: "/break-glass"})
	}
	if d.Reads() {
		places = append(places, ui.Place{Key: "substitutes", Path: "/substitutes"})
	}
	if d.May(policies.ActPersonWrite) {
		places = append(places, ui.Place{Key: "corrections", Path: "/corrections"})
	}
	return places
}

// rightsFrame is the frame of one of them, with links to the others.
func (r *request) rightsFrame(part, title string) ui.Frame {
	f := r.frame("rights", title)
	f.Part, f.Inside = part, rightsPlaces(r.desk())
	return f
}
