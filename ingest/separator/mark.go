package separator

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"

	"eakte/archive"
)

// prefix begins every mark; the digit is its format.
const prefix = "EAKTE1"

// Kinds of marks.
const (
	kindPlain = 'P'
	kindType  = 'T'
	kindAkte  = 'A'
)

const (
	sumLen = 8  // bytes of the keyed hash
	idLen  = 16 // bytes of an id
	// MaxText is the longest text of a barcode that is looked at, in bytes.
	MaxText = 200
)

// Marker makes keyed hashes: [archive.Reader]'s Mark.
type Marker func(use, text string) [32]byte

func (m Marker) sum(body []byte) []byte {
	h := m("separator", string(body))
	return h[:sumLen]
}

// Mark is what a sheet bears: capital letters and digits. It names an Akte or a type, not both.
func Mark(s archive.Separator, m Marker) string {
	body := []byte{kindPlain}
	switch {
	case s.Akte != "":
		id, err := uuid.Parse(string(s.Akte))
		if err != nil {
			return "" // no Akte has such an id
		}
		body = append([]byte{kindAkte}, id[:]...)
	case s.Type != "":
		body = append([]byte{kindType}, s.Type...)
	}
	return prefix + coding().EncodeToString(append(body, m.sum(body)...))
}

func coding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// Parse reads a mark. ok is false for what isn't ours, whatever it is.
func Parse(text string, m Marker) (s archive.Separator, ok bool) {
	rest, found := strings.CutPrefix(text, prefix)
	if !found || len(text) > MaxText {
		return s, false
	}
	data, err := coding().DecodeString(rest)
	if err != nil || len(data) < 1+sumLen {
		return s, false
	}
	body, sum := data[:len(data)-sumLen], data[len(data)-sumLen:]
	if subtle.ConstantTimeCompare(sum, m.sum(body)) != 1 {
		return s, false
	}
	switch kind, body := body[0], body[1:]; {
	case kind == kindPlain && len(body) == 0:
		return s, true
	case kind == kindType && len(body) > 0:
		return archive.Separator{Type: string(body)}, true
	case kind == kindAkte && len(body) == idLen:
		return archive.Separator{Akte: archive.AkteID(uuid.UUID(body).String())}, true
	}
	return s, false
}
