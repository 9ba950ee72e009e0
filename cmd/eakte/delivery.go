package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"eakte/archive"
)

// deliveryRow is a line of a vendor's index: a file, how it is recorded, and whose it is.
type deliveryRow struct {
	manifestRow
	Whose delivered `json:"whose"`
}

// key names a row in reports: what says the same of the same bytes is the same.
func (r deliveryRow) key(sum string) string {
	h := sha256.New()
	// A struct of texts can be encoded.
	_ = json.NewEncoder(h).Encode(r)
	fmt.Fprintln(h, sum)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// person is whose the index says a file is, for comparing rows.
func (r deliveryRow) person() [5]string {
	w := r.Whose
	return [5]string{numberDigits(w.Number), w.Register, w.Family, w.Given, w.Birth}
}

// numberDigits is a reference number without what people write between its digits.
func numberDigits(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, number)
}

// deliveredFile is what became of a line of the index, of a file that no line names, or of an Akte that was
// handed over. Beside what an import tells, Result is "unassigned" (it lies in the basket, for two keys didn't
// agree on an Akte), "unreadable", "profile" (scanned otherwise than expected), "surplus" (nobody asked for it)
// or, without a file, "missing" (an Akte of which nothing came).
type deliveredFile struct {
	reported
	SHA256 string `json:"sha256,omitempty"`
	Size   int64  `json:"size,omitempty"`
	// Number is the Akte's reference number as the index or the list has it.
	Number string `json:"number,omitempty"`
}

// inAkte reports whether it lies in the Akte that it belongs to.
func (f deliveredFile) inAkte() bool {
	return f.Result == "taken" || f.Result == "duplicate" || f.Result == "there" && f.Reason == ""
}

// deliveryFiles are the files that say what a delivery is and where it is reported.
type deliveryFiles struct {
	index, mapping, handed, report string
	receipts                       []string
	language                       string
	dry, json                      bool
}

func (c *cli) delivery() *cobra.Command {
	var how deliveryFiles
	cmd := &cobra.Command{
		Use:   "delivery FOLDER --index FILE --mapping FILE",
		Short: "Bring in what a scan vendor delivered; may be interrupted and run again",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.index == "" || how.mapping == "" {
				return &usageError{errors.New("say --index FILE and --mapping FILE")}
			}
			if how.language != "de" && how.language != "en" {
				return &usageError{errors.New("--language is de or en")}
			}
			for _, r := range how.receipts {
				if !slices.Contains([]string{".pdf", ".csv", ".json"}, filepath.Ext(r)) {
					return &usageError{fmt.Errorf("%s: a receipt ends in .pdf, .csv or .json", r)}
				}
			}
			return c.operate(cmd.Context(), func(o operator) error { return c.deliver(cmd.Context(), o, args[0], how) })
		},
	}
	cmd.Flags().StringVar(&how.index, "index", "", "the vendor's index, CSV or XML")
	cmd.Flags().StringVar(&how.mapping, "mapping", "", "TOML that says how the index is read and what is expected")
	cmd.Flags().StringVar(&how.handed, "handed-over", "", "CSV with a column akte: the reference numbers of what was handed over")
	cmd.Flags().BoolVar(&how.dry, "dry-run", false, "say what would become of each file and bring nothing in")
	cmd.Flags().StringVar(&how.report, "report", "", "file for what became of each file; a run with the same file goes on")
	cmd.Flags().StringSliceVar(&how.receipts, "receipt", nil, "file for a receipt of the delivery: .pdf, .csv or .json; may be repeated")
	cmd.Flags().StringVar(&how.language, "language", "de", "of receipts, and of notes on what is assigned to nobody: de or en")
	cmd.Flags().BoolVar(&how.json, "json", false, "print a line of JSON for each file")
	return cmd
}

// delivering brings in one delivery.
type delivering struct {
	*loading
	name    string
	mapping mapping
	rows    []deliveryRow
	how     deliveryFiles
	// handed are the numbers of the Akten that were handed over, by their digits; nil: nobody said.
	handed map[string]string
	// hashes and sizes are those of the files that could be read, by their name in the index.
	hashes map[string]string
	sizes  map[string]int64

	mu   sync.Mutex
	done []deliveredFile
	back int
}

