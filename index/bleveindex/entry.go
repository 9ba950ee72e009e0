package bleveindex

import (
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	bleve "github.com/blevesearch/bleve_index_api"

	"eakte/archive"
	"eakte/index"
	"eakte/index/name"
)

// Fields of entries. See the package comment.
const (
	fieldKind   = "kind"
	fieldPage   = "page"
	fieldHead   = "head"
	fieldNumber = "number"
	fieldAkte   = "akte"
	fieldPerson = "person"
	fieldDate   = "date"
	fieldFacet  = "facet"
	fieldRights = "rights"

	fieldName         = "name"
	fieldSpelled      = "spelled"
	fieldAlike        = "alike"
	fieldBirth        = "birth"
	fieldPersonNumber = "pnumber"
	fieldPersonRights = "prights"
	fieldPersonWithin = "pwithin"
	fieldPersonAkte   = "pakte"
)

const (
	kindDocument = "d"
	kindPerson   = "p"
	// sep parts the pieces of a joined value; it can't stand in a key.
	sep = "\x1f"
)

const (
	keyword    = bleve.IndexField | bleve.SkipFreqNorm
	keywordCol = keyword | bleve.DocValues
	scored     = bleve.IndexField // without frequency and norm a score is NaN
	pageText   = bleve.IndexField | bleve.IncludeTermVectors
	headText   = bleve.IndexField | bleve.IncludeTermVectors
)

// entry builds one entry of the index.
type entry struct{ doc *document.Document }

func newEntry(kind, id string) entry {
	e := entry{document.NewDocument(kind + id)}
	e.keys(fieldKind, keyword, kind)
	return e
}

// keys adds whole values, each once; empty ones are nothing to find.
func (e entry) keys(field string, options bleve.FieldIndexingOptions, values ...string) {
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		v = strings.ToValidUTF8(v, "\uFFFD")
		if v != "" && !seen[v] {
			seen[v] = true
			e.doc.AddField(document.NewTextFieldCustom(field, nil, []byte(v), options, nil))
		}
	}
}

func (a analyzers) document(d index.Document) *document.Document {
	e := newEntry(kindDocument, string(d.ID))
	for i, text := range d.Pages {
		e.doc.AddField(document.NewTextFieldCustom(fieldPage, []uint64{uint64(i)}, []byte(text), pageText, a.page))
	}
	for i, text := range []string{d.Title, d.Sender} {
		e.doc.AddField(document.NewTextFieldCustom(fieldHead, []uint64{uint64(i)}, []byte(text), headText, a.head))
	}
	e.keys(fieldNumber, scored, number(d.Number))
	e.keys(fieldAkte, keywordCol, string(d.Akte))
	e.keys(fieldPerson, keyword, string(d.Person))
	e.keys(fieldRights, keywordCol, d.Rights...)
	year := ""
	if isDay(d.Date) {
		year = d.Date[:4]
		e.keys(fieldDate, keywordCol, d.Date)
	}
	e.keys(fieldFacet, keywordCol, strings.Join([]string{d.Type, d.Register, d.Department, d.Classification, year}, sep))
	return e.doc
}

// isDay reports whether s is a date in the form and of the calendar "2006-01-02".
func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (a analyzers) person(p index.Person) *document.Document {
	e := newEntry(kindPerson, string(p.ID))
	var spelled, folded []string
	for _, n := range p.Names {
		for _, w := range append(name.Words(n), name.Joined(n)...) {
			spelled = append(spelled, w)
			folded = append(folded, name.Fold(w))
		}
		for _, f := range name.Read(n).Forms() {
			for _, key := range f.StoredKeys() {
				e.keys(fieldAlike, keyword, alikeTerm(key, f))
			}
		}
	}
	e.keys(fieldSpelled, keyword, spelled...)
	e.keys(fieldName, keyword, folded...)
	e.keys(fieldBirth, keyword, birthTerms(p.BirthDate)...)
	for _, n := range p.Numbers {
		e.keys(fieldPersonNumber, keyword, number(n))
	}
	e.keys(fieldPersonRights, keyword, p.Rights...)
	for akte, tokens := range p.Akten {
		e.keys(fieldPersonAkte, keywordCol, string(akte))
		for _, token := range tokens {
			if token != "" {
				e.keys(fieldPersonWithin, keyword, pair(akte, token))
			}
		}
	}
	return e.doc
}

func pair(akte archive.AkteID, token string) string { return string(akte) + sep + token }

// birthTerms are the terms under which a date "1990-05-17", "1990-05" or "1990" is found: itself
// and all coarser ones; what is known and no more has a mark, so that a search for a day also finds
// whom only the year is known of.
func birthTerms(date string) []string {
	if date == "" {
		return nil
	}
	terms := []string{"=" + date, date}
	for _, n := range []int{7, 4} {
		if len(date) > n {
			terms = append(terms, date[:n])
		}
	}
	return terms
}
