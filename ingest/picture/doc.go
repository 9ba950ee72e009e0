// Package picture reads images people send: scans, faxes and photographs as JPEG,
// PNG, TIFF with several pages, WebP and BMP. What phones and archives send as HEIC and JPEG 2000,
// [Reader.Convert] makes an image of these kinds of, with programs that may be missing.
//
// [Reader.Inspect] reads headers only, run as a Go step in a child: sizes,
// orientation and resolution of every page, and whether the file is whole. What is
// larger than the limits is refused before a pixel is unpacked. [Reader.Raster]
// gives a page's image for recognition, the file itself where a recogniser can read
// it as it is, else an upright grey image on white. [Reader.View] makes the images
// people look at.
//
// Photographs are looked at by [Reader.Sheet], which finds the sheet on them: with its corners they are
// laid flat and lit evenly, for recognition and for people. The received bytes stay.
//
// What always holds: this process decodes no image; a page's frame of reference is
// the upright image, in points.
package picture
