// Package policies holds the rules that people decide and that a data protection officer
// reviews: departments, roles and the pairs of them that exist, registers, classifications,
// purposes, document types, file plan, procedures, retention, and who may do what.
//
// [Load] reads a folder of comma-separated tables and one Casbin model into a [Set];
// [BuiltIn] reads the folder compiled into the program (the demo authority), and an
// authority replaces it as a whole by a folder of its own. Everything is checked before
// anything is used: unknown keys, duplicates, missing labels, cycles, references that lead
// nowhere, rules for pairs that don't exist. All problems of all files come back together
// in one [LoadError], each with file, line and reason.
//
// What always holds: a Set never changes; the same files give the same [Set.Hash], any
// change of a byte another; a rule that could be read in two ways is refused, not guessed;
// nothing here decides, it only says what was decided. Package acl asks Casbin.
//
// Files, each with a line of column names first and "#" for comments:
//
//	departments.csv classifications.csv purposes.csv channels.csv namekinds.csv contents.csv roles.csv
//	registers.csv   sections of an Akte, with their letter
//	fieldgroups.csv what may be recorded of a person beside her identity, and like which documents it is decided; without it nothing is
//	pairs.csv       which role exists in which department, and whose row of rules it follows
//	teams.csv       names of teams and their departments; without it teams are shown by their keys
//	signs.csv       what stands on papers of a type, for suggestions; without it names of types alone are known
//	synonyms.csv    words that mean the same to who searches; without it each word means itself
//	references.csv  how reference numbers of others are written, for suggestions; without it none are known
//	hours.csv       when people are at work; without it from six to twenty o'clock every day
//	addresses.csv   where departments are written to, a line each; it stands on papers that they issue
//	doctypes.csv    document types: home register, classification, retention, original, approval and profile of scans
//	fileplan.csv    file plan units and their parents
//	procedures.csv  kinds of case, and the registers such a case gives reason to open
//	retention.csv   how long, counted from what
//	access/model.conf, access/*.csv  the Casbin model and its rules
//	access/tests.csv  what the rules are to answer; rules that answer otherwise don't come into force
//
// [Set.Revise] puts other files in the place of those in access/: the rules change while the authority works, the
// lists that records refer to don't.
package policies
