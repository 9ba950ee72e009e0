// Package pages serves what people look at: one file a place, one handler a route.
//
// A handler reads its input, calls one method of the reader's [eakte/acl.Desk], fills the view of a
// page and shows it. [Pages.Routes] is the table of contents; how pages look is in [eakte/web/ui]. Who
// asks, and that she may ask at all, was found out before, by [eakte/web], which mounts the routes.
//
// What always holds:
//
//   - nothing is decided here: what a reader must not see, her desk does not hand out;
//   - a purpose is stated once, when an Akte is opened, and counts for that Akte in that session;
//   - search words and names stand in no address: a search is posted, kept in the session and shown
//     under a number;
//   - forms are real forms: a change is posted and answered by sending the browser on, and a form with
//     faults comes back with what was typed;
//   - nothing that shows persons is kept by browsers.
package pages
