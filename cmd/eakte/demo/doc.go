// Package demo makes up the authority that `make demo` shows: the district of
// Musterfelde with its accounts, persons, Akten, documents and unfiled post.
//
// [Make] turns a seed into an [Authority]. Who exists and which papers she has is
// written down in tables (people.go, akten.go, plan.go); what a paper says is a
// text in papers/, a small markup with placeholders that facts.go fills from the
// person's life, so that all papers of a person agree. paper.go flows the text
// over sheets (sheet.go), which are painted either as a born-digital PDF (pdf.go)
// or as the image of a scan (raster.go, scan.go). Both come from the same sheet.
//
// Nothing here reaches a store: the package is pure data. Laying out is cheap and
// done by Make; painting is left to [Document.Bytes], so that a server can answer
// long before the last document exists.
//
// What always holds: the same seed gives the same authority, byte for byte; every
// page says that it is a MUSTER; every name is NFC and fits data type A of DIN
// 91379, with the original script beside it; document numbers, register numbers
// and addresses can't exist outside.
package demo
