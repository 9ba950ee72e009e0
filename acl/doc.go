// Package acl decides who may see and do what, and is the only door to everything below it.
//
// A request enters as a [Subject]: a user with her roles, teams and the purpose she stated.
// [Guard.For] gives her a [Desk], which has one method for every use case. A method decides,
// does, and records in the trail, inside one transaction: what was decided cannot have
// changed by the time it is done.
//
// A decision has two halves. Which role may do what with which register and classification,
// for which purpose, is policy: Casbin rules compiled into a [Table]. Who takes part in
// which Akte, which team keeps it, what is sealed, is data: the Guard reads it from the
// records and passes it in. What always holds:
//
//   - deny by default; an error is a deny;
//   - who has no right at all to a thing gets [archive.ErrNotFound], as if it did not exist; who
//     has some right to it but not this one gets [ErrDenied];
//   - the right is part of a search, in positive terms, and every hit is decided again;
//   - reads are recorded before the first byte leaves; if the event cannot be written, the act does
//     not happen;
//   - refusals are recorded too.
package acl
