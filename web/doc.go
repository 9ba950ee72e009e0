// Package web serves the archive over HTTP: the REST interface under /api/v1, and whether the
// server lives.
//
// A request passes, from outside to inside: the [visit] that times, paces and protects it and
// gives it a correlation id; the refusal of writes that another site's page sends; gin's
// routes; the question who asks (a bearer token or a session) and whether there is a place for
// her; the handler. A handler
// reads its input, calls one method of an [eakte/acl.Desk] and turns the answer into JSON. JSON goes
// through huma, which describes it too; bytes (uploads, originals, images) stream past it.
// [Server.routes] is the table of contents.
//
// What always holds:
//
//   - nothing is decided here: the desk decides, and answers for what a subject must not know as
//     for what does not exist;
//   - an error is a problem (RFC 9457) from one table, in German or English, and never repeats
//     what the client sent, not even the name of an unknown field;
//   - an unknown error is a 500 without its text, logged once;
//   - the log has route patterns, ids, codes and times: no paths, queries, names or words;
//   - a body is never held in memory as a whole unless it is JSON of at most a mebibyte;
//   - who has not signed in takes no place of who has, and none at all while her body is on its way;
//   - whoever is slower than [Config.SlowBody] allows is cut off, an upload that progresses never.
package web
