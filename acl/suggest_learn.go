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
	// kept is how many changes there had been when it was last stored.
	kept int
}

const (
	learnedSetting = "learned"
	keptEvery      = 20 // papers; what was learned or unlearned since is lost where the server is killed
)

// learner returns what was learned, read once.
func (l *learned) learner(ctx context.Context, g *Guard) (*hint.Learner, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read(ctx, g)
}

// read is learner while l is held.
func (l *learned) read(ctx context.Context, g *Guard) (*hint.Learner, error) {
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
		l.now, err = hint.ReadLearner(plain, learnedKeys{g})
	}
	if err != nil {
		l.now = hint.NewLearner() // nothing of record is lost: it learns anew
	}
	l.kept = l.now.Changes()
	return l.now, nil
}

// box seals what was learned under a key that only this store can make.
func (l *learned) box(g *Guard) (*seal.Box, error) {
	return seal.NewBox(seal.Key(g.Store.Mark("key of what was learned", "")))
}

// learnedKeys seal what was learned of single papers under keys that end with their Akten.
type learnedKeys struct{ *Guard }

func (k learnedKeys) box(akte archive.AkteID) (*seal.Box, error) {
	key, err := k.Store.MarkOf(akte, "key of what was learned", "")
	if err != nil {
		return nil, err
	}
	return seal.NewBox(seal.Key(key))
}

// Seal implements [hint.Keeper].
func (k learnedKeys) Seal(akte archive.AkteID, plain []byte) ([]byte, error) {
	box, err := k.box(akte)
	if err != nil {
		return nil, err
	}
	return box.Seal(plain, []byte(learnedSetting)), nil
}

// Open implements [hint.Keeper].
func (k learnedKeys) Open(akte archive.AkteID, sealed []byte) ([]byte, error) {
	box, err := k.box(akte)
	if err != nil {
		return nil, err
	}
	return box.Open(sealed, []byte(learnedSetting))
}

// keep stores what was learned, seldom enough that filing costs no more.
func (l *learned) keep(ctx context.Context, g *Guard) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == nil {
		return nil // see forget
	}
	changes := l.now.Changes()
	if changes-l.kept < min(keptEvery, 1+changes/keptEvery) {
		return nil
	}
	return l.store(ctx, g, changes)
}

// forget takes back for good what a document taught that is erased, or with none what all of an Akte did. What is kept of it
// is gone when it returns nil: what was taken back before, and not stored yet, as well.
func (l *learned) forget(ctx context.Context, g *Guard, akte archive.AkteID, doc archive.DocumentID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	learner, err := l.read(ctx, g)
	if err != nil {
		return err
	}
	whose, err := g.whose(akte)
	if err != nil && !isNotFound(err) { // without a key nothing bears its mark
		return err
	}
	paper := uint64(0)
	if doc != "" {
		paper = g.paperMark(doc)
	}
	if !learner.Forget(whose, paper) && learner.Changes() == l.kept {
		return nil
	}
	if err := l.store(ctx, g, learner.Changes()); err != nil {
		l.now = nil // what is kept is read anew, and this is forgotten in it again
		return err
	}
	return nil
}

// store stores what was learned; l is held.
func (l *learned) store(ctx context.Context, g *Guard, changes int) error {
	plain, err := l.now.Bytes(learnedKeys{g})
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
		l.kept = changes
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
	whose, err := g.whose(doc.Akte)
	if err != nil {
		return
	}
	features := hint.Features(words[0], g.Store.Mark, append(names, doc.Sender)...)
	learner.Learn(g.paperMark(doc.ID), features, doc.Type, whose, g.rules.Types(words[0]))
	_ = g.learned.keep(ctx, g)
}

// whose marks an Akte among what was learned. Without its key it has no mark.
func (g *Guard) whose(akte archive.AkteID) (hint.Whose, error) {
	mark, err := g.Store.MarkOf(akte, "hint akte", "")
	return hint.Whose{Akte: akte, Mark: binary.BigEndian.Uint32(mark[:4])}, err
}

// paperMark names a document among those that were learned.
func (g *Guard) paperMark(id archive.DocumentID) uint64 {
	mark := g.Store.Mark("hint document", string(id))
	return binary.BigEndian.Uint64(mark[:8])
}

// unteach takes back what the filing of documents taught: they aren't what they were filed as, or not where.
func (d *Desk) unteach(ctx context.Context, ids ...archive.DocumentID) {
	learner, err := d.guard.learned.learner(ctx, d.guard)
	if err != nil {
		return
	}
	changed := false
	for _, id := range ids {
		changed = learner.Unlearn(d.guard.paperMark(id)) || changed
	}
	if changed {
		_ = d.guard.learned.keep(ctx, d.guard)
	}
}

// reteach lets a corrected type take the place of what a document was learned as. What wasn't filed out of a basket,
// or was learned as another document of the same paper, teaches nothing.
func (d *Desk) reteach(ctx context.Context, doc archive.Document, v archive.Version) {
	learner, err := d.guard.learned.learner(ctx, d.guard)
	if err != nil {
		return
	}
	if learner.Learned(d.guard.paperMark(doc.ID)) || doc.FiledFrom != "" && len(doc.Versions) == 1 && len(v.Documents) == 1 {
		d.unteach(ctx, doc.ID)
		d.teach(ctx, doc, v)
	}
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
