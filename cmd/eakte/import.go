package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/archive"
	"eakte/ingest/sniff"
	"eakte/policies"
)

// target is where an import goes.
type target struct {
	// Akte is the ID or the reference number of an Akte; empty for the basket of Department.
	Akte, Department string
	// Type is the document type in an Akte; the rest is recorded with it.
	Type, Title, Register, Classification, Date string
	// How the paper came in; empty: today, as an import.
	ReceivedOn, Channel, Sender, Note string
	// Dry asks what would become of it; nothing is brought in.
	Dry bool
	// Language is that of notes for who files it by hand: "de" or "en".
	Language string
	// Delivered says that a scan vendor made it: see there. nil: nobody did.
	Delivered *delivered
}

// imported is what became of a file.
type imported struct {
	File string `json:"file"`
	// Result is "taken", "there" (was brought in before), "refused" (the file or what is said of it is the
	// reason) or "unread" (it could not be opened here); of a manifest also "missing" (there is no such file),
	// "duplicate" (another row brings the same) and "ready" (a dry run found nothing against it); of a delivery
	// see there.
	Result string `json:"result"`
	// ID is that of the document or inbox item; Reason a stable code where it was refused.
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Akte is where a delivered file went, and Tried how that was found out, or why it wasn't.
	Akte  string   `json:"akte,omitempty"`
	Tried []string `json:"tried,omitempty"`
	// Faults are how a delivered file was scanned otherwise than expected.
	Faults []archive.DeliveryFault `json:"faults,omitempty"`
}

// errRefused makes the exit code tell what the list says.
var errRefused = errors.New("some files were not taken; see above")

func (c *cli) importing() *cobra.Command {
	var to target
	var inbox bool
	var how bulk
	cmd := &cobra.Command{
		Use:   "import FOLDER|FILE --akte ID | --inbox | --manifest FILE",
		Short: "Bring in a folder of files; may be interrupted and run again",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ways := 0
			for _, said := range []bool{to.Akte != "", inbox, how.manifest != ""} {
				if said {
					ways++
				}
			}
			if ways != 1 {
				return &usageError{errors.New("say one of --akte ID, --inbox and --manifest FILE")}
			}
			if how.manifest == "" && (how.dry || how.report != "") {
				return &usageError{errors.New("--dry-run and --report go with --manifest")}
			}
			return c.operate(cmd.Context(), func(o operator) error {
				if how.manifest != "" {
					return c.importManifest(cmd.Context(), o, args[0], to, how)
				}
				return c.importAll(cmd.Context(), o, args[0], to, how.json)
			})
		},
	}
	cmd.Flags().StringVar(&to.Akte, "akte", "", "ID or reference number of the Akte the files go into")
	cmd.Flags().BoolVar(&inbox, "inbox", false, "the files go into a basket")
	cmd.Flags().StringVar(&to.Department, "department", "", "department of the basket (default: the mail room)")
	cmd.Flags().StringVar(&to.Type, "type", "", "document type in the Akte (default: one of the unsorted register)")
	cmd.Flags().BoolVar(&how.json, "json", false, "print a line of JSON for each file")
	cmd.Flags().StringVar(&how.manifest, "manifest", "", "CSV or JSON that names files and where each goes")
	cmd.Flags().BoolVar(&how.dry, "dry-run", false, "say what would become of each row and bring nothing in")
	cmd.Flags().StringVar(&how.report, "report", "", "file for what became of each row; a run with the same file goes on")
	return cmd
}

