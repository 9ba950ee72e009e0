package ingest

import (
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest/read"
	"eakte/ingest/read/page"
	"eakte/ingest/separator"
	"eakte/ingest/sniff"
)

// codes are the barcodes of a page, with what those of our own sheets say. A sheet that was never printed, but
// sent as it is, bears its mark as text.
func codes(p page.Page, marker separator.Marker) (out []archive.Code) {
	for _, c := range p.Codes {
		code := archive.Code{Kind: c.Kind, X: c.X, Y: c.Y, W: c.W, H: c.H}
		if s, ok := separator.Parse(c.Text, marker); ok {
			code.Separator = &s
		}
		out = append(out, code)
	}
	for _, w := range p.Words {
		if s, ok := separator.Parse(strings.TrimSpace(w.Text), marker); ok {
			out = append(out, archive.Code{Kind: "text", X: w.X, Y: w.Y, W: w.W, H: w.H, Separator: &s})
		}
	}
	return out
}

// mostHeaps is into how many items a stack is taken apart by itself.
const mostHeaps = 200

// part has a stack that was read taken apart at its separator sheets, once in its life, where its basket wants
// that and nobody is at it already. It is an arrangement like any other, which can be taken back.
func (r *run) part(tx archive.Tx, v archive.Version) error {
	heaps := archive.Heaps(v.Pages)
	if len(heaps) == 0 || len(heaps) > mostHeaps || v.Inbox == "" || !separable(v) {
		return nil
	}
	item, err := tx.InboxItem(v.Inbox)
	if err != nil {
		return err
	}
	if item.Parted || item.Arranging != nil || !item.Waits() {
		return nil
	}
	claim, err := tx.Claim(item.ID)
	if err != nil || claim.Holds(r.Now()) {
		return err // who has it open is offered to do it herself
	}
	whole, err := archive.KeepsWhole(tx, item.Basket)
	if err != nil || whole {
		return err
	}
	now := r.Now().UTC()
	plan := archive.Arranging{Job: archive.NewID[archive.JobID](), By: v.ReceivedBy, Sources: []archive.InboxID{item.ID}}
	for _, h := range heaps {
		var leaves []archive.Leaf
		for _, n := range h.Pages {
			leaves = append(leaves, archive.Leaf{Page: n})
		}
		plan.Outputs, plan.Sheets = append(plan.Outputs, leaves), append(plan.Sheets, h.Separator)
	}
	item.Parted, item.Arranging = true, &plan
	item.Changed, item.Revision = now, item.Revision+1
	if err := tx.PutInboxItem(item); err != nil {
		return err
	}
	if err := tx.Enqueue(archive.Job{
		ID: plan.Job, Kind: archive.JobArrange, Version: v.ID, State: archive.JobWaiting, Created: now, NotBefore: now,
	}); err != nil {
		return err
	}
	return tx.Record(audit.Event{
		Time: now, Actor: audit.System(), Op: audit.OpArrange, Object: "inbox/" + string(item.ID), Result: audit.Allow,
		Detail: &audit.Detail{Act: map[string]any{"from": plan.Sources, "outputs": len(plan.Outputs), "separators": true}},
	})
}

// separable reports whether the pages of a version can be put together anew.
func separable(v archive.Version) bool {
	kind := sniff.Kind(v.Kind)
	if kind == sniff.Text || kind.Container() || kind.Office() && v.Copy.Ref == "" {
		return false
	}
	return !slices.Contains(v.Flags, read.NoteRepaired)
}
