package acl

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"eakte/policies"
)

// cacheFormat begins every kept table; it changes with the order of cells and with anything
// else that would give old bytes another meaning.
const cacheFormat = "eakte table 1\n"

// CompileCached returns the table of the set, from a file in dir that is named after the
// policies' hash when it is there and sound; otherwise it compiles and keeps the result
// for the next start. An empty dir keeps nothing. The folder must be as well guarded as
// the data itself: the checksum finds damage, not forgery. Not being able to keep the
// table is an error, as the folder then isn't what the operator thinks it is; the table
// is returned beside it and may be used.
func CompileCached(set *policies.Set, dir string) (*Table, error) {
	if dir == "" {
		return Compile(set)
	}
	name := filepath.Join(dir, "access-"+set.FullHash()+".table")
	if t, err := readTable(set, name); err == nil {
		return t, nil
	}
	t, err := Compile(set)
	if err != nil {
		return nil, err
	}
	if err := keepTable(t, set, name); err != nil {
		return t, fmt.Errorf("acl: keeping the table: %w", err)
	}
	return t, nil
}

// readTable returns the kept table; an error says that there is none, or none to be used.
func readTable(set *policies.Set, name string) (*Table, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := newTable(set)
	if err != nil {
		return nil, err
	}
	head := cacheHead(set, t)
	body, found := bytes.CutPrefix(data, head)
	if !found || len(body) != 2*len(t.cells)+sha256.Size {
		return nil, errors.New("acl: the kept table is of another kind")
	}
	cells, sum := body[:2*len(t.cells)], body[2*len(t.cells):]
	if want := sha256.Sum256(data[:len(data)-sha256.Size]); !bytes.Equal(sum, want[:]) {
		return nil, errors.New("acl: the kept table is damaged")
	}
	for i := range t.cells {
		t.cells[i] = cell(binary.LittleEndian.Uint16(cells[2*i:]))
		if int(t.cells[i]>>1) >= len(t.rules) {
			return nil, errors.New("acl: the kept table names no rule")
		}
	}
	return t, nil
}

// cacheHead says what the kept cells mean: format, policies, size of every axis.
func cacheHead(set *policies.Set, t *Table) []byte {
	a := t.axes
	return fmt.Appendf([]byte(cacheFormat), "%s %d %d %d %d %d %d %q\n", set.FullHash(), len(t.rules), a.pairCount,
		len(a.purposeSamples), len(a.registers), len(a.classes), len(a.actions), a.actionNames)
}

// keepTable writes the table durably or not at all.
func keepTable(t *Table, set *policies.Set, name string) (err error) {
	data := cacheHead(set, t)
	for _, c := range t.cells {
		data = binary.LittleEndian.AppendUint16(data, uint16(c))
	}
	sum := sha256.Sum256(data)
	data = append(data, sum[:]...)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".table-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if e := os.Remove(f.Name()); !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
