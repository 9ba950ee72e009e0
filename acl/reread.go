package acl

import (
	"context"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/ingest"
	"eakte/ingest/sniff"
)

// maxLanguages is how many languages a paper can be recognised in at once: each makes it slower and less sure.
const maxLanguages = 3

// In chooses the language that the file is recognised in, "ara" or "deu+ara"; "" leaves it to its pages. A
// language that this machine hasn't is an [archive.FieldError] at /language.
func (u *Upload) In(language string) (err error) {
	u.language, err = u.desk.guard.language(language)
	return err
}

// language checks a choice of languages.
func (g *Guard) language(chosen string) (string, error) {
	chosen = strings.TrimSpace(chosen)
	if chosen == "" {
		return "", nil
	}
	codes := strings.Split(chosen, "+")
	if len(codes) > maxLanguages {
		return "", &archive.FieldError{Pointer: "/language", Code: "too_many"}
	}
	for i, code := range codes {
		if !slices.Contains(g.Languages, code) || slices.Contains(codes[:i], code) {
			return "", &archive.FieldError{Pointer: "/language", Code: "unknown", Detail: "not installed on this machine"}
		}
	}
	return chosen, nil
}

// knowsLanguage reports whether a choice of languages can be recognised on this machine.
func (g *Guard) knowsLanguage(chosen string) bool {
	_, err := g.language(chosen)
	return err == nil
}

// Spoken reports whether a version has pages whose language can be chosen: scans and PDFs. Of other files the
// text is taken as it is.
func Spoken(v archive.Version) bool {
	k := sniff.Kind(v.Kind)
	return k != sniff.Text && !k.Container() && !k.Office()
}

// RereadItem has an inbox item's file recognised once more, in a language or, where it is "", in the one that
// its pages tell. The received bytes stay, and so does the present text until there is another.
func (d *Desk) RereadItem(ctx context.Context, id archive.InboxID, language string) (InboxView, error) {
	tried := act{op: audit.OpReread, object: "inbox/" + string(id)}
	err := d.reread(ctx, tried, language, d.itemInHand(id, tried))
	if err != nil {
		return InboxView{}, err
	}
	return d.received(ctx, id)
}

// RereadDocument is RereadItem for the newest version of a document.
func (d *Desk) RereadDocument(ctx context.Context, id archive.DocumentID, language string) (DocumentView, error) {
	tried := act{op: audit.OpReread, object: "document/" + string(id)}
	err := d.reread(ctx, tried, language, d.documentToWrite(id, tried))
	if err != nil {
		return DocumentView{}, err
	}
	return d.made(ctx, id)
}

// reread orders the recognition of what decide finds.
func (d *Desk) reread(ctx context.Context, tried act, language string, decide targeting) error {
	return d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done, id, err := decide(tx)
		if err != nil {
			return act{}, err
		}
		v, err := tx.Version(id)
		if err != nil {
			return act{}, err
		}
		if err := rereadable(tx, v); err != nil {
			return act{}, err
		}
		before := v.Language
		if v.Language, err = d.guard.language(language); err != nil {
			return act{}, err
		}
		done.detail = &audit.Detail{Act: map[string]any{"version": v.ID, "from": before, "to": v.Language}}
		return done, d.orderAnew(tx, v)
	})
}

// rereadable asks that a version was read, or couldn't be, and that no machine is at it.
func rereadable(r archive.Reader, v archive.Version) error {
	switch {
	case v.Held() || v.State == archive.StateQuarantined:
		return ErrQuarantined
	case v.State == archive.StateReceived || v.Anew:
		return archive.ErrNotReady
	case v.State == archive.StatePassword || !Spoken(v):
		return ErrUnreadable
	case v.Job == "":
		return nil
	}
	job, err := r.Job(v.Job)
	if err == nil && (job.State == archive.JobWaiting || job.State == archive.JobRunning) {
		return archive.ErrNotReady
	}
	return passOver(err)
}

// orderAnew stores a version that is to be read once more, with the job.
func (d *Desk) orderAnew(tx archive.Tx, v archive.Version) error {
	now := d.guard.Now().UTC()
	job := archive.Job{
		ID: archive.NewID[archive.JobID](), Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting,
		Created: now, NotBefore: now, Rank: archive.RankWaited, Lane: string(d.subject.User),
	}
	v.Job, v.Flags = job.ID, slices.DeleteFunc(slices.Clone(v.Flags), func(f string) bool {
		return f == ingest.FlagNotReread || f == flagNoText
	})
	if v.Anew = v.State == archive.StateReady; !v.Anew {
		v.State, v.Reason = archive.StateReceived, ""
	}
	if err := tx.PutVersion(v); err != nil {
		return err
	}
	return tx.Enqueue(job)
}

// flagNoText says that no text was found on any page.
const flagNoText = "no_text"
