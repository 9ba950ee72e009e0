package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms in their order: a package imports from its own room and from rooms to its left.
func rooms() []string {
	return []string{"policies", "archive", "index", "ingest", "acl", "web", "cmd"}
}

// engines are wired in cmd and used by tests; nobody else knows which one runs. That the records know
// the ring of keys they are sealed under is the one exception: the two are one engine in two files on disk.
func engines() []string {
	return []string{
		"eakte/archive/boltstore", "eakte/archive/keyring", "eakte/archive/blob/fsblob", "eakte/archive/blob/s3blob",
		"eakte/index/bleveindex",
	}
}

// only names the packages that alone know a foreign module.
func only() map[string][]string {
	return map[string][]string{
		"go.etcd.io/bbolt":             {"eakte/archive/boltstore", "eakte/archive/keyring"},
		"github.com/minio/minio-go":    {"eakte/archive/blob/s3blob"},
		"github.com/blevesearch":       {"eakte/index/bleveindex"},
		"github.com/pdfcpu":            {"eakte/ingest/pdf", "eakte/ingest/bundle"},
		"github.com/casbin":            {"eakte/acl"},
		"github.com/gin-gonic":         {"eakte/web", "eakte/web/pages"},
		"github.com/danielgtaylor":     {"eakte/web"},
		"github.com/alexedwards/scs":   {"eakte/web"},
		"github.com/minio/sio":         {"eakte/archive/blob/seal"},
		"github.com/spf13/cobra":       {"eakte/cmd/eakte"},
		"codeberg.org/go-pdf/fpdf":     {"eakte/cmd/eakte/demo", "eakte/ingest/bundle", "eakte/ingest/separator"},
		"github.com/go-fonts/dejavu":   {"eakte/ingest/bundle", "eakte/ingest/separator"},
		"golang.org/x/mod/sumdb":       {"eakte/archive/audit", "eakte/archive/audit/witness", "eakte/archive/audit/anchor", "eakte/archive/boltstore"},
		"github.com/digitorus":         {"eakte/archive/audit/stamp"},
		"github.com/schollz":           {"eakte/cmd/eakte"},
		"github.com/richardlehane":     {"eakte/ingest/unpack", "eakte/ingest/office"},
		"golang.org/x/net/html":        {"eakte/ingest/unpack"},
		"github.com/emersion/go-imap":  {"eakte/ingest/mailbox"},
		"github.com/alexedwards/argon": {"eakte/acl"},
		"github.com/pquerna/otp":       {"eakte/acl"},
	}
}

// alone are the programs that share nothing with the others and need the standard library only: whoever
// checks the server must not do it with the server's own code.
func alone() []string { return []string{"eakte/cmd/eakte-verify"} }

// nobody's names: a package is called by what it is about.
func bannedNames() []string {
	return []string{
		"util", "utils", "common", "helper", "helpers", "model", "models", "types", "service", "services", "manager",
		"managers", "pkg", "internal", "core", "misc", "base", "shared", "lib",
	}
}

// source is a Go file of the module.
type source struct {
	path    string // from the root, with slashes
	pkg     string // import path of its folder
	name    string // of the package
	imports []string
	lines   int
	test    bool // it is a test, or in a package that only tests import
}

func (s source) room() string { return strings.SplitN(s.pkg, "/", 3)[1] }

// sources reads every Go file of the module but those of nested modules.
func sources(t *testing.T) (all []source) {
	t.Helper()
	const root = "../.."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(file, root+"/"))
		if d.IsDir() {
			nested := file != root && exists(filepath.Join(file, "go.mod"))
			if nested || file != root && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		s, err := readSource(file, rel)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("%d Go files found: the test looks in the wrong place", len(all))
	}
	return all
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func readSource(file, rel string) (source, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return source{}, err
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, data, parser.ImportsOnly)
	if err != nil {
		return source{}, err
	}
	s := source{
		path: rel, pkg: "eakte/" + path.Dir(rel), name: f.Name.Name, lines: strings.Count(string(data), "\n"),
		test: strings.HasSuffix(rel, "_test.go") || strings.HasSuffix(f.Name.Name, "test"),
	}
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return s, err
		}
		s.imports = append(s.imports, p)
	}
	return s, nil
}

// below reports whether an import path is a package or lies below it.
func below(p, parent string) bool { return p == parent || strings.HasPrefix(p, parent+"/") }

// TestImports holds the house to its plan: who may import whom, which package alone knows a foreign
// module, how packages are called, how long files are.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.pkg] = seen[s.pkg] || slices.Contains(alone(), s.pkg)
		for _, problem := range breaches(s) {
			t.Errorf("%s: %s", s.path, problem)
		}
		for _, i := range s.imports {
			for module := range only() {
				seen[module] = seen[module] || strings.HasPrefix(i, module)
			}
			for _, e := range engines() {
				seen[e] = seen[e] || i == e
			}
		}
	}
	for _, e := range engines() {
		if !seen[e] {
			t.Errorf("nobody imports the engine %s: is its name right here?", e)
		}
	}
	for _, p := range alone() {
		if !seen[p] {
			t.Errorf("%s isn't there: is its name right here?", p)
		}
	}
	for module := range only() {
		if !seen[module] {
			t.Errorf("nobody imports %s: is its name right here?", module)
		}
	}
}

