package picture

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"

	"golang.org/x/image/bmp"

	"eakte/ingest/sandbox"
	"eakte/ingest/separator"
)

// Names of the Go steps.
const (
	stepInspect = "picture-inspect"
	stepGray    = "picture-gray"
	stepView    = "picture-view"
	stepSheet   = "picture-sheet"
	stepLook    = "picture-look"
)

// Steps are the Go steps of this package, to be served by a worker.
func Steps() map[string]sandbox.Step {
	return map[string]sandbox.Step{stepInspect: inspectStep, stepGray: grayStep, stepView: viewStep, stepSheet: sheetStep, stepLook: lookStep}
}

// answer is what the inspecting step prints: facts, or why there are none.
type answer struct {
	Refused string `json:"refused,omitempty"`
	Facts   Facts  `json:"facts"`
}

func inspectStep(in *os.File, _ []string, out io.Writer) error {
	info, err := in.Stat()
	if err != nil {
		return errors.New("picture-inspect: no size")
	}
	var a answer
	a.Facts, err = inspect(window{r: in, size: info.Size()})
	if err == nil {
		err = withinLimits(a.Facts)
	}
	var refused *Refused
	if errors.As(err, &refused) {
		a.Refused = refused.Code
	} else if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(a); err != nil {
		return fmt.Errorf("picture-inspect: %w", err)
	}
	return nil
}

// inspect reads headers by the first bytes of the file.
func inspect(w window) (Facts, error) {
	head := w.at(0, 12)
	switch {
	case head == nil:
		return Facts{}, refuse(Corrupt)
	case head[0] == 0xff && head[1] == 0xd8:
		return inspectJPEG(w)
	case string(head[:4]) == "\x89PNG":
		return inspectPNG(w)
	case string(head[8:12]) == "WEBP":
		return inspectWebP(w)
	case string(head[:2]) == "BM":
		return inspectBMP(w)
	case string(head[:2]) == "II" || string(head[:2]) == "MM":
		return inspectTIFF(w)
	}
	return Facts{}, refuse(Corrupt)
}

func withinLimits(f Facts) error {
	for _, p := range f.Frames {
		switch {
		case p.Width < 1 || p.Height < 1:
			return refuse(Corrupt)
		case p.Width > MaxSide || p.Height > MaxSide || p.Width*p.Height > MaxPixels:
			return refuse(PixelLimit)
		}
	}
	return nil
}

// order is what the decoding steps are told.
type order struct {
	Offset      int `json:"at"` // of a TIFF page's directory
	Orientation int `json:"o"`  // as in [Frame]
	Rotation    int `json:"r"`  // degrees clockwise on top of that
	Width       int `json:"w"`  // pixels wide at most; 0: as it is
	Pixels      int `json:"p"`  // pixels in all at most; 0: as many as there are
	StretchY    int `json:"sy"` // percent; 0: 100
	Quality     int `json:"q"`  // of JPEG
	// Corners are those of a photographed sheet, to be laid flat and lit evenly before it is turned.
	Corners Corners `json:"c,omitempty"`
	// Part is what is cut out of the grey image when it stands upright, x, y, width, height in its pixels,
	// and Percent what that is enlarged to; none and zero: all of it, as it is.
	Part    []int `json:"part,omitempty"`
	Percent int   `json:"pc,omitempty"`
	// Zone says that the part is a machine-readable zone, whose fillers are in the way.
	Zone bool `json:"zone,omitempty"`
}

func decodeOrder(in *os.File, args []string) (image.Image, order, error) {
	var o order
	if len(args) != 1 {
		return nil, o, errors.New("picture: order missing")
	}
	if err := json.Unmarshal([]byte(args[0]), &o); err != nil {
		return nil, o, errors.New("picture: bad order")
	}
	img, err := decode(in, o.Offset)
	if err != nil || !o.Corners.valid() {
		return img, o, err
	}
	up := colour(img, order{Orientation: o.Orientation, Pixels: o.Pixels})
	w, h := flatSize(o.Corners, up.Rect.Dx(), up.Rect.Dy())
	flat := flatten(up, o.Corners, w, h)
	light(flat)
	o.Orientation, o.StretchY = 0, 0
	return flat, o, nil
}

// sheetStep prints the corners of the sheet on a photograph.
func sheetStep(in *os.File, args []string, out io.Writer) error {
	img, o, err := decodeOrder(in, args)
	if err != nil {
		return err
	}
	small := colour(img, order{Orientation: o.Orientation, Pixels: 2_000_000})
	if err := json.NewEncoder(out).Encode(findSheet(small)); err != nil {
		return errors.New("picture: can't write")
	}
	return nil
}

// grayStep prints an upright grey image as a bitmap.
func grayStep(in *os.File, args []string, out io.Writer) error {
	img, o, err := decodeOrder(in, args)
	if err != nil {
		return err
	}
	to := bufio.NewWriterSize(out, 1<<20)
	if err := errors.Join(bmp.Encode(to, arrange(img, o)), to.Flush()); err != nil {
		return errors.New("picture: can't write")
	}
	return nil
}

// lookStep prints what stands on an image beside text, as JSON.
func lookStep(in *os.File, args []string, out io.Writer) error {
	img, o, err := decodeOrder(in, args)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(separator.At(arrange(img, o))); err != nil {
		return errors.New("picture: can't write")
	}
	return nil
}

// viewStep prints an upright image in colour as JPEG.
func viewStep(in *os.File, args []string, out io.Writer) error {
	img, o, err := decodeOrder(in, args)
	if err != nil {
		return err
	}
	if err := jpeg.Encode(out, colour(img, o), &jpeg.Options{Quality: o.Quality}); err != nil {
		return errors.New("picture: can't encode")
	}
	return nil
}
