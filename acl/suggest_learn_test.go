package acl_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive"
	sealing "eakte/archive/blob/seal"
	"eakte/ingest/hint"
)

// What is filed is learned, stays sealed, and is there again for the next server; the operator sees figures.
func TestFilingsAreLearned(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	words := []string{"Schlüsselprotokoll", "Übergabe", "Zählerstand", "Haustür", "Quittung", "Bezirk", "Zuname", "Sparbuch", "Bewilligt", "Kontrolle"}
	var seen []acl.AkteView
	for i := range 6 {
		seen = append(seen, enter(t, d.clerk, named(fmt.Sprint("Bekannt", strings.Repeat("x", i)), "Anna", "1990-05-17")))
	}
	var items []archive.InboxID
	for i := range 70 {
		items = append(items, d.Post(d.one, "poststelle", fmt.Sprintf("%s Nr. %d", strings.Join(words[i%2*5:][:5], " "), i)).ID)
	}
	d.Settle()
	for i, id := range items {
		doc := archive.Document{Type: []string{"mietvertrag", "lebenslauf"}[i%2]}
		must(d.two.FileItem(ctx, id, acl.Filing{Akten: []archive.AkteID{seen[i/2%len(seen)].ID}, Doc: doc}))(t)
	}
	operator := d.Guard.For(d.User("operator", "administration@it"))
	got := must(operator.System(ctx))(t).Types
	if !got.On || got.Learned != 70 || got.RulesFirst != 0 || got.BothFirst < 40 || got.Telling != len(words) {
		t.Errorf("figures: %+v", got)
	}
	item := d.Post(d.one, "poststelle", "Haustür und Quittung, Zählerstand 17")
	d.Settle()
	said := must(d.two.InboxItem(ctx, item.ID))(t).Suggestions
	if len(said) == 0 || said[0].Field != acl.SuggestType || said[0].Value != "mietvertrag" || len(said[0].Why) != 3 {
		t.Fatalf("suggested %+v", said)
	}
	for _, w := range said[0].Why {
		if !strings.Contains("Haustür Quittung Zählerstand", w) {
			t.Errorf("%q doesn't stand on the page", w)
		}
	}
	var kept []byte
	if err := d.Store.View(ctx, func(r archive.Reader) (err error) { kept, err = r.Setting("learned"); return err }); err != nil {
		t.Fatal(err)
	}
	for _, w := range append(words, "mietvertrag", "Bekannt") {
		if strings.Contains(strings.ToLower(string(kept)), strings.ToLower(w)) {
			t.Errorf("%q stands in the store unsealed", w)
		}
	}
	cfg := d.Guard.Config
	again := must(acl.New(cfg))(t)
	after := must(again.For(d.User("operator2", "administration@it")).System(ctx))(t).Types
	if after.Learned < 60 || !after.On {
		t.Errorf("the next server knows %+v", after)
	}
}

// A filing that is taken back teaches nothing; a type that is corrected teaches what it became.
func TestFilingsAreUnlearned(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	operator := d.Guard.For(d.User("operator", "administration@it"))
	learned := func() int { return must(operator.System(ctx))(t).Types.Learned }
	says := func(text string) string {
		t.Helper()
		item := d.Post(d.one, "poststelle", text)
		d.Settle()
		for _, s := range must(d.two.InboxItem(ctx, item.ID))(t).Suggestions {
			if s.Field == acl.SuggestType {
				return s.Value
			}
		}
		return ""
	}
	var akten []archive.AkteID
	for i := range 6 {
		akten = append(akten, enter(t, d.clerk, named(fmt.Sprint("Bekannt", strings.Repeat("x", i)), "Anna", "1990-05-17")).ID)
	}
	var items []archive.InboxID
	for i := range 61 {
		text := []string{"Zählerstand Haustür Übergabe", "Sparbuch Zuname Bewilligt"}[i%2]
		items = append(items, d.Post(d.one, "poststelle", fmt.Sprint(text, " Nr. ", i)).ID)
	}
	d.Settle()
	file := func(i int) acl.DocumentView {
		t.Helper()
		doc := archive.Document{Type: []string{"mietvertrag", "lebenslauf"}[i%2]}
		return must(d.two.FileItem(ctx, items[i], acl.Filing{Akten: []archive.AkteID{akten[i/2%len(akten)]}, Doc: doc}))(t)[0]
	}
	var wrong []acl.DocumentView
	for i := range 60 {
		if doc := file(i); i%2 == 0 {
			wrong = append(wrong, doc)
		}
	}
	if got := says("Haustür Übergabe Zählerstand"); got != "mietvertrag" || learned() != 60 {
		t.Fatalf("said %q after %d", got, learned())
	}
	file(60)
	if learned() != 61 {
		t.Errorf("%d learned after one more", learned())
	}
	must(d.two.Unfile(ctx, items[60]))(t)
	if learned() != 60 {
		t.Errorf("%d learned after it was taken back", learned())
	}
	for _, doc := range wrong {
		must(d.clerk.ChangeDocument(ctx, doc.ID, doc.Revision, func(d *archive.Document) error { d.Type = "meldebescheinigung"; return nil }))(t)
	}
	if got := says("Haustür Übergabe Zählerstand"); got != "meldebescheinigung" || learned() != 60 {
		t.Errorf("said %q after %d, once the types were corrected", got, learned())
	}
}

