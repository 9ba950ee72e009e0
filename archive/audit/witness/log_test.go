package witness

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// testLog is a log whose entries are texts.
type testLog struct {
	t      testing.TB
	origin string
	vkey   string
	signer note.Signer
	hashes []tlog.Hash
	size   int64
}

func newTestLog(t testing.TB, name, origin string) *testLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &testLog{t: t, origin: origin, vkey: vkey, signer: signer}
}

// ReadHashes implements [tlog.HashReader].
func (l *testLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = l.hashes[index]
	}
	return out, nil
}

// grow appends so many entries that tell what.
func (l *testLog) grow(n int, what string) *testLog {
	l.t.Helper()
	for range n {
		more, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", what, l.size), l)
		if err != nil {
			l.t.Fatal(err)
		}
		l.hashes = append(l.hashes, more...)
		l.size++
	}
	return l
}

// fork returns a log that has the first n entries of l, and the same key.
func (l *testLog) fork(n int64) *testLog {
	c := *l
	c.hashes, c.size = append([]tlog.Hash(nil), l.hashes[:tlog.StoredHashCount(n)]...), n
	return &c
}

// at returns a signed checkpoint of the first n entries.
func (l *testLog) at(n int64) []byte {
	l.t.Helper()
	root, err := tlog.TreeHash(n, l)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.sign(fmt.Sprintf("%s\n%d\n%s\n", l.origin, n, root))
}

func (l *testLog) sign(text string) []byte {
	l.t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return signed
}

// from returns the request to cosign n entries after old ones.
func (l *testLog) from(old, n int64) Request {
	l.t.Helper()
	r := Request{Old: old, Checkpoint: l.at(n)}
	if old == 0 || old > n {
		return r
	}
	proof, err := tlog.ProveTree(n, old, l)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, h := range proof {
		r.Proof = append(r.Proof, h)
	}
	return r
}

// newWitness returns a witness of logs in a folder.
func newWitness(t testing.TB, dir string, logs ...*testLog) *Witness {
	t.Helper()
	cfg := Config{Dir: dir, Name: "datenschutz.example/zeuge", Now: func() time.Time { return noon }}
	for _, l := range logs {
		cfg.Logs = append(cfg.Logs, Log{Key: l.vkey})
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
