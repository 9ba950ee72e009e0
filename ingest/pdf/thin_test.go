package pdf

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// scans is a PDF of n pages, each one image of 100,000 bytes.
func scans(n int) []byte {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range n {
		kids += fmt.Sprintf("%d 0 R ", 3+3*i)
	}
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", n, kids))
	for i := range n {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>", 4+3*i, 5+3*i))
		data := bytes.Repeat([]byte("stream >> /Length 12345 "), 100_000/24)
		object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width 2480/Height 3508/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode/Length %d>>stream\n%s\nendstream", len(data), data))
		object("<</Length 24>>stream\n595 0 0 842 0 0 cm /I Do\nendstream")
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func factsOf(t *testing.T, in io.ReadSeeker) (Facts, int) {
	t.Helper()
	model.ConfigPath = "disable"
	ctx, err := read(in, model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	raw := 0
	for _, e := range ctx.Table {
		if sd, ok := e.Object.(types.StreamDict); ok {
			raw += len(sd.Raw)
		}
	}
	f, err := look(ctx, 5000)
	if err != nil {
		t.Fatal(err)
	}
	return f, raw
}

func TestThinFileTellsTheSameAndHoldsNoImages(t *testing.T) {
	b := scans(40)
	file, ok := thinned(bytes.NewReader(b), int64(len(b))).(*thin)
	if !ok || len(file.patches) != 40 {
		t.Fatalf("not thinned: %+v", file)
	}
	lean, little := factsOf(t, file)
	whole, much := factsOf(t, bytes.NewReader(b))
	if !reflect.DeepEqual(lean, whole) || lean.Pages != 40 || lean.Sheets[39].Scan == nil {
		t.Errorf("facts differ: %+v and %+v", lean, whole)
	}
	if little > 10_000 || much < 3_900_000 {
		t.Errorf("%d bytes of streams, %d in the whole file", little, much)
	}
	seen, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	if err != nil || len(seen) != len(b) {
		t.Fatalf("%d bytes, %v", len(seen), err)
	}
	small := make([]byte, 3) // a read that begins inside a replaced number
	if _, err := file.ReadAt(small, file.patches[7].at+1); err != nil || !bytes.Equal(small, seen[file.patches[7].at+1:][:3]) {
		t.Errorf("read %q, %v", small, err)
	}
}

// TestThinLeavesOddFilesAlone: what is encrypted, or lies about a length, is read as it is.
func TestThinLeavesOddFilesAlone(t *testing.T) {
	b := scans(2)
	for name, odd := range map[string][]byte{
		"encrypted":    bytes.Replace(b, []byte("/Root 1 0 R"), []byte("/Root 1 0 R/Encrypt 9 0 R"), 1),
		"wrong length": bytes.ReplaceAll(b, []byte("/DCTDecode/Length 99984"), []byte("/DCTDecode/Length 88888")),
		"no image":     bytes.ReplaceAll(b, []byte("/Subtype/Image"), []byte("/Subtype/Imago")),
	} {
		if _, ok := thinned(bytes.NewReader(odd), int64(len(odd))).(*thin); ok {
			t.Errorf("%s: thinned", name)
		}
	}
}

func FuzzThinned(f *testing.F) {
	f.Add(scans(1)[:3000])
	f.Fuzz(func(t *testing.T, b []byte) {
		seen, err := io.ReadAll(thinned(bytes.NewReader(b), int64(len(b))))
		if err != nil || len(seen) != len(b) {
			t.Errorf("%d bytes of %d, %v", len(seen), len(b), err)
		}
	})
}

// TestThinCorpus: every PDF that can be read tells the same without its images.
func TestThinCorpus(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/scan/*.pdf")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lean, _ := factsOf(t, thinned(bytes.NewReader(b), int64(len(b))))
		whole, _ := factsOf(t, bytes.NewReader(b))
		if !reflect.DeepEqual(lean, whole) {
			t.Errorf("%s: facts differ", filepath.Base(file))
		}
	}
}
