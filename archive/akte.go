package archive

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Akte states.
const (
	// AkteOpen takes documents.
	AkteOpen = "open"
	// AkteClosed is read-only (zu den Akten).
	AkteClosed = "closed"
	// AkteErasing is being erased: for everybody but the machine it isn't there any more.
	AkteErasing = "erasing"
)

// Participation says that a department takes part in an Akte.
type Participation struct {
	Department string `json:"department"`
	// Team narrows it to the members of one team; empty: the whole department.
	Team string `json:"team,omitempty"`
	// Registers narrows it to these; empty: all.
	Registers []string `json:"registers,omitempty"`
	// Until is the last day of it, "2026-12-31" in the authority's time zone; empty: no end.
	Until string `json:"until,omitempty"`
}

// Covers reports whether the participation reaches the register on the day, "2026-11-21".
func (p Participation) Covers(register, day string) bool {
	return (p.Until == "" || day <= p.Until) &&
		(len(p.Registers) == 0 || slices.Contains(p.Registers, register))
}

// Akte is the file of one person for one task of the authority.
type Akte struct {
	ID AkteID `json:"id"`
	// Number is the Aktenzeichen, "33.11-000123/2026": file-plan unit, counter, year.
	Number string   `json:"aktenzeichen"`
	Person PersonID `json:"person_id"`
	// Plan is the unit of the file plan, "33.11".
	Plan string `json:"plan"`
	// Lead is the department in charge.
	Lead string `json:"lead_department"`
	// Team is the lead department's team; empty: the whole department sees it.
	Team string `json:"team,omitempty"`
	// Responsible is the caseworker in charge; may be empty.
	Responsible UserID `json:"responsible,omitempty"`
	// Departments are those that take part beside the lead.
	Departments []Participation `json:"departments,omitempty"`
	// State is [AkteOpen], [AkteClosed] or [AkteErasing].
	State string `json:"state"`
	// Sealed is the Sperrvermerk on the whole Akte, if any.
	Sealed *Seal `json:"sealed,omitempty"`
	// Closing says how long a closed Akte is kept; nil while it is open.
	Closing *Closing `json:"closing,omitempty"`
	// Offer is that of a closed Akte to the archive; nil: it wasn't offered.
	Offer *Offer `json:"offer,omitempty"`
	// Hold keeps it beyond its term, if it is still needed.
	Hold *LegalHold `json:"hold,omitempty"`
	// DistinctBecause says why this is not the person's other Akte of the same plan unit.
	DistinctBecause string    `json:"distinct_because,omitempty"`
	Created         time.Time `json:"created"`
	Changed         time.Time `json:"changed"`
	Revision        int64     `json:"revision"`
}

// Participations returns the lead's and all other participations, the lead's first.
func (a Akte) Participations() []Participation {
	lead := Participation{Department: a.Lead, Team: a.Team}
	return append([]Participation{lead}, a.Departments...)
}

// Keeper returns who keeps on a day what a department kept of the Akte's paper, of a document in a register: that
// department as long as it leads the Akte or takes part in the register, else the lead.
func (a Akte) Keeper(department, register, day string) string {
	if slices.ContainsFunc(a.Participations(), func(p Participation) bool {
		return p.Department == department && p.Covers(register, day)
	}) {
		return department
	}
	return a.Lead
}

// FormatNumber writes a reference number of a plan unit: counter 123 in 2026 is
// "33.11-000123/2026".
func FormatNumber(plan string, counter uint64, year int) string {
	return fmt.Sprintf("%s-%06d/%04d", plan, counter, year)
}

// ReadNumber finds the reference number of a plan unit in a text that has its digits, whatever stands
// between them: "3311 000123 2026" is "33.11-000123/2026". A text with a letter is none.
func ReadNumber(plan, text string) (string, bool) {
	if strings.ContainsFunc(text, unicode.IsLetter) {
		return "", false
	}
	rest, ok := strings.CutPrefix(digits(text), digits(plan))
	if !ok || len(rest) < len("000123")+len("2026") || len(rest) > 20 {
		return "", false
	}
	counter, err := strconv.ParseUint(rest[:len(rest)-4], 10, 64)
	if err != nil {
		return "", false
	}
	year, err := strconv.Atoi(rest[len(rest)-4:])
	if err != nil {
		return "", false
	}
	number := FormatNumber(plan, counter, year)
	return number, digits(number) == digits(text) // no zeros in front of the counter that no number has
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Case is a procedure inside an Akte (Vorgang). A reader who names one as her purpose meets the
// rules that ask for a matching case, in the registers the procedure touches.
type Case struct {
	ID   CaseID `json:"id"`
	Akte AkteID `json:"akte_id"`
	// Procedure is a key of the procedures in policies; it says which registers are touched.
	Procedure string `json:"procedure"`
	Title     string `json:"title"`
	// State is "open" or "closed"; a closed case is nobody's purpose.
	State    string    `json:"state"`
	Created  time.Time `json:"created"`
	Revision int64     `json:"revision"`
}
