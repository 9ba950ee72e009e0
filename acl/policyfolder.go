package acl

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/archive/audit"
	"eakte/policies"
)

// PolicyPart is a file of a proposal as it was sent: a ZIP of the policy folder, or a single file of access/.
type PolicyPart struct {
	Name string
	Data []byte
}

// Limits of a ZIP: what it says of itself isn't believed.
const (
	// MaxPolicyZip is in bytes.
	MaxPolicyZip     = 2 << 20
	zipEntries       = 200
	zipBytes         = 8 << 20
	zipName          = 200
	listsStay        = "lists change with the folder of the server, when it starts; access rules alone change here"
	listsStayMissing = "is no file of the policies in use; " + listsStay
)

// unpack returns the files of access/ that were sent; whole says that they take the place of all others. A ZIP may hold the
// whole folder: its lists must be those in use. The error is a [*policies.LoadError] or a [*archive.FieldError].
func (g *Guard) unpack(parts []PolicyPart) (files []policies.RuleFile, whole bool, err error) {
	var wrong []policies.Problem
	for _, part := range parts {
		found := []PolicyPart{{Name: path.Base(strings.ReplaceAll(part.Name, `\`, "/")), Data: part.Data}}
		if strings.EqualFold(path.Ext(part.Name), ".zip") {
			if whole = true; len(parts) > 1 {
				return nil, false, &archive.FieldError{Pointer: "/file", Code: "too_many", Detail: "a ZIP comes alone"}
			}
			if found, err = unzip(part.Data); err != nil {
				return nil, false, err
			}
		} else if _, list := g.Policies.ListFile(found[0].Name); !list {
			found[0].Name = "access/" + found[0].Name
		}
		for _, f := range found {
			list, known := g.Policies.ListFile(f.Name)
			switch {
			case policies.IsRuleFile(f.Name):
				files = append(files, policies.RuleFile(f))
			case !known:
				wrong = append(wrong, policies.Problem{File: f.Name, Reason: listsStayMissing})
			case !bytes.Equal(list, f.Data):
				wrong = append(wrong, policies.Problem{File: f.Name, Reason: "differs from the list in use; " + listsStay})
			}
		}
	}
	if len(wrong) > 0 {
		return nil, false, &policies.LoadError{Problems: wrong}
	}
	return files, whole, nil
}

// unzip reads the files of a ZIP. A folder around all of them is left out, and so are hidden files and README.md.
func unzip(data []byte) (out []PolicyPart, err error) {
	refused := func(reason string) error {
		return &policies.LoadError{Problems: []policies.Problem{{Reason: reason}}}
	}
	if len(data) > MaxPolicyZip {
		return nil, refused("the ZIP is too large")
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refused("this is no ZIP that can be read")
	}
	if len(r.File) > zipEntries {
		return nil, refused("the ZIP has too many entries")
	}
	left := int64(zipBytes)
	for _, f := range r.File {
		name := f.Name
		switch base := path.Base(name); {
		case strings.HasSuffix(name, "/"), strings.HasPrefix(base, "."), base == "README.md", strings.HasPrefix(name, "__MACOSX/"):
			continue
		case len(name) > zipName || path.Clean("/"+name) != "/"+name || strings.Contains(name, `\`):
			return nil, refused("the ZIP holds a file with a name that no folder can have")
		case f.Flags&1 != 0:
			return nil, refused("the ZIP is encrypted")
		}
		text, err := inflate(f, left)
		if err != nil {
			return nil, refused("the ZIP can't be read, or holds too much")
		}
		left -= int64(len(text))
		out = append(out, PolicyPart{Name: name, Data: text})
	}
	if len(out) == 0 {
		return nil, refused("the ZIP holds no files")
	}
	return unwrapped(out), nil
}

func inflate(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(text)) > most {
		err = errors.New("too large")
	}
	return text, errors.Join(err, r.Close())
}

// unwrapped leaves out a folder that all files lie in, unless that is access/ itself.
func unwrapped(parts []PolicyPart) []PolicyPart {
	around, _, _ := strings.Cut(parts[0].Name, "/")
	for _, p := range parts {
		if first, _, inside := strings.Cut(p.Name, "/"); !inside || first != around || around == "access" {
			return parts
		}
	}
	for i := range parts {
		_, parts[i].Name, _ = strings.Cut(parts[i].Name, "/")
	}
	return parts
}

// ZipPolicy returns the files of a version as a ZIP, to be changed and sent again.
func ZipPolicy(p archive.Policy) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range p.Files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: p.At})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// NoteFolder is for a start: where the folder's rules are in force and were changed since they were kept, it keeps them
// as a version of their own, which the trail tells of, so that every later comparison is with what really counts.
func (g *Guard) NoteFolder(ctx context.Context) error {
	return g.Store.Update(ctx, func(tx archive.Tx) error {
		before, err := tx.PolicyInForce()
		if isNotFound(err) {
			return nil // nobody ever proposed others
		}
		if err != nil {
			return err
		}
		active, _, err := g.keepFolder(tx)
		if err != nil || active == before.Number {
			return err
		}
		return tx.Record(audit.Event{
			Time: g.Now(), Actor: audit.System(), Op: audit.OpPolicySwitch, Object: policyObject(active),
			Result: audit.Allow, Policy: g.Policies.Hash(),
			Detail: &audit.Detail{Act: map[string]any{"replaced": before.Number, "rules": g.Policies.Hash(), "reason": "folder"}},
		})
	})
}

// keepFolder stores the rules that no version says yet, so that one can go back to them, and returns the version in
// force and the last one.
func (g *Guard) keepFolder(tx archive.Tx) (active, last int, err error) {
	for row, err := range tx.Policies("") {
		if err != nil {
			return 0, 0, err
		}
		last = row.Value.Number
		break
	}
	p, err := tx.PolicyInForce()
	if err != nil && !isNotFound(err) {
		return 0, 0, err
	}
	files := g.Policies.RuleFiles()
	switch {
	case err != nil:
	case !p.Folder || sameFiles(p.Files, files):
		return p.Number, last, nil
	default: // the folder was changed since, and the server started
		p.State, p.Ended, p.Revision = archive.PolicyReplaced, g.Now().UTC(), p.Revision+1
		if err := tx.PutPolicy(p); err != nil {
			return 0, 0, err
		}
	}
	last++
	return last, last, tx.PutPolicy(archive.Policy{
		Number: last, State: archive.PolicyActive, Folder: true, Base: p.Number, Files: files, At: g.Now().UTC(), Revision: 1,
	})
}

func sameFiles(a, b []policies.RuleFile) bool {
	return slices.EqualFunc(a, b, func(x, y policies.RuleFile) bool {
		return x.Name == y.Name && slices.Equal(x.Data, y.Data)
	})
}