// breaches says what in a file is against the plan.
func breaches(s source) (out []string) {
	here := slices.Index(rooms(), s.room())
	if here < 0 {
		out = append(out, "no room for it: there are "+strings.Join(rooms(), ", "))
	}
	if slices.Contains(bannedNames(), strings.TrimSuffix(s.name, "_test")) {
		out = append(out, "a package called "+s.name+" is about nothing")
	}
	if s.lines > 500 && !s.test {
		out = append(out, strconv.Itoa(s.lines)+" lines: split it by noun")
	}
	for _, i := range s.imports {
		out = append(out, misplaced(s, here, i)...)
	}
	return out
}

// misplaced says what is wrong with an import.
func misplaced(s source, here int, i string) (out []string) {
	if below(i, "eakte") {
		room, _, _ := strings.Cut(strings.TrimPrefix(i, "eakte/"), "/")
		outside := s.test && strings.HasSuffix(s.name, "_test") // a test that looks at the package from outside
		if slices.Index(rooms(), room) > here && !outside {
			out = append(out, i+" lies to the right of "+s.room())
		}
	}
	engine := slices.Contains(engines(), i) && !(s.pkg == "eakte/archive/boltstore" && i == "eakte/archive/keyring")
	if engine && s.room() != "cmd" && !s.test && s.pkg != i {
		out = append(out, i+" is an engine: only cmd and tests may know it")
	}
	if strings.HasSuffix(path.Base(i), "test") && below(i, "eakte") && !s.test {
		out = append(out, i+" is for tests")
	}
	if host, _, _ := strings.Cut(i, "/"); slices.Contains(alone(), s.pkg) && !s.test && (below(i, "eakte") || strings.Contains(host, ".")) {
		out = append(out, i+" isn't of the standard library")
	}
	for module, allowed := range only() {
		if !strings.HasPrefix(i, module) || s.test {
			continue
		}
		if !slices.Contains(allowed, s.pkg) {
			out = append(out, i+" is known to "+strings.Join(allowed, " and ")+" only")
		}
	}
	return out
}

// TestImportsSeesBreaches makes sure that the rules of the house bite.
func TestImportsSeesBreaches(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source source
		want   string
	}{
		{"to the right", source{pkg: "eakte/archive", imports: []string{"eakte/web"}}, "lies to the right"},
		{"to the right in a test", source{pkg: "eakte/index/bleveindex", imports: []string{"eakte/acl"}, test: true}, "lies to the right"},
		{"to the right from outside", source{pkg: "eakte/index", name: "index_test", imports: []string{"eakte/acl"}, test: true}, ""},
		{"to the left", source{pkg: "eakte/web", imports: []string{"eakte/acl", "eakte/archive/blob/seal"}}, ""},
		{"an engine in a room", source{pkg: "eakte/ingest", imports: []string{"eakte/archive/boltstore"}}, "is an engine"},
		{"an engine in a test", source{pkg: "eakte/ingest", imports: []string{"eakte/archive/boltstore"}, test: true}, ""},
		{"an engine in cmd", source{pkg: "eakte/cmd/eakte", imports: []string{"eakte/index/bleveindex"}}, ""},
		{"a foreign module elsewhere", source{pkg: "eakte/archive", imports: []string{"go.etcd.io/bbolt"}}, "only"},
		{"a foreign module at home", source{pkg: "eakte/archive/boltstore", imports: []string{"go.etcd.io/bbolt"}}, ""},
		{"a package for tests", source{pkg: "eakte/web", imports: []string{"eakte/acl/acltest"}}, "is for tests"},
		{"a package about nothing", source{pkg: "eakte/web/util", name: "util"}, "about nothing"},
		{"a long file", source{pkg: "eakte/web", lines: 501}, "split it"},
		{"the server's code in a program of its own", source{pkg: "eakte/cmd/eakte-verify", imports: []string{"eakte/archive/audit/verify"}}, "standard library"},
		{"a module in a program of its own", source{pkg: "eakte/cmd/eakte-verify", imports: []string{"golang.org/x/mod/sumdb/tlog"}}, "standard library"},
		{"the writer in its test", source{pkg: "eakte/cmd/eakte-verify", imports: []string{"eakte/archive/audit"}, test: true}, ""},
		{"the standard library in a program of its own", source{pkg: "eakte/cmd/eakte-verify", imports: []string{"crypto/ed25519"}}, ""},
		{"a room of its own", source{pkg: "eakte/pkg"}, "no room"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(breaches(tt.source), "; ")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