// deliver reads index and lists, brings in what is right, and reports all of it.
func (c *cli) deliver(ctx context.Context, o operator, folder string, how deliveryFiles) (err error) {
	d := &delivering{how: how, hashes: map[string]string{}, sizes: map[string]int64{}}
	if err := d.read(folder); err != nil {
		return &usageError{err}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	d.loading = &loading{
		cli: c, operator: o, root: root, otherwise: target{Type: d.mapping.Type, Department: d.mapping.Department},
		bulk: bulk{dry: how.dry, json: how.json}, seen: map[string]bool{}, count: map[string]int{},
	}
	if d.report, err = openReport(how.report); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.report.close()) }()
	refused := d.hash()
	if err := d.bringAll(ctx, refused); err != nil {
		return err
	}
	if err := d.rest(folder); err != nil {
		return err
	}
	if err := d.takeBack(ctx); err != nil {
		return err
	}
	id, err := d.keep(ctx) // what came is told, whether it can be kept or not
	return errors.Join(err, d.receipts(ctx, id), d.sum())
}

// made is what came of the delivery.
func (d *delivering) made() archive.Delivery {
	return archive.Delivery{
		Department: d.mapping.Department, Vendor: d.mapping.Vendor, Name: d.name, At: time.Now(), Rows: len(d.done), Back: d.back, DryRun: d.dry,
	}
}

const (
	keepTries = 3
	keepAgain = time.Second
)

// keep keeps it in the archive, where records staff look it up. What broke off, as where the server was started anew,
// goes on where it stopped.
func (d *delivering) keep(ctx context.Context) (id string, err error) {
	if d.dry {
		return "", nil
	}
	made := madeDelivery{d.made(), d.done}
	made.ID = archive.NewID[archive.DeliveryID]()
	for try := 1; ; try++ {
		if id, err = d.operator.record(ctx, made); err == nil {
			return id, nil
		}
		if try == keepTries || ctx.Err() != nil {
			return "", fmt.Errorf("the delivery is brought in, but could not be kept for its list: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(keepAgain):
		}
	}
}

// read reads what says what the delivery is.
func (d *delivering) read(folder string) (err error) {
	if d.mapping, err = readMapping(d.how.mapping); err != nil {
		return err
	}
	d.name = filepath.Base(filepath.Clean(folder))
	values, err := d.mapping.readIndex(d.how.index)
	if err != nil {
		return err
	}
	for i, v := range values {
		row, err := d.mapping.row(v, d.name)
		if err != nil {
			return fmt.Errorf("%s: row %d: %w", d.how.index, i+1, err)
		}
		d.rows = append(d.rows, row)
	}
	if d.how.handed != "" {
		d.handed, err = readHanded(d.how.handed)
	}
	return err
}

// readHanded reads the reference numbers of a list.
func readHanded(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	if head, _, _ := strings.Cut(string(data), "\n"); strings.Contains(head, ";") {
		r.Comma = ';'
	}
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s: it is empty", file)
	}
	at := slices.IndexFunc(lines[0], func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "akte") })
	if at < 0 {
		return nil, fmt.Errorf("%s: it has no column akte", file)
	}
	out := map[string]string{}
	for _, line := range lines[1:] {
		if number := strings.TrimSpace(line[at]); number != "" {
			out[numberDigits(number)] = number
		}
	}
	return out, nil
}

// hash reads every file once and returns which rows can't be taken for what other rows say: the same bytes come
// twice, for one person or, worse, for several.
func (d *delivering) hash() map[int]imported {
	refused := map[int]imported{}
	first := map[string]int{}
	for i, row := range d.rows {
		sum, size, err := d.sumOf(row.File)
		if err != nil {
			continue // said when it is brought in
		}
		d.hashes[row.File], d.sizes[row.File] = sum, size
		was, twice := first[sum]
		switch {
		case !twice:
			first[sum] = i
		case row.person() == d.rows[was].person():
			refused[i] = imported{Result: "duplicate", Reason: "twice_in_the_delivery"}
		default:
			refused[i] = imported{Result: "refused", Reason: "twice_for_different_people"}
			refused[was] = refused[i]
		}
	}
	return refused
}

