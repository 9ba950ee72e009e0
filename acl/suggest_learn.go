package acl

import (
	"context"
	"encoding/binary"
	"sync"

	"eakte/archive"
	"eakte/archive/blob/seal"
	"eakte/ingest/hint"
)

// learned is what the office taught by filing. It is kept sealed in a setting of the store.
type learned struct {
	mu  sync.Mutex
	now *hint.Learner // nil: not read yet
	// kept is how many papers were learned when it was last stored.
	kept int
}

const (
	learnedSetting = "learned"
	keptEvery      = 20 // papers; what was learned since is lost where the server is killed
)

// learner returns what was learned, read once.
func (l *learned) learner(ctx context.Context, g *Guard) (*hint.Learner, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now != nil {
		return l.now, nil
	}
	var kept []byte
	err := g.Store.View(ctx, func(r archive.Reader) (err error) {
		kept, err = r.Setting(learnedSetting)
		return err
	})
	if isNotFound(err) {
		l.now = hint.NewLearner()
		return l.now, nil
	}
	if err != nil {
		return nil, err
	}
	box, err := l.box(g)
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(kept, []byte(learnedSetting))
	if err == nil {
		l.now, err = hint.ReadLearner(plain)
	}
	if err != nil {
		l.now = hint.NewLearner() // nothing of record is lost: it learns anew
	}
	l.kept = l.now.Figures().Learned
	return l.now, nil
}

// box seals what was learned under a key that only this store can make.
func (l *learned) box(g *Guard) (*seal.Box, error) {
	return seal.NewBox(seal.Key(g.Store.Mark("key of what was learned", "")))
}

// keep stores what was learned, seldom enough that filing costs no more.
func (l *learned) keep(ctx context.Context, g *Guard) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	papers := l.now.Figures().Learned
	if papers-l.kept < min(keptEvery, 1+papers/keptEvery) {
		return nil
	}
	plain, err := l.now.Bytes()
	if err != nil {
		return err
	}
	box, err := l.box(g)
	if err != nil {
		return err
	}
	sealed := box.Seal(plain, []byte(learnedSetting))
	err = g.Store.Update(ctx, func(tx archive.Tx) error { return tx.PutSetting(learnedSetting, sealed) })
	if err == nil {
		l.kept = papers
	}
	return err
}

// teach lets a filing be learned: which words stand on the first page of what was filed as this type. Papers that
// are sealed, or of no type yet, teach nothing, and one that goes into several Akten is one paper. That something
// can't be learned is no reason to say that it wasn't filed: it isn't told, and what isn't kept now is kept with a
// later filing.
func (d *Desk) teach(ctx context.Context, doc archive.Document, v archive.Version) {
	g := d.guard
	t, ok := g.Policies.DocType(doc.Type)
	if !ok || t.Register == g.Policies.UnsortedRegister().Key || doc.Sealed != nil || v.State != archive.StateReady || len(v.Pages) == 0 {
		return
	}
	var names []string
	sealed := false
	err := d.view(ctx, func(r archive.Reader) error {
		a, err := r.Akte(doc.Akte)
		if err != nil {
			return err
		}
		sealed = a.Sealed != nil
		names, err = namesFor(r, a.Person)
		return err
	})
	if err != nil || sealed {
		return
	}
	words, err := g.Contents.PageWords(ctx, v, []int{1})
	if err != nil || len(words) == 0 {
		return
	}
	learner, err := g.learned.learner(ctx, g)
	if err != nil {
		return
	}
	mark := g.Store.Mark("hint akte", string(doc.Akte))
	features := hint.Features(words[0], g.Store.Mark, append(names, doc.Sender)...)
	learner.Learn(features, doc.Type, binary.BigEndian.Uint32(mark[:4]), g.rules.Types(words[0]))
	_ = g.learned.keep(ctx, g)
}

// namesFor are all names of a person, which aren't learned.
func namesFor(r archive.Reader, id archive.PersonID) (out []string, err error) {
	p, err := r.Person(id)
	if err != nil {
		return nil, err
	}
	for _, n := range p.Names {
		out = append(out, n.Family, n.Given, n.OriginalScript)
	}
	return out, nil
}
