package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// Contents opens what versions hold. It decides nothing: whoever asks has the right and has
// recorded it.
type Contents struct {
	Store   Store
	Objects *seal.Store
}

// Open opens an object of a version. It must be closed. [ErrNotReady] where it isn't made yet.
func (c *Contents) Open(ctx context.Context, id VersionID, o Object) (*seal.Object, error) {
	if o.Ref == "" {
		return nil, ErrNotReady
	}
	content, err := c.Store.ContentKey(ctx, id)
	if err != nil {
		return nil, err
	}
	key, err := ObjectKey(content, o.Ref)
	if err != nil {
		return nil, err
	}
	return c.Objects.Open(ctx, o.Ref, key, o.Size, o.SHA256)
}

// Part reads one part of a packed rendition; [ErrNotReady] where it isn't made yet,
// [blob.ErrCorrupt] where what is stored can't be what was packed.
func (c *Contents) Part(ctx context.Context, id VersionID, o Object, p Part) ([]byte, error) {
	if p.Length == 0 {
		return nil, ErrNotReady
	}
	parts, err := c.parts(ctx, id, o, []Part{p})
	if err != nil {
		return nil, err
	}
	return parts[0], nil
}

// Pages returns the text of every page of a version, UTF-8 in NFC; [ErrNotReady] where there is
// none yet.
func (c *Contents) Pages(ctx context.Context, v Version) ([][]byte, error) {
	all := make([]Part, len(v.Pages))
	for i, p := range v.Pages {
		all[i] = p.Text
	}
	return c.parts(ctx, v.ID, v.Text, all)
}

// PageTexts is Pages for some pages, numbered from 1; others are left out.
func (c *Contents) PageTexts(ctx context.Context, v Version, numbers []int) ([][]byte, error) {
	var some []Part
	for _, n := range numbers {
		if n >= 1 && n <= len(v.Pages) {
			some = append(some, v.Pages[n-1].Text)
		}
	}
	return c.parts(ctx, v.ID, v.Text, some)
}

// PageWords are the words of a page in reading order, as the text rendition keeps them: joined by
// blanks they are the page's text, but for its breaks.
type PageWords struct {
	// Width and Height are those of the page in the unit of the boxes.
	Width  float32   `json:"width"`
	Height float32   `json:"height"`
	Words  []WordBox `json:"words"`
}

// WordBox is a word and where it stands.
type WordBox struct {
	X float32 `json:"x"`
	Y float32 `json:"y"`
	W float32 `json:"w"`
	H float32 `json:"h"`
	// Text is in NFC; Confidence is 0 to 100.
	Text       string `json:"text"`
	Confidence uint8  `json:"confidence"`
}

// PageWords returns the words of some pages, numbered from 1; others are left out. [ErrNotReady] where
// there are none yet, [blob.ErrCorrupt] where what is stored can't be what was packed.
func (c *Contents) PageWords(ctx context.Context, v Version, numbers []int) ([]PageWords, error) {
	var some []Part
	for _, n := range numbers {
		if n >= 1 && n <= len(v.Pages) {
			some = append(some, v.Pages[n-1].Words)
		}
	}
	packed, err := c.parts(ctx, v.ID, v.Text, some)
	if err != nil {
		return nil, err
	}
	out := make([]PageWords, len(packed))
	for i, data := range packed {
		if err := json.Unmarshal(data, &out[i]); err != nil {
			return nil, fmt.Errorf("archive: words of a page: %w", blob.ErrCorrupt) // the error of json would repeat them
		}
	}
	return out, nil
}

func (c *Contents) parts(ctx context.Context, id VersionID, o Object, parts []Part) (out [][]byte, err error) {
	obj, err := c.Open(ctx, id, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, obj.Close()) }()
	for _, p := range parts {
		if p.Offset < 0 || p.Length < 0 || p.Offset > o.Size-p.Length {
			return nil, fmt.Errorf("archive: a part lies outside its rendition: %w", blob.ErrCorrupt)
		}
		buf := make([]byte, p.Length)
		if len(buf) == 0 {
			out = append(out, buf) // a page without text
			continue
		}
		if _, err := obj.ReadAt(buf, p.Offset); err != nil {
			return nil, fmt.Errorf("archive: read rendition: %w", err)
		}
		out = append(out, buf)
	}
	return out, nil
}
