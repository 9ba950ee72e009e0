// Package page describes one recognised page: its words, where they stand and how
// sure the recognition is.
//
// Words come from a PDF's embedded text or from recognition in whatever
// coordinates the tool uses; [Page] brings them into one system: points of the
// page as a reader sees it (after every rotation), origin at the upper left. The
// text of a page is always derived from its words, so that a found word can be
// shown on the image.
//
// What always holds: text is NFC; boxes lie inside the page; the order of words is
// the reading order.
package page
