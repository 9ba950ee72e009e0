package picture

import (
	"context"
	"time"

	"eakte/ingest/sandbox"
)

// Formats that [Reader.Convert] knows.
const (
	HEIC     = "heic" // becomes a JPEG
	JPEG2000 = "jp2"  // becomes a PNG
)

// converters are the programs for a format, the newest first. Each may be missing.
func converters(format string) []string {
	switch format {
	case HEIC:
		return []string{"heif-dec", "heif-convert"} // libheif-examples
	case JPEG2000:
		return []string{"opj_decompress"} // libopenjp2-tools
	}
	return nil
}

// Unread returns the formats that no program of this machine reads.
func Unread() []string {
	var out []string
	for _, format := range []string{HEIC, JPEG2000} {
		if converter(format) == "" {
			out = append(out, format)
		}
	}
	return out
}

func converter(format string) string {
	for _, tool := range converters(format) {
		if len(sandbox.Lacking(tool)) == 0 {
			return tool
		}
	}
	return ""
}

// heicScript leaves one JPEG, upright; a file of several images leaves numbered ones.
const heicScript = `"$2" -q 95 "$1" /tmp/p.jpg >/dev/null || exit 9
[ ! -e /tmp/p-2.jpg ] || { echo several_images >&2; exit 9; }
[ -e /tmp/p.jpg ] || exit 9
exec cat /tmp/p.jpg`

const jp2Script = `"$2" -quiet -i "$1" -o /tmp/p.png >/dev/null || exit 9; exec cat /tmp/p.png`

// Convert makes an image file of an ordinary kind, which must be closed. The error is a *[Refused] where
// there can be none; with [ToolMissing] it isn't the file's fault.
func (r *Reader) Convert(ctx context.Context, src *sandbox.File, format string) (*sandbox.File, error) {
	tool, script := converter(format), heicScript
	if tool == "" {
		return nil, refuse(ToolMissing)
	}
	if format == JPEG2000 {
		script = jp2Script
	}
	return r.file(ctx, sandbox.Cmd{
		Tool: "sh", Args: []string{"-c", script, "sh", sandbox.InputPath, tool}, Input: src,
		Limits: sandbox.Limits{Memory: decodeMemory, CPU: 60 * time.Second, Wall: 2 * time.Minute, Output: 256 << 20, Temp: 257 << 20},
	})
}
