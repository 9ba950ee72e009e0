// Package bundle makes one PDF of many documents: a cover, a table of contents, and behind them every
// document with the number of its sheet on each page.
//
// [Composer.Compose] takes a [Plan] and writes the PDF to a stream. Documents are packed some dozens at a
// time into memory that no disk holds and given to a child ([Steps]), which reads them with pdfcpu and
// answers with their pages as numbered objects, ready to stand in the file. This process puts the answers
// behind each other and writes what joins them: page tree, bookmarks, page labels, table of objects. It
// parses nothing of them.
//
// [Composer.Print] makes a [Statement], a paper of ours that lists facts, with the same letters in a child of the
// same kind.
//
// What always holds:
//
//   - a document that can't be read whole is shown by its page images, and where there are none by one
//     page that says why; it stops neither the bundle nor its neighbours;
//   - scripts, actions, links, attached files and layers that are switched off don't come along;
//   - the content of a page is drawn as a whole of its own, so that nothing in it can move or hide the
//     number of its sheet;
//   - the table of contents is made last, with the page numbers as they came to be; sheets are counted
//     from the first document, cover and contents have Roman numbers;
//   - memory doesn't grow with the number of documents.
package bundle
