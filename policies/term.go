package policies

import "slices"

// Label is the name of a thing as people read it.
type Label struct {
	DE string // German
	EN string // English
}

// In returns the label in the given language: English for "en", German for all else.
func (l Label) In(language string) string {
	if language == "en" {
		return l.EN
	}
	return l.DE
}

// Term is an entry of a plain list: a department, a role, a classification, a purpose, a
// channel, a kind of name, a kind of sensitive content.
type Term struct {
	// Key is what records and rules hold; it never changes its meaning.
	Key string
	// Label is what people read.
	Label Label
}

// Team is a part of a department that keeps Akten of its own.
type Team struct {
	Term
	// Department is where it belongs.
	Department string
}

// Register is a section of an Akte: the grain of access.
type Register struct {
	Term
	// Letter sorts the sections on paper and on screen: A to L, and Z.
	Letter string
	// Unsorted marks the one register for what is not yet assigned.
	Unsorted bool
}

// Pair is a role in a department; only pairs of the list exist, another one is refused
// when it is assigned.
type Pair struct {
	Role, Department string
	// FollowsRole and FollowsDepartment name the pair whose rules on registers hold here
	// too; both empty: none. Capabilities are never inherited.
	FollowsRole, FollowsDepartment string
	// Only limits what is inherited to these classifications; empty: all.
	Only []string
	// AllTeams says that the pair sees the Akten of every team of its department.
	AllTeams bool
}

// String returns "role@department".
func (p Pair) String() string { return p.Role + "@" + p.Department }

// DocType is a kind of document.
type DocType struct {
	Term
	// Register is its home section, Classification the default at filing.
	Register, Classification string
	// MayContain lists contents (keys of [Set.Contents]) a single paper may hold, so that
	// the clerk can raise the classification.
	MayContain []string
	// HasExpiry says that such papers usually run out on a date.
	HasExpiry bool
	// ReturnOriginal says that the paper belongs to the person: never destroy it.
	ReturnOriginal bool
	// Retention is the key of a [Retention].
	Retention string
	// Approval says that a scan of such a paper is to be approved by a second person.
	Approval bool
	// ScanColour is the least a scan of it should show: "colour", "gray", "bw", or "" for anything; ScanDPI the
	// least dots per inch, 0 for any. What falls short is marked, not refused.
	ScanColour string
	ScanDPI    int
}

// PlanUnit is a unit of the file plan.
type PlanUnit struct {
	Term
	// Parent is the number of the unit above; empty at the top.
	Parent string
	// Disposal says what happens at the end: "B" appraise, "V" destroy, "A" archive.
	Disposal string
	// Years is how long its files are kept after they were closed.
	Years int
	// Special says that files of the unit hold data of special categories by their nature.
	Special bool
	// Akte says that Akten are opened under this unit; other units order cases.
	Akte bool
	// Usual marks the one unit a new Akte gets when nothing else is said.
	Usual bool
}

// Procedure is a kind of case.
type Procedure struct {
	Term
	// LegalBasis names the provisions; may be empty.
	LegalBasis string
	// Registers are those such a case gives reason to open: a case of this procedure is a
	// "matching case" for them and for no others.
	Registers []string
}

// What rules of retention are about.
const (
	// CoversAkte is a rule that a closed Akte may be kept by.
	CoversAkte = "akte"
	// CoversDocument is one by which a single document is erased before its Akte.
	CoversDocument = "document"
	// CoversArchive is one on offering Akten to the archive.
	CoversArchive = "archive"
	// CoversOther is one about anything else, such as the trail.
	CoversOther = "other"
)

// Retention is a rule on how long something is kept.
type Retention struct {
	Term
	// LegalBasis names the provisions; may be empty.
	LegalBasis Label
	// Covers is one of the constants.
	Covers string
	// Trigger names what starts the period, such as "file_closed".
	Trigger string
	// Months is the length of the period; 0 is at once. Meaningless when Open.
	Months int
	// Open says that the trigger alone decides and no length is laid down.
	Open bool
	// Verified says that the text of the provision was read; otherwise it is an assumption
	// the authority must confirm.
	Verified bool
}

func (p Pair) clone() Pair           { p.Only = slices.Clone(p.Only); return p }
func (d DocType) clone() DocType     { d.MayContain = slices.Clone(d.MayContain); return d }
func (p Procedure) clone() Procedure { p.Registers = slices.Clone(p.Registers); return p }
func (t Term) clone() Term           { return t }
func (t Team) clone() Team           { return t }
func (r Register) clone() Register   { return r }
func (u PlanUnit) clone() PlanUnit   { return u }
func (r Retention) clone() Retention { return r }
