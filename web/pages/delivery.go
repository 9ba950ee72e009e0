package pages

import (
	"cmp"
	"net/http"
	"net/url"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/web/ui"
)

// deliveriesPage lists what scan vendors delivered to a department.
type deliveriesPage struct {
	ui.Frame
	Department  string
	Departments []option
	Rows        []deliveryLine
	// More is the address of the next rows, First that of the first where these aren't.
	More, First string
}

// deliveryLine is a delivery with its results in words.
type deliveryLine struct {
	archive.Delivery
	Counted []countedResult
}

// countedResult is a result in words: how often there was one, and where those are listed.
type countedResult struct {
	resultMark
	N    int
	Path string
}

// resultMark is a result in words. Good says that nothing is to be done about it, Bad that something is.
type resultMark struct {
	Key, Words string
	Good, Bad  bool
}

func markOf(key, lang string) resultMark {
	good := key == archive.DeliveryTaken || key == archive.DeliveryThere
	return resultMark{key, acl.WordsOfDeliveries(lang).Result(key), good, !good && key != archive.DeliveryDuplicate}
}

// counted are the results that there were, in their order.
func counted(d archive.Delivery, lang string) (out []countedResult) {
	for _, key := range archive.DeliveryResults() {
		if n := d.Counts[key]; n > 0 {
			out = append(out, countedResult{markOf(key, lang), n, "/deliveries/" + string(d.ID) + "?result=" + key})
		}
	}
	return out
}

// listDeliveries shows what scan vendors delivered to a department of the reader.
func (p *Pages) listDeliveries(r *request) error {
	cursor := r.Query("cursor")
	page, err := r.desk().Deliveries(r.ctx(), r.Query("department"), rowsShown, cursor)
	if err != nil {
		return err
	}
	view := deliveriesPage{Frame: r.paperFrame("deliveries", r.say("deliveries.title")), Department: page.Department}
	for _, d := range r.desk().Bringing() {
		view.Departments = append(view.Departments, option{d, p.label("department", d, r.lang)})
	}
	view.Departments = byName(view.Departments, r.lang)
	for _, d := range page.Items {
		view.Rows = append(view.Rows, deliveryLine{d, counted(d, r.lang)})
	}
	at := func(cursor string) string {
		return "/deliveries" + question(filled(url.Values{"department": {page.Department}, "cursor": {cursor}}))
	}
	if page.Next != "" {
		view.More = at(page.Next)
	}
	if cursor != "" {
		view.First = at("")
	}
	return r.show(http.StatusOK, "deliveries", view)
}

// deliveryPage shows what became of each row of a delivery.
type deliveryPage struct {
	ui.Frame
	archive.Delivery
	// NamesUntil is when names in its rows are to be erased.
	NamesUntil time.Time
	// Result narrows the rows; empty: all.
	Result   string
	Counted  []countedResult
	Receipts []choice
	Lines    []deliveryRow
	// More is the address of the next rows, First that of the first where these aren't.
	More, First string
}

// deliveryRow is a row in words.
type deliveryRow struct {
	acl.DeliveryRowView
	resultMark
	Why, Keys []string
}

// showDelivery shows the rows of a delivery.
func (p *Pages) showDelivery(r *request) error {
	id, err := pathID[archive.DeliveryID](r, "id")
	if err != nil {
		return err
	}
	q := acl.DeliveryQuery{Result: r.Query("result"), Limit: rowsShown, Cursor: r.Query("cursor")}
	page, err := r.desk().Delivery(r.ctx(), id, q)
	if err != nil {
		return err
	}
	view := deliveryPage{Frame: r.paperFrame("deliveries", r.say("deliveries.name")), Delivery: page.Delivery, NamesUntil: page.NamesUntil, Result: q.Result, Counted: counted(page.Delivery, r.lang)}
	path := "/deliveries/" + string(id)
	for _, lang := range []string{"de", "en"} {
		view.Receipts = append(view.Receipts, choice{Key: lang, Path: path + "/receipt?language=" + lang})
	}
	words := acl.WordsOfDeliveries(r.lang)
	for _, row := range page.Items {
		view.Lines = append(view.Lines, deliveryRow{row, markOf(row.Result, r.lang), words.Why(row.DeliveryRow), words.Keys(row.Tried)})
	}
	at := func(cursor string) string {
		return path + question(filled(url.Values{"result": {q.Result}, "cursor": {cursor}}))
	}
	if page.Next != "" {
		view.More = at(page.Next)
	}
	if q.Cursor != "" {
		view.First = at("")
	}
	return r.show(http.StatusOK, "delivery", view)
}

// deliveryReceipt sends the receipt of a delivery as a file, in German or English.
func (p *Pages) deliveryReceipt(r *request) error {
	id, err := pathID[archive.DeliveryID](r, "id")
	if err != nil {
		return err
	}
	made, err := r.desk().DeliveryReceipt(r.ctx(), id, cmp.Or(r.Query("language"), r.lang))
	if err != nil {
		return err
	}
	return p.Host.Print(r.Context, made)
}
