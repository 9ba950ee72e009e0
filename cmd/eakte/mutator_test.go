package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const (
	// largestSeed is the largest file that mutants are made of, largestMutant what one may grow to.
	largestSeed   = 3 << 20
	largestMutant = 8 << 20
	// largestPacked is the longest content that is unpacked to be changed.
	largestPacked = 4 << 20
)

// mutator spoils files of the corpus. Mutant n of a seed is always the same.
type mutator struct {
	seed  uint64
	files []seedFile
}

// seedFile is a file that mutants are made of.
type seedFile struct {
	path string // below the corpus
	data []byte
}

// mutant is a file that was spoilt.
type mutant struct {
	n    int
	path string   // of the file it was made of
	ops  []string // what was done to it, in order
	data []byte
}

// name is the file name it comes under.
func (m mutant) name() string { return filepath.Base(m.path) }

// newMutator reads the corpus. Hostile files, which cost seconds each as they are, are drawn more rarely.
func newMutator(t *testing.T, dir string, seed uint64) *mutator {
	t.Helper()
	m := &mutator{seed: seed}
	const often = 4
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		folder, _, below := strings.Cut(rel, "/")
		if !below || folder == "gt" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) < 16 || len(data) > largestSeed {
			return err
		}
		times := often
		if folder == "hostile" {
			times = 1
		}
		for range times {
			m.files = append(m.files, seedFile{rel, data})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// spoil makes mutant n.
func (m *mutator) spoil(n int) mutant {
	rng := rand.New(rand.NewPCG(m.seed, uint64(n)))
	from := m.files[rng.IntN(len(m.files))]
	out := mutant{n: n, path: from.path, data: bytes.Clone(from.data)}
	all := m.ways()
	for range 1 + rng.IntN(3) {
		way := all[rng.IntN(len(all))]
		changed, ok := way.do(rng, out.data)
		if !ok || len(changed) == 0 || len(changed) > largestMutant {
			continue
		}
		out.data, out.ops = changed, append(out.ops, way.name)
	}
	if len(out.ops) == 0 {
		out.data, _ = flipped(rng, out.data)
		out.ops = []string{"flip"}
	}
	if bytes.HasPrefix(out.data, []byte("\x89PNG")) && rng.IntN(2) == 0 {
		summed(out.data) // else no decoder looks behind the first checksum
		out.ops = append(out.ops, "sums")
	}
	return out
}

// spoiling is one way to spoil a file; ok is false where it doesn't apply.
type spoiling struct {
	name string
	do   func(rng *rand.Rand, in []byte) (out []byte, ok bool)
}

func (m *mutator) ways() []spoiling {
	return []spoiling{
		{"flip", flipped}, {"flip", flipped}, {"cut", cutShort}, {"drop", without}, {"double", doubled}, {"swap", swapped},
		{"splice", m.spliced}, {"graft", m.grafted}, {"number", numbered}, {"number", numbered}, {"length", lengthened},
		{"reference", referred}, {"packed", repacked}, {"packed", repacked},
	}
}

// stretch chooses a part of in, mostly a short one.
func stretch(rng *rand.Rand, in []byte, longest int) (from, to int) {
	length := 1 + rng.IntN(1+min(longest, len(in)-1))
	if rng.IntN(2) == 0 {
		length = 1 + rng.IntN(min(64, length))
	}
	from = rng.IntN(len(in) - length + 1)
	return from, from + length
}

// joined is its parts behind each other, in memory of its own.
func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// flipped turns some bits, all over the file or close together.
func flipped(rng *rand.Rand, in []byte) ([]byte, bool) {
	out := bytes.Clone(in)
	from, to := 0, len(out)
	if rng.IntN(2) == 0 {
		from, to = stretch(rng, out, 4096)
	}
	for range 1 + rng.IntN(1<<rng.IntN(7)) {
		out[from+rng.IntN(to-from)] ^= 1 << rng.IntN(8)
	}
	return out, true
}

func cutShort(rng *rand.Rand, in []byte) ([]byte, bool) {
	return bytes.Clone(in[:1+rng.IntN(len(in))]), true
}

func without(rng *rand.Rand, in []byte) ([]byte, bool) {
	from, to := stretch(rng, in, 1<<16)
	return joined(in[:from], in[to:]), to-from < len(in)
}

// doubled repeats a part, a few times or very often.
func doubled(rng *rand.Rand, in []byte) ([]byte, bool) {
	from, to := stretch(rng, in, 1<<16)
	times := 1 + rng.IntN(1<<rng.IntN(10))
	times = min(times, (largestMutant-len(in))/(to-from))
	if times < 1 {
		return nil, false
	}
	return joined(in[:to], bytes.Repeat(in[from:to], times), in[to:]), true
}

// swapped exchanges two neighbouring parts.
func swapped(rng *rand.Rand, in []byte) ([]byte, bool) {
	if len(in) < 4 {
		return nil, false
	}
	from, to := stretch(rng, in, 1<<16)
	if to-from < 2 {
		return nil, false
	}
	mid := from + 1 + rng.IntN(to-from-1)
	return joined(in[:from], in[mid:to], in[from:mid], in[to:]), true
}

// spliced puts a part of another file in the place of one, or between two.
func (m *mutator) spliced(rng *rand.Rand, in []byte) ([]byte, bool) {
	other := m.files[rng.IntN(len(m.files))].data
	a, b := stretch(rng, other, 1<<16)
	from, to := stretch(rng, in, 1<<16)
	if rng.IntN(2) == 0 {
		to = from
	}
	return joined(in[:from], other[a:b], in[to:]), true
}

// grafted puts the end of another file behind the beginning of this one.
func (m *mutator) grafted(rng *rand.Rand, in []byte) ([]byte, bool) {
	other := m.files[rng.IntN(len(m.files))].data
	return joined(in[:rng.IntN(len(in))+1], other[rng.IntN(len(other)):]), true
}

// odd are numbers that readers stumble on; around is one that stood there.
func odd(rng *rand.Rand, around int64) int64 {
	all := []int64{
		0, 1, -1, 2, 7, 255, 256, 32767, 65535, 65536, 1 << 24, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<63 - 1, -1 << 31,
		around + 1, around - 1, around * 2, around / 2, -around, around * 1000,
	}
	return all[rng.IntN(len(all))]
}

var (
	counts = regexp.MustCompile(`(?:/(?:Length[123]?|Count|Size|Width|Height|BitsPerComponent|Predictor|Columns|Colors|Rows|K|N|First|Prev|W|Index|` +
		`Rotate|Parent|Kids|MediaBox|CropBox|XRefStm|Extends|FirstChar|LastChar|DW|UserUnit)[ \[]*|startxref\s+)(-?\d+)`)
	digits    = regexp.MustCompile(`-?\d+`)
	reference = regexp.MustCompile(`\b(\d+) (\d+) R\b`)
	objects   = regexp.MustCompile(`\b(\d+) \d+ obj\b`)
)

// numbered writes another number where one stands in letters, mostly where it counts something.
func numbered(rng *rand.Rand, in []byte) ([]byte, bool) {
	places := counts.FindAllSubmatchIndex(in, 2000)
	if len(places) == 0 || rng.IntN(3) == 0 {
		places = nil
		for _, p := range digits.FindAllIndex(in, 2000) {
			places = append(places, []int{0, 0, p[0], p[1]})
		}
	}
	if len(places) == 0 {
		return nil, false
	}
	at := places[rng.IntN(len(places))]
	was, _ := strconv.ParseInt(string(in[at[2]:at[3]]), 10, 64) // 0 is as good
	return joined(in[:at[2]], []byte(strconv.FormatInt(odd(rng, was), 10)), in[at[3]:]), true
}

// lengthened changes a number of 2 or 4 bytes that could be a length or a place in the file.
func lengthened(rng *rand.Rand, in []byte) ([]byte, bool) {
	if len(in) < 16 {
		return nil, false
	}
	out := bytes.Clone(in)
	for range 200 {
		at := rng.IntN(len(in) - 4)
		if rng.IntN(2) == 0 {
			at = rng.IntN(min(len(in)-4, 1024)) // headers
		}
		var order binary.ByteOrder = binary.BigEndian
		if rng.IntN(2) == 0 {
			order = binary.LittleEndian
		}
		if rng.IntN(2) == 0 {
			if v := order.Uint32(in[at:]); v > 0 && int64(v) <= int64(len(in)) {
				order.PutUint32(out[at:], uint32(odd(rng, int64(v))))
				return out, true
			}
		} else if v := order.Uint16(in[at:]); v > 0 && int(v) <= len(in) {
			order.PutUint16(out[at:], uint16(odd(rng, int64(v))))
			return out, true
		}
	}
	return nil, false
}

// referred makes an object of a PDF point to another one, or to none: circles come of it.
func referred(rng *rand.Rand, in []byte) ([]byte, bool) {
	refs, there := reference.FindAllSubmatchIndex(in, 2000), objects.FindAllSubmatch(in, 2000)
	if len(refs) == 0 || len(there) == 0 {
		return nil, false
	}
	at, to := refs[rng.IntN(len(refs))], there[rng.IntN(len(there))][1]
	if rng.IntN(8) == 0 {
		to = []byte("99999")
	}
	return joined(in[:at[2]], to, in[at[3]:]), true
}

// repacked changes what is packed inside of a file and packs it anew.
func repacked(rng *rand.Rand, in []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(in, []byte("\x89PNG")):
		return repackedPNG(rng, in)
	case bytes.HasPrefix(in, []byte("PK\x03\x04")):
		return repackedZip(rng, in)
	}
	return repackedStream(rng, in)
}

