package bleveindex

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
)

// What makes documents alike.
const (
	// tellingWords is how many words of a document are looked for; those the table of frequencies doesn't know, which
	// are rare or misread, at most half of them.
	tellingWords = 24
	// sharedLeast is how many of them another document must have, and likeLeast how much of their weight.
	sharedLeast = 3
	likeLeast   = 0.2
	// usualLength is the length of a document, in words, that counts as neither long nor short.
	usualLength = 300
)

// telling is a word by which a document is known.
type telling struct {
	term, typed string
	weight      float64
}

// Like implements [index.Engine].
func (x *Index) Like(ctx context.Context, q index.LikeQuery) (out []index.LikeHit, err error) {
	tell := x.telling(q)
	if len(tell) < sharedLeast {
		return nil, nil
	}
	err = x.read(func(r bleve.IndexReader) error {
		g, err := x.columns.gate(r, index.Query{Rights: q.Rights, Without: q.Without})
		if err != nil {
			return err
		}
		k := &kin{reader: r, gate: g, tell: tell, except: kindDocument + string(q.Besides), limit: min(max(q.Limit, 1), maxLimit)}
		if err := k.walk(ctx); err != nil {
			return err
		}
		out = k.hits()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bleveindex: looking for what is alike: %w", err)
	}
	return out, nil
}

// telling picks the weightiest words of a document: those that it says often and that are rare by the table.
func (x *Index) telling(q index.LikeQuery) []telling {
	leave := map[string]bool{}
	for _, name := range q.Leave {
		for _, w := range words(x.analyzers.askPage, name) {
			leave[w.term] = true
		}
	}
	counts, typed := map[string]int{}, map[string]string{}
	for _, text := range q.Pages {
		last := 0
		for _, w := range words(x.analyzers.page, text) {
			if w.pos <= last { // a part of the word before, or its English stem
				continue
			}
			last = w.pos
			if leave[w.term] || utf8.RuneCountInString(w.term) < 4 || strings.ContainsFunc(w.term, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
				continue
			}
			if counts[w.term]++; typed[w.term] == "" {
				typed[w.term] = strings.Join(strings.Fields(text[w.start:w.end]), "")
			}
		}
	}
	var known, strange []telling
	for term, n := range counts {
		t := telling{term, typed[term], (1 + math.Log(float64(n))) * math.Log(1+collection/float64(x.frequencies.of([]byte(term))))}
		if _, ok := x.frequencies[term]; ok {
			known = append(known, t)
		} else {
			strange = append(strange, t)
		}
	}
	heaviest := func(a, b telling) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term)) }
	slices.SortFunc(known, heaviest)
	slices.SortFunc(strange, heaviest)
	known = known[:min(len(known), tellingWords-min(len(strange), tellingWords/2))]
	out := append(known, strange[:min(len(strange), tellingWords-len(known))]...)
	slices.SortFunc(out, heaviest)
	return out
}

// kin walks the documents that have words of another one and keeps the best of those the reader may find. A score is
// made of the two documents and the table alone, added up in the order of the words, so that nothing else shows in it.
type kin struct {
	reader bleve.IndexReader
	gate   *gate
	tell   []telling
	except string
	limit  int
	best   []relative
}

// relative is a document that is alike.
type relative struct {
	id     string
	akte   uint32
	score  float64
	shared uint32 // which of the words it has
}

func (k *kin) walk(ctx context.Context) (err error) {
	readers := make([]bleve.TermFieldReader, len(k.tell))
	defer func() {
		for _, l := range readers {
			if l == nil {
				continue
			}
			if cerr := l.Close(); err == nil {
				err = cerr
			}
		}
	}()
	at := make([]*bleve.TermFieldDoc, len(k.tell))
	for i, t := range k.tell {
		if readers[i], err = k.reader.TermFieldReader(ctx, []byte(t.term), fieldPage, true, true, false); err != nil {
			return err
		}
		if at[i], err = readers[i].Next(new(bleve.TermFieldDoc)); err != nil {
			return err
		}
	}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		num := lowest(at)
		if num == nil {
			return nil
		}
		if err := k.weigh(num, at); err != nil {
			return err
		}
		for i, d := range at {
			if d != nil && d.ID.Equals(num) {
				if at[i], err = readers[i].Next(d.Reset()); err != nil {
					return err
				}
			}
		}
	}
}

// lowest is the next document that has any of the words; nil behind the last.
func lowest(at []*bleve.TermFieldDoc) (num bleve.IndexInternalID) {
	for _, d := range at {
		if d != nil && (num == nil || d.ID.Compare(num) < 0) {
			num = d.ID
		}
	}
	return slices.Clone(num)
}

// weigh takes a document into the best if it is alike and the reader may find it.
func (k *kin) weigh(num bleve.IndexInternalID, at []*bleve.TermFieldDoc) error {
	f, shared, held, all := relative{}, 0, 0.0, 0.0
	for i, d := range at {
		all += k.tell[i].weight
		if d == nil || !d.ID.Equals(num) {
			continue
		}
		length := usualLength / 2.0
		if d.Norm > 0 {
			length = 1 / (d.Norm * d.Norm)
		}
		often := float64(d.Freq)
		f.score += k.tell[i].weight * often / (often + 0.3 + 0.9*length/usualLength)
		f.shared |= 1 << i
		held += k.tell[i].weight
		shared++
	}
	if shared < sharedLeast || held < likeLeast*all || len(k.best) == k.limit && f.score < k.best[k.limit-1].score {
		return nil
	}
	row := k.gate.table.row(binary.BigEndian.Uint64(num))
	miss, ok, err := k.gate.passes(num, row)
	if err != nil || !ok || miss != none {
		return err
	}
	key, err := k.reader.ExternalID(num)
	if err != nil || key == k.except || !strings.HasPrefix(key, kindDocument) {
		return err
	}
	f.id, f.akte = key[len(kindDocument):], row.akte
	i, _ := slices.BinarySearchFunc(k.best, f, func(a, b relative) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	if k.best = slices.Insert(k.best, i, f); len(k.best) > k.limit {
		k.best = k.best[:k.limit]
	}
	return nil
}

func (k *kin) hits() (out []index.LikeHit) {
	for _, f := range k.best {
		hit := index.LikeHit{Document: archive.DocumentID(f.id), Akte: archive.AkteID(k.gate.table.akten[f.akte]), Score: f.score}
		for i, t := range k.tell {
			if f.shared&(1<<i) != 0 {
				hit.Words = append(hit.Words, t.typed)
			}
		}
		out = append(out, hit)
	}
	return out
}
