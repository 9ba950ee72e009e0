package archive

import "time"

// ErasureID names an [Erasure].
type ErasureID string

// What an erasure is at.
const (
	// ErasureAsked: somebody proposed it, and a second person has her word.
	ErasureAsked = "asked"
	// ErasureReleased: she said yes. Nobody sees any more what it is about, and the machine erases it.
	ErasureReleased = "released"
	// ErasureDone: nothing of it is left.
	ErasureDone = "done"
)

// Erasure is that of an Akte, or of a single document in it, from its proposal on. What is left of it in the end proves
// what was erased, when, by whose word and by which rule, and says nothing of whom it was about.
type Erasure struct {
	ID   ErasureID `json:"id"`
	Akte AkteID    `json:"akte_id"`
	// Document is the one that is erased before its Akte; empty: the whole Akte.
	Document DocumentID `json:"document_id,omitempty"`
	// Plan and Lead are the Akte's.
	Plan string `json:"plan"`
	Lead string `json:"lead_department"`
	// Rule is the key of the rule of retention by which it is erased; empty: the unit of the file plan says so.
	Rule string `json:"rule,omitempty"`
	// Since is the day the term counted from, Ends its last; both are empty where the rule names none.
	Since string `json:"since,omitempty"`
	Ends  string `json:"ends,omitempty"`
	// Seen is the revision of a single document that was proposed: another one is something else.
	Seen int64 `json:"seen,omitempty"`
	// Because says why. It is gone with what it is about.
	Because string    `json:"because,omitempty"`
	By      UserID    `json:"by"`
	At      time.Time `json:"at"`
	State   string    `json:"state"`
	// DecidedBy is who released it.
	DecidedBy UserID    `json:"decided_by,omitempty"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
	// Removed says that the records are gone, and what is left are objects, keys and copies. Documents and Objects count
	// what was erased, Person says that she was, too.
	Removed   bool `json:"removed,omitempty"`
	Documents int  `json:"documents,omitempty"`
	Objects   int  `json:"objects,omitempty"`
	Person    bool `json:"person,omitempty"`
	// Waits says why something is left that was to go; nil: nothing is in the way. The index and the file of records are rid of
	// it by then.
	Waits *ErasureWait `json:"waits,omitempty"`
	// Kept counts objects whose bytes the storage keeps for a while, sealed under keys that are gone.
	Kept int `json:"kept,omitempty"`
	// Done is when nothing was left.
	Done     time.Time `json:"done,omitzero"`
	Revision int64     `json:"revision"`
}

// ErasureWait says what is left of an erasure that the storage didn't let go. It is tried again.
type ErasureWait struct {
	Since time.Time `json:"since"`
	// Objects counts what is left.
	Objects int `json:"objects"`
	// Forbidden says that the storage refused it: somebody has to give the account of the server the right.
	Forbidden bool `json:"forbidden,omitempty"`
}

// Normalise brings a proposal into the form that is stored, or returns the first [*FieldError].
func (e *Erasure) Normalise() (err error) {
	e.Because, err = because("/because", e.Because)
	return err
}