// inner spoils an unpacked content.
func inner(rng *rand.Rand, in []byte) []byte {
	if len(in) == 0 {
		return []byte{0}
	}
	for range 8 {
		ways := []func(*rand.Rand, []byte) ([]byte, bool){flipped, numbered, without, doubled, swapped, cutShort, referred}
		if out, ok := ways[rng.IntN(len(ways))](rng, in); ok && len(out) <= largestMutant {
			return out
		}
	}
	return in
}

func deflated(in []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // the level is one there is
	_, _ = w.Write(in)                                    // memory takes it
	_ = w.Close()
	return b.Bytes()
}

// inflated unpacks as far as it goes.
func inflated(in []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(in))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, largestPacked)) // what came before an error is enough
	return out
}

var (
	streams = regexp.MustCompile(`stream\r?\n`)
	length  = regexp.MustCompile(`/Length (\d+)`)
)

// repackedStream changes a packed stream of a PDF. Where the new one is no longer, everything stays in its place.
func repackedStream(rng *rand.Rand, in []byte) ([]byte, bool) {
	places := streams.FindAllIndex(in, 2000)
	for range min(20, len(places)) {
		from := places[rng.IntN(len(places))][1]
		n := bytes.Index(in[from:], []byte("endstream"))
		if n < 2 || bytes.HasSuffix(in[:from], []byte("endstream\n")) {
			continue
		}
		plain := inflated(in[from : from+n])
		if len(plain) == 0 {
			continue
		}
		packed := deflated(inner(rng, plain))
		if len(packed) <= n {
			return joined(in[:from], packed, bytes.Repeat([]byte("\n"), n-len(packed)), in[from+n:]), true
		}
		head := in[:from]
		if at := length.FindAllSubmatchIndex(head[max(0, from-400):], -1); len(at) > 0 {
			last, base := at[len(at)-1], max(0, from-400)
			head = joined(head[:base+last[2]], []byte(strconv.Itoa(len(packed))), head[base+last[3]:])
		}
		return joined(head, packed, []byte("\n"), in[from+n:]), true
	}
	return nil, false
}

