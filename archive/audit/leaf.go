package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	// MaxLeaf is the largest size of an encoded leaf in bytes.
	MaxLeaf = 1024
	// MaxLeafSubjects is how many Akten and persons together a leaf names itself. Where
	// an event speaks of more, the record of the detail names them all, bound by
	// [Leaf.Commitment].
	MaxLeafSubjects = 8

	leafVersion    = 1
	commitmentSize = len(`,"detail":""`) + 64
	timeFormat     = "2006-01-02T15:04:05.000000Z"
)

// ErrLeaf is the class of every refusal of a leaf or event: something in it is no
// opaque id, no code, or out of bounds. The message never holds the value.
var ErrLeaf = errors.New("not a valid leaf")

// Leaf is what stays of an event for as long as its shard: nothing personal. Fields
// are as in [Event] unless said otherwise; the JSON names are the stored format.
type Leaf struct {
	// Version is the format, 1.
	Version int `json:"v"`
	// Log is the origin of the shard, Seq the place in it, from 0.
	Log string `json:"log"`
	Seq int64  `json:"seq"`
	// Time is UTC with microseconds: "2026-11-21T08:15:00.000000Z".
	Time           string   `json:"time"`
	Actor          string   `json:"actor"`
	Role           string   `json:"role,omitempty"`
	Department     string   `json:"dept,omitempty"`
	Client         string   `json:"client,omitempty"`
	Op             Op       `json:"op"`
	Object         string   `json:"object,omitempty"`
	Akten          []string `json:"akten,omitempty"`
	Persons        []string `json:"persons,omitempty"`
	Register       string   `json:"register,omitempty"`
	Classification string   `json:"class,omitempty"`
	Result         Result   `json:"result"`
	Rule           string   `json:"rule,omitempty"`
	Policy         string   `json:"policy,omitempty"`
	Purpose        string   `json:"purpose,omitempty"`
	Correlation    string   `json:"corr,omitempty"`
	// More is how many Akten and persons the record of the detail names, when they are
	// too many to stand here; Akten and Persons are empty then.
	More int `json:"more,omitempty"`
	// Previous is the SHA-256, in hexadecimal digits, of the body of the final checkpoint
	// of the former shard; only in the first leaf of a shard that has one.
	Previous string `json:"prev,omitempty"`
	// Commitment is the SHA-256 that binds the detail, in hexadecimal digits; empty where
	// there is none.
	Commitment string `json:"detail,omitempty"`
}

// Encode returns the one encoding of l. The error is an [ErrLeaf] when l isn't valid or
// larger than [MaxLeaf].
func Encode(l Leaf) ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	b := l.append(make([]byte, 0, 512))
	if len(b) > MaxLeaf {
		return nil, fmt.Errorf("audit: leaf of %d bytes: %w", len(b), ErrLeaf)
	}
	return b, nil
}

// append writes l to b; every string was validated to need no escape.
func (l *Leaf) append(b []byte) []byte {
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, int64(l.Version), 10)
	b = appendString(b, "log", l.Log)
	b = append(b, `,"seq":`...)
	b = strconv.AppendInt(b, l.Seq, 10)
	b = appendString(b, "time", l.Time)
	b = appendString(b, "actor", l.Actor)
	b = appendString(b, "role", l.Role)
	b = appendString(b, "dept", l.Department)
	b = appendString(b, "client", l.Client)
	b = appendString(b, "op", string(l.Op))
	b = appendString(b, "object", l.Object)
	b = appendList(b, "akten", l.Akten)
	b = appendList(b, "persons", l.Persons)
	b = appendString(b, "register", l.Register)
	b = appendString(b, "class", l.Classification)
	b = appendString(b, "result", string(l.Result))
	b = appendString(b, "rule", l.Rule)
	b = appendString(b, "policy", l.Policy)
	b = appendString(b, "purpose", l.Purpose)
	b = appendString(b, "corr", l.Correlation)
	if l.More != 0 {
		b = append(b, `,"more":`...)
		b = strconv.AppendInt(b, int64(l.More), 10)
	}
	b = appendString(b, "prev", l.Previous)
	b = appendString(b, "detail", l.Commitment)
	return append(b, '}')
}

