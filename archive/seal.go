package archive

import (
	"fmt"
	"slices"
	"time"
)

// Seal is a Sperrvermerk: while it lasts, only the named readers see what it lies on.
type Seal struct {
	// Kind is [SealProtection] or [SealRestriction]; seals laid before there were kinds have none, which is protection.
	Kind string `json:"kind,omitempty"`
	// Ground is that of law for a restriction, one of [SealGrounds]; empty for protection.
	Ground string `json:"ground,omitempty"`
	Reason string `json:"reason"`
	// Until is its last day, "2026-12-31".
	Until   string   `json:"until"`
	Readers []UserID `json:"readers"`
	// By asked for it as it is now.
	By UserID `json:"by"`
	// Again says that data protection had readers named for it, since too few of those of before were left.
	Again bool `json:"again,omitempty"`
}

// Holds reports whether the seal is in force on the day. A nil seal never is.
func (s *Seal) Holds(day string) bool { return s != nil && day <= s.Until }

// Bars reports whether the seal shuts a user out on the day.
func (s *Seal) Bars(user UserID, day string) bool {
	return s.Holds(day) && !slices.Contains(s.Readers, user)
}

// Kinds of seals.
const (
	// SealProtection keeps those away who must not know: somebody would be in danger, or a law says so.
	SealProtection = "protection"
	// SealRestriction is a restriction of processing (Einschränkung der Verarbeitung), Art. 18 DSGVO, or in place of an
	// erasure that would hurt, § 35 BDSG.
	SealRestriction = "restriction"
)

// SealKinds returns the kinds in a fixed order.
func SealKinds() []string { return []string{SealProtection, SealRestriction} }

// SealGrounds returns the grounds of law for a restriction, in the order of Art. 18 (1) a to d DSGVO and then § 35 BDSG:
// the data are contested, their processing is unlawful and she wants no erasure, she needs them for a claim, she
// objected, or erasing would hurt or break a law.
func SealGrounds() []string {
	return []string{"accuracy", "unlawful", "claims", "objection", "erasure"}
}

// Bounds of seals.
const (
	maxSealYears   = 10 // whoever needs longer says so again
	maxSealReaders = 50
)

// MinSealReaders is how many readers a seal has: it takes two persons to lift it, and nobody else can see it.
const MinSealReaders = 2

// Normalise brings a seal into the form that is stored, or returns the first [*FieldError]. Who the readers are is not
// looked at. today is "2026-11-21".
func (s *Seal) Normalise(today string) error {
	if !slices.Contains(SealKinds(), s.Kind) {
		return unknown("/kind")
	}
	switch {
	case s.Kind == SealProtection:
		s.Ground = ""
	case s.Ground == "":
		return required("/ground")
	case !slices.Contains(SealGrounds(), s.Ground):
		return unknown("/ground")
	}
	var err error
	if s.Reason, err = because("/reason", s.Reason); err != nil {
		return err
	}
	if err := checkSealEnd(s.Until, today); err != nil {
		return err
	}
	s.Readers = slices.Clone(s.Readers)
	slices.Sort(s.Readers)
	s.Readers = slices.Compact(s.Readers)
	switch n := len(s.Readers); {
	case n == 0:
		return required("/readers")
	case n < MinSealReaders:
		return &FieldError{Pointer: "/readers", Code: "too_few", Detail: fmt.Sprintf("at least %d", MinSealReaders)}
	case n > maxSealReaders:
		return &FieldError{Pointer: "/readers", Code: "too_many", Detail: fmt.Sprintf("at most %d", maxSealReaders)}
	}
	return nil
}

func checkSealEnd(until, today string) error {
	if until == "" {
		return required("/until")
	}
	if err := checkDay("/until", until); err != nil {
		return err
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return fmt.Errorf("archive: today: %w", err)
	}
	if until < today || until > now.AddDate(maxSealYears, 0, 0).Format(time.DateOnly) {
		return &FieldError{Pointer: "/until", Code: "seal_end", Detail: fmt.Sprintf("not in the past, and within %d years", maxSealYears)}
	}
	return nil
}

// because is a reason that has to be given.
func because(pointer, reason string) (string, error) {
	reason, err := NormaliseText(pointer, reason, maxNote, true)
	if err == nil && reason == "" {
		err = required(pointer)
	}
	return reason, err
}

// SealRequestID names a [SealRequest].
type SealRequestID string

// What can be asked for.
const (
	SealLay    = "lay"    // that one is laid
	SealChange = "change" // that the one there ends on another day, has other readers, or another reason
	SealLift   = "lift"   // that it ends now
	SealName   = "name"   // that it has more readers, by data protection's word, since too few of those of before are left
)

// SealRequest asks for a seal, or for a change or the end of the one there. Nothing is different until a second person
// says yes; after her word the request is gone, and the trail tells of it. One at a time waits about the same thing.
type SealRequest struct {
	ID   SealRequestID `json:"id"`
	Akte AkteID        `json:"akte_id"`
	// Document is what the seal lies on, or is to; empty: the whole Akte.
	Document DocumentID `json:"document_id,omitempty"`
	// What is one of the constants.
	What string `json:"what"`
	// Seal is how it is to be; nil where it is to be lifted.
	Seal *Seal `json:"seal,omitempty"`
	// Because says why one that is there is to be changed or lifted; empty where one is to be laid.
	Because string    `json:"because,omitempty"`
	By      UserID    `json:"by"`
	At      time.Time `json:"at"`
}

// Normalise brings a request into the form that is stored, or returns the first [*FieldError].
func (q *SealRequest) Normalise(today string) error {
	var err error
	switch q.What {
	case SealLay:
		q.Because = ""
	case SealChange, SealLift, SealName:
		if q.Because, err = because("/because", q.Because); err != nil {
			return err
		}
	default:
		return unknown("/what")
	}
	if q.What == SealLift {
		q.Seal = nil
		return nil
	}
	if q.Seal == nil {
		return required("/seal")
	}
	s := *q.Seal
	q.Seal = &s
	return q.Seal.Normalise(today)
}

// SealedThing is what a seal lies on, by the seal's last day.
type SealedThing struct {
	Akte AkteID
	// Document is empty where the seal lies on the whole Akte.
	Document DocumentID
}
