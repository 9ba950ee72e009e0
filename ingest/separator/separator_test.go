package separator

import (
	"crypto/sha256"
	"strings"
	"testing"

	"eakte/archive"
)

func sum(parts ...string) [32]byte { return sha256.Sum256([]byte(strings.Join(parts, "\x00"))) }

func TestParse(t *testing.T) {
	const id = "01890a5d-ac96-774b-bcce-b302099a8057"
	for _, s := range []archive.Separator{{}, {Type: "reisepass"}, {Akte: id}} {
		mark := Mark(s, ours)
		if got, ok := Parse(mark, ours); !ok || got != s {
			t.Errorf("%+v came back as %+v, %v", s, got, ok)
		}
		if _, ok := Parse(mark, theirs); ok {
			t.Errorf("%+v of another store was taken for ours", s)
		}
		for i := range mark { // one wrong letter
			other := mark[:i] + map[bool]string{true: "A", false: "B"}[mark[i] != 'A'] + mark[i+1:]
			if got, ok := Parse(other, ours); ok && got != s {
				t.Errorf("a mark with another letter at %d says %+v", i, got)
			}
		}
	}
	if strings.Contains(Mark(archive.Separator{Akte: id}, ours), "01890") {
		t.Error("the id stands in the mark as it is")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("PATCHT")
	f.Add(Mark(archive.Separator{Type: "x"}, theirs))
	f.Fuzz(func(t *testing.T, text string) {
		if _, ok := Parse(text, ours); ok && !strings.HasPrefix(text, prefix) {
			t.Errorf("%q was taken for ours", text)
		}
	})
}
