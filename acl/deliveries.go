package acl

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// RecordDelivery keeps what came of bringing in a delivery, for who brings papers into baskets and files what she
// can't see, such as an import. Where no department is named, her own lists it. It is seen once all of it is kept.
// Called again with the same ID it goes on where it stopped; [archive.ErrConflict] for an ID that names something else.
func (d *Desk) RecordDelivery(ctx context.Context, made archive.Delivery, rows []archive.DeliveryRow) (archive.DeliveryID, error) {
	tried := act{op: audit.OpDelivery}
	v, ok := d.able(policies.ActReadFiled)
	if !ok {
		return "", d.refused(ctx, tried, ErrDenied)
	}
	rows = slices.Clone(rows)
	if err := made.Normalise(rows); err != nil {
		return "", err
	}
	if made.Department == "" {
		made.Department = v.pair.Department
	}
	if err := d.guard.worked(made.Department); err != nil {
		return "", err
	}
	if made.ID == "" {
		made.ID = archive.NewID[archive.DeliveryID]()
	}
	made.By, made.At = d.subject.User, d.guard.Now().UTC()
	complete, from, err := d.beginDelivery(ctx, &made)
	if err != nil || complete {
		return made.ID, err
	}
	for ; from < len(rows); from += archive.DeliveryBatch {
		some := rows[from:min(from+archive.DeliveryBatch, len(rows))]
		if err := d.update(ctx, func(tx archive.Tx) error { return tx.AddDeliveryRows(made.ID, from, some) }); err != nil {
			return "", err
		}
	}
	err = d.change(ctx, tried, func(tx archive.Tx) (act, error) {
		done := tried
		done.object, done.verdict = "delivery/"+string(made.ID), v
		done.detail = &audit.Detail{Act: map[string]any{"department": made.Department, "rows": made.Rows, "counts": made.Counts}}
		return done, tx.CompleteDelivery(made.ID)
	})
	return made.ID, err
}

// beginDelivery stores a delivery, or finds how much of it is kept already. made becomes what is kept.
func (d *Desk) beginDelivery(ctx context.Context, made *archive.Delivery) (complete bool, rows int, err error) {
	err = d.update(ctx, func(tx archive.Tx) error {
		complete, rows = false, 0
		was, n, err := tx.DeliveryBegun(made.ID)
		if isNotFound(err) {
			was, err = tx.Delivery(made.ID)
			complete = err == nil
		}
		if isNotFound(err) {
			return tx.BeginDelivery(*made)
		}
		if err != nil {
			return err
		}
		same := *made
		same.At, same.NamesErased = was.At, was.NamesErased
		if !was.NamesErased.IsZero() {
			same.Name = was.Name
		}
		if !reflect.DeepEqual(same, was) {
			return archive.ErrConflict
		}
		made.At, rows = was.At, n
		return nil
	})
	return complete, rows, err
}

// DeliveriesPage is a page of what was delivered to a department, newest first.
type DeliveriesPage struct {
	Department string
	Items      []archive.Delivery
	Next       string
}

type deliveriesCursor struct{ After archive.Position }

// brings finds the department whose deliveries the subject asks for: one whose basket, where their finds lie, she
// works, and into which she may bring papers.
func (d *Desk) brings(department string) (verdict, string, error) {
	for _, p := range d.subject.Pairs {
		if department != "" && p.Department != department || !d.guard.able(p, policies.ActUpload) {
			continue
		}
		if v := d.guard.capability(p, policies.ActInbox); v.Allow {
			return verdict{v, p}, p.Department, nil
		}
	}
	if department == "" {
		return verdict{}, "", ErrDenied
	}
	return verdict{}, "", archive.ErrNotFound
}

// Deliveries lists what scan vendors delivered to a department, newest first, for who works its basket and brings
// papers in; "" is her first. [archive.ErrNotFound] for that of others.
func (d *Desk) Deliveries(ctx context.Context, department string, limit int, cursor string) (DeliveriesPage, error) {
	var page DeliveriesPage
	tried := act{op: audit.OpDeliveryList}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		v, own, err := d.brings(department)
		if err != nil {
			return act{}, err
		}
		page = DeliveriesPage{Department: own, Items: []archive.Delivery{}}
		list := "deliveries/" + own
		c, err := openCursor[deliveriesCursor](d, list, cursor)
		if err != nil {
			return act{}, err
		}
		last := c.After
		for row, err := range r.Deliveries(own, c.After) {
			if err != nil {
				return act{}, err
			}
			if len(page.Items) == clampLimit(limit) {
				page.Next = sealCursor(d, list, deliveriesCursor{last})
				break
			}
			last = row.After
			page.Items = append(page.Items, row.Value)
		}
		done := tried
		done.verdict, done.window = v, list
		return done, nil
	})
	return page, err
}

// DeliveryQuery narrows the rows of a delivery. Result is one of [archive.DeliveryResults]; empty: all.
type DeliveryQuery struct {
	Result string
	Limit  int
	Cursor string
}