// importAll brings in every regular file below root, one after the other: what limits an import is
// recognition, which goes on behind it.
func (c *cli) importAll(ctx context.Context, o operator, root string, to target, asJSON bool) error {
	files, err := regularFiles(root)
	if err != nil {
		return err
	}
	bar := c.bar("importing", len(files))
	defer bar.done()
	refused := false
	for i, file := range files {
		result, err := importOne(ctx, o, file, to)
		if err != nil {
			return fmt.Errorf("stopped at %q: %w", file, err)
		}
		if rel, err := filepath.Rel(root, file); err == nil && rel != "." {
			result.File = rel
		}
		refused = refused || result.Result != "taken" && result.Result != "there"
		if err := c.printImported(result, asJSON); err != nil {
			return err
		}
		bar.set(i + 1)
	}
	if refused {
		return errRefused
	}
	return nil
}

func (c *cli) printImported(r imported, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	_, err := fmt.Fprintf(c.out, "%-8s %s %s%s\n", r.Result, r.File, r.ID, r.Reason)
	return err
}

func regularFiles(root string) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

func importOne(ctx context.Context, o operator, path string, to target) (imported, error) {
	unread := imported{File: filepath.Base(path), Result: "unread", Reason: "not_readable_here"}
	f, err := os.Open(path)
	if err != nil {
		return unread, nil
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return unread, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return unread, nil
	}
	return o.importFile(ctx, to, filepath.Base(path), [32]byte(h.Sum(nil)), f)
}

// importer is the subject an import acts as: the mail room, whatever the authority's rules call it.
func (a *app) importer() (acl.Subject, error) {
	s := acl.Subject{User: "system", Name: "import", Client: "cli", Correlation: archive.NewID[string]()}
	for _, p := range a.policies.Pairs() {
		pair := archive.Pair{Role: p.Role, Department: p.Department}
		if a.guard.Able(pair, policies.ActReadFiled) && a.guard.Able(pair, policies.ActUpload) {
			s.Pairs = []archive.Pair{pair}
			break
		}
	}
	if s.Pairs == nil {
		return s, errors.New("the rules have no pair that files what it can't see; an import needs one")
	}
	s.Purpose = a.policies.Purposes()[0].Key
	if _, ok := a.policies.Purpose(mailPurpose); ok {
		s.Purpose = mailPurpose
	}
	return s, nil
}

// mailPurpose is the built-in purpose of who files incoming mail.
const mailPurpose = "posteingang"

// defaults fill in what the command line left open.
func (a *app) defaults(to target, s acl.Subject) target {
	if to.Channel == "" {
		to.Channel = importChannel
	}
	if to.Department == "" {
		to.Department = s.Pairs[0].Department
	}
	if to.Type == "" {
		for _, t := range a.policies.DocTypes() {
			if t.Register == a.policies.UnsortedRegister().Key {
				to.Type = t.Key
				break
			}
		}
	}
	return to
}

func (o *localOperator) importFile(ctx context.Context, to target, name string, sum [32]byte, body io.Reader) (imported, error) {
	r := imported{File: name}
	subject, err := o.app.importer()
	if err != nil {
		return r, err
	}
	to, desk := o.app.defaults(to, subject), o.app.guard.For(subject)
	if to.Delivered != nil {
		r, body, err = o.examine(ctx, desk, &to, r, body)
		if f, ok := body.(io.Closer); ok {
			defer f.Close() //nolint:errcheck // memory only
		}
		if err != nil || r.Result != "" {
			return r, err
		}
	}
	akte, err := desk.ImportInto(ctx, to.Akte, to.document(name))
	if err == nil && akte == "" {
		err = desk.Works(to.item(o.app.zone))
	}
	if err == nil && to.Dry {
		err = desk.Takes(to.item(o.app.zone), name, body)
	}
	if err == nil {
		var there bool
		if there, err = desk.Brought(ctx, sum, akte); there {
			r.Result = "there"
			if to.Delivered != nil && akte == "" {
				r.Reason = "unassigned_before"
			}
			return r, err
		}
		// Nothing that was delivered comes twice. That somebody filed it elsewhere since isn't for all to know who
		// read reports and receipts: it was brought in before, like what lies in its Akte.
		if err == nil && to.Delivered != nil && akte != "" {
			if there, err = desk.Brought(ctx, sum, ""); there {
				r.Result = "there"
				return r, err
			}
		}
	}
	if err == nil && !to.Dry {
		r.ID, err = o.bring(ctx, desk, to, akte, name, body)
	}
	r, err = r.judged(err, to.Dry)
	if to.Delivered != nil && akte == "" && (r.Result == "taken" || r.Result == "ready") {
		r.Result = "unassigned"
	}
	return r, err
}