func appendString(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':', '"')
	b = append(b, value...)
	return append(b, '"')
}

func appendList(b []byte, name string, values []string) []byte {
	if len(values) == 0 {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':', '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, v...)
		b = append(b, '"')
	}
	return append(b, ']')
}

// DecodeLeaf reads a leaf from the bytes [Encode] made of it. Anything else, such as
// another order of fields or white space, is an [ErrLeaf].
func DecodeLeaf(data []byte) (Leaf, error) {
	if len(data) > MaxLeaf {
		return Leaf{}, fmt.Errorf("audit: leaf of %d bytes: %w", len(data), ErrLeaf)
	}
	var l Leaf
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return Leaf{}, fmt.Errorf("audit: leaf is not readable: %w", ErrLeaf)
	}
	again, err := Encode(l)
	if err != nil {
		return Leaf{}, err
	}
	if !bytes.Equal(again, data) {
		return Leaf{}, fmt.Errorf("audit: leaf is not in its canonical form: %w", ErrLeaf)
	}
	return l, nil
}

// When returns the time of the leaf in UTC.
func (l *Leaf) When() time.Time {
	t, _ := time.Parse(timeFormat, l.Time) // Validate has parsed it
	return t
}

// Validate reports the first field that isn't what may stand in a leaf, as an
// [ErrLeaf] that names the field and not its value.
func (l *Leaf) Validate() error {
	if field := l.invalid(); field != "" {
		return fmt.Errorf("audit: field %s: %w", field, ErrLeaf)
	}
	return nil
}

// invalid returns the name of the first field that breaks a rule.
func (l *Leaf) invalid() string {
	t, err := time.Parse(timeFormat, l.Time)
	_, known := l.Op.Class()
	first := l.Op == OpShardOpen
	switch {
	case l.Version != leafVersion:
		return "v"
	case !isOrigin(l.Log):
		return "log"
	case l.Seq < 0 || first != (l.Seq == 0):
		return "seq"
	case err != nil || t.Format(timeFormat) != l.Time || t.Year() < 2000:
		return "time"
	case !isActor(l.Actor):
		return "actor"
	case !known:
		return "op"
	case len(l.Correlation) > maxCorrelation:
		return "corr"
	case l.Object != "" && !isRef(l.Object):
		return "object"
	case l.Result != Allow && l.Result != Deny && l.Result != Failed:
		return "result"
	case l.Purpose != "" && !isPurpose(l.Purpose):
		return "purpose"
	case l.Previous != "" && (!first || !isHash(l.Previous)):
		return "prev"
	case l.Commitment != "" && !isHash(l.Commitment):
		return "detail"
	case l.More != 0 && (l.More < 1 || l.Commitment == "" || len(l.Akten)+len(l.Persons) > 0):
		return "more"
	case len(l.Akten)+len(l.Persons) > MaxLeafSubjects:
		return "akten"
	}
	return l.invalidText()
}

// invalidText is invalid for the fields that are merely codes or lists of ids.
func (l *Leaf) invalidText() string {
	for _, f := range []struct{ name, value string }{
		{"role", l.Role}, {"dept", l.Department}, {"client", l.Client},
		{"register", l.Register}, {"class", l.Classification},
	} {
		if f.value != "" && !isCode(f.value) {
			return f.name
		}
	}
	for _, f := range []struct{ name, value string }{
		{"policy", l.Policy}, {"corr", l.Correlation},
	} {
		if f.value != "" && !isToken(f.value) {
			return f.name
		}
	}
	if l.Rule != "" && !isRule(l.Rule) {
		return "rule"
	}
	for _, id := range l.Akten {
		if !isID(id) {
			return "akten"
		}
	}
	for _, id := range l.Persons {
		if !isID(id) {
			return "persons"
		}
	}
	return ""
}
