package searchtest

import (
	"slices"
	"strings"
	"time"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive"
)

// drawText is words in a row.
func (w *world) drawText(name string, from []lexeme, least, most int) (out text) {
	for range between(w.t, name, least, most) {
		l := one(w.t, name, from)
		if n := len(out); n > 0 && l.text == spread && out[n-1].text == spread {
			continue // nobody knows where the one ends and the other begins
		}
		out = append(out, l)
	}
	return out
}

// drawPages are pages in German, some in English.
func (w *world) drawPages() (out []text) {
	for range between(w.t, "pages", 1, 3) {
		if w.chance(20, "English") {
			page := slices.Concat(text{englishLexemes[0], englishLexemes[1]}, w.drawText("page", englishLexemes, 1, 8))
			out = append(out, page)
			continue
		}
		out = append(out, w.drawText("page", lexemes, 1, 16))
	}
	return out
}

func written(pages []text) string {
	var out []string
	for _, p := range pages {
		out = append(out, p.String())
	}
	return strings.Join(out, "\f")
}

// receive uploads pages.
func (w *world) receive(desk *acl.Desk, pages []text, fn func(*acl.Upload) error) error {
	u, err := desk.Receive(w.ctx, "paper.txt", strings.NewReader(written(pages)))
	if err != nil {
		w.t.Fatal(err)
	}
	err = fn(u)
	if cerr := u.Close(); cerr != nil {
		w.t.Fatal(cerr)
	}
	return err
}

// drawDocument is what is recorded of a paper.
func (w *world) drawDocument() (d archive.Document, title, sender text) {
	title = w.drawText("title", headLexemes, 1, 4)
	if w.chance(50, "sent") {
		sender = w.drawText("sender", headLexemes, 1, 2)
	}
	d = archive.Document{
		Type: one(w.t, "type", kinds), Title: title.String(), Sender: sender.String(),
		Date: one(w.t, "date", dates), ReceivedOn: one(w.t, "received", dates),
	}
	if w.chance(30, "register") {
		d.Register = one(w.t, "register", oracletest.Registers())
	}
	if w.chance(20, "class") {
		d.Classification = one(w.t, "class", oracletest.Classifications())
	}
	return d, title, sender
}

// addPaper uploads into an Akte, in the name of one of the departments.
func (w *world) addPaper() {
	a, ok := pick(w, "akte", w.akten)
	if !ok {
		return
	}
	d, title, sender := w.drawDocument()
	pages := w.drawPages()
	who := w.only(one(w.t, "by", append(slices.Clone(offices), a.Lead, a.Lead)))
	for _, s := range []acl.Subject{who, w.boss} {
		var view acl.DocumentView
		desk := w.guard.For(s)
		err := w.receive(desk, pages, func(u *acl.Upload) (err error) {
			view, err = desk.AddDocument(w.ctx, a.ID, d, u)
			return err
		})
		if !w.refused(err) {
			w.filed(a, view, title, sender, &contents{pages: pages})
			return
		}
	}
}

// filed notes a new paper.
func (w *world) filed(a *akte, view acl.DocumentView, title, sender text, c *contents) *document {
	d := &document{id: view.ID, contents: c}
	d.recorded.title, d.recorded.sender = title, sender
	w.now(d, a, view.Document)
	d.came = true
	w.papers = append(w.papers, d)
	w.note("  %s in %s: %s %s/%s of %s: %s | %s | %q", d.id, a.Number, d.recorded.kind, d.register, d.class, d.brought, title, sender, c.pages)
	return d
}

// now notes what is recorded of a paper.
func (w *world) now(d *document, a *akte, doc archive.Document) {
	d.akte, d.register, d.class, d.brought, d.revision, d.sealed = a, doc.Register, doc.Classification, doc.BroughtBy, doc.Revision, doc.Sealed
	d.ends = nil
	if doc.Sealed != nil {
		d.ends = []string{doc.Sealed.Until}
	}
	r := &d.recorded
	r.akte, r.kind, r.register, r.class, r.department, r.date = a, doc.Type, doc.Register, doc.Classification, doc.BroughtBy, doc.Date
	if r.date == "" {
		r.date = doc.ReceivedOn
	}
	d.unindexed, d.arrives = true, true
}

// there are the papers that nobody took back.
func (w *world) there() []*document {
	return slices.DeleteFunc(slices.Clone(w.papers), func(d *document) bool { return d.gone })
}

