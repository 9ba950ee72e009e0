package audit_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eakte/archive/audit"
)

func fullLeaf() audit.Leaf {
	return audit.Leaf{
		Version: 1, Log: "kreis-musterland.example/audit/2026", Seq: 42, Time: "2026-11-21T08:15:00.000001Z",
		Actor: id(1), Role: "sachbearbeitung", Department: "asyl", Client: "web",
		Op: audit.OpDocumentRead, Object: "document/" + id(2), Akten: []string{id(3), id(4)}, Persons: []string{id(5)},
		Register: "gesundheit", Classification: "besonders+sicherheit", Result: audit.Deny, Rule: "read/gesundheit#3",
		Policy: strings.Repeat("ab", 32), Purpose: "case:" + id(6), Correlation: id(7), Commitment: strings.Repeat("0f", 32),
	}
}

func TestLeafHasOneEncoding(t *testing.T) {
	want := fullLeaf()
	b, err := audit.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := audit.DecodeLeaf(b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back %+v, wrote %+v", got, want)
	}
	text := string(b)
	for name, other := range map[string]string{
		"white space":      strings.Replace(text, ",", ", ", 1),
		"trailing newline": text + "\n",
		"trailing object":  text + "{}",
		"empty field":      strings.Replace(text, `,"op"`, `,"prev":"","op"`, 1),
		"unknown field":    strings.Replace(text, `,"op"`, `,"name":"x","op"`, 1),
		"repeated field":   strings.Replace(text, `,"op"`, `,"client":"web","op"`, 1),
		"field in capital": strings.Replace(text, `"op"`, `"Op"`, 1),
		"null":             strings.Replace(text, `"web"`, `null`, 1),
		"escape":           strings.Replace(text, `"web"`, `"w\u0065b"`, 1),
		"other order":      strings.Replace(text, `"role":"sachbearbeitung","dept":"asyl"`, `"dept":"asyl","role":"sachbearbeitung"`, 1),
		"not an object":    "[]",
		"nothing":          "",
	} {
		if other == text {
			t.Fatalf("%s: case changes nothing", name)
		}
		if _, err := audit.DecodeLeaf([]byte(other)); !errors.Is(err, audit.ErrLeaf) {
			t.Errorf("%s: error %v, want ErrLeaf", name, err)
		}
	}
}

func TestLeafRefusesWhatMayBePersonal(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*audit.Leaf)
	}{
		{"name as actor", func(l *audit.Leaf) { l.Actor = "fatma" }},
		{"name of hexadecimal letters", func(l *audit.Leaf) { l.Actor = "ada" }},
		{"name as object", func(l *audit.Leaf) { l.Object = "person/khalil" }},
		{"object without kind", func(l *audit.Leaf) { l.Object = id(1) }},
		{"free text as purpose", func(l *audit.Leaf) { l.Purpose = "wegen Frau Khalil" }},
		{"name behind case", func(l *audit.Leaf) { l.Purpose = "case:khalil" }},
		{"name as Akte", func(l *audit.Leaf) { l.Akten = []string{"Khalil"} }},
		{"name as person", func(l *audit.Leaf) { l.Persons = []string{"Khalil"} }},
		{"umlaut", func(l *audit.Leaf) { l.Department = "ausländerbehörde" }},
		{"line break", func(l *audit.Leaf) { l.Rule = "a\nb" }},
		{"control character", func(l *audit.Leaf) { l.Correlation = "a\x00b" }},
		{"quote", func(l *audit.Leaf) { l.Register = `a"b` }},
		{"backslash", func(l *audit.Leaf) { l.Policy = `a\b` }},
		{"capital in a code", func(l *audit.Leaf) { l.Role = "Leitung" }},
		{"mail address", func(l *audit.Leaf) { l.Correlation = "a@b" }},
		{"unknown op", func(l *audit.Leaf) { l.Op = "look" }},
		{"unknown result", func(l *audit.Leaf) { l.Result = "maybe" }},
		{"local time", func(l *audit.Leaf) { l.Time = "2026-11-21T08:15:00.000001+01:00" }},
		{"short fraction", func(l *audit.Leaf) { l.Time = "2026-11-21T08:15:00.1Z" }},
		{"no such day", func(l *audit.Leaf) { l.Time = "2026-02-30T08:15:00.000001Z" }},
		{"no actor", func(l *audit.Leaf) { l.Actor = "" }},
		{"long correlation", func(l *audit.Leaf) { l.Correlation = strings.Repeat("a", 41) }},
		{"long id", func(l *audit.Leaf) { l.Actor = strings.Repeat("1", 65) }},
		{"short commitment", func(l *audit.Leaf) { l.Commitment = "00" }},
		{"too many Akten", func(l *audit.Leaf) { l.Akten = slices.Repeat([]string{id(1)}, 9) }},
		{"former shard in the middle", func(l *audit.Leaf) { l.Previous = strings.Repeat("0", 64) }},
		{"opening in the middle", func(l *audit.Leaf) { l.Op = audit.OpShardOpen }},
		{"start without opening", func(l *audit.Leaf) { l.Seq = 0 }},
		{"other version", func(l *audit.Leaf) { l.Version = 2 }},
		{"more and Akten", func(l *audit.Leaf) { l.More = 9 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := fullLeaf()
			if err := l.Validate(); err != nil {
				t.Fatal(err)
			}
			c.set(&l)
			b, err := audit.Encode(l)
			if !errors.Is(err, audit.ErrLeaf) || b != nil {
				t.Fatalf("Encode = %q, %v; want ErrLeaf", b, err)
			}
			if strings.Contains(err.Error(), "halil") {
				t.Errorf("error repeats the value: %v", err)
			}
		})
	}
}

