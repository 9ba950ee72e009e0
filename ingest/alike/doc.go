// Package alike tells whether two papers are the same paper received twice, such as one scanned again.
//
// Equal bytes are told by their hash elsewhere; a second scan has other bytes, other specks and other mistakes of
// recognition. So two steps are taken. A print of a page, small enough to be kept with its version, is made once:
// [Print] of its words, with [Picture] of its image. Pages whose prints lie far apart are no candidates. For those that
// are left [Compare] lays the words of both beside each other: mistakes of recognition change letters in words, while
// two letters of one form differ in whole names, days and numbers. The longer a page, the more of it may be misread; a
// number that was legible on both and differs is never put down to that.
//
// What always holds: nothing is deleted or merged because of what is told here; and letters of one form to two people,
// or for two months, are different papers.
package alike
