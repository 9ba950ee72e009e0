// Package pdf reads PDF files: what they are, their text, images of their pages.
//
// [Reader.Inspect] looks into the structure with pdfcpu, run as a Go step in a
// child ([Steps]); where pdfcpu is stricter than the file deserves, poppler's
// pdfinfo answers instead and the fact is noted. [Reader.Words] asks pdftotext for
// words with boxes, some pages at a time. [Reader.Raster] makes the image of a
// page for recognition: a page that is nothing but one scan gives that scan as it
// lies in the file, any other page is drawn by pdftoppm. [Reader.View] makes the
// images people look at.
//
// What always holds: this process parses only what our own tools print, and that
// with limits; no image has more than [MaxPixels]; words and sizes are in points of
// the crop box, turned as the file says.
package pdf