// What is remembered of a paper is unreadable once its Akte is erased, and so is that it was of this Akte.
func TestLearnedOfAPaperEndsWithItsAkte(t *testing.T) {
	t.Parallel()
	d, ctx := openDesks(t), t.Context()
	akte := enter(t, d.clerk, named("Bekannt", "Anna", "1990-05-17")).ID
	item := d.Post(d.one, "poststelle", "Zählerstand Haustür Übergabe")
	d.Settle()
	must(d.two.FileItem(ctx, item.ID, acl.Filing{Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "mietvertrag"}}))(t)
	var kept []byte
	if err := d.Store.View(ctx, func(r archive.Reader) (err error) { kept, err = r.Setting("learned"); return err }); err != nil {
		t.Fatal(err)
	}
	// Who has the store but not the key of the Akte opens this.
	plain := must(must(sealing.NewBox(sealing.Key(d.Store.Mark("key of what was learned", ""))))(t).Open(kept, []byte("learned")))(t)
	own, everybodys := must(d.Store.MarkOf(akte, "hint akte", ""))(t), d.Store.Mark("hint akte", string(akte))
	if !bytes.Contains(plain, own[:4]) || bytes.Contains(plain, everybodys[:4]) {
		t.Error("the Akte is marked by what doesn't end with it")
	}
	inside := sealedPapers{}
	if _, err := hint.ReadLearner(plain, inside); err != nil || len(inside) != 1 {
		t.Fatalf("kept: %v, %v", inside, err)
	}
	paper := inside[akte]
	word := d.Store.Mark("hint word", hint.Fold("Zählerstand"))
	opened := must(must(sealing.NewBox(sealing.Key(must(d.Store.MarkOf(akte, "key of what was learned", ""))(t))))(t).Open(paper, []byte("learned")))(t)
	if bytes.Contains(paper, word[:8]) || !bytes.Contains(opened, word[:8]) {
		t.Error("words of the paper aren't under the key of its Akte alone")
	}
	if err := d.Keys.Destroy(ctx, "akte/"+string(akte)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Store.MarkOf(akte, "key of what was learned", ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("the key of what was learned of it: %v", err)
	}
	again := must(acl.New(d.Guard.Config))(t)
	if got := must(again.For(d.User("operator", "administration@it")).System(ctx))(t).Types; got.Learned != 1 {
		t.Errorf("the next server knows %+v", got)
	}
}

// What a paper taught doesn't come back with the next server once its Akte is erased, also where it was taken back before and
// that wasn't stored yet.
func TestWhatWasUnlearnedStaysSoWhenItsAkteIsErased(t *testing.T) {
	t.Parallel()
	w := newKeepWorld(t)
	clerk, lead := w.Guard.For(w.clerk), w.Guard.For(w.lead)
	other := w.Akte(clerk, "Bleibt", "auslaenderbehoerde")
	file := func(akte archive.AkteID, text string) archive.DocumentID {
		t.Helper()
		item := w.Post(clerk, "auslaenderbehoerde", text)
		w.Settle()
		return must(clerk.FileItem(t.Context(), item.ID, acl.Filing{Akten: []archive.AkteID{akte}, Doc: archive.Document{Type: "mietvertrag"}}))(t)[0].ID
	}
	for i := range 30 {
		file(other, fmt.Sprint("Haustür Übergabe Nr. ", i))
	}
	wrong := file(w.akte, "Zählerstand Sparbuch")
	operator := w.User("operator", "administration@it")
	next := func() hint.Figures {
		return must(must(acl.New(w.Guard.Config))(t).For(operator).System(t.Context()))(t).Types
	}
	had := next()
	for filed := 31; had.Learned < filed; filed++ { // until all is stored
		file(other, fmt.Sprint("Haustür Übergabe Nr. ", filed))
		had = next()
	}
	doc := must(clerk.Document(t.Context(), wrong))(t)
	must(clerk.ChangeDocument(t.Context(), wrong, doc.Revision, func(d *archive.Document) error { d.Type = "sonstiges"; return nil }))(t)
	if got := next(); got.Words != had.Words {
		t.Fatalf("it is stored already: %+v, %+v", got, had)
	}
	w.doomed(t)
	e := must(clerk.AskErasure(t.Context(), w.on(), "", "Frist vorbei"))(t)
	if err := lead.DecideErasure(t.Context(), e.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	w.erase(t)
	if got := next(); got.Words != had.Words-2 || got.Learned != had.Learned-1 {
		t.Errorf("the next server knows %+v, had %+v", got, had)
	}
}

// sealedPapers keep what was to be opened, and open nothing.
type sealedPapers map[archive.AkteID][]byte

func (s sealedPapers) Seal(archive.AkteID, []byte) ([]byte, error) { return nil, archive.ErrNotFound }

func (s sealedPapers) Open(akte archive.AkteID, sealed []byte) ([]byte, error) {
	s[akte] = sealed
	return nil, archive.ErrNotFound
}
