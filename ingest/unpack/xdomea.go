package unpack

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
)

// xdomea is the message of an xdomea package (KoSIT, xdomea 2.3 and later).
type xdomea struct {
	file    *zip.File
	kind    string            // "Aussonderung.Aussonderung.0503"
	process string            // ProzessID
	sender  string            // first institution named
	lines   []string          // what it says of Akten, Vorgänge and documents
	first   string            // subject of the first of them
	titles  map[string]string // subjects of documents, by the names of their files
}

const xdomeaNamespace = "urn:xoev-de:xdomea:schema:"

// findXdomea finds the message among the entries; nil: there is none.
func findXdomea(entries []*zip.File) *xdomea {
	for _, f := range entries {
		if !strings.EqualFold(path.Ext(f.Name), ".xml") || strings.Contains(f.Name, "/") || f.UncompressedSize64 > maxXML || sealedEntry(f) {
			continue
		}
		if !bytes.Contains(head(f, 64<<10), []byte(xdomeaNamespace)) {
			continue
		}
		x := &xdomea{file: f, titles: map[string]string{}}
		if x.read(bytes.NewReader(head(f, maxXML))) {
			return x
		}
	}
	return nil
}

// described is an Akte, a Vorgang or a document while it is being read.
type described struct{ kind, subject, number string }

// read takes what is wanted out of a message; false for what is none. Entities aren't resolved and
// nothing is fetched: the decoder knows neither.
func (x *xdomea) read(in io.Reader) bool {
	d := xml.NewDecoder(in)
	var at []string
	var objects []described
	for {
		token, err := d.Token()
		if err != nil {
			return x.kind != ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			if x.kind == "" {
				if !strings.HasPrefix(t.Name.Space, xdomeaNamespace) {
					return false
				}
				x.kind = t.Name.Local
			}
			if at = append(at, t.Name.Local); len(at) > 200 {
				return true
			}
			if object(t.Name.Local) {
				objects = append(objects, described{kind: t.Name.Local})
			}
		case xml.EndElement:
			if t.Name.Local == "AllgemeineMetadaten" && len(objects) > 0 {
				x.describe(objects)
			}
			if object(t.Name.Local) && len(objects) > 0 {
				objects = objects[:len(objects)-1]
			}
			at = at[:len(at)-1]
		case xml.CharData:
			x.value(at, objects, strings.Join(strings.Fields(string(t)), " "))
		}
	}
}

func object(name string) bool {
	switch name {
	case "Akte", "Teilakte", "Vorgang", "Teilvorgang", "Dokument", "Anlage":
		return true
	}
	return false
}

// value takes one value by where it stands.
func (x *xdomea) value(at []string, objects []described, v string) {
	if v == "" || len(at) < 2 {
		return
	}
	name, in := at[len(at)-1], at[len(at)-2]
	switch {
	case name == "ProzessID" && in == "Kopf":
		x.process = v
	case name == "Name" && in == "Institution" && x.sender == "":
		x.sender = v
	case len(objects) == 0:
	case name == "Betreff" && in == "AllgemeineMetadaten":
		objects[len(objects)-1].subject = v
	case name == "Kennzeichen" && in == "AllgemeineMetadaten":
		objects[len(objects)-1].number = v
	case name == "Dateiname" && len(x.titles) < 2*maxParts:
		x.titles[v] = objects[len(objects)-1].subject
	}
}

func (x *xdomea) describe(objects []described) {
	o := objects[len(objects)-1]
	if x.first == "" {
		x.first = o.subject
	}
	if len(x.lines) < 20*maxParts {
		line := strings.Repeat("  ", len(objects)-1) + o.kind + ": " + o.subject
		if o.number != "" {
			line += " (" + o.number + ")"
		}
		x.lines = append(x.lines, line)
	}
}

func (x *xdomea) letter() letter {
	return letter{{"Von", x.sender}, {"Betreff", x.first}, {"xdomea-Nachricht", x.kind}, {"ProzessID", x.process}}
}
