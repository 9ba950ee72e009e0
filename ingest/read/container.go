package read

import (
	"context"
	"errors"
)

// inspectContainer opens an e-mail or an archive.
func (r *Reader) inspectContainer(ctx context.Context, f Facts, src *Source) (Facts, error) {
	parcel, err := r.unpack.Unpack(ctx, f.Kind, src)
	if err != nil {
		return f, final(err, 0)
	}
	f.Parcel, f.Notes = parcel, parcel.Notes
	sheets, err := r.leaves(f, src)
	if err != nil {
		f.Parcel = nil
		return f, errors.Join(err, parcel.Close())
	}
	f.Pages, f.sheets = len(sheets), sheets
	return f, nil
}

// leaves are the pages of what is shown as plain text: a text, or what a container says of itself.
func (r *Reader) leaves(f Facts, src *Source) ([][]string, error) {
	if f.sheets != nil {
		return f.sheets, nil
	}
	if f.Parcel == nil {
		return r.sheets(src)
	}
	return r.cut([]byte(f.Parcel.Text))
}
