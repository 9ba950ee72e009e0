package audit

import (
	"fmt"
	"time"
)

// Actor is who acts. It is opaque: the staff directory knows the name behind User.
type Actor struct {
	// User is the id of the account, or "system" or "anonymous"; never empty.
	User string
	// Role and Department are the pair of codes that the act was decided by; empty for
	// [System] and [Anonymous].
	Role, Department string
	// Client is how the act came: "web", "api", "cli", "system".
	Client string
}

// System returns the actor of what the product does on its own: recognition,
// clean-up, checkpoints.
func System() Actor { return Actor{User: "system", Client: "system"} }

// Anonymous returns the actor of a request nobody has signed in for, such as a sign-in
// that failed.
func Anonymous(client string) Actor { return Actor{User: "anonymous", Client: client} }

// Result is how an act ended.
type Result string

// The results. A refusal is an event like any other.
const (
	Allow  Result = "allow"
	Deny   Result = "deny"
	Failed Result = "error"
)

// Event is one act, as it is handed to [Writer.Append].
type Event struct {
	// Time is when it happened; stored in UTC and microseconds.
	Time time.Time
	// Actor is who did it.
	Actor Actor
	// Op is what was done.
	Op Op
	// Object is the opaque reference of what it was done to, "document/ID"; may be empty.
	Object string
	// Akten and Persons are the ids of all that the event speaks of (a search: those it
	// listed). Engines index the trail by them, and they decide who can read the detail.
	Akten, Persons []string
	// Register and Classification are the codes of the object, where it has them;
	// several classifications are joined with "+".
	Register, Classification string
	// Result is how it ended.
	Result Result
	// Rule is the id of the deciding rule, Policy the hash of the rules in force.
	Rule, Policy string
	// Purpose is a code, or "case:ID".
	Purpose string
	// Correlation ties together the events of one request; made by us, never taken from
	// a client.
	Correlation string
	// Detail is what is personal about it; nil for nothing.
	Detail *Detail
}

// Detail is what must not stand in a leaf. Each part is a JSON object; values must
// marshal to JSON. Empty parts are not stored. See the package comment for who can
// read which part for how long.
type Detail struct {
	// Act is said of the act itself and its author, never of a person of an Akte: it
	// stays readable as long as the year.
	Act map[string]any
	// Shared speaks of every Akte and person of the event; it becomes unreadable when
	// one of them is erased.
	Shared map[string]any
	// Own speaks of one of them only, by its key name ([AkteKey], [PersonKey]). The
	// event must name that Akte or person.
	Own map[string]map[string]any
}

// AkteKey returns the name of the key of an Akte, "akte/ID".
func AkteKey(id string) string { return "akte/" + id }

// PersonKey returns the name of the key of a person, "person/ID".
func PersonKey(id string) string { return "person/" + id }

// YearKey returns the name of the key of a year, "year/2026".
func YearKey(year int) string { return fmt.Sprintf("year/%04d", year) }

// subjects returns the key names of all Akten and persons of the event, in the order
// they are named.
func (e *Event) subjects() []string {
	out := make([]string, 0, len(e.Akten)+len(e.Persons))
	for _, id := range e.Akten {
		out = append(out, AkteKey(id))
	}
	for _, id := range e.Persons {
		out = append(out, PersonKey(id))
	}
	return out
}
