package ingest

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/blob/seal"
	"eakte/ingest/read"
	"eakte/ingest/sniff"
	"eakte/ingest/unpack"
)

// Opened is a [Reading] of a container.
type Opened interface {
	Reading
	// Parcel is what the container holds; nil: it is none.
	Parcel() *unpack.Parcel
}

// Limits of what is unpacked of one thing received, containers inside of it included.
const (
	maxEnclosed      = 1000
	maxEnclosedBytes = 1 << 30
	maxEnclosedDepth = 8
)

// Reasons of ours why an enclosure is no paper of its own, beside those of [unpack] and of [sniff].
const (
	leftDirect = "direct" // its container is a later version of a document
	leftClosed = "closed" // its container lies in an Akte that was closed before it was opened
	leftDeep   = "depth"  // too many containers around it
)

// enclosure is what becomes of one part.
type enclosure struct {
	archive.Enclosure
	kind    sniff.Kind
	content seal.Key
	object  archive.Object
}

// enclosed makes papers of the parts of a container, unless that was done before: each is received like an
// upload, into the basket where the container lies or beside it into its Akten, all in one transaction.
func (r *run) enclosed(ctx context.Context, v archive.Version, reading Reading) error {
	opened, ok := reading.(Opened)
	if !ok || opened.Parcel() == nil {
		return nil
	}
	if v.Container == nil {
		parcel := opened.Parcel()
		all, err := r.take(ctx, v, parcel)
		if err == nil {
			v.Container, err = r.enclose(ctx, parcel, all)
		}
		if err != nil {
			return errors.Join(err, r.dropEnclosed(ctx, all))
		}
	}
	if v.Kind == string(sniff.Zip) && !released(v) {
		for _, e := range v.Container.Enclosures {
			if e.Left == sniff.Dangerous {
				return &read.Failure{State: read.Quarantined, Code: read.EmbeddedProgram}
			}
		}
	}
	return nil
}

// take decides on every part and receives those that become papers.
func (r *run) take(ctx context.Context, v archive.Version, parcel *unpack.Parcel) (all []enclosure, err error) {
	room, closed, err := r.room(ctx, v)
	if err != nil {
		return nil, err
	}
	r.at("unpack", 0, len(parcel.Parts))
	for i, p := range parcel.Parts {
		e := enclosure{Enclosure: archive.Enclosure{Name: sniff.CleanName(p.Name), Title: oneLine(p.Title), Size: p.Size, Left: p.Left}}
		switch {
		case e.Left != "":
		case closed != "":
			e.Left = closed
		case room.Depth >= maxEnclosedDepth:
			e.Left = leftDeep
		case room.Items == 0 || room.Bytes < p.Size:
			e.Left = unpack.LeftLimit
		default:
			if err := r.takeOne(ctx, &e, p, parcel); err != nil {
				return all, err
			}
		}
		if e.Left == "" {
			room.Items, room.Bytes = room.Items-1, room.Bytes-p.Size
		}
		all = append(all, e)
		r.at("unpack", i+1, len(parcel.Parts))
	}
	return all, nil
}

// takeOne looks at what a part is and, if it is taken, receives it.
func (r *run) takeOne(ctx context.Context, e *enclosure, p unpack.Part, parcel *unpack.Parcel) error {
	head, err := io.ReadAll(io.LimitReader(parcel.Open(p), sniff.HeadSize))
	if err != nil {
		return err
	}
	var refusal *sniff.Refusal
	e.kind, err = sniff.Check(head, p.Name)
	if errors.As(err, &refusal) {
		e.Left, e.Hint = refusal.Code, refusal.Hint
		return nil
	}
	if err != nil {
		return err
	}
	e.content = seal.NewKey()
	e.object, err = receive(ctx, r.Store, r.Objects, e.content, r.Now, func(_ context.Context, out io.Writer) error {
		_, err := io.Copy(out, parcel.Open(p))
		return err
	})
	return err
}

// room is how much may be unpacked of a version. closed says why there is no place for it; "" where there is one.
func (r *run) room(ctx context.Context, v archive.Version) (room archive.Enclosed, closed string, err error) {
	room = archive.Enclosed{Items: maxEnclosed, Bytes: maxEnclosedBytes}
	err = r.Store.View(ctx, func(rd archive.Reader) error {
		h, err := hostOf(rd, v)
		if h.item.Enclosed != nil {
			room = *h.item.Enclosed
		}
		closed = h.closed
		return err
	})
	return room, closed, err
}