// longest returns an event whose every field is as long as it may be.
func longest(refs int) audit.Event {
	code, token := strings.Repeat("c", 40), strings.Repeat("t", 72)
	ev := event(0, noon)
	ev.Actor = audit.Actor{User: strings.Repeat("1", 64), Role: code, Department: code, Client: code}
	ev.Op, ev.Object = audit.OpDocumentDownload, strings.Repeat("k", 16)+"/"+strings.Repeat("1", 64)
	ev.Register, ev.Classification, ev.Rule, ev.Policy = code, code, token, token
	ev.Purpose, ev.Correlation = "case:"+strings.Repeat("1", 64), strings.Repeat("t", 40)
	ev.Detail = &audit.Detail{Act: map[string]any{"a": 1}}
	ev.Akten, ev.Persons = nil, nil
	for i := range refs {
		ev.Akten = append(ev.Akten, id(i))
	}
	return ev
}

func TestLongestEventFitsIntoLeaf(t *testing.T) {
	l, err := audit.NewLog(strings.Repeat("a", 60))
	if err != nil {
		t.Fatal(err)
	}
	for _, refs := range []int{0, 1, 8, 9, 500} {
		s := newMemStore()
		p, err := appendOne(t, l, s, &memKeys{}, longest(refs))
		if err != nil {
			t.Fatalf("%d Akten: %v", refs, err)
		}
		leaf, err := l.ReadLeaf(memReader{s}, p)
		if err != nil {
			t.Fatal(err)
		}
		if leaf.More+len(leaf.Akten) != refs || len(leaf.Akten) > 1 {
			t.Errorf("leaf of %d Akten names %d and says %d are in the detail", refs, len(leaf.Akten), leaf.More)
		}
		parts, err := l.ReadDetail(t.Context(), memReader{s}, &memKeys{}, p.Year, &leaf)
		if err != nil {
			t.Fatal(err)
		}
		if named := len(parts[len(parts)-1].Keys) - 1; named != leaf.More {
			t.Errorf("detail names %d Akten, want %d", named, leaf.More)
		}
	}
}

func TestEveryOpHasAClass(t *testing.T) {
	for _, c := range []struct {
		op   audit.Op
		want audit.Class
	}{
		{audit.OpUpload, audit.Collection}, {audit.OpFile, audit.Change}, {audit.OpSearch, audit.Query},
		{audit.OpDocumentDownload, audit.Disclosure}, {audit.OpPersonMerge, audit.Combination},
		{audit.OpErasure, audit.Erasure}, {audit.OpSigninFailed, audit.Operation},
	} {
		if got, ok := c.op.Class(); got != c.want || !ok {
			t.Errorf("%s is %q, %v; want %q", c.op, got, ok, c.want)
		}
	}
	if c, ok := audit.Op("look").Class(); ok {
		t.Errorf("unknown op has class %q", c)
	}
}

func FuzzDecodeLeaf(f *testing.F) {
	b, err := audit.Encode(fullLeaf())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := audit.DecodeLeaf(data)
		if err != nil {
			return
		}
		again, err := audit.Encode(l)
		if err != nil || string(again) != string(data) {
			t.Errorf("%q was read, and is written as %q, %v", data, again, err)
		}
	})
}
