// Package ocr recognises the words on an image of a page.
//
// A [Recognizer] gets one upright image and answers with words, their boxes in
// pixels and how sure it is of each. [Tesseract] is the one there is: one child
// process a page, on one processor thread, printing a table that is read line by
// line. Whether a page lies on its side is asked apart, with [Tesseract.Orientation],
// because good pages don't need the question.
//
// What always holds: the words are those tesseract prints, in its order, so the text
// is never worse than tesseract's own; text is NFC; how many recognitions run at
// once is for the caller to limit.
package ocr