func (w *world) changePaper() {
	d, ok := pick(w, "paper", w.there())
	if !ok {
		return
	}
	edit, title, sender := w.drawDocument()
	what := one(w.t, "what", []string{"title", "date", "type", "class"})
	class := d.class
	view, err := w.desk().ChangeDocument(w.ctx, d.id, d.revision, func(e *archive.Document) error {
		switch what {
		case "title":
			e.Title, e.Sender = edit.Title, edit.Sender
		case "date":
			e.Date, e.ReceivedOn = edit.Date, edit.ReceivedOn
		case "type":
			e.Type = edit.Type
		case "class":
			e.Classification = "besonders"
		}
		return nil
	})
	if w.refused(err) {
		return
	}
	if what == "title" {
		d.recorded.title, d.recorded.sender = title, sender
	}
	w.now(d, d.akte, view.Document)
	if d.class != class {
		w.dirtyDocs[d] = true
	}
}

func (w *world) movePaper() {
	d, ok := pick(w, "paper", w.there())
	if !ok {
		return
	}
	m, to := acl.Move{Reason: "falsch"}, d.akte
	if w.chance(50, "other Akte") {
		to, _ = pick(w, "to", w.akten)
		m.Akte = to.ID
	}
	if to == d.akte || w.chance(40, "other register") {
		m.Register = one(w.t, "register", oracletest.Registers())
	}
	view, err := w.desk().MoveDocument(w.ctx, d.id, d.revision, m)
	if w.refused(err) {
		return
	}
	w.now(d, to, view.Document)
	w.dirtyDocs[d] = true
	w.note("  %s now in %s, %s", d.id, to.Number, d.register)
}

func (w *world) classifyPaper() {
	d, ok := pick(w, "paper", w.there())
	if !ok {
		return
	}
	view, err := w.desk().ClassifyDocument(w.ctx, d.id, d.revision, one(w.t, "class", oracletest.Classifications()), "genauer")
	if w.refused(err) {
		return
	}
	w.now(d, d.akte, view.Document)
	w.dirtyDocs[d] = true
}

func (w *world) sealPaper() {
	d, ok := pick(w, "paper", w.there())
	if !ok {
		return
	}
	s := w.drawSeal()
	var now archive.Document
	was := d.sealed
	w.store("document/"+string(d.id), func(tx archive.Tx) (err error) {
		if now, err = tx.Document(d.id); err != nil {
			return err
		}
		now.Sealed, now.Revision = s, now.Revision+1
		return tx.PutDocument(now)
	})
	w.now(d, d.akte, now)
	if !sameSeals(was, s) {
		w.dirtyDocs[d] = true
	}
}

func (w *world) addVersion() {
	d, ok := pick(w, "paper", w.there())
	if !ok {
		return
	}
	pages := w.drawPages()
	desk := w.desk()
	var view acl.DocumentView
	err := w.receive(desk, pages, func(u *acl.Upload) (err error) {
		view, err = desk.AddVersion(w.ctx, d.id, u)
		return err
	})
	if w.refused(err) {
		return
	}
	d.contents = &contents{pages: pages}
	w.now(d, d.akte, view.Document)
	w.note("  %s now says %q", d.id, pages)
}

// filePaper drops a paper into a basket and files it from there, into two Akten now and then.
func (w *world) filePaper() {
	a, ok := pick(w, "akte", w.akten)
	if !ok {
		return
	}
	into := []*akte{a}
	if other, _ := pick(w, "and", w.akten); other != a && w.chance(30, "family") {
		into = append(into, other)
	}
	pages := w.drawPages()
	desk := w.desk()
	var item acl.InboxView
	err := w.receive(desk, pages, func(u *acl.Upload) (err error) {
		item, err = desk.AddInboxItem(w.ctx, archive.InboxItem{Basket: "poststelle"}, u)
		return err
	})
	if w.refused(err) {
		return
	}
	known := &inboxItem{id: item.ID, contents: &contents{pages: pages}, by: w.Time}
	w.items = append(w.items, known)
	if w.chance(30, "recognised first") {
		w.readAll()
	}
	doc, title, sender := w.drawDocument()
	f := acl.Filing{Doc: doc}
	for _, a := range into {
		f.Akten = append(f.Akten, a.ID)
	}
	views, err := desk.FileItem(w.ctx, item.ID, f)
	if w.refused(err) {
		return
	}
	for _, v := range views {
		i := slices.IndexFunc(into, func(a *akte) bool { return a.ID == v.Akte })
		known.filed = append(known.filed, w.filed(into[i], v, title, sender, known.contents))
	}
}

// unfile takes a filing back.
func (w *world) unfile() {
	item, ok := pick(w, "item", slices.DeleteFunc(slices.Clone(w.items), func(i *inboxItem) bool {
		return len(i.filed) == 0 || w.Time.Sub(i.by) > 20*time.Minute
	}))
	if !ok {
		return
	}
	_, err := w.desk().Unfile(w.ctx, item.id)
	if w.refused(err) {
		return
	}
	for _, d := range item.filed {
		d.gone, d.unindexed, w.dirtyDocs[d] = true, true, true
	}
	item.filed = nil
}
