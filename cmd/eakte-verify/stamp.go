package main

import (
	"crypto/sha256"
	"encoding/asn1"
	"path/filepath"
	"strings"
	"time"
)

// maxToken is the largest answer of a time-stamping authority in bytes.
const maxToken = 1 << 18

// sha256ID is the object identifier of SHA-256.
var sha256ID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}

// stamped reads a checkpoint that the export keeps because an authority timestamped it (RFC 3161). What it says of the
// log is compared like any other; the authority's own signature is left to a tool that knows its certificates.
func (y *year) stamped(name string) {
	data, _ := y.read(filepath.Join("stamped", name), maxNote)
	n, ok := parseNote(data)
	c := checkpoint{}
	if ok {
		c, ok = parseCheckpoint(n.body)
	}
	if !ok || c.origin != y.at.origin || n.signed(y.key) != "" {
		y.find(-1, "stamped-form", name)
		return
	}
	y.marks = append(y.marks, mark{c, "stamped-differs", "stamped-cut", "stamped/" + name})
	token, _ := y.read(filepath.Join("stamped", name+".tsr"), maxToken)
	sum, at, ok := readToken(token)
	switch {
	case !ok:
		y.report.note(y.name, "stamp-unread", name)
	case sum != sha256.Sum256(data):
		y.find(-1, "stamp", name)
	default:
		y.stamps, y.stamp = y.stamps+1, at
	}
}

// stampNames are the timestamped checkpoints of the export, without their tokens.
func (y *year) stampNames() (names []string) {
	for _, name := range y.list("stamped") {
		if _, ok := strings.CutSuffix(name, ".tsr"); !ok {
			names = append(names, name)
		}
	}
	return names
}

// readToken reads of a TimeStampResp (DER) what was stamped, if it was by SHA-256, and when.
func readToken(der []byte) (sum [32]byte, at time.Time, ok bool) {
	var answer struct {
		Status asn1.RawValue
		Token  struct {
			Type asn1.ObjectIdentifier
			Data struct {
				Version int
				Digests asn1.RawValue `asn1:"set"`
				Content struct {
					Type asn1.ObjectIdentifier
					Info []byte `asn1:"explicit,tag:0"`
				}
				Certificates asn1.RawValue `asn1:"optional,tag:0"`
				Revocations  asn1.RawValue `asn1:"optional,tag:1"`
				Signers      asn1.RawValue `asn1:"set"`
			} `asn1:"explicit,tag:0"`
		}
	}
	if rest, err := asn1.Unmarshal(der, &answer); err != nil || len(rest) > 0 {
		return sum, at, false
	}
	// Of what follows the time nothing is needed, so the fields are read one by one.
	var info asn1.RawValue
	if _, err := asn1.Unmarshal(answer.Token.Data.Content.Info, &info); err != nil {
		return sum, at, false
	}
	var version int
	var policy asn1.ObjectIdentifier
	var imprint struct {
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Sum []byte
	}
	var serial asn1.RawValue
	rest := info.Bytes
	for _, field := range []any{&version, &policy, &imprint, &serial} {
		var err error
		if rest, err = asn1.Unmarshal(rest, field); err != nil {
			return sum, at, false
		}
	}
	if _, err := asn1.UnmarshalWithParams(rest, &at, "generalized"); err != nil {
		return sum, at, false
	}
	ok = imprint.Algorithm.ID.Equal(sha256ID) && copy(sum[:], imprint.Sum) == len(sum) && len(imprint.Sum) == len(sum)
	return sum, at.UTC(), ok
}
