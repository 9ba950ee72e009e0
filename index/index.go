package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"eakte/archive"
)

// Document is what the index knows of a document: the words to find it by and who may.
// It is made from metadata and the stored text alone, and can be made again at any time.
type Document struct {
	ID     archive.DocumentID
	Akte   archive.AkteID
	Person archive.PersonID
	// Type, Register, Department (the one that brought it) and Classification are keys: facets and
	// filters.
	Type, Register, Department, Classification string
	// Date is "2026-11-21"; empty where unknown.
	Date string
	// Title and Sender are found like text; Number is the Akte's reference number, found whole.
	Title, Sender, Number string
	// Pages hold the text of each page, first page first.
	Pages []string
	// Rights are the tokens of which a reader must hold one.
	Rights []string
}

// Person is what the index knows of a person.
type Person struct {
	ID archive.PersonID
	// Names are all spellings, "given family" and original script alike.
	Names []string
	// BirthDate is as [archive.BirthDate.String] writes it.
	BirthDate string
	// Numbers are register numbers, found whole. The numbers of Akten are not among them: a person
	// opens by any Akte of hers, and must not be found by one that is hidden.
	Numbers []string
	// Rights are the tokens of which a reader must hold one.
	Rights []string
	// Akten are the person's Akten, each with the tokens that open the person to a reader who
	// holds them inside that Akte only.
	Akten map[archive.AkteID][]string
}

// Rights is what a reader may find: documents that carry at least one of Tokens, or the
// pair of a token of the second kind with its Akte. The zero value finds nothing.
type Rights struct {
	// Tokens are held everywhere.
	Tokens []string
	// Within are held inside one Akte only (a matching case, a single grant).
	Within map[archive.AkteID][]string
}

// Query asks for documents.
type Query struct {
	// Text is what the user typed, in the language of [eakte/index/query]; what an engine looks for is its
	// words. Conditions in it narrow nothing here: whoever asks puts them into the fields below. Empty:
	// everything.
	Text string
	// Filters; each non-empty list narrows to entries that have one of its values.
	Types, Registers, Departments, Classifications []string
	// From and To bound the date, both included, "2026-11-21"; empty: open.
	From, To string
	Akte     archive.AkteID
	Person   archive.PersonID
	// Persons, where it isn't nil, narrows to documents of one of them.
	Persons []archive.PersonID
	// Documents, where it isn't nil, narrows to those named.
	Documents []archive.DocumentID
	// Rights of the reader: part of the query, never a filter behind it.
	Rights Rights
	// Without leaves out what waits to be indexed anew after a change of rights.
	Without archive.Dirty
	// Sort is "relevance" (default; the same as "date" where Text is empty), "date" (newest first) or "-date" (oldest first).
	// Unknown dates come last either way; ties are broken by document ID.
	Sort string
	// Limit is 1 to 100. After is a [Hit.After] of the page before, "" for the first.
	Limit int
	After string
}

// Hit is a document found.
type Hit struct {
	Document archive.DocumentID
	Akte     archive.AkteID
	// Score is comparable within one answer only.
	Score float64
	// Pages are the pages (from 1) with matches, ascending, and Counts how many matches each of them
	// has: as many as a [Matcher] of the same text finds on it.
	Pages, Counts []int
	// After continues the list behind this hit.
	After string
}

// Count is a facet value with how many visible hits have it.
type Count struct {
	Key   string
	Count int
}

// Result is an answer. Everything in it is counted over exactly what the reader may see.
type Result struct {
	Total int
	Hits  []Hit
	// Facets by "type", "register", "department", "classification", "year": most frequent first, then
	// by key. Each is counted without the query's own filter on it (year: without From and To), so
	// that the count of a value not chosen tells what choosing it as well would add; values that are
	// chosen stand in it even with 0.
	Facets map[string][]Count
	// Timeline counts the hits by date, oldest first, periods without hits left out: by month
	// ("2026-11") if From and To, or where one is open the hits themselves, lie at most [MonthsShown]
	// months apart, else by year ("2026").
	Timeline []Count
	// Ignored are the words of the text that are so common ("der", "und") that they were left out
	// beside others, as they were typed.
	Ignored []string
	// HeadOnly says that every word of the text is so common that page texts were not searched for it,
	// only titles and senders.
	HeadOnly bool
	// Meaningless says that the text has no letter and no digit to look for, so that nothing is found.
	Meaningless bool
}

// MonthsShown is how many months a [Result.Timeline] by months spans at most.
const MonthsShown = 24

// LikeQuery asks for documents that share telling words with a text.
type LikeQuery struct {
	// Pages are those of the document that others are to be like, Besides the document, which isn't found itself.
	Pages   []string
	Besides archive.DocumentID
	// Leave are words that don't count, such as names.
	Leave []string
	// Rights and Without are as in [Query].
	Rights  Rights
	Without archive.Dirty
	// Limit is 1 to 100.
	Limit int
}

// LikeHit is a document that is like another one.
type LikeHit struct {
	Document archive.DocumentID
	Akte     archive.AkteID
	// Score is comparable within one answer only.
	Score float64
	// Words are those that both have, weightiest first, as the one that was asked about writes them.
	Words []string
}

