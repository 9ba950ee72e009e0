package ui

// Frame is what the layout shows around every page. Views embed it.
type Frame struct {
	// Title is the page's, in its language.
	Title string
	// Theme is "light" or "dark", Density "compact" or "comfortable"; Theme "" follows the system.
	Theme, Density string
	// Shortcuts says that single keys act.
	Shortcuts bool
	// Place is the key of the place in the rail that the page belongs to.
	Place string
	// Part is the key of the list inside of the place that the page is, and Inside are those lists that the reader may
	// use; empty for most places.
	Part   string
	Inside []Place
	// Rail are the places the reader may use.
	Rail []Place
	// Who is signed in; nil: nobody.
	Who *Who
	// Authority is whose files these are.
	Authority string
	// Scripts are the ES modules of the page beside the shared one, "akte/viewer.js".
	Scripts []string
	// Notice is said once, on top; nil: nothing.
	Notice *Notice
	// Path is the page's own.
	Path string
	// Refresh is in how many seconds a browser without scripts asks again; 0: never.
	Refresh int
	// SessionEnds is in how many seconds the session ends without another request; 0: not signed in.
	SessionEnds int
	// SessionMark tells sessions of different accounts apart.
	SessionMark string
}

// Place is a link of the rail, or inside of a place of it. Its name is the text "shared.place_KEY".
type Place struct {
	Key, Path, Icon string
	// Count is how much waits there; 0 shows nothing.
	Count int
}

// Who is the reader as the layout names her.
type Who struct {
	Name        string
	Departments []string
}

// Notice is a message above a page. Kind is "success", "info", "warning" or "danger".
type Notice struct {
	Kind, Text string
	// Undo is where a form takes it back; empty: nothing to take back.
	Undo string
}

// Form is what a form shows: what was typed, and what is wrong with it.
type Form struct {
	Values map[string][]string
	Faults []Fault
}

// Fault is one thing wrong. Field is the name of the input, or empty where the whole is meant; Label is
// how the page calls it, for the summary, and may be empty.
type Fault struct{ Field, Message, Label string }

// Value returns what a field holds.
func (f Form) Value(name string) string {
	if v := f.Values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports whether one of a field's values is value.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Fault returns what is wrong with a field; "" if nothing is.
func (f Form) Fault(name string) string {
	for _, fault := range f.Faults {
		if fault.Field == name {
			return fault.Message
		}
	}
	return ""
}