// judged says what an error means for the file; errors that are not the file's stay errors.
func (r imported) judged(err error, dry bool) (imported, error) {
	var refused *acl.RefusedError
	var field *archive.FieldError
	switch {
	case errors.As(err, &refused):
		r.Result, r.Reason, err = "refused", refused.Code, nil
	case errors.As(err, &field):
		r.Result, r.Reason, err = "refused", field.Error(), nil
	case dry:
		r.Result = "ready"
	default:
		r.Result = "taken"
	}
	return r, err
}

// document is what is recorded with a file in an Akte.
func (t target) document(name string) archive.Document {
	d := archive.Document{
		Type: t.Type, Title: t.Title, Register: t.Register, Classification: t.Classification, Date: t.Date,
		ReceivedOn: t.ReceivedOn, Channel: t.Channel, Sender: t.Sender,
	}
	if d.Title == "" {
		d.Title = sniff.CleanName(name)
	}
	return d
}

// item is what is recorded with a file in a basket.
func (t target) item(zone *time.Location) archive.InboxItem {
	i := archive.InboxItem{Basket: t.Department, Channel: t.Channel, ReceivedOn: t.ReceivedOn, Sender: t.Sender, Note: t.Note}
	if i.ReceivedOn == "" {
		i.ReceivedOn = time.Now().In(zone).Format(time.DateOnly)
	}
	return i
}

// bring takes one file in and returns the ID of what it became.
func (o *localOperator) bring(ctx context.Context, desk *acl.Desk, to target, akte archive.AkteID, name string, body io.Reader) (string, error) {
	upload, err := desk.Receive(ctx, name, body)
	if err != nil {
		return "", err
	}
	defer upload.Close()
	if akte == "" {
		view, err := desk.AddInboxItem(ctx, to.item(o.app.zone), upload)
		return string(view.ID), err
	}
	view, err := desk.AddDocument(ctx, akte, to.document(name), upload)
	return string(view.ID), err
}

// importChannel is the built-in way of arrival of what an operator brings in.
const importChannel = "import"

// targetHeader carries an [importTarget] over the admin socket; the body of the request is the file.
const targetHeader = "Eakte-Target"

// importTarget is what is said of a file that is brought in.
type importTarget struct {
	To   target
	Name string
	Sum  []byte
}

// serveImport answers imports.
func serveImport(o operator) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var reply adminReply
		var in importTarget
		var done imported
		data, err := base64.StdEncoding.DecodeString(r.Header.Get(targetHeader))
		if err == nil {
			err = json.Unmarshal(data, &in)
		}
		if err == nil && len(in.Sum) != 32 {
			err = archive.ErrInvalid
		}
		if err == nil {
			done, err = o.importFile(r.Context(), in.To, in.Name, [32]byte(in.Sum), r.Body)
		}
		if err != nil {
			reply.Error, reply.Kind = explain(err), kindOf(err)
		}
		reply.File = &done
		w.Header().Set("Content-Type", "application/json")
		// A peer that is gone needs no answer.
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func (o *socketOperator) importFile(ctx context.Context, to target, name string, sum [32]byte, body io.Reader) (imported, error) {
	said, err := json.Marshal(importTarget{to, name, sum[:]})
	if err != nil {
		return imported{}, err
	}
	reply, err := o.send(ctx, "/import", body, targetHeader, base64.StdEncoding.EncodeToString(said))
	if err != nil || reply.File == nil {
		return imported{}, err
	}
	return *reply.File, nil
}
