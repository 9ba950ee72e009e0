package demo

import (
	"fmt"
	"time"
)

// Authority is a made-up authority: what `make demo` loads into an empty data folder.
// It holds no open resource and is safe for concurrent reading.
type Authority struct {
	// Name is the authority's name, Today the day its papers believe it is, "2026-11-20".
	Name, Today string
	// Accounts has at least one for every role.
	Accounts []Account
	// Persons come before the Akten that name them by index.
	Persons []Person
	Akten   []Akte
	// Documents come in the order in which loading them makes the demo look alive:
	// one of every kind first.
	Documents []Document
	// Inbox is the post nobody has filed yet.
	Inbox []InboxItem
}

// RoleAt is a role in a department, both by the built-in codes.
type RoleAt struct{ Role, Department string }

// Account is somebody who works here.
type Account struct {
	// Login is the name typed at the login page, Display the one colleagues see.
	Login, Display string
	Roles          []RoleAt
	// Teams are those of the department the account works in; none where the
	// department doesn't work by teams or the role spans them.
	Teams []string
}

// Name is one spelling of a person's name.
type Name struct {
	// Kind is official, birth, former, alias or spelling.
	Kind string
	// Family and Given are NFC and within DIN 91379 data type A.
	Family, Given string
	// Original is the name in the script it is written in at home; empty if that is Latin.
	Original string
	// BirthDate and Nationality belong to an alias that has its own; else empty.
	BirthDate, Nationality string
}

// Person is a human being who doesn't exist.
type Person struct {
	// Names has the official one first.
	Names []Name
	// BirthDate is "1990", "1990-05", "1990-05-17" or "00.00.1990".
	BirthDate string
	// Sex is "f", "m" or "x".
	Sex string
	// Nationalities are ISO 3166-1 alpha-3 codes.
	Nationalities []string
	// AZRNumber has twelve digits and begins with 9999, which no real one does.
	AZRNumber string
	// EnteredBy is the department that entered the person.
	EnteredBy string
}

// Participation is a department that takes part in an Akte.
type Participation struct {
	Department string
	// Registers are the ones it takes part in; empty: all.
	Registers []string
	// Until is the last day, "2027-06-30"; empty: no end.
	Until string
}

// Akte is the file of one person for one task.
type Akte struct {
	// Person is an index into [Authority.Persons].
	Person int
	// Plan is a unit of the file plan, Lead the department in charge, Team its team or empty.
	Plan, Lead, Team string
	// Responsible is the login of the caseworker in charge.
	Responsible string
	// Departments take part beside the lead.
	Departments []Participation
}

// Document is a paper of an Akte. Its bytes are painted when [Document.Bytes] is called.
type Document struct {
	// Akte is an index into [Authority.Akten]. Also are further Akten of the family
	// the same paper belongs to.
	Akte int
	Also []int
	// Type, Register and Classification are built-in codes.
	Type, Register, Classification string
	Title                          string
	// Date is the day on the paper, ReceivedOn the day it came; "2026-05-17".
	Date, ReceivedOn string
	// Channel is scan, upload, email or internal.
	Channel, Sender string
	// Department brought it in.
	Department string
	paper
}

// InboxItem is post that lies unfiled in a department's basket.
type InboxItem struct {
	// Department is the basket.
	Department string
	ReceivedOn string
	// Channel is scan, upload, email or internal.
	Channel, Sender string
	// Note is what the mail room wrote on it; may be empty.
	Note string
	paper
}

// paper is what documents and inbox items have in common: sheets that can be painted.
type paper struct {
	// FileName is the name it came with; MediaType fits the bytes.
	FileName, MediaType string
	// Scan tells that the bytes are an image without text.
	Scan bool
	// Pages counts its sheets.
	Pages int
	// Keywords are words that stand in it, each on one page only and, where there are
	// several pages, the last one not on the first.
	Keywords []string

	sheets []sheet
	title  string
	look   scanLook
	made   time.Time
	seed   uint64
	types  *typeset
}

// Bytes paints the paper: a PDF, or for some scans a JPEG or PNG. Every call gives the
// same bytes; it keeps nothing and may be called from several goroutines.
func (p paper) Bytes() ([]byte, error) {
	paint := func() ([]byte, error) { return paintPDF(p.types, p.title, p.made, p.sheets) }
	if p.Scan {
		paint = func() ([]byte, error) { return paintScan(p.types, p.title, p.made, p.sheets, p.look, p.seed) }
	}
	out, err := paint()
	if err != nil {
		return nil, fmt.Errorf("demo: painting %s: %w", p.FileName, err)
	}
	return out, nil
}
