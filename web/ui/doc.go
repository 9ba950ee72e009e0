// Package ui is how the pages look and what they say: templates, texts, style, scripts.
//
// One folder is one page: page.tmpl with the block "content" and what else it needs, text.toml with
// every sentence in German and English, page.css, ES modules. shared holds the layout and the parts
// that several pages use. assets holds what others made: it is copied there when the program is built
// and never committed.
//
// What always holds:
//
//   - templates and texts are read and checked by [New]: a missing sentence or a broken template stops
//     the start, never a request;
//   - a page is rendered whole before its first byte is sent;
//   - nothing is inline, neither script nor style, so that the pages live under a policy that allows
//     neither;
//   - what never changes under a name (scripts, styles, fonts) has the hash of all of them in its
//     address.
package ui
