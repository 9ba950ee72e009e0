package archive

import "errors"

// Separator is what a sheet of ours says that was put between papers before they were scanned. The zero
// value says only that something new begins.
type Separator struct {
	// Type is the document type of what follows; may be empty, and is where Akte isn't.
	Type string `json:"type,omitempty" cbor:"1,keyasint,omitempty"`
	// Akte is where what follows belongs; may be empty.
	Akte AkteID `json:"akte_id,omitempty" cbor:"2,keyasint,omitempty"`
}

// Code is a barcode on a page. What a foreign one says is not kept: it is nobody's business here.
type Code struct {
	// Kind is "qr", "code128", "code39", or "text" where a sheet's mark was read as text.
	Kind string `json:"kind" cbor:"1,keyasint"`
	// The box is in the units of the page's width and height.
	X float32 `json:"x" cbor:"2,keyasint"`
	Y float32 `json:"y" cbor:"3,keyasint"`
	W float32 `json:"w" cbor:"4,keyasint"`
	H float32 `json:"h" cbor:"5,keyasint"`
	// Separator is what it says where it is ours; nil: it is a foreign one.
	Separator *Separator `json:"separator,omitempty" cbor:"6,keyasint,omitempty"`
}

// Separator returns what a page says that is a separator sheet of ours; nil: it is none.
func (f PageFacts) Separator() *Separator {
	for _, c := range f.Codes {
		if c.Separator != nil {
			return c.Separator
		}
	}
	return nil
}

// Foreign returns the barcodes on a page that are none of ours.
func (f PageFacts) Foreign() (out []Code) {
	for _, c := range f.Codes {
		if c.Separator == nil {
			out = append(out, c)
		}
	}
	return out
}

// Heap is what lies between two separator sheets of a stack.
type Heap struct {
	// Separator is the sheet in front; nil: it lies in front of the first one.
	Separator *Separator
	// Sheet is the page of that sheet, from 1; 0: there is none.
	Sheet int
	// Pages count from 1. A sheet isn't among them, nor is its blank back.
	Pages []int
}

// Heaps takes a stack apart at its separator sheets; nil: there is none among its pages. Sheets that lie on
// one another make no empty heap.
func Heaps(pages []PageFacts) (out []Heap) {
	open, sheets := Heap{}, 0
	for i, p := range pages {
		if s := p.Separator(); s != nil {
			if len(open.Pages) > 0 {
				out = append(out, open)
			}
			open, sheets = Heap{Separator: s, Sheet: i + 1}, sheets+1
			continue
		}
		if p.Blank && open.Sheet == i && i > 0 {
			continue // the back of the sheet
		}
		open.Pages = append(open.Pages, i+1)
	}
	if len(open.Pages) > 0 {
		out = append(out, open)
	}
	if sheets == 0 {
		return nil
	}
	return out
}

// wholeKey is the setting of a basket whose stacks stay as they came.
func wholeKey(basket string) string { return "separators/whole/" + basket }

// KeepsWhole reports whether stacks in a basket are not taken apart by themselves at separator sheets.
func KeepsWhole(r Reader, basket string) (bool, error) {
	value, err := r.Setting(wholeKey(basket))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return len(value) > 0, err
}

// KeepWhole sets what [KeepsWhole] reports.
func KeepWhole(tx Tx, basket string, whole bool) error {
	if whole {
		return tx.PutSetting(wholeKey(basket), []byte{1})
	}
	return tx.PutSetting(wholeKey(basket), nil)
}
