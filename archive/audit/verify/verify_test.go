package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestImportsOnlyStandardLibrary keeps the verifier independent of the writer.
func TestImportsOnlyStandardLibrary(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil || strings.Contains(path, ".") || strings.HasPrefix(path, "eakte") {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

const entry = `{"v":1,"log":"a.example/audit/2026","seq":7,"time":"2026-11-21T08:15:00.000001Z","actor":"01","op":"search","akten":["02","03"],"result":"allow","more":3,"detail":"ab"}`

func TestEntryHasOneForm(t *testing.T) {
	l, err := parseLeaf([]byte(entry))
	if err != nil || l.seq != 7 || string(l.op) != "search" || string(l.detail) != "ab" || l.prev != nil {
		t.Fatalf("%+v, %v", l, err)
	}
	for name, bad := range map[string]string{
		"white space":     strings.Replace(entry, ",", ", ", 1),
		"newline behind":  entry + "\n",
		"missing field":   strings.Replace(entry, `"actor":"01",`, "", 1),
		"unknown field":   strings.Replace(entry, `"op"`, `"x":"y","op"`, 1),
		"other order":     strings.Replace(entry, `"actor":"01","op":"search"`, `"op":"search","actor":"01"`, 1),
		"repeated field":  strings.Replace(entry, `"op"`, `"actor":"01","op"`, 1),
		"empty text":      strings.Replace(entry, `"01"`, `""`, 1),
		"empty list":      strings.Replace(entry, `["02","03"]`, `[]`, 1),
		"open list":       strings.Replace(entry, `["02","03"]`, `["02",]`, 1),
		"control":         strings.Replace(entry, `"01"`, "\"\x01\"", 1),
		"escape":          strings.Replace(entry, `"01"`, `"\u0030"`, 1),
		"leading zero":    strings.Replace(entry, `:7,`, `:07,`, 1),
		"negative number": strings.Replace(entry, `:7,`, `:-7,`, 1),
		"huge number":     strings.Replace(entry, `:7,`, `:99999999999999999999,`, 1),
		"other version":   strings.Replace(entry, `"v":1`, `"v":2`, 1),
		"too long":        strings.Replace(entry, `"ab"`, `"`+strings.Repeat("a", 1024)+`"`, 1),
		"no object":       "{}", "nothing": "", "brace": "{", "cut": entry[:len(entry)-2],
	} {
		if bad == entry {
			t.Fatalf("%s: case changes nothing", name)
		}
		if l, err := parseLeaf([]byte(bad)); err == nil {
			t.Errorf("%s: read as %+v", name, l)
		}
	}
}

// TestRootsOfKnownTrees are the test vectors of Certificate Transparency's reference
// implementation: roots of trees of eight inputs.
func TestRootsOfKnownTrees(t *testing.T) {
	inputs := []string{"", "\x00", "\x10", "\x20\x21", "\x30\x31", "\x40\x41\x42\x43", "\x50\x51\x52\x53\x54\x55\x56\x57", "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"}
	want := map[int64]string{
		0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var tr tree
	for i := int64(0); ; i++ {
		if root := tr.root(); toHex(root) != want[i] {
			t.Errorf("root of %d is %s, want %s", i, toHex(root), want[i])
		}
		if i == 8 {
			break
		}
		h, _ := leafHash([]byte(inputs[i]), nil)
		tr.push(h, func(int, hash) {})
	}
}

func toHex(h hash) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range h {
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

func TestWhatKeepsFromChecking(t *testing.T) {
	empty := t.TempDir()
	good := "a.example/audit+" // never completed
	for _, c := range []struct {
		name, dir string
		opts      Options
	}{
		{"no folder", filepath.Join(empty, "no"), Options{VKey: good}},
		{"no key", empty, Options{}},
		{"broken key", empty, Options{VKey: good}},
	} {
		if r, err := Dir(t.Context(), c.dir, c.opts); err == nil {
			t.Errorf("%s: report %+v", c.name, r)
		}
	}
}

func TestFindingsAreLimited(t *testing.T) {
	var r Report
	for i := range 5 * MaxFindings {
		r.find("2026", int64(i), "wrong")
	}
	if len(r.Findings) != MaxFindings || r.Count != 5*MaxFindings || r.OK() {
		t.Errorf("%d listed, %d counted, OK %v", len(r.Findings), r.Count, r.OK())
	}
	if got, want := r.Findings[3].String(), "2026, entry 3: wrong"; got != want {
		t.Errorf("finding reads %q, want %q", got, want)
	}
}

// testKey returns a verifier key and its text.
func testKey(t testing.TB) (vkey, string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	raw := append([]byte{1}, private.Public().(ed25519.PublicKey)...)
	sum := sha256.Sum256(append([]byte("a.example/audit\n"), raw...))
	text := fmt.Sprintf("a.example/audit+%x+%s", sum[:4], base64.StdEncoding.EncodeToString(raw))
	key, err := parseVKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

func TestFolderThatIsNoExport(t *testing.T) {
	_, text := testKey(t)
	for _, c := range []struct {
		name, make, want string
	}{
		{"nothing", "", "the export has no shard"},
		{"foreign folder", "more", `no part of an export: "more"`},
		{"empty year", "2026", "2026: there is no checkpoint"},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, c.make), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "vkey"), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Dir(t.Context(), dir, Options{VKey: text})
		if err != nil || r.OK() || !strings.Contains(r.Findings[0].String(), c.want) {
			t.Errorf("%s: %+v, %v; want %q", c.name, r.Findings, err, c.want)
		}
		if r, err := Dir(t.Context(), dir, Options{VKey: text, OldCheckpoint: []byte("x")}); err == nil {
			t.Errorf("%s: an earlier checkpoint that is none was taken: %+v", c.name, r)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(entry))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := parseLeaf(data); err == nil && (len(l.op) == 0 || len(l.log) == 0) {
			t.Errorf("%q was read without op or log", data)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	f.Add([]byte("a.example/audit/2026\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a.example/audit AAAAAAAA\n"))
	key, _ := testKey(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := openCheckpoint(data, key); err == nil {
			t.Errorf("%q was taken as signed: %+v", data, c)
		}
	})
}
