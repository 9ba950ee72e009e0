// Package office reads documents written in office programs: Office Open XML and OpenDocument (archives of
// XML), Rich Text, and the compound files of earlier programs.
//
// A Go step of the sandbox looks into the file itself: what it is, whether it needs a password, whether it
// holds macros, links to elsewhere, embedded objects or programs, and its plain text. For pages as people
// know them LibreOffice, where it is installed, writes the document as a PDF in another child: without
// a network, with a home of its own that is gone with it, with macros switched off and links never
// brought up to date.
//
// What always holds: no entry of an archive is written under its own name; entities of XML are never
// resolved; nothing a document names is fetched.
package office
