package audit_test

import (
	"errors"
	"strings"
	"testing"

	"eakte/archive/audit"
	"eakte/archive/audit/verify"
)

// TestEveryEntryCanBeProven proves each entry of logs of many sizes, and checks the
// printed proof with both implementations; a proof for another entry must fail.
func TestEveryEntryCanBeProven(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	v := signer.Verifier()
	for size := int64(2); size < 40; size++ {
		if _, err := appendOne(t, l, s, &memKeys{}, event(int(size), noon)); err != nil {
			t.Fatal(err)
		}
		sign(t, l, s, signer, 2026)
		for seq := range size {
			p, err := l.Prove(memReader{s}, audit.Position{Year: 2026, Seq: seq}, v)
			if err != nil {
				t.Fatal(err)
			}
			leaf, text := storedLeaf(s, 2026, seq), p.Text()
			parsed, err := audit.ParseProof(text)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := parsed.Check(leaf, v); err != nil || c.Size != size {
				t.Fatalf("entry %d of %d: %+v, %v", seq, size, c, err)
			}
			if _, err := verify.Proof(text, leaf, signer.VKey()); err != nil {
				t.Fatalf("entry %d of %d: %v", seq, size, err)
			}
			other := storedLeaf(s, 2026, (seq+1)%size)
			if _, err := parsed.Check(other, v); err == nil {
				t.Fatalf("entry %d of %d: proof fits another entry", seq, size)
			}
			if _, err := verify.Proof(text, other, signer.VKey()); err == nil {
				t.Fatalf("entry %d of %d: proof fits another entry (verify)", seq, size)
			}
		}
	}
}

func TestDamagedProofFails(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 100, noon)
	sign(t, l, s, signer, 2026)
	p, err := l.Prove(memReader{s}, audit.Position{Year: 2026, Seq: 42}, signer.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	leaf, text := storedLeaf(s, 2026, 42), p.Text()
	for i := range 8 * len(text) {
		bad := append([]byte(nil), text...)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := verify.Proof(bad, leaf, signer.VKey()); err == nil {
			t.Errorf("bit %d of the proof flipped: accepted", i)
		}
		if q, err := audit.ParseProof(bad); err == nil && string(q.Text()) != string(bad) {
			t.Errorf("bit %d flipped: read as another proof", i)
		}
	}
	lines := strings.SplitAfter(string(text), "\n")
	shorter := strings.Join(append(append([]string(nil), lines[:2]...), lines[3:]...), "")
	if _, err := verify.Proof([]byte(shorter), leaf, signer.VKey()); err == nil {
		t.Error("a proof without its first hash: accepted")
	}
}

func TestNoProofBeforeTheCheckpoint(t *testing.T) {
	l, s := newLog(t), newMemStore()
	signer := newSigner(t, l)
	grow(t, l, s, &memKeys{}, 5, noon)
	sign(t, l, s, signer, 2026)
	grow(t, l, s, &memKeys{}, 5, noon)
	for _, p := range []audit.Position{{Year: 2026, Seq: 6}, {Year: 2026, Seq: -1}, {Year: 2027, Seq: 0}} {
		if _, err := l.Prove(memReader{s}, p, signer.Verifier()); !errors.Is(err, audit.ErrNoEntry) {
			t.Errorf("%+v: %v, want ErrNoEntry", p, err)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := audit.ParseProof(text)
		if err == nil && string(p.Text()) != string(text) {
			t.Errorf("%q was read as %q", text, p.Text())
		}
	})
}
