package pages

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// left names an enclosure that became no paper, and says why.
type left struct{ Name, Why string }

// leftOf says in words why an enclosure became no paper.
func (r *request) leftOf(e archive.Enclosure) left {
	switch e.Left {
	case "inline", "clutter", "encrypted", "signature", "corrupt", "part_limit", "message", "direct", "closed", "depth", "empty", "unsupported", "dangerous":
		return left{e.Name, r.say("shared.left_" + e.Left)}
	}
	return left{e.Name, r.say("shared.left_other")}
}

// leftOver are the enclosures of an item that became no papers, but for what nobody misses.
func (r *request) leftOver(all []acl.EnclosureView) (out []left) {
	for _, e := range all {
		if e.Left != "" && e.Left != "clutter" {
			out = append(out, r.leftOf(e.Enclosure))
		}
	}
	return out
}

// knownEnclosures fills in what can be filed along: all of it, unless the clerk takes some out.
func knownEnclosures(form ui.Form, item acl.InboxView) {
	for _, e := range item.Enclosures {
		if !e.Waits {
			continue
		}
		id := string(e.Item)
		if e.State == archive.StateReady {
			form.Values["with"] = append(form.Values["with"], id)
		}
		form.Values["type_"+id] = []string{e.Type}
		form.Values["title_"+id] = []string{e.Title}
	}
}

// withoutEnclosed leaves out of a queue what is filed along with an item.
func withoutEnclosed(queue []acl.InboxView, item acl.InboxView) []acl.InboxView {
	return slices.DeleteFunc(slices.Clone(queue), func(o acl.InboxView) bool {
		return slices.ContainsFunc(item.Enclosures, func(e acl.EnclosureView) bool { return e.Item == o.ID && e.State == archive.StateReady })
	})
}

// filedAlong reads which enclosures are filed along.
func filedAlong(form ui.Form) (out []acl.EnclosureFiling, err error) {
	for _, v := range form.Values["with"] {
		id, err := archive.ParseID[archive.InboxID](v)
		if err != nil {
			return nil, err
		}
		out = append(out, acl.EnclosureFiling{Item: id, Type: form.Value("type_" + v), Title: form.Value("title_" + v)})
	}
	return out, nil
}

// ofEnclosure points a fault of an enclosure at the field of the form that it is about.
func ofEnclosure(err error, with []acl.EnclosureFiling) error {
	var field *archive.FieldError
	if !errors.As(err, &field) {
		return err
	}
	rest, ok := strings.CutPrefix(field.Pointer, "/enclosures/")
	nr, name, _ := strings.Cut(rest, "/")
	i, bad := strconv.Atoi(nr)
	if !ok || bad != nil || i >= len(with) {
		return err
	}
	return &archive.FieldError{Pointer: "/" + name + "_" + string(with[i].Item), Code: field.Code, Detail: field.Detail}
}

// hanging is how the document hangs together with others, for its details.
type hanging struct {
	acl.EnclosuresView
	Missing []left
}

// hang fills in how the open document hangs together with others.
func (r *request) hang(doc archive.DocumentID) (hanging, error) {
	view, err := r.desk().Enclosures(r.ctx(), doc)
	h := hanging{EnclosuresView: view}
	for _, e := range view.Left {
		if e.Left != "clutter" {
			h.Missing = append(h.Missing, r.leftOf(e))
		}
	}
	return h, err
}
