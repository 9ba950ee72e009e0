// Package bleveindex is an [index.Engine] on Bleve: on its index "scorch" itself, without Bleve's
// mappings, query strings and collectors, whose defaults count over everything there is.
//
// On the way in, [Index.Apply] builds one entry a document and one a person, analyses their texts
// and writes them with the sequence number in one batch, which returns when it is durable. On the
// way out, [Index.Search] takes one snapshot, works out what the text matches on sheets (a bit and a score an
// entry) or, where it is narrowed to few documents, by looking these up, walks it once
// through a gate that knows what the reader may see, counts and ranks what comes through, and only
// then looks up what the few hits of the page need. The gate reads rows of 24 bytes an entry that
// are kept in memory for each of the engine's segments.
//
// # What always holds
//
//   - Text, named Akte or person, right, filters and cleanness are joined at the top, and each is a
//     positive test. A list that can't be made is nil, and nil joined with anything is nothing; an
//     entry whose row has no rights, or isn't there, passes no gate.
//   - Totals, facets, cursors and pages come from matches that passed, and from nothing else. What
//     misses the filters of a single facet passes for the counts of that facet alone.
//   - Scores use the frequencies of a fixed table and the document's own words: see fixedReader. The
//     order in which they are added up depends on the table too. Ties are broken by ID.
//   - Where anything is dirty, an entry whose Akte can't be told is held back too.
//   - A handle that has failed once is closed and opened again before it is used.
//   - Text is not stored; it can be found, not read back. But its words stand in the files in the
//     clear, those of deleted entries until the segments are merged: erasing what must not be
//     recoverable ends with [Index.Purge].
//
// # Analysis
//
// Words are found by Unicode's rules; what the end of a line or wide spacing tore apart is put together
// first. Terms are brought into NFKC and lower case, then German umlauts and endings are folded, marks on
// Latin letters left out, forms of Arabic letters and the Arabic article made equal; other scripts stay as
// they are. At the place of a compound stand its parts too (see [eakte/index/compound]), and in texts whose
// small words are English the English stem of each word, with a mark before it. All of this depends on the
// text alone, never on what is known of it, so that marks are found by the same analysis.
//
// What a line or spaced letters tore apart stands there whole and in its pieces, all at one place. Queries are analysed
// without parts: a part finds its compounds, a compound finds itself. What recognition
// may have made of a single word (rn read as m) and words that mean the same are looked for beside it. Stop
// words are left out of pages, where they would make half of the index, and kept in titles and senders.
// There is no second field with unstemmed words: it would double the index (places of words are most of it)
// to tell "Urkunde" from "Urkunden" in phrases. Names are folded but never stemmed; numbers are compared by
// their letters and digits.
//
// Patterns and misspelt words are looked up among the terms of all documents. What is found there decides
// which documents match, never how they score: each match of one scores the same.
//
// Persons whose names are only like what was typed come by keys: each form of a name (a word, or several
// that some write as one) is a term behind each of its keys, so that a key leads to forms, forms are
// compared, and only those that are alike lead to entries. How many have a name is counted only over whom the
// reader may see.
//
// # Stored keys
//
// In the folder: "store" (the engine's files) and "ready" (written when the store is made and
// durable; without it the folder is emptied). Beside it: "DIR.lock", "DIR.bad-TIME".
//
// Internal values:
//
//	eakte/format -> number of the format of entries; another one is a reason to make the index anew
//	eakte/seq    -> sequence number of the last batch, 8 bytes big endian
//
// Entries:
//
//	d<DocumentID> -> kind=d, page[i] (words with places), head[0] title, head[1] sender, number,
//	                 person, akte*, date*, rights*, facet* (type, register, department,
//	                 classification and year in one value)
//	p<PersonID>   -> kind=p, spelled and name (words of names as spelled and folded), alike (keys of
//	                 words with the words: eakte/index/name), birth (the date,
//	                 its month and year; "=" before what is known and no more), pnumber, prights,
//	                 pakte*, pwithin (Akte and token)
//
// Fields with * can be read by entry ("doc values"); the others only lead from a value to entries.
package bleveindex