// host is where the parts of a container go: into the basket of its item, or, where that was filed, beside
// its documents. Without an item there is no place for them, and closed says why.
type host struct {
	item      archive.InboxItem
	documents []archive.Document
	closed    string
}

// hostOf finds the place for what a version holds.
func hostOf(r archive.Reader, v archive.Version) (h host, err error) {
	if v.Inbox != "" {
		h.item, err = r.InboxItem(v.Inbox)
		return h, err
	}
	for _, id := range v.Documents {
		doc, err := r.Document(id)
		if err != nil {
			return host{}, err
		}
		akte, err := r.Akte(doc.Akte)
		if err != nil {
			return host{}, err
		}
		if akte.State != archive.AkteOpen {
			return host{closed: leftClosed}, nil
		}
		if doc.Item == "" {
			return host{closed: leftDirect}, nil
		}
		if h.item, err = r.InboxItem(doc.Item); err != nil {
			return host{}, err
		}
		if h.item.Version != v.ID {
			return host{closed: leftDirect}, nil
		}
		h.documents = append(h.documents, doc)
	}
	if h.item.ID == "" {
		h.closed = leftDirect
	}
	return h, nil
}

// enclose stores the papers that were made, and what the container holds.
func (r *run) enclose(ctx context.Context, parcel *unpack.Parcel, all []enclosure) (*archive.Container, error) {
	made := &archive.Container{Sender: oneLine(parcel.Sender), Subject: oneLine(parcel.Subject)}
	if day, err := time.Parse(time.DateOnly, parcel.Date); err == nil {
		made.Date = day.Format(time.DateOnly)
	}
	err := r.Store.Update(ctx, func(tx archive.Tx) error {
		made.Enclosures = nil
		v, err := tx.Version(r.job.Version)
		if err != nil {
			return err
		}
		if v.Container != nil {
			return archive.ErrConflict // another attempt was faster
		}
		parent, err := hostOf(tx, v)
		if err != nil {
			return err
		}
		share := shareOf(parent.item, all)
		for i, e := range all {
			if e.object.Ref != "" {
				if parent.item.ID == "" {
					return archive.ErrConflict // closed meanwhile: the next attempt names what it holds
				}
				share.Place = i
				if e.Item, err = r.putEnclosed(tx, parent, v, e, share); err != nil {
					return err
				}
			}
			made.Enclosures = append(made.Enclosures, e.Enclosure)
		}
		job := r.snapshot()
		job.LeasedUntil = r.Now().Add(r.Lease).UTC()
		if err := tx.PutJob(job); err != nil { // fails where the lease is another worker's
			return err
		}
		v.Container = made
		if err := tx.PutVersion(v); err != nil {
			return err
		}
		event, err := r.event(tx, audit.OpRecognition, v)
		if err != nil {
			return err
		}
		return tx.Record(event)
	})
	return made, err
}

// shareOf divides what may still be unpacked among the containers that were found in one.
func shareOf(parent archive.InboxItem, all []enclosure) archive.Enclosed {
	share := archive.Enclosed{Items: maxEnclosed, Bytes: maxEnclosedBytes}
	if parent.Enclosed != nil {
		share = *parent.Enclosed
	}
	containers := 0
	for _, e := range all {
		if e.object.Ref == "" {
			continue
		}
		share.Items, share.Bytes = share.Items-1, share.Bytes-e.Size
		if e.kind.Container() {
			containers++
		}
	}
	share.In, share.Depth = parent.ID, share.Depth+1
	share.Items, share.Bytes = max(0, share.Items/max(1, containers)), max(0, share.Bytes/int64(max(1, containers)))
	return share
}

