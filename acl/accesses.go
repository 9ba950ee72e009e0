package acl

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// Kinds of what somebody did to a person's data.
const (
	// AccessLook: she saw the person, an Akte or a document.
	AccessLook = "look"
	// AccessListed: a search or a list named the person.
	AccessListed = "listed"
	// AccessTaken: bytes left the system, or the person's entries of the trail did.
	AccessTaken = "taken"
	// AccessDisclosed: they left for a recipient who was named.
	AccessDisclosed = "disclosed"
	// AccessChanged: something was collected, changed, combined or erased.
	AccessChanged = "changed"
	// AccessRefused: it was refused.
	AccessRefused = "refused"
)

// AccessKinds are all kinds, in the order in which they are told.
func AccessKinds() []string {
	return []string{AccessLook, AccessListed, AccessTaken, AccessDisclosed, AccessChanged, AccessRefused}
}

// accessesLooked is how many entries about a person a report tells of; the newest.
const accessesLooked = 10_000

// Accesses are what people did to one person's data in a span of time, by who did it.
type Accesses struct {
	Person archive.PersonID
	// Akten are those of hers by whose numbers she may be found.
	Akten []TrailAkte
	// From and To bound the report; From is zero where it has no beginning. To is not included.
	From, To time.Time
	// By are the accounts, who looked last first.
	By []AccessBy
	// ToldFrom is not zero where there was too much before to be told here.
	ToldFrom time.Time
	// Acts is how many entries there are in all.
	Acts int
}

// AccessBy is what one account did.
type AccessBy struct {
	Actor archive.UserID
	// Name is what it is called; empty where it is gone. Departments are those in whose name she acted.
	Name        string
	Departments []string
	First, Last time.Time
	// Kinds are what she did, each once.
	Kinds []string
	// Acts are her entries, newest first.
	Acts []Access
}

// Access is one entry.
type Access struct {
	TrailRow
	Kind string
	// Reason is what was written down as the reason, where it can still be read.
	Reason string
}

// kindOfAccess is what an entry means for the person it is about.
func kindOfAccess(l audit.Leaf, recipient string) string {
	class, _ := l.Op.Class()
	switch {
	case l.Result == audit.Deny:
		return AccessRefused
	case l.Op == audit.OpDocumentDisclose, class == audit.Disclosure && recipient != "":
		return AccessDisclosed
	case class == audit.Disclosure:
		return AccessTaken
	case l.Op == audit.OpSearch, l.Op == audit.OpLocate, l.Op == audit.OpAkteList, class == audit.Query && !looks(l):
		return AccessListed
	case class == audit.Query:
		return AccessLook
	}
	return AccessChanged
}

// Accesses tells who saw a person, her Akten and documents, found her by a search, took something out or disclosed it, with
// time, purpose, reason and recipient. What the system did by itself is left out. It is recorded as something about her.
func (d *Desk) Accesses(ctx context.Context, id archive.PersonID, from, to time.Time) (out Accesses, err error) {
	return d.accesses(ctx, act{op: audit.OpTrailRead, object: "person/" + string(id)}, id, from, to)
}

// ExportAccesses is [Desk.Accesses] for a file that leaves the system, and recorded so.
func (d *Desk) ExportAccesses(ctx context.Context, id archive.PersonID, from, to time.Time) (out Accesses, err error) {
	return d.accesses(ctx, act{op: audit.OpTrailExport, object: "person/" + string(id)}, id, from, to)
}

func (d *Desk) accesses(ctx context.Context, tried act, id archive.PersonID, from, to time.Time) (out Accesses, err error) {
	if err := d.guard.SettleRefusals(ctx); err != nil && !errors.Is(err, archive.ErrFull) {
		return out, err
	}
	now := d.guard.Now()
	if to.After(now) {
		to = time.Time{}
	}
	err = d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, ok := d.able(policies.ActTrailRead)
		if !ok {
			return act{}, ErrDenied
		}
		if _, err := r.Person(id); err != nil {
			return act{}, err
		}
		if barred, err := d.trailBarred(r, archive.TrailFilter{Person: id}); err != nil || barred {
			return act{}, cmp.Or(err, archive.ErrNotFound)
		}
		out = Accesses{Person: id, From: from, To: cmp.Or(to, now), By: []AccessBy{}, Akten: []TrailAkte{}}
		filter := archive.TrailFilter{Person: id}
		of, err := d.trailOf(r, filter)
		if err != nil {
			return act{}, err
		}
		out.Akten = append(out.Akten, of.Akten...)
		akten, err := r.AktenOf(id)
		if err = unlessMissing(err); err != nil {
			return act{}, err
		}
		entries, err := d.entriesOf(r, &out, akten, to)
		if err != nil {
			return act{}, err
		}
		rows, err := d.trailRows(r, filter, entries)
		if err != nil {
			return act{}, err
		}
		out.group(rows, hers(id, akten))
		done := tried
		done.verdict, done.persons = v, []archive.PersonID{id}
		done.detail = narrowed(archive.TrailFilter{Person: id, From: from, To: to})
		return done, nil
	})
	return out, err
}

