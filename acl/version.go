package acl

import (
	"context"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// MayReceiveVersion answers early, before a body is read, whether the subject may add a version to a
// document. What counts is decided again when it is recorded.
func (d *Desk) MayReceiveVersion(ctx context.Context, id archive.DocumentID) error {
	err := d.view(ctx, func(r archive.Reader) error {
		_, _, _, err := d.reach(r, id, policies.ActWrite)
		return err
	})
	return d.refused(ctx, act{op: audit.OpDocumentVersion, object: "document/" + string(id)}, err)
}
