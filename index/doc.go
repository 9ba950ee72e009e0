// Package index finds documents and persons by what is written in them and about them, and only
// for readers who may know of them.
//
// Entries ([Document], [Person]) are made from metadata and stored text, collected in a [Batch]
// and given to an [Engine] with the outbox sequence number that is then reached. A [Query] goes
// the other way: its text is read by [eakte/index/query], the engine answers with a [Result] over exactly
// the entries that the query's [Rights] open.
//
// What always holds:
//
//   - An index is derived. It can be thrown away at any time and made again from the archive
//     without recognising anything again.
//   - The right is part of the query. What a reader may not see changes nothing in her answer:
//     not hits, order, scores, totals, facets, pages nor cursors, to the last bit.
//   - No right, an unknown right and an error find nothing.
//   - A batch and its sequence number become durable together or not at all.
//   - Nothing in a [QueryError] or any other error repeats what was searched for.
//
// Engines live in sub-packages and pass the suite in indextest.
package index