// DeliveryRowView is a row of a delivery as one reader may see it.
type DeliveryRowView struct {
	archive.DeliveryRow
	// Hidden says that it lies in an Akte of which she may know nothing: all but line and result is left out.
	Hidden bool
	// Open says that she may open its Akte.
	Open bool
	// Elsewhere is a document with the same bytes in another Akte that she may know of, where the row's Akte has none
	// that she may know of.
	Elsewhere *DeliveredElsewhere
}

// DeliveredElsewhere is where the bytes of a delivered file lie.
type DeliveredElsewhere struct {
	Akte     archive.AkteID
	Document archive.DocumentID
}

// DeliveryPage is a delivery with a page of its rows.
type DeliveryPage struct {
	archive.Delivery
	Items []DeliveryRowView
	// NamesUntil is when names in its rows are to be erased.
	NamesUntil time.Time
	// Next continues the rows; a page that isn't the last can hold less than was asked for.
	Next string
}

type deliveryCursor struct{ After archive.Position }

// namesUntil is when names in the rows of a delivery are to be erased.
func (g *Guard) namesUntil(made archive.Delivery) time.Time {
	months, _ := g.Policies.Months("delivery_received")
	return made.At.In(g.Zone).AddDate(0, cmp.Or(months, archive.DeliveryMonths), 0)
}

// deliveryOf finds a delivery for who may see it.
func (d *Desk) deliveryOf(r archive.Reader, id archive.DeliveryID) (archive.Delivery, verdict, error) {
	made, err := r.Delivery(id)
	if err != nil {
		return made, verdict{}, err
	}
	v, _, err := d.brings(made.Department)
	return made, v, err
}

// Delivery shows a delivery and its rows, for who sees it in [Desk.Deliveries].
func (d *Desk) Delivery(ctx context.Context, id archive.DeliveryID, q DeliveryQuery) (DeliveryPage, error) {
	var page DeliveryPage
	tried := act{op: audit.OpDeliveryOpen, object: "delivery/" + string(id)}
	if q.Result != "" && !slices.Contains(archive.DeliveryResults(), q.Result) {
		return page, &archive.FieldError{Pointer: "/result", Code: "unknown"}
	}
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		made, v, err := d.deliveryOf(r, id)
		if err != nil {
			return act{}, err
		}
		page = DeliveryPage{Delivery: made, Items: []DeliveryRowView{}, NamesUntil: d.guard.namesUntil(made)}
		done := tried
		done.verdict, done.window = v, "delivery"
		list := fmt.Sprint("delivery/", id, "/", q.Result)
		c, err := openCursor[deliveryCursor](d, list, q.Cursor)
		if err != nil {
			return act{}, err
		}
		shown := &deliveryShown{desk: d, Reader: r, known: map[archive.AkteID]deliveryPlace{}, done: &done}
		looked, last := 0, c.After
		for row, err := range r.DeliveryRows(id, c.After) {
			if err != nil {
				return act{}, err
			}
			if looked++; len(page.Items) == clampLimit(q.Limit) || looked > listLooked {
				page.Next = sealCursor(d, list, deliveryCursor{last})
				break
			}
			last = row.After
			if q.Result != "" && row.Value.Result != q.Result {
				continue
			}
			view, err := shown.row(row.Value)
			if err != nil {
				return act{}, err
			}
			page.Items = append(page.Items, view)
		}
		return done, nil
	})
	return page, err
}

// deliveryShown decides what of rows is shown, once for each Akte.
type deliveryShown struct {
	archive.Reader
	desk  *Desk
	known map[archive.AkteID]deliveryPlace
	done  *act
}

// deliveryPlace is what the subject may know of an Akte that delivered files went to.
type deliveryPlace struct {
	*access
	hidden, open bool
	// files says that she may file into it.
	files bool
}

func (s *deliveryShown) row(row archive.DeliveryRow) (DeliveryRowView, error) {
	view := DeliveryRowView{DeliveryRow: row}
	akte, err := s.akteOf(row)
	if err != nil || akte == "" {
		return view, err
	}
	place, ok := s.known[akte]
	if !ok {
		if place, err = s.place(akte); err != nil {
			return view, err
		}
		s.known[akte] = place
	}
	lies, err := s.lies(place, row)
	if err != nil {
		return view, err
	}
	view.Hidden, view.Open = !lies, lies && place.open && row.Akte != ""
	if view.Hidden {
		view.DeliveryRow = archive.DeliveryRow{Row: row.Row, Result: row.Result}
		return view, nil
	}
	*s.done = s.done.naming(akte, place.akte.Person)
	if view.Reason == "not_in_this_akte" { // told to everybody once
		view.Reason = ""
	}
	if row.Result == archive.DeliveryThere {
		view.Elsewhere, err = s.elsewhere(row)
	}
	return view, err
}

// akteOf is the Akte that a row tells of: where its file lies, or else the one that its number leads to; may be empty.
func (s *deliveryShown) akteOf(row archive.DeliveryRow) (archive.AkteID, error) {
	if row.Akte != "" || row.Number == "" {
		return row.Akte, nil
	}
	id, err := s.AkteByNumber(row.Number)
	return id, unlessMissing(err)
}

