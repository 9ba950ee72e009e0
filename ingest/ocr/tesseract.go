package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/ingest/read/page"
	"eakte/ingest/sandbox"
)

// Image is one image to recognise.
type Image struct {
	File  *sandbox.File // JPEG, PNG, TIFF, WebP, BMP or PNM; a PGM takes longest
	Index int           // page of a TIFF file, from 0
	DPI   int           // 0: unknown
}

// PageText is what was recognised. Boxes are in pixels of Width × Height.
type PageText struct {
	Words  []page.Word
	Width  int
	Height int
}

// Recognizer recognises text in one or more languages, named as in "deu+eng".
type Recognizer interface {
	// Recognize returns the words of an upright image.
	Recognize(ctx context.Context, img Image, languages string) (PageText, error)
	// Lines returns the words of a few lines without pictures or columns; letters, where they aren't empty,
	// are the only ones that can stand there.
	Lines(ctx context.Context, img Image, languages, letters string) (PageText, error)
	// Orientation returns by how many degrees clockwise the image has to be turned
	// to stand upright, and how sure that is (about 2 and more: sure). Without
	// enough letters it returns 0, 0.
	Orientation(ctx context.Context, img Image) (rotation int, confidence float64, err error)
}

var _ Recognizer = (*Tesseract)(nil)

// ErrUnreadable means that the recogniser can't read the image. It is final.
var ErrUnreadable = errors.New("ocr: image can't be recognised")

// ErrTooHard means that recognition took more time or memory than allowed. It is final.
var ErrTooHard = errors.New("ocr: image takes too long to recognise")

// Tesseract recognises with the program of that name. It may be used by several
// goroutines at once.
type Tesseract struct {
	box *sandbox.Runner
}

// New returns a Tesseract whose children run in box.
func New(box *sandbox.Runner) (*Tesseract, error) {
	if box == nil {
		return nil, errors.New("ocr: no sandbox given")
	}
	return &Tesseract{box: box}, nil
}

// Tools are the programs this package runs; they come with tesseract-ocr.
func Tools() []string { return []string{"tesseract"} }

// Languages returns the installed languages in alphabetical order, without the
// model for orientation.
func Languages() []string {
	files, err := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata/*.traineddata")
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".traineddata"); name != "osd" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckLanguages fails where one of languages ("deu+eng") isn't installed; the error
// names it.
func CheckLanguages(languages string) error {
	installed := Languages()
	for _, l := range strings.Split(languages, "+") {
		if !slices.Contains(installed, l) {
			return fmt.Errorf("ocr: language %q is not installed (apt-get install tesseract-ocr-%s)", l, strings.ReplaceAll(l, "_", "-"))
		}
	}
	return nil
}

// CanOrient reports whether the model for orientation is installed.
func CanOrient() bool {
	files, err := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata/osd.traineddata")
	if err != nil || len(files) == 0 {
		return false
	}
	_, err = os.Stat(files[0])
	return err == nil
}

// Recognize returns the words of an upright image.
func (t *Tesseract) Recognize(ctx context.Context, img Image, languages string) (PageText, error) {
	out, err := t.run(ctx, img, "-l", languages, "-c", "tessedit_create_tsv=1")
	if err != nil {
		return PageText{}, err
	}
	defer out.Close() //nolint:errcheck // memory only
	return parseTSV(out.Reader())
}

// Lines returns the words of a few lines.
func (t *Tesseract) Lines(ctx context.Context, img Image, languages, letters string) (PageText, error) {
	how := []string{"-l", languages, "--psm", "6", "-c", "tessedit_create_tsv=1"}
	if letters != "" {
		how = append(how, "-c", "tessedit_char_whitelist="+letters, "-c", "load_system_dawg=0", "-c", "load_freq_dawg=0")
	}
	out, err := t.run(ctx, img, how...)
	if err != nil {
		return PageText{}, err
	}
	defer out.Close() //nolint:errcheck // memory only
	return parseTSV(out.Reader())
}

// Orientation asks how the image lies.
func (t *Tesseract) Orientation(ctx context.Context, img Image) (int, float64, error) {
	out, err := t.run(ctx, img, "-l", "osd", "--psm", "0")
	if errors.Is(err, ErrUnreadable) {
		return 0, 0, nil // too few letters
	}
	if err != nil {
		return 0, 0, err
	}
	defer out.Close() //nolint:errcheck // memory only
	b, err := out.Bytes()
	if err != nil {
		return 0, 0, fmt.Errorf("ocr: %w", err)
	}
	rotation, confidence := parseOSD(b)
	return rotation, confidence, nil
}

func (t *Tesseract) run(ctx context.Context, img Image, how ...string) (*sandbox.File, error) {
	args := []string{sandbox.InputPath, "-", "-c", "tessedit_page_number=" + strconv.Itoa(img.Index)}
	if img.DPI > 0 {
		args = append(args, "--dpi", strconv.Itoa(min(max(img.DPI, 70), 2400)))
	}
	res, err := t.box.Run(ctx, sandbox.Cmd{
		Tool: "tesseract", Args: append(args, how...), Env: []string{"OMP_THREAD_LIMIT=1"}, Input: img.File,
		Limits: sandbox.Limits{Memory: 2 << 30, CPU: 150 * time.Second, Wall: 10 * time.Minute, Output: 64 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("ocr: %w", err)
	}
	if res.OK() {
		return res.Output, nil
	}
	fail := ErrUnreadable
	if res.Breach != sandbox.NoBreach {
		fail = ErrTooHard
	}
	if bytes.Contains(res.Stderr, []byte("Failed loading language")) {
		fail = fmt.Errorf("%w: a language of tesseract is not installed", sandbox.ErrUnavailable)
	}
	return nil, errors.Join(fail, res.Output.Close())
}