// putEnclosed stores one enclosure as an item, which inherits how its container came in, and as a document
// beside those that the container is filed as, with the job that reads it.
func (r *run) putEnclosed(tx archive.Tx, h host, container archive.Version, e enclosure, where archive.Enclosed) (archive.InboxID, error) {
	now, parent := r.Now().UTC(), h.item
	v := archive.Version{
		ID: archive.NewID[archive.VersionID](), Job: archive.NewID[archive.JobID](), Original: e.object, Kind: string(e.kind),
		Name: e.Name, State: archive.StateReceived, ReceivedAt: container.ReceivedAt, ReceivedBy: container.ReceivedBy,
		Scan: r.unscanned(), Language: container.Language,
	}
	if path.Ext(e.Name) != "" && sniff.Mismatched(e.kind, e.Name) {
		v.Flags = []string{"extension"}
	}
	item := archive.InboxItem{
		ID: archive.NewID[archive.InboxID](), Basket: parent.Basket, ReceivedOn: parent.ReceivedOn, Channel: parent.Channel,
		Sender: parent.Sender, Note: parent.Note, BroughtBy: parent.BroughtBy, Version: v.ID, Enclosed: &where,
		Aside: parent.Aside, Created: parent.Created, Changed: now, Revision: 1,
	}
	event := audit.Event{
		Time: now, Actor: audit.System(), Op: audit.OpEnclosed, Object: "inbox/" + string(item.ID), Result: audit.Allow,
		Detail: &audit.Detail{Act: map[string]any{"from": parent.ID, "place": where.Place}},
	}
	if len(h.documents) == 0 {
		v.Inbox = item.ID
	}
	for _, beside := range h.documents {
		doc := besideOf(beside, item.ID, v.ID, e, now)
		akte, err := tx.Akte(doc.Akte)
		if err != nil {
			return "", err
		}
		if err := tx.PutDocument(doc); err != nil {
			return "", err
		}
		v.Documents, item.Filed = append(v.Documents, doc.ID), append(item.Filed, doc.ID)
		event.Object, event.Register, event.Classification = "document/"+string(doc.ID), doc.Register, doc.Classification
		event.Akten, event.Persons = append(event.Akten, string(akte.ID)), append(event.Persons, string(akte.Person))
	}
	if err := tx.PutInboxItem(item); err != nil {
		return "", err
	}
	if err := tx.AddVersion(v, e.content); err != nil {
		return "", err
	}
	if err := tx.Settle(e.object.Ref); err != nil {
		return "", err
	}
	job := archive.Job{ID: v.Job, Kind: archive.JobRecognise, Version: v.ID, State: archive.JobWaiting, Created: now, NotBefore: now}
	job.Rank, job.Lane = r.job.Rank, r.job.Lane
	if err := tx.Enqueue(job); err != nil {
		return "", err
	}
	return item.ID, tx.Record(event)
}

// besideOf is an enclosure as a document beside that of its container: whoever sees one of them sees the other.
// Its type is what the container was filed as, until somebody says better.
func besideOf(container archive.Document, item archive.InboxID, version archive.VersionID, e enclosure, now time.Time) archive.Document {
	doc := archive.Document{
		ID: archive.NewID[archive.DocumentID](), Akte: container.Akte, Type: container.Type, Register: container.Register,
		Title: e.Heading(), ReceivedOn: container.ReceivedOn, Channel: container.Channel, Sender: container.Sender,
		Classification: container.Classification, Case: container.Case, BroughtBy: container.BroughtBy, FiledBy: container.FiledBy,
		FiledFrom: container.FiledFrom, Item: item, Sealed: container.Sealed, Versions: []archive.VersionID{version},
		Created: now, Changed: now, Revision: 1,
	}
	doc.Note(archive.DocumentChange{At: now, By: doc.FiledBy, What: archive.DocumentFiled})
	return doc
}

// dropEnclosed deletes what was received in vain.
func (r *run) dropEnclosed(ctx context.Context, all []enclosure) (err error) {
	for _, e := range all {
		if e.object.Ref != "" {
			err = errors.Join(err, discard(context.WithoutCancel(ctx), r.Store, r.Objects, e.object.Ref))
		}
	}
	return err
}

// longestLine is how many characters of what a container says are kept.
const longestLine = 300

// oneLine makes what a stranger wrote fit for a field: one line, nothing unseen, nothing endless.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), c == '\u2028', c == '\u2029', c == unicode.ReplacementChar:
			return -1
		}
		return c
	}, s)
	runes := []rune(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
	return strings.TrimSpace(string(runes[:min(len(runes), longestLine)]))
}
