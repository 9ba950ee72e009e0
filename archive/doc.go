// Package archive holds what an authority knows and keeps of people: persons, their
// Akten, the documents in them, what has arrived and waits to be filed, and the trail
// of every act. It has the words and rules; how records lie on disk is an engine's
// affair ([eakte/archive/boltstore]), and so is where bytes lie ([eakte/archive/blob]).
//
// Glossary, with the German word the users read:
//
//   - [Person]: a human being the authority deals with, under all her names.
//   - [Akte]: the file of one person for one task of the authority (Akte). The only
//     loanword: a "File" would be an os.File.
//   - register: a section of an Akte by subject (Register), the grain of access.
//   - [Case]: a procedure inside an Akte (Vorgang), and the usual purpose of looking.
//   - [Document]: one piece of the file (Dokument); its content is a chain of [Version]s.
//   - [Version]: received bytes, immutable, with renditions derived from them.
//   - [InboxItem]: something received and not yet filed (Posteingang), lying in the
//     basket of one department.
//   - [Job]: work for the machine, leased to a worker.
//
// Data flows through one [Tx] a change: the records, the trail event
// ([eakte/archive/audit]) and the jobs that follow are stored together or not at all. What
// always holds:
//
//   - a change without an event is refused ([ErrNoEvent]);
//   - a [Version] never changes its received bytes; correcting means a new one;
//   - every document lies in exactly one Akte, in exactly one register;
//   - a reference number is given once and never again;
//   - names are in NFC and pass DIN 91379 data type A; birth dates are never guessed;
//   - whatever is personal is sealed at rest under a key that can be destroyed.
package archive
