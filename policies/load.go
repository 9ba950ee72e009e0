package policies

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed builtin
var builtin embed.FS

// maxFile is the largest policy file taken, in bytes: a policy is for reading.
const maxFile = 4 << 20

// modelFile is the Casbin model, testFile what the rules are to answer; ruleFolder holds both and the rules.
const (
	ruleFolder = "access"
	modelFile  = ruleFolder + "/model.conf"
	testFile   = ruleFolder + "/tests.csv"
)

// BuiltIn returns the policies compiled into the program: the demo authority.
func BuiltIn() (*Set, error) {
	folder, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return nil, fmt.Errorf("policies: built-in: %w", err)
	}
	return Load(folder)
}

// Load reads and checks a policy folder; use [os.DirFS] for one on disk. The error is a
// [*LoadError] when the folder's content is wrong, anything else when it can't be read.
// README.md and files whose name begins with a dot are left out; any other file that isn't
// known is a problem, so that no rule is overlooked because its file has the wrong name.
func Load(folder fs.FS) (*Set, error) {
	l := &loader{files: make(map[string][]byte)}
	if err := l.readFiles(folder); err != nil {
		return nil, fmt.Errorf("policies: reading the folder: %w", err)
	}
	return l.load()
}

// load makes a set of the files that were read.
func (l *loader) load() (*Set, error) {
	set := &Set{hash: l.hash(), files: l.files}
	l.readLists(set)
	l.readTeams(set)
	l.readHours(set)
	l.readAddresses(set)
	l.readRegisters(set)
	l.readFieldGroups(set)
	l.readPairs(set)
	l.readDocTypes(set)
	l.readSigns(set)
	l.readSynonyms(set)
	l.readReferences(set)
	l.readPlan(set)
	l.readProcedures(set)
	l.readRetentions(set)
	l.readModel(set)
	l.readRules(set)
	l.readTests(set)
	l.check(set)
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	inheritRules(set)
	return set, nil
}

// loader reads one folder.
type loader struct {
	problems
	files map[string][]byte
	// at remembers where a row stood, by file and key, for the checks across files.
	at map[string]int
}

// readFiles reads every file of the folder that counts. Only trouble of the folder itself
// is an error; whatever is wrong with a file's name or bytes becomes a problem.
func (l *loader) readFiles(folder fs.FS) error {
	return fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		if d.IsDir() {
			switch {
			case hidden:
				return fs.SkipDir
			case name != "." && name != ruleFolder:
				l.add(name, 0, "unknown folder")
				return fs.SkipDir
			}
			return nil
		}
		if hidden || name == "README.md" {
			return nil
		}
		if !knownFile(name) {
			l.add(name, 0, "unknown file; rename it or take it out")
			return nil
		}
		return l.readFile(folder, name)
	})
}

func (l *loader) readFile(folder fs.FS, name string) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	l.keepFile(name, data)
	return nil
}

// keepFile takes the bytes of a file, or none where they are no text for reading.
func (l *loader) keepFile(name string, data []byte) {
	switch {
	case len(data) > maxFile:
		l.add(name, 0, "larger than %d bytes", maxFile)
		data = nil
	case !utf8.Valid(data):
		l.add(name, invalidLine(data), "not UTF-8")
		data = nil
	}
	l.files[name] = data
}

// invalidLine returns the line of the first byte that isn't UTF-8.
func invalidLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n <= 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}

func knownFile(name string) bool {
	if name == modelFile {
		return true
	}
	if folder, base := path.Split(name); folder == ruleFolder+"/" {
		return path.Ext(base) == ".csv"
	}
	return slices.Contains(tables(), name) || slices.Contains(spareTables(), name)
}

// tables returns the files every folder must have besides those of ruleFolder.
func tables() []string {
	return []string{
		"departments.csv", "roles.csv", "classifications.csv", "purposes.csv", "channels.csv",
		"namekinds.csv", "contents.csv", "registers.csv", "pairs.csv", "doctypes.csv",
		"fileplan.csv", "procedures.csv", "retention.csv",
	}
}

// spareTables returns the files that a folder may leave out.
func spareTables() []string {
	return []string{"teams.csv", "hours.csv", "addresses.csv", signsFile, referencesFile, synonymsFile, fieldGroupsFile}
}

// hash covers names and bytes of all files in the order of their names; each is preceded
// by its length, so that no two folders run together to the same stream.
func (l *loader) hash() string {
	names := make([]string, 0, len(l.files))
	for name := range l.files {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := sha256.New()
	var length [8]byte
	for _, name := range names {
		for _, part := range [][]byte{[]byte(name), l.files[name]} {
			binary.BigEndian.PutUint64(length[:], uint64(len(part)))
			sum.Write(length[:])
			sum.Write(part)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ruleFiles returns the names of the rule files in their order.
func (l *loader) ruleFiles() []string {
	var names []string
	for name := range l.files {
		if path.Dir(name) == ruleFolder && name != modelFile && name != testFile {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// withoutBOM drops the mark some spreadsheets put before the first column name.
func withoutBOM(data []byte) []byte {
	return bytes.TrimPrefix(data, []byte("\uFEFF"))
}
