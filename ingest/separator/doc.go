// Package separator makes the sheets that are put between papers before they are scanned, and reads them.
//
// A sheet bears a mark, twice as a QR code, once as a Code 128 line and once in letters, so that a fold, a
// staple or a bad scanner costs one of them and not the sheet. The mark says what kind of sheet it is
// ([eakte/archive.Separator]) and carries a keyed hash that only the store it was made for can make: a foreign
// barcode is never taken for one of ours, and nothing follows from it. It names an Akte by its random id;
// nothing personal is in it.
//
// [Find] runs inside a child of ingest/sandbox: an image of a page is a stranger's. It says where barcodes
// are and what they say; [Parse] then decides, outside, whether one is ours.
package separator
