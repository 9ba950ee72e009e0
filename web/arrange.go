package web

import (
	"context"

	"eakte/acl"
	"eakte/archive"
)

// arrangeBody says how pages are put together anew.
type arrangeBody struct {
	Outputs [][]leafBody `json:"outputs,omitempty" maxItems:"200" doc:"One new item each, with its pages in order; pages named nowhere are left out"`
	Backs   string       `json:"backs,omitempty" maxLength:"100" doc:"Instead of outputs: another item with the backs of all pages, scanned from the last sheet to the first"`
}

type leafBody struct {
	Item string `json:"item,omitempty" maxLength:"100" doc:"Another item of the same basket; this one if not given"`
	Page int    `json:"page" minimum:"1"`
	Turn int    `json:"turn,omitempty" doc:"Degrees clockwise beyond how it is shown: 0, 90, 180, 270"`
}

// arrangement reads the pages; those of no named item are those of own.
func (b arrangeBody) arrangement(own archive.InboxID) (acl.Arrangement, error) {
	var a acl.Arrangement
	if b.Backs != "" {
		var err error
		if a.Backs, err = archive.ParseID[archive.InboxID](b.Backs); err != nil {
			return a, err
		}
	}
	for _, out := range b.Outputs {
		leaves := []acl.Leaf{}
		for _, l := range out {
			item := own
			if l.Item != "" {
				var err error
				if item, err = archive.ParseID[archive.InboxID](l.Item); err != nil {
					return a, err
				}
			}
			leaves = append(leaves, acl.Leaf{Item: item, Page: l.Page, Turn: l.Turn})
		}
		a.Outputs = append(a.Outputs, leaves)
	}
	return a, nil
}

// arrangeInboxItem answers at once; arrange_job tells how far the machine is.
func (s *Server) arrangeInboxItem(ctx context.Context, desk *acl.Desk, in *sending[arrangeBody]) (*record[inboxView], error) {
	id, body, err := sent[archive.InboxID](s, in)
	if err != nil {
		return nil, err
	}
	arrangement, err := body.arrangement(id)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.ArrangeItem(ctx, id, arrangement))
}

func (s *Server) undoArrangeInboxItem(ctx context.Context, desk *acl.Desk, in *ByID) (*record[inboxView], error) {
	id, err := archive.ParseID[archive.InboxID](in.ID)
	if err != nil {
		return nil, err
	}
	return inboxRecord(desk.UndoArrange(ctx, id))
}