// elsewhere looks for the bytes of a file that was brought in before. That they lie in another Akte than its own is told
// to who may know of both sides: that nothing that she may know of lies in its own, and of the document elsewhere.
func (s *deliveryShown) elsewhere(row archive.DeliveryRow) (*DeliveredElsewhere, error) {
	if row.SHA256 == ([32]byte{}) {
		return nil, nil
	}
	same, err := s.SameBytes(row.SHA256, duplicates)
	if err != nil {
		return nil, err
	}
	var found *DeliveredElsewhere
	for _, v := range same {
		for _, of := range v.Documents {
			a, doc, _, err := s.desk.readable(s.Reader, of)
			if err != nil {
				return nil, err
			}
			if a == nil {
				continue
			}
			if doc.Akte == row.Akte {
				return nil, nil
			}
			if found == nil {
				found = &DeliveredElsewhere{doc.Akte, doc.ID}
				*s.done = s.done.naming(doc.Akte, a.akte.Person)
			}
		}
	}
	return found, nil
}

// place decides about an Akte: neither a seal nor the protection of the person is in the way.
func (s *deliveryShown) place(id archive.AkteID) (deliveryPlace, error) {
	hide := deliveryPlace{hidden: true}
	a, err := s.desk.stand(s.Reader, id)
	if err != nil {
		if hidden(err) {
			err = nil
		}
		return hide, err
	}
	if a.barred(a.akte.Sealed) {
		return hide, nil
	}
	heads, err := s.desk.heads(s.Reader, []archive.Akte{a.akte})
	if err != nil {
		return hide, err
	}
	person, err := s.Person(a.akte.Person)
	if err != nil {
		return hide, err
	}
	unsorted := object{register: s.desk.guard.Policies.UnsortedRegister().Key, classification: "normal"}
	return deliveryPlace{access: a, open: len(heads.Items) > 0, files: a.may(policies.ActFile, unsorted).Allow && !person.Protected}, nil
}

// lies reports whether a row may be told: its document is still where it was brought and she knows of what lies there,
// or she may file into the Akte and it came within the mail room's look back.
func (s *deliveryShown) lies(p deliveryPlace, row archive.DeliveryRow) (bool, error) {
	if p.hidden || !p.open && !p.files {
		return false, nil
	}
	if row.ID == "" || row.Akte == "" { // it became nothing, or lies in a basket
		return true, nil
	}
	doc, err := s.Document(archive.DocumentID(row.ID))
	if err != nil {
		return false, unlessMissing(err)
	}
	if doc.Akte != row.Akte || p.barred(doc.Sealed) {
		return false, nil
	}
	return p.mayKnow(doc) || p.files && s.desk.guard.Now().Sub(doc.Created).Hours() < lookBack, nil
}

// Bringing are the departments whose deliveries the subject sees in [Desk.Deliveries].
func (d *Desk) Bringing() (out []string) {
	for _, department := range d.subject.departments() {
		if _, _, err := d.brings(department); err == nil {
			out = append(out, department)
		}
	}
	return out
}

// maxReceiptRows is how many rows of a delivery are printed at most.
const maxReceiptRows = 20_000

// DeliveryReceipt prints the receipt of a delivery as PDF, in German or English ("de", "en"), for who sees it in
// [Desk.Deliveries]. [ErrNoBundles] where nothing can be printed here; a [*archive.FieldError] where it has too many
// rows.
func (d *Desk) DeliveryReceipt(ctx context.Context, id archive.DeliveryID, language string) (Acknowledgement, error) {
	if d.guard.Printer == nil {
		return Acknowledgement{}, ErrNoBundles
	}
	tried := act{op: audit.OpAcknowledge, object: "delivery/" + string(id)}
	var made archive.Delivery
	var rows []DeliveryRowView
	err := d.look(ctx, tried, func(r archive.Reader) (act, error) {
		var v verdict
		var err error
		if made, v, err = d.deliveryOf(r, id); err != nil {
			return act{}, err
		}
		if language != "de" && language != "en" {
			return act{}, &archive.FieldError{Pointer: "/language", Code: "unknown"}
		}
		if made.Rows > maxReceiptRows {
			return act{}, &archive.FieldError{Pointer: "/rows", Code: "too_many"}
		}
		done := tried
		done.verdict = v
		done.detail = &audit.Detail{Act: map[string]any{"rows": made.Rows}}
		shown := &deliveryShown{desk: d, Reader: r, known: map[archive.AkteID]deliveryPlace{}, done: &done}
		rows = nil
		for row, err := range r.DeliveryRows(id, "") {
			if err != nil {
				return act{}, err
			}
			view, err := shown.row(row.Value)
			if err != nil {
				return act{}, err
			}
			rows = append(rows, view)
		}
		return done, nil
	})
	if err != nil {
		return Acknowledgement{}, err
	}
	made.At = made.At.In(d.guard.Zone)
	receipt := Acknowledgement{Number: string(id), Issued: made.At}
	receipt.PDF, err = d.print(ctx, DeliveryStatement(made, rows, language))
	return receipt, err
}
