package mailbox

import (
	"strings"

	"github.com/emersion/go-imap/v2"
)

// Rule says which messages go into a basket. Patterns know * for anything and mind no case; an empty one
// fits everything.
type Rule struct {
	// From and To are patterns of addresses; To counts copies too. Subject is one of the subject.
	From, To, Subject string
	Basket            string
}

// fits reports whether a message is meant.
func (r Rule) fits(e *imap.Envelope) bool {
	return fitsAny(r.From, e.From) && fitsAny(r.To, append(append([]imap.Address{}, e.To...), e.Cc...)) &&
		(r.Subject == "" || matches(r.Subject, e.Subject))
}

func fitsAny(pattern string, addresses []imap.Address) bool {
	if pattern == "" {
		return true
	}
	for _, a := range addresses {
		if matches(pattern, a.Addr()) {
			return true
		}
	}
	return false
}

// matches compares a text with a pattern.
func matches(pattern, text string) bool {
	parts := strings.Split(strings.ToLower(pattern), "*")
	text = strings.ToLower(text)
	if len(parts) == 1 {
		return text == parts[0]
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// basket returns where a message goes; false for nowhere.
func (c Config) basket(e *imap.Envelope) (string, bool) {
	for _, r := range c.Rules {
		if r.fits(e) {
			return r.Basket, true
		}
	}
	return "", false
}

// sender is what the inbox item says of who wrote: a name with its address, or either.
func sender(e *imap.Envelope) string {
	if len(e.From) == 0 {
		return ""
	}
	name, address := strings.TrimSpace(e.From[0].Name), e.From[0].Addr()
	s := address
	if name != "" && address != "" {
		s = name + " <" + address + ">"
	} else if name != "" {
		s = name
	}
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}