// chunks calls fn for every chunk of a PNG as far as they go: where it starts, and its length.
func chunks(png []byte, fn func(at, n int)) {
	for at := 8; at+12 <= len(png); {
		n := int(binary.BigEndian.Uint32(png[at:]))
		if n < 0 || n > len(png)-at-12 {
			return
		}
		fn(at, n)
		at += 12 + n
	}
}

// summed brings the checksums of a PNG in order.
func summed(png []byte) {
	chunks(png, func(at, n int) {
		binary.BigEndian.PutUint32(png[at+8+n:], crc32.ChecksumIEEE(png[at+4:at+8+n]))
	})
}

// repackedPNG changes the rows of a PNG, not yet unfiltered.
func repackedPNG(rng *rand.Rand, in []byte) ([]byte, bool) {
	var data, before, after []byte
	chunks(in, func(at, n int) {
		switch whole := in[at : at+12+n]; {
		case string(in[at+4:at+8]) == "IDAT":
			data = append(data, in[at+8:at+8+n]...)
		case data == nil:
			before = append(before, whole...)
		default:
			after = append(after, whole...)
		}
	})
	plain := inflated(data)
	if len(plain) == 0 {
		return nil, false
	}
	packed := deflated(inner(rng, plain))
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(packed)))
	chunk = append(append(chunk, "IDAT"...), packed...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return joined(in[:8], before, chunk, after), true
}

// repackedZip changes one of the files in an archive.
func repackedZip(rng *rand.Rand, in []byte) ([]byte, bool) {
	r, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil || len(r.File) == 0 {
		return nil, false
	}
	chosen := rng.IntN(len(r.File))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, f := range r.File {
		if i != chosen {
			if err := w.Copy(f); err != nil {
				return nil, false
			}
			continue
		}
		from, err := f.Open()
		if err != nil {
			return nil, false
		}
		plain, _ := io.ReadAll(io.LimitReader(from, largestPacked)) // what came before an error is enough
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return nil, false
		}
		if _, err := to.Write(inner(rng, plain)); err != nil {
			return nil, false
		}
	}
	return out.Bytes(), w.Close() == nil && out.Len() > 0
}
