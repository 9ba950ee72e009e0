package acl

import (
	"context"
	"slices"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// EnclosureView is a file that came inside of an inbox item, as who works its basket sees it.
type EnclosureView struct {
	archive.Enclosure
	// Depth is 0 for what the item itself holds, 1 for what came inside of that, and so on.
	Depth int
	// Kind and State are those of the item made of it; empty where none was.
	Kind, State string
	// Waits says that the subject can file it: it lies in a basket that she works.
	Waits bool
	// Type is what its first page may say of its type; Title is what it may be called.
	Type, Title string
}

// EnclosingView is what an inbox item came in.
type EnclosingView struct {
	// Item is set, with its name, while it lies in a basket that the subject works.
	Item archive.InboxID
	Name string
	// Documents are those made of it that the subject may read.
	Documents []archive.Document
}

// Limits of what is done with containers.
const (
	maxEnclosing  = 20  // containers around a thing
	maxEnclosures = 500 // looked at, or filed along, at once
	maxSuggested  = 30  // enclosures whose text is looked at for a type
)

// inside is an item that came inside of another.
type inside struct {
	archive.InboxItem
	archive.Enclosure
	depth int
}

// enclosures finds what came inside of an item and became items, with what came inside of those, in
// order. Items that aren't there any more are left out.
func enclosures(r archive.Reader, item archive.InboxItem) ([]inside, error) {
	var all []inside
	var descend func(archive.InboxItem, int) error
	descend = func(item archive.InboxItem, depth int) error {
		v, err := r.Version(item.Version)
		if err != nil || v.Container == nil {
			return passOver(err)
		}
		for _, e := range v.Container.Enclosures {
			if len(all) >= maxEnclosures {
				return nil
			}
			if e.Item == "" {
				all = append(all, inside{Enclosure: e, depth: depth})
				continue
			}
			found, err := standIns(r, e.Item)
			if err != nil {
				return err
			}
			for _, child := range found {
				all = append(all, inside{child, e, depth})
				if depth < maxEnclosing {
					if err := descend(child, depth+1); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	return all, descend(item, 0)
}

// standIns are an item, or those made of its pages where it was taken apart.
func standIns(r archive.Reader, id archive.InboxID) (out []archive.InboxItem, err error) {
	item, err := r.InboxItem(id)
	if err != nil {
		return nil, passOver(err)
	}
	if len(item.Arranged) == 0 {
		return []archive.InboxItem{item}, nil
	}
	for _, id := range item.Arranged {
		made, err := r.InboxItem(id)
		if err == nil && len(made.Arranged) == 0 {
			out = append(out, made)
		}
		if passOver(err) != nil {
			return nil, err
		}
	}
	return out, nil
}

// passOver is nil for what isn't there any more.
func passOver(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}

// within reports whether an item came inside of another, however deep.
func within(r archive.Reader, item archive.InboxItem, container archive.InboxID) (bool, error) {
	for range maxEnclosing {
		if item.Enclosed == nil {
			return false, nil
		}
		if item.Enclosed.In == container {
			return true, nil
		}
		var err error
		if item, err = r.InboxItem(item.Enclosed.In); err != nil {
			return false, passOver(err)
		}
	}
	return false, nil
}

// unpacking reports whether what an item holds is still being taken out.
func unpacking(r archive.Reader, v archive.Version) (bool, error) {
	if !sniff.Kind(v.Kind).Container() || v.Container != nil || v.State != archive.StateReceived || v.Job == "" {
		return false, nil
	}
	job, err := r.Job(v.Job)
	if isNotFound(err) {
		return false, nil
	}
	return job.State == archive.JobWaiting || job.State == archive.JobRunning, err
}

// showEnclosures lists what came inside of an item that the subject works on.
func (d *Desk) showEnclosures(r archive.Reader, item archive.InboxItem) (out []EnclosureView, versions []archive.Version, err error) {
	all, err := enclosures(r, item)
	if err != nil {
		return nil, nil, err
	}
	for _, in := range all {
		view, version := EnclosureView{Enclosure: in.Enclosure, Depth: in.depth, Title: in.Enclosure.Heading()}, archive.Version{}
		if view.Enclosure.Item = in.ID; in.ID != "" {
			if version, err = r.Version(in.Version); err != nil {
				return nil, nil, err
			}
			_, works := d.able(policies.ActInbox, in.Basket)
			view.Waits = works && in.Waits()
			switch {
			case !works || len(in.Filed) > 0:
				version = archive.Version{} // what became of it elsewhere is for those there
			default:
				view.Kind = version.Kind
				if view.State, err = shownState(r, version); err != nil {
					return nil, nil, err
				}
			}
		}
		out, versions = append(out, view), append(versions, version)
	}
	return out, versions, nil
}

// suggestEnclosed adds to the first enclosures what their pages may say of their type.
func (d *Desk) suggestEnclosed(ctx context.Context, views []EnclosureView, versions []archive.Version) error {
	looked := 0
	for i := range views {
		if !views[i].Waits || versions[i].State != archive.StateReady || looked == maxSuggested {
			continue
		}
		looked++
		said, err := d.suggest(ctx, versions[i])
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(said, func(s Suggestion) bool { return s.Field == SuggestType }); at >= 0 {
			views[i].Type = said[at].Value
		}
	}
	return nil
}

// showEnclosing tells what an item came in, as far as the subject may know.
func (d *Desk) showEnclosing(r archive.Reader, item archive.InboxItem) (*EnclosingView, error) {
	if item.Enclosed == nil {
		return nil, nil
	}
	parent, err := r.InboxItem(item.Enclosed.In)
	if err != nil {
		return nil, passOver(err)
	}
	if _, works := d.able(policies.ActInbox, parent.Basket); works && parent.Waits() {
		v, err := r.Version(parent.Version)
		if err != nil {
			return nil, err
		}
		view := &EnclosingView{Item: parent.ID, Name: v.Name}
		if v.Container != nil && v.Container.Subject != "" {
			view.Name = v.Container.Subject
		}
		return view, nil
	}
	docs, err := d.seen(r, parent.Filed)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return &EnclosingView{Documents: docs}, nil
}

// EnclosuresView is how a document hangs together with others that came in with it, as far as the reader
// may read them.
type EnclosuresView struct {
	// Of are the documents it was enclosed in, Inside those that were enclosed in it.
	Of, Inside []archive.Document
	// Left are files inside of it that became no document, with the reason.
	Left []archive.Enclosure
}

// Enclosures tells what a document was enclosed in, and what was enclosed in it.
func (d *Desk) Enclosures(ctx context.Context, id archive.DocumentID) (EnclosuresView, error) {
	var view EnclosuresView
	tried := act{op: audit.OpDocumentOpen, object: "document/" + string(id), window: "document"}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		view = EnclosuresView{}
		a, doc, v, err := d.reach(r, id, policies.ActRead)
		if err != nil {
			return act{}, err
		}
		done := tried.about(doc, a.akte)
		done.verdict = v
		return done, d.hang(r, doc, &view)
	})
	return view, err
}

// hang fills in what hangs together with a document.
func (d *Desk) hang(r archive.Reader, doc archive.Document, view *EnclosuresView) error {
	if doc.Item == "" {
		return d.leftIn(r, doc.Versions[0], view)
	}
	item, err := r.InboxItem(doc.Item)
	if err != nil {
		return passOver(err)
	}
	if item.Enclosed != nil {
		parent, err := r.InboxItem(item.Enclosed.In)
		if err == nil {
			view.Of, err = d.nearby(r, parent.Filed, doc.Akte)
		}
		if passOver(err) != nil {
			return err
		}
	}
	v, err := r.Version(item.Version)
	if err != nil || v.Container == nil {
		return passOver(err)
	}
	for _, e := range v.Container.Enclosures {
		if e.Item == "" {
			view.Left = append(view.Left, e)
			continue
		}
		found, err := standIns(r, e.Item)
		if err != nil {
			return err
		}
		for _, child := range found {
			docs, err := d.nearby(r, child.Filed, doc.Akte)
			if err != nil {
				return err
			}
			view.Inside = append(view.Inside, docs...)
		}
	}
	return nil
}

// hostItem stores the item of a container that goes straight into an Akte. It never lay in a basket; what the
// container holds becomes documents beside it, which hang together through their items.
func (d *Desk) hostItem(tx archive.Tx, doc archive.Document, department string) (archive.InboxID, error) {
	item := archive.InboxItem{
		ID: archive.NewID[archive.InboxID](), Basket: department, ReceivedOn: doc.ReceivedOn, Channel: doc.Channel, Sender: doc.Sender,
		BroughtBy: doc.BroughtBy, Version: doc.Versions[0], Filed: []archive.DocumentID{doc.ID}, Created: doc.Created,
		Changed: doc.Changed, Revision: 1,
	}
	return item.ID, tx.PutInboxItem(item)
}

// leftIn names what a direct upload holds.
func (d *Desk) leftIn(r archive.Reader, id archive.VersionID, view *EnclosuresView) error {
	v, err := r.Version(id)
	if err == nil && v.Container != nil {
		view.Left = v.Container.Enclosures
	}
	return err
}

// nearby are those of the documents that the subject may read: in the Akte, or, where none is there, in
// others.
func (d *Desk) nearby(r archive.Reader, ids []archive.DocumentID, akte archive.AkteID) ([]archive.Document, error) {
	docs, err := d.seen(r, ids)
	if err != nil {
		return nil, err
	}
	here := slices.DeleteFunc(slices.Clone(docs), func(doc archive.Document) bool { return doc.Akte != akte })
	if len(here) > 0 {
		return here, nil
	}
	return docs, nil
}