func (d *delivering) sumOf(file string) (string, int64, error) {
	f, err := d.root.Open(localPath(file))
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// localPath is the path of a file as a vendor writes it. What leads out of the folder is opened by nobody.
func localPath(file string) string {
	return filepath.FromSlash(strings.ReplaceAll(file, `\`, "/"))
}

// bringAll brings the rows in, several at once.
func (d *delivering) bringAll(ctx context.Context, refused map[int]imported) error {
	d.bar = d.cli.bar("delivery", len(d.rows))
	defer d.bar.done()
	group, within := errgroup.WithContext(ctx) // ends with the group: whether we were stopped is ctx's to say
	group.SetLimit(loadHands)
	for i, row := range d.rows {
		if within.Err() != nil {
			break
		}
		group.Go(func() error {
			result, why := refused[i]
			err := error(nil)
			if !why {
				result, err = d.one(within, row)
			}
			if err != nil {
				return fmt.Errorf("stopped at row %d: %w", i+1, err)
			}
			result.File = row.File
			return d.became(i+1, row, result, !why)
		})
	}
	return errors.Join(group.Wait(), ctx.Err())
}

// one brings in one row, unless an earlier run did.
func (d *delivering) one(ctx context.Context, row deliveryRow) (imported, error) {
	if was, ok := d.report.done[row.key(d.hashes[row.File])]; ok && !d.dry {
		was.Result = "there"
		return was, nil
	}
	if d.handed != nil && row.Whose.Number != "" {
		if _, ok := d.handed[numberDigits(row.Whose.Number)]; !ok {
			return imported{Result: "surplus", Reason: "akte_not_handed_over"}, nil
		}
	}
	to := row.target(d.otherwise)
	to.Delivered, to.Language = &row.Whose, d.how.language
	return d.bringFile(ctx, row.File, to, nil)
}

// became keeps, prints and reports what became of a row.
func (d *delivering) became(n int, row deliveryRow, result imported, fresh bool) error {
	f := deliveredFile{
		reported: reported{n, row.key(d.hashes[row.File]), result}, SHA256: d.hashes[row.File], Size: d.sizes[row.File], Number: row.Whose.Number,
	}
	d.mu.Lock()
	d.done = append(d.done, f)
	d.mu.Unlock()
	return d.tell(f.reported, fresh)
}

// rest tells of files that no row names, and of Akten of which nothing came.
func (d *delivering) rest(folder string) error {
	files, err := regularFiles(folder)
	if err != nil {
		return err
	}
	slices.SortStableFunc(d.done, func(a, b deliveredFile) int { return a.Row - b.Row })
	named, came := map[string]bool{}, map[string]bool{}
	for _, row := range d.rows {
		named[filepath.Clean(localPath(row.File))] = true
		came[numberDigits(row.Whose.Number)] = true
	}
	whole, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	for _, own := range append(slices.Clone(d.how.receipts), d.how.index, d.how.mapping, d.how.handed, d.how.report) {
		path, err := filepath.Abs(own)
		if err != nil {
			return err
		}
		if rel, err := filepath.Rel(whole, path); err == nil && own != "" {
			named[rel] = true
		}
	}
	var left []deliveredFile
	for _, file := range files {
		if rel, err := filepath.Rel(folder, file); err == nil && !named[rel] {
			sum, size, _ := d.sumOf(rel) // what can't be read is surplus as well
			left = append(left, deliveredFile{reported: reported{imported: imported{File: rel, Result: "surplus", Reason: "not_in_the_index"}}, SHA256: sum, Size: size})
		}
	}
	for _, number := range sortedValues(d.handed) {
		if !came[numberDigits(number)] {
			left = append(left, deliveredFile{reported: reported{imported: imported{Result: "missing", Reason: "nothing_of_the_akte"}}, Number: number})
		}
	}
	for _, f := range left {
		d.done = append(d.done, f)
		shown := f.reported
		if shown.File == "" {
			shown.File = f.Number
		}
		if err := d.tell(shown, false); err != nil {
			return err
		}
	}
	return nil
}

func sortedValues(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// takeBack notes that the paper of those Akten is back of which all is in.
func (d *delivering) takeBack(ctx context.Context) error {
	if d.dry {
		return nil
	}
	whole, akte := map[string]bool{}, map[string]string{}
	for _, f := range d.done {
		number := numberDigits(f.Number)
		if number == "" {
			continue
		}
		if _, seen := whole[number]; !seen {
			whole[number] = true
		}
		whole[number] = whole[number] && f.inAkte()
		if f.Akte != "" {
			akte[number] = f.Akte
		}
	}
	for number, id := range akte {
		if !whole[number] {
			continue
		}
		back, err := d.operator.returned(ctx, id, d.name)
		if err != nil {
			return err
		}
		if back {
			d.back++
		}
	}
	return nil
}
