// Package baretest is Bleve as it comes, with the usual German analysis and without rights, to measure against:
// what a search costs before anybody asks who may see what.
package baretest

import (
	"context"
	"fmt"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"

	"eakte/index"
	"eakte/index/corpustest"
)

const field = "body"

// Index is a folder of Bleve's. Texts are not stored in it.
type Index struct{ bleve bleve.Index }

// Create makes an empty index in a folder that isn't there.
func Create(dir string) (*Index, error) {
	text, key := bleve.NewTextFieldMapping(), bleve.NewKeywordFieldMapping()
	text.Analyzer, text.Store, text.DocValues, text.IncludeInAll = de.AnalyzerName, false, false, false
	key.Store, key.IncludeInAll = false, false
	m := bleve.NewIndexMapping()
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt(field, text)
	for _, f := range facets() {
		m.DefaultMapping.AddFieldMappingsAt(f, key)
	}
	x, err := bleve.NewUsing(dir, m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("baretest: %w", err)
	}
	return &Index{x}, nil
}

// Open opens what Create made.
func Open(dir string) (*Index, error) {
	x, err := bleve.OpenUsing(dir, map[string]any{"read_only": true})
	if err != nil {
		return nil, fmt.Errorf("baretest: %w", err)
	}
	return &Index{x}, nil
}

// Close closes it.
func (x *Index) Close() error { return x.bleve.Close() }

func facets() []string { return []string{"type", "register", "department", "classification", "year"} }

// Add makes documents durable and visible, in one batch.
func (x *Index) Add(documents []index.Document) error {
	batch := x.bleve.NewBatch()
	for _, d := range documents {
		year, _, _ := strings.Cut(d.Date, "-")
		if err := batch.Index(string(d.ID), map[string]any{
			field: d.Title + "\n" + d.Sender + "\n" + strings.Join(d.Pages, "\n"), "type": d.Type, "register": d.Register,
			"department": d.Department, "classification": d.Classification, "year": year,
		}); err != nil {
			return err
		}
	}
	return x.bleve.Batch(batch)
}

// Search asks for the ten best documents, with the counts of all facets if they are wanted, and returns how many
// there are.
func (x *Index) Search(ctx context.Context, kind corpustest.Kind, q corpustest.Query, counted bool) (total uint64, err error) {
	req := bleve.NewSearchRequest(ask(kind, q))
	if counted {
		for _, f := range facets() {
			req.AddFacet(f, bleve.NewFacetRequest(f, 200))
		}
	}
	res, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return 0, err
	}
	return res.Total, nil
}

// ask is the query of Bleve's that does what the kind means.
func ask(kind corpustest.Kind, q corpustest.Query) query.Query {
	switch kind {
	case corpustest.Phrase:
		p := bleve.NewMatchPhraseQuery(strings.Join(q.Words, " "))
		p.SetField(field)
		return p
	case corpustest.Fuzzy:
		m := bleve.NewMatchQuery(q.Words[0])
		m.SetField(field)
		m.SetFuzziness(1)
		m.SetPrefix(1)
		return m
	case corpustest.Prefix:
		p := bleve.NewPrefixQuery(strings.ToLower(q.Words[0]))
		p.SetField(field)
		return p
	}
	m := bleve.NewMatchQuery(strings.Join(q.Words, " "))
	m.SetField(field)
	m.SetOperator(query.MatchQueryOperatorAnd)
	return m
}