// entriesOf reads the newest entries about the person of a report and about her Akten, newest first, each once.
func (d *Desk) entriesOf(r archive.Reader, out *Accesses, akten []archive.Akte, to time.Time) ([]archive.TrailEntry, error) {
	filters := []archive.TrailFilter{{Person: out.Person}}
	for _, a := range akten {
		filters = append(filters, archive.TrailFilter{Akte: a.ID})
	}
	type found struct {
		at archive.Position
		archive.TrailEntry
	}
	var all []found
	seen := map[archive.Position]bool{}
	for _, f := range filters {
		f.From, f.To, f.People, f.Most = out.From, to, true, accessesLooked
		for row, err := range r.Trail(f, "") {
			if errors.Is(err, archive.ErrUnfinished) {
				if at := row.Value.Leaf.When(); at.After(out.ToldFrom) {
					out.ToldFrom = at
				}
				break
			}
			if err != nil {
				return nil, err
			}
			if !seen[row.After] {
				seen[row.After] = true
				all = append(all, found{row.After, row.Value})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return bytes.Compare([]byte(b.at), []byte(a.at)) })
	entries := make([]archive.TrailEntry, 0, len(all))
	for _, f := range all {
		if !f.Leaf.When().Before(out.ToldFrom) {
			entries = append(entries, f.TrailEntry)
		}
	}
	return entries, nil
}

// hers are the keys that name a person and her Akten in a detail.
func hers(id archive.PersonID, akten []archive.Akte) map[string]bool {
	keys := map[string]bool{audit.PersonKey(string(id)): true}
	for _, a := range akten {
		keys[audit.AkteKey(string(a.ID))] = true
	}
	return keys
}

// ofHers leaves of an entry what is about the person: of others that a search listed with her, the report is none of hers.
func ofHers(row TrailRow, keys map[string]bool) TrailRow {
	row.Akten = slices.DeleteFunc(slices.Clone(row.Akten), func(a TrailAkte) bool { return !keys[audit.AkteKey(string(a.ID))] })
	row.Parts = slices.DeleteFunc(slices.Clone(row.Parts), func(p audit.Part) bool {
		return p.Kind == audit.PartOwn && !slices.ContainsFunc(p.Keys, func(k string) bool { return keys[k] })
	})
	row.Recipient = ""
	for _, p := range row.Parts {
		var said struct{ Recipient string }
		if len(p.Text) > 0 && json.Unmarshal(p.Text, &said) == nil {
			row.Recipient += said.Recipient
		}
	}
	return row
}

// group puts entries, newest first, together by who made them.
func (a *Accesses) group(rows []TrailRow, keys map[string]bool) {
	at := map[string]int{}
	for _, row := range rows {
		row = ofHers(row, keys)
		i, ok := at[row.Leaf.Actor]
		if !ok {
			i = len(a.By)
			at[row.Leaf.Actor] = i
			a.By = append(a.By, AccessBy{Actor: archive.UserID(row.Leaf.Actor), Name: row.Name, Departments: []string{}, Last: row.Leaf.When()})
		}
		by, one := &a.By[i], Access{row, kindOfAccess(row.Leaf, row.Recipient), reasonIn(row.Parts)}
		by.First, by.Acts = row.Leaf.When(), append(by.Acts, one)
		if d := row.Leaf.Department; d != "" && !slices.Contains(by.Departments, d) {
			by.Departments = append(by.Departments, d)
		}
		if !slices.Contains(by.Kinds, one.Kind) {
			by.Kinds = append(by.Kinds, one.Kind)
		}
		a.Acts++
	}
	order := AccessKinds()
	for i := range a.By {
		slices.SortFunc(a.By[i].Kinds, func(x, y string) int { return cmp.Compare(slices.Index(order, x), slices.Index(order, y)) })
	}
}

// reasonIn finds what was written down as the reason of an act.
func reasonIn(parts []audit.Part) string {
	for _, p := range parts {
		var said struct{ Reason string }
		if len(p.Text) > 0 && json.Unmarshal(p.Text, &said) == nil && said.Reason != "" {
			return said.Reason
		}
	}
	return ""
}
