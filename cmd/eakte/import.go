package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
)

// target is where an import goes.
type target struct {
	// Akte is the ID of an Akte; empty for the basket of Department.
	Akte       archive.AkteID
	Department string
	// Type is the document type in an Akte.
	Type string
}

// imported is what became of a file.
type imported struct {
	File string `json:"file"`
	// Result is "taken", "there" (was brought in before), "refused" (the file is the reason) or
	// "unread" (it could not be opened here).
	Result string `json:"result"`
	// ID is that of the document or inbox item; Reason a stable code where it was refused.
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// errRefused makes the exit code tell what the list says.
var errRefused = errors.New("some files were not taken; see above")

func (c *cli) importing() *cobra.Command {
	var to target
	var akte string
	var inbox, asJSON bool
	cmd := &cobra.Command{
		Use:   "import FOLDER|FILE --akte ID | --inbox",
		Short: "Bring in a folder of files; may be interrupted and run again",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (akte != "") == inbox {
				return &usageError{errors.New("say either --akte ID or --inbox")}
			}
			to.Akte = archive.AkteID(akte)
			return c.operate(cmd.Context(), func(o operator) error {
				return c.importAll(cmd.Context(), o, args[0], to, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&akte, "akte", "", "ID of the Akte the files go into")
	cmd.Flags().BoolVar(&inbox, "inbox", false, "the files go into a basket")
	cmd.Flags().StringVar(&to.Department, "department", "", "department of the basket (default: the mail room)")
	cmd.Flags().StringVar(&to.Type, "type", "", "document type in the Akte (default: one of the unsorted register)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON for each file")
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
	there, err := desk.Brought(ctx, sum, to.Akte)
	if err != nil || there {
		r.Result = "there"
		return r, err
	}
	r.ID, err = o.bring(ctx, desk, to, name, body)
	var refused *acl.RefusedError
	var field *archive.FieldError
	switch {
	case errors.As(err, &refused):
		r.Result, r.Reason, err = "refused", refused.Code, nil
	case errors.As(err, &field):
		r.Result, r.Reason, err = "refused", field.Error(), nil
	default:
		r.Result = "taken"
	}
	return r, err
}

// bring takes one file in and returns the ID of what it became.
func (o *localOperator) bring(ctx context.Context, desk *acl.Desk, to target, name string, body io.Reader) (string, error) {
	upload, err := desk.Receive(ctx, name, body)
	if err != nil {
		return "", err
	}
	defer upload.Close()
	if to.Akte == "" {
		view, err := desk.AddInboxItem(ctx, archive.InboxItem{
			Basket: to.Department, Channel: importChannel, ReceivedOn: time.Now().In(o.app.zone).Format(time.DateOnly),
		}, upload)
		return string(view.ID), err
	}
	view, err := desk.AddDocument(ctx, to.Akte, archive.Document{Type: to.Type, Title: upload.Name(), Channel: importChannel}, upload)
	return string(view.ID), err
}

// importChannel is the built-in way of arrival of what an operator brings in.
const importChannel = "import"

// importQuery carries a target over the admin socket; the body of the request is the file.
func importQuery(to target, name string, sum [32]byte) string {
	q := url.Values{"akte": {string(to.Akte)}, "department": {to.Department}, "type": {to.Type}, "name": {name}, "sha256": {fmt.Sprintf("%x", sum)}}
	return "/import?" + q.Encode()
}

// serveImport answers importQuery.
func serveImport(o operator) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		var sum [32]byte
		var reply adminReply
		_, err := hex.Decode(sum[:], []byte(q.Get("sha256"))[:min(64, len(q.Get("sha256")))])
		var done imported
		if err == nil {
			to := target{Akte: archive.AkteID(q.Get("akte")), Department: q.Get("department"), Type: q.Get("type")}
			done, err = o.importFile(r.Context(), to, q.Get("name"), sum, r.Body)
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
	reply, err := o.send(ctx, importQuery(to, name, sum), body)
	if err != nil || reply.File == nil {
		return imported{}, err
	}
	return *reply.File, nil
}
