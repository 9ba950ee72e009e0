package sniff

import (
	"path"
	"slices"
	"strings"
)

// extensions are those under which a file of a kind may lie on somebody's disk; the first is the
// usual one. What a system does with a file goes by its name: none of these starts anything.
func extensions(kind Kind) []string {
	switch kind {
	case PDF:
		return []string{".pdf"}
	case JPEG:
		return []string{".jpg", ".jpeg"}
	case PNG:
		return []string{".png"}
	case TIFF:
		return []string{".tif", ".tiff"}
	case WebP:
		return []string{".webp"}
	case BMP:
		return []string{".bmp"}
	case HEIC:
		return []string{".heic", ".heif"}
	case JP2:
		return []string{".jp2", ".j2k", ".jpf"}
	case Text:
		return []string{".txt", ".csv", ".md", ".log"}
	case Email:
		return []string{".eml"}
	case Outlook:
		return []string{".msg"}
	case Zip:
		return []string{".zip"}
	}
	if exts := officeExtensions()[kind]; exts != nil {
		return exts
	}
	return []string{".bin"}
}

// SaveName returns the name under which a file of a kind is handed out: its own, with the extension
// of the kind behind it wherever it ends in another one or in none, "rechnung.pdf.bat.pdf".
func SaveName(kind Kind, name string) string {
	if name == "" {
		name = "datei"
	}
	known := extensions(kind)
	if slices.Contains(known, strings.ToLower(path.Ext(name))) {
		return name
	}
	return name + known[0]
}
