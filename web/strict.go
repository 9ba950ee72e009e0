package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// Limits of JSON.
const (
	jsonBytes = 1 << 20
	jsonDepth = 16
	maxFields = 20
)

// strict is a JSON body of a T. huma keeps it as it came; [decode] reads it, because huma's own
// errors repeat values and names that the client sent.
type strict[T any] struct{ raw []byte }

// UnmarshalJSON implements json.Unmarshaler.
func (s *strict[T]) UnmarshalJSON(data []byte) error {
	s.raw = bytes.Clone(data)
	return nil
}

// Schema describes it as a T.
func (strict[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// read returns the body.
func (s strict[T]) read(r huma.Registry) (T, error) { return decode[T](r, s.raw) }

// decode reads JSON as a T, which must fit its schema to the letter: nothing unknown, nothing missing,
// valid UTF-8. The error is errMalformed or a fieldsError.
func decode[T any](r huma.Registry, raw []byte) (T, error) {
	var out T
	if !utf8.Valid(raw) || deeper(raw, jsonDepth) {
		return out, errMalformed
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil || dec.More() {
		return out, errMalformed
	}
	c := checker{registry: r}
	c.check(r.Schema(reflect.TypeFor[T](), true, ""), "", value)
	if len(c.fields) > 0 {
		return out, c.fields
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fieldsError{{Pointer: "", Code: "type"}}
	}
	return out, nil
}

// deeper reports whether brackets are nested beyond a depth.
func deeper(raw []byte, depth int) bool {
	level, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if level++; level > depth {
				return true
			}
		case c == '}' || c == ']':
			level--
		}
	}
	return false
}

// checker compares a value with a schema. Its pointers are made of names in the schema and of
// numbers only.
type checker struct {
	registry huma.Registry
	fields   fieldsError
}

func (c *checker) wrong(pointer, code string) {
	if len(c.fields) < maxFields {
		c.fields = append(c.fields, Field{Pointer: pointer, Code: code})
	}
}

func (c *checker) check(s *huma.Schema, pointer string, value any) {
	for s.Ref != "" {
		s = c.registry.SchemaFromRef(s.Ref)
	}
	if len(s.OneOf) > 0 {
		c.oneOf(s, pointer, value)
		return
	}
	switch v := value.(type) {
	case nil:
		if !s.Nullable {
			c.wrong(pointer, "type")
		}
	case map[string]any:
		c.object(s, pointer, v)
	case []any:
		c.array(s, pointer, v)
	case string:
		c.text(s, pointer, v)
	case json.Number:
		c.number(s, pointer, v)
	case bool:
		if s.Type != huma.TypeBoolean {
			c.wrong(pointer, "type")
		}
	}
}

// oneOf takes the first alternative that fits; else it tells what is wrong with the last one.
func (c *checker) oneOf(s *huma.Schema, pointer string, value any) {
	var last checker
	for _, alternative := range s.OneOf {
		last = checker{registry: c.registry}
		last.check(alternative, pointer, value)
		if len(last.fields) == 0 {
			return
		}
	}
	for _, f := range last.fields {
		c.wrong(f.Pointer, f.Code)
	}
}

func (c *checker) object(s *huma.Schema, pointer string, value map[string]any) {
	if s.Type != huma.TypeObject {
		c.wrong(pointer, "type")
		return
	}
	if of, ok := s.AdditionalProperties.(*huma.Schema); ok { // its names are the client's: no pointer has them
		for _, v := range value {
			c.check(of, pointer, v)
		}
		return
	}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	known := 0
	for _, name := range names {
		v, ok := value[name]
		if ok {
			known++
		}
		needed := slices.Contains(s.Required, name)
		switch {
		case v == nil && needed:
			c.wrong(pointer+"/"+name, "required")
		case v != nil:
			c.check(s.Properties[name], pointer+"/"+name, v)
		}
	}
	if known < len(value) {
		c.wrong(pointer, "unknown_field")
	}
}

func (c *checker) array(s *huma.Schema, pointer string, value []any) {
	if s.Type != huma.TypeArray {
		c.wrong(pointer, "type")
		return
	}
	if s.MaxItems != nil && len(value) > *s.MaxItems {
		c.wrong(pointer, "too_many")
		return
	}
	for i, v := range value {
		c.check(s.Items, pointer+"/"+strconv.Itoa(i), v)
	}
}

func (c *checker) text(s *huma.Schema, pointer, value string) {
	switch {
	case s.Type != huma.TypeString:
		c.wrong(pointer, "type")
	case s.MaxLength != nil && utf8.RuneCountInString(value) > *s.MaxLength:
		c.wrong(pointer, "too_long")
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(value)):
		c.wrong(pointer, "unknown")
	case strings.ContainsRune(value, 0):
		c.wrong(pointer, "characters")
	}
}

func (c *checker) number(s *huma.Schema, pointer string, value json.Number) {
	n, err := value.Float64()
	whole, werr := value.Int64()
	switch {
	case s.Type == huma.TypeInteger && werr != nil, s.Type == huma.TypeNumber && err != nil,
		s.Type != huma.TypeInteger && s.Type != huma.TypeNumber:
		c.wrong(pointer, "type")
	case s.Type == huma.TypeInteger && int64(int32(whole)) != whole:
		c.wrong(pointer, "maximum")
	case s.Minimum != nil && n < *s.Minimum:
		c.wrong(pointer, "minimum")
	case s.Maximum != nil && n > *s.Maximum:
		c.wrong(pointer, "maximum")
	}
}

// edit is a field of a change: absent it changes nothing, null and "" clear.
type edit[T any] struct {
	set   bool
	value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *edit[T]) UnmarshalJSON(data []byte) error {
	e.set = true
	return json.Unmarshal(data, &e.value)
}

// Schema describes it as a T or null.
func (edit[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), true, "")
	s.Nullable = true
	return &s
}

// into carries the change out.
func (e edit[T]) into(field *T) {
	if e.set {
		*field = e.value
	}
}