// PersonQuery asks for persons by name, birth date or number.
type PersonQuery struct {
	// Text holds parts of names, birth dates and numbers, all of which must fit; the last
	// word may be the beginning of a name. Empty: nobody.
	Text string
	// Rights of the reader: part of the query.
	Rights Rights
	// Without leaves out whoever has an Akte in it.
	Without archive.Dirty
	// Locate looks, in place of Rights, for who may be located ([Locatable]): an act of its own. The last word is no
	// beginning of a name then.
	Locate bool
	// Alike also finds, behind whom the text fits, those whose names are only like it: by another
	// romanisation, by ear, but for a slip (see eakte/index/name). Dates and numbers must fit still.
	Alike bool
	// Limit is 1 to 100.
	Limit int
}

// PersonHit is a person found. Whom the text fits scores 1 or more, who is only alike less.
type PersonHit struct {
	Person archive.PersonID
	Score  float64
}

// Batch is a set of changes that become visible together with the outbox sequence number up to
// which the index is then complete.
type Batch struct {
	Documents       []Document
	Persons         []Person
	DeleteDocuments []archive.DocumentID
	DeletePersons   []archive.PersonID
	Seq             uint64
}

// Span is a word inside a text, in bytes.
type Span struct{ Start, End int }

// Match is one thing found in a text: a word, or the words of a phrase, ascending.
type Match []Span

// Matcher finds what a query text asks for in other texts, by the same analysis as the index: it
// marks what the engine found. It is safe for concurrent use.
type Matcher interface {
	// Page finds matches in the text of a page: each word where it stands, each phrase where all of
	// it stands, words near each other one by one; what is excluded isn't looked for. They ascend, and no two
	// begin at the same word. There are none where the index would
	// not search pages for the query ([Result.HeadOnly]).
	Page(text string) []Match
	// Head does the same for a title or sender.
	Head(text string) []Match
}

// NameMatcher tells which of a person's names a [PersonQuery] found her by. It is safe for concurrent use.
type NameMatcher interface {
	// Name returns the words of a name that fit a word of the query, ascending, and how well they do
	// together: of two names of a person the one with the higher fit is the one meant. 0 is not at all.
	Name(name string) (words []Span, fit int)
}

// Spans are the words of matches, ascending, each once.
func Spans(ms []Match) []Span {
	out := slices.Concat(ms...)
	slices.SortFunc(out, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return slices.Compact(out)
}

// Engine is a search engine. Every engine passes [eakte/index/indextest]. Any method that looks into the index
// may fail with [ErrAway].
type Engine interface {
	// Apply makes a batch durable and visible.
	Apply(ctx context.Context, b Batch) error
	// Seq is the sequence number of the last batch applied.
	Seq(ctx context.Context) (uint64, error)
	// Search finds documents. A cursor that can't be read and a pattern that means too many words are a *[QueryError].
	Search(ctx context.Context, q Query) (Result, error)
	// Like finds documents that are like a text, best first, ties by ID; none where too little in it tells.
	Like(ctx context.Context, q LikeQuery) ([]LikeHit, error)
	// Persons finds persons, best first.
	Persons(ctx context.Context, q PersonQuery) ([]PersonHit, error)
	// Matcher reads a query text.
	Matcher(query string) (Matcher, error)
	// NameMatcher reads the text of a [PersonQuery]; one that can't be read is a *[QueryError].
	NameMatcher(query string) (NameMatcher, error)
	// Newly tells for each query which of some documents it would find once they are applied and doesn't find
	// now, by ID. anew says that what is in the index now doesn't count, for it was
	// thrown away. Rights of the queries count; dirt, order and cursors don't. It costs what the documents and queries are, and for a pattern or misspelt word that fits one of
	// them a walk over the words of the index. An error is that of some queries: what the others find comes with it.
	Newly(ctx context.Context, documents []Document, queries []Query, anew bool) ([][]archive.DocumentID, error)
	// Has reports whether a document is in the index.
	Has(ctx context.Context, id archive.DocumentID) (bool, error)
	// Documents calls fn for every document ID in the index.
	Documents(ctx context.Context, fn func(archive.DocumentID) error) error
	// Purge writes the files anew, so that nothing is left in them of what was deleted; what is found stays the same.
	Purge(ctx context.Context) error
	// Reset throws everything away: the start of a rebuild. It mends what is damaged.
	Reset(ctx context.Context) error
	Close() error
}

// ErrAway says that an engine can't answer at the moment: its files can't be opened, or are damaged. What is
// asked is worth asking again later.
var ErrAway = errors.New("the index is away")

// ErrDamaged is an [ErrAway] that nothing ends but [Engine.Reset]. An engine tells it as soon as it notices.
var ErrDamaged = fmt.Errorf("%w: its files are damaged", ErrAway)

// TooBroad is the code of a [QueryError] for a pattern that means too many of the words which the reader can see.
const TooBroad = "too_broad"

// QueryError says what is wrong with a query. It never holds the query.
type QueryError struct {
	// Code is "cursor", [TooBroad], or of a [PersonQuery] "phrase_open", "too_long" or "too_many_words".
	Code string
}

// Error implements error.
func (e *QueryError) Error() string { return "query: " + e.Code }

// Is reports that every QueryError is an [archive.ErrInvalid].
func (e *QueryError) Is(target error) bool { return target == archive.ErrInvalid }
