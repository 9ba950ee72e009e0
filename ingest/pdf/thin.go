package pdf

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
)

// thin is a file whose images look one byte long: who reads its structure into memory leaves the scans
// where they are. Every other byte, and every offset, is the file's.
type thin struct {
	*io.SectionReader
	at      int64
	patches []patch // by offset
}

// patch stands for the bytes at an offset.
type patch struct {
	at   int64
	text []byte
}

var (
	imageDict   = regexp.MustCompile(`/Subtype\s*/Image\b`)
	lengthEntry = regexp.MustCompile(`/Length\s+(\d{2,10})(\s*[/>]|\s+[^\d\s])`)
)

const (
	maxDict  = 2 << 10
	thinFrom = 4 << 10 // bytes of an image; smaller ones may be read
)

// thinned returns the file as it looks without its images; the file itself where that can't be told or
// wouldn't help. Streams of encrypted files and images in images have to be whole.
func thinned(in io.ReaderAt, size int64) io.ReadSeeker {
	t := &thin{SectionReader: io.NewSectionReader(in, 0, size)}
	const step = 1 << 20
	buf := make([]byte, step+maxDict)
	for from := int64(0); from < size; {
		n, _ := in.ReadAt(buf[:min(int64(len(buf)), size-from)], from) // what is missing is the next reader's affair
		if n == 0 || bytes.Contains(buf[:n], []byte("/Encrypt")) {
			return io.NewSectionReader(in, 0, size)
		}
		next := from + int64(max(n-maxDict, 1))
		if n < len(buf) {
			next = size
		}
		for at := 0; ; {
			i := bytes.Index(buf[at:n], []byte("stream"))
			if i < 0 {
				break
			}
			at += i + len("stream")
			if end := t.image(in, buf[:at], from, size); end > 0 {
				if end-from >= int64(n) {
					next = max(next, end)
					break
				}
				at = int(end - from)
			}
		}
		from = next
	}
	if len(t.patches) == 0 {
		return io.NewSectionReader(in, 0, size)
	}
	return t
}

// image notes the image whose dictionary ends before the word "stream" at the end of head, and returns
// where its bytes end; 0: it is none, or not one that can be left out.
func (t *thin) image(in io.ReaderAt, head []byte, from, size int64) int64 {
	if !bytes.HasSuffix(bytes.TrimRight(head[:len(head)-len("stream")], " \t\r\n"), []byte(">>")) {
		return 0
	}
	start := max(0, len(head)-maxDict)
	dict := head[start:]
	i := bytes.LastIndex(dict, []byte(" obj"))
	if i < 0 {
		return 0
	}
	dict, start = dict[i:], start+i
	if bytes.Contains(dict[:len(dict)-len("stream")], []byte("stream")) || !bytes.Contains(dict, []byte("/Image")) {
		return 0 // each dictionary is looked at once, or a hostile file would take its time
	}
	m := lengthEntry.FindSubmatchIndex(dict)
	if m == nil || !imageDict.Match(dict) || bytes.Count(dict, []byte("/Fl")) > 1 || bytes.Count(dict, []byte("/Length")) != 1 {
		return 0
	}
	length, err := strconv.ParseInt(string(dict[m[2]:m[3]]), 10, 64)
	if err != nil || length < thinFrom {
		return 0
	}
	end := from + int64(len(head)) + length
	tail := make([]byte, 16)
	n, _ := in.ReadAt(tail, end)
	if end >= size || !bytes.Contains(tail[:n], []byte("endst")) {
		return 0 // its length is wrong: a reader that mends files has to see it
	}
	text := append([]byte("1"), bytes.Repeat([]byte(" "), m[3]-m[2]-1)...)
	at := from + int64(start+m[2])
	if k := len(t.patches); k == 0 || t.patches[k-1].at < at {
		t.patches = append(t.patches, patch{at, text})
	}
	return end
}

// Read reads with the lengths replaced.
func (t *thin) Read(b []byte) (int, error) {
	n, err := t.ReadAt(b, t.at)
	t.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// Seek sets where Read goes on.
func (t *thin) Seek(offset int64, whence int) (int64, error) {
	at, err := t.SectionReader.Seek(offset, whence)
	if whence == io.SeekCurrent {
		at, err = t.SectionReader.Seek(t.at+offset, io.SeekStart)
	}
	if err == nil {
		t.at = at
	}
	return at, err
}

// ReadAt reads with the lengths replaced.
func (t *thin) ReadAt(b []byte, off int64) (int, error) {
	n, err := t.SectionReader.ReadAt(b, off)
	low, high := 0, len(t.patches)
	for low < high { // the first patch that ends behind off
		mid := (low + high) / 2
		if p := t.patches[mid]; p.at+int64(len(p.text)) <= off {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for ; low < len(t.patches) && t.patches[low].at < off+int64(n); low++ {
		p := t.patches[low]
		for i, c := range p.text {
			if at := p.at + int64(i) - off; at >= 0 && at < int64(n) {
				b[at] = c
			}
		}
	}
	return n, err
}
