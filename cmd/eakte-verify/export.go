package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// kept is what the officer brings along.
type kept struct {
	// key is the log's. Nil: the one in the export, which proves nothing against whoever made the export.
	key *key
	// checkpoints she kept from earlier, witnesses she trusts.
	checkpoints []named
	witnesses   []*key
}

// named is the content of a file and where it came from, for the reader.
type named struct {
	name string
	data []byte
}

// mark is a size at which somebody vouched for the root of a year: the officer's earlier checkpoint, or one
// that a witness cosigned.
type mark struct {
	checkpoint
	differs, cut string // codes of what is wrong if the root differs, or the log is shorter
	who          string
}

// checkExport checks the export in dir. What is wrong with it is in the report; the error says what keeps it
// from being checked.
func checkExport(dir string, with kept) (*report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem{"unreadable", []any{dir}}
	}
	defer root.Close()
	names, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, problem{"unreadable", []any{dir}}
	}
	r := &report{Years: []told{}, Findings: []finding{}, Notes: []finding{}}
	if with.key, err = officersKey(root, with.key, r); err != nil {
		return nil, err
	}
	r.Log = with.key.name
	marks, err := with.marks()
	if err != nil {
		return nil, err
	}
	if len(with.checkpoints) == 0 {
		r.note("", "no-older")
	}
	var former *year
	var years []*year
	for _, d := range names {
		if d.Name() == "vkey" {
			continue
		}
		if !d.IsDir() || !isYear(d.Name()) {
			r.find("", -1, "stray", d.Name())
			continue
		}
		y := &year{folder: folder{root, d.Name()}, name: d.Name(), key: with.key, report: r, former: former}
		y.check(marks, with.witnesses)
		r.Years = append(r.Years, y.told)
		former = y
		years = append(years, y)
	}
	lackEntries(r, years)
	if len(r.Years) == 0 {
		r.find("", -1, "empty")
	}
	conclude(r, former, marks, with.witnesses)
	return r, nil
}

// lackEntries looks whether a later year tells of each year without entries that they reached the end of their term.
func lackEntries(r *report, years []*year) {
	for i, y := range years {
		if !y.dropped {
			continue
		}
		told := false
		for _, later := range years[i+1:] {
			if at, ok := later.drops[y.name]; ok && !told {
				told = true
				r.note(y.name, "dropped", y.at.size, at.Format(time.DateOnly))
			}
		}
		if !told {
			y.find(0, "lost")
		}
	}
}

// conclude finds what only the whole export tells: a year the officer knows and that isn't there, a witness
// that cosigned nothing of the last year.
func conclude(r *report, last *year, marks []mark, witnesses []*key) {
	for _, m := range marks {
		if !slices.ContainsFunc(r.Years, func(t told) bool { return t.Origin == m.origin }) {
			r.find("", -1, "absent", m.who, m.origin)
		}
	}
	for _, k := range witnesses {
		if last != nil && !last.seen[k.name] {
			r.find(last.name, -1, "witness-missing", k.name)
		}
	}
}

// marks opens the earlier checkpoints. One that isn't signed by the key is the officer's mistake and no
// finding: nothing could be compared with it.
func (k *kept) marks() (out []mark, err error) {
	for _, f := range k.checkpoints {
		n, ok := parseNote(f.data)
		if !ok {
			return nil, problem{"not-checkpoint", []any{f.name}}
		}
		c, ok := parseCheckpoint(n.body)
		if !ok || n.signed(k.key) != "" {
			return nil, problem{"not-checkpoint", []any{f.name}}
		}
		out = append(out, mark{c, "older", "cut", f.name})
	}
	return out, nil
}

// officersKey returns the key to check signatures with: the one given, or the one in the export.
func officersKey(root *os.Root, given *key, r *report) (*key, error) {
	text, there := folder{root, "."}.read("vkey", maxNote)
	k, err := parseKey(string(text), algLog)
	if given == nil {
		if err != nil {
			return nil, problem{code: "no-key"}
		}
		r.note("", "exported-key")
		return k, nil
	}
	if !there || err != nil || k.name != given.name || !k.public.Equal(given.public) {
		r.find("", -1, "key")
	}
	return given, nil
}

func isYear(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789") == ""
}

// folder is a folder of the export; nothing outside of the export is read, whatever links it holds.
type folder struct {
	root *os.Root
	name string
}

// open opens a file; ok is false if there is none that can be read, or it is larger than limit.
func (f folder) open(name string, limit int64) (file *os.File, ok bool) {
	path := filepath.Join(f.name, name)
	info, err := f.root.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return nil, false
	}
	file, err = f.root.Open(path)
	return file, err == nil
}

// read returns a file; ok is as in open.
func (f folder) read(name string, limit int64) (data []byte, ok bool) {
	file, ok := f.open(name, limit)
	if !ok {
		return nil, false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() > limit {
		return nil, false
	}
	data = make([]byte, info.Size())
	for n := 0; n < len(data); {
		more, err := file.Read(data[n:])
		if n += more; err != nil || more == 0 {
			return nil, false
		}
	}
	return data, true
}

// list returns the names of the files in a folder of the export, in order.
func (f folder) list(name string) (names []string) {
	all, err := fs.ReadDir(f.root.FS(), filepath.ToSlash(filepath.Join(f.name, name)))
	if err != nil {
		return nil
	}
	for _, d := range all {
		names = append(names, d.Name())
	}
	return names
}

// has says whether there is a folder of that name.
func (f folder) has(name string) bool {
	info, err := f.root.Stat(filepath.Join(f.name, name))
	return err == nil && info.IsDir()
}
