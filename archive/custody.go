package archive

import (
	"slices"
	"time"
)

// CustodyID names a [Custody].
type CustodyID string

// What is done with a paper original that the authority keeps.
const (
	CustodyTaken    = "taken"    // it came into the authority's keeping
	CustodyPlaced   = "placed"   // it lies elsewhere now, or is to go back on another day
	CustodyReturned = "returned" // it was handed back
	CustodyUndone   = "undone"   // the act before was a mistake
)

// Custody is a paper original, such as a passport, in the authority's keeping (Verwahrung), from the day it
// was taken until it was handed back. What is wrong in it is undone by another act and stays readable.
type Custody struct {
	ID CustodyID `json:"id"`
	// Akte is that of the document, and Document the scan or record of the original.
	Akte     AkteID     `json:"akte_id"`
	Document DocumentID `json:"document_id"`
	// Department keeps it: who took it as long as it has to do with the Akte, then the Akte's lead. See [Akte.Keeper].
	Department string `json:"department"`
	// Acts are what was done, oldest first: more are added, none is changed or removed.
	Acts     []CustodyAct `json:"acts"`
	Created  time.Time    `json:"created"`
	Changed  time.Time    `json:"changed"`
	Revision int64        `json:"revision"`
}

// CustodyAct is one act on an original.
type CustodyAct struct {
	// What is one of the constants, By did it, and At is when that was entered.
	What string    `json:"what" cbor:"1,keyasint"`
	By   UserID    `json:"by" cbor:"2,keyasint"`
	At   time.Time `json:"at" cbor:"3,keyasint"`
	// On is the day it happened, "2026-11-21".
	On string `json:"on" cbor:"4,keyasint"`
	// Thing is what it is, as a receipt names it; where it was taken.
	Thing string `json:"thing,omitempty" cbor:"5,keyasint,omitempty"`
	// Place is where it lies, and Due the day by which it is to go back, "" for none; where it was taken or
	// placed.
	Place string `json:"place,omitempty" cbor:"6,keyasint,omitempty"`
	Due   string `json:"due,omitempty" cbor:"7,keyasint,omitempty"`
	// To is who got it back, where it was returned.
	To string `json:"to,omitempty" cbor:"8,keyasint,omitempty"`
	// Reason is why an act was undone, or a remark.
	Reason string `json:"reason,omitempty" cbor:"9,keyasint,omitempty"`
	// Undoes is the number, from 1, of the act that was a mistake.
	Undoes int `json:"undoes,omitempty" cbor:"10,keyasint,omitempty"`
}

// CustodyState is how an original stands, by the acts that stand.
type CustodyState struct {
	// Held says that the authority has it.
	Held bool
	// Thing is what it is, Place where it lies or lay last, Since the day it was taken, Due the day by which it
	// is to go back.
	Thing, Place, Since, Due string
	// To is who got it back, and On when.
	To, On string
	// Void says that it never was taken: that was a mistake.
	Void bool
}

// Stands reports whether the act with that number, from 1, was not undone.
func (c Custody) Stands(number int) bool {
	return !slices.ContainsFunc(c.Acts, func(a CustodyAct) bool { return a.Undoes == number })
}

// Last is the number of the last act that stands, from 1; 0 where all were undone. It alone can be undone.
func (c Custody) Last() int {
	for n := len(c.Acts); n > 0; n-- {
		if c.Acts[n-1].What != CustodyUndone && c.Stands(n) {
			return n
		}
	}
	return 0
}

// State returns how the original stands.
func (c Custody) State() CustodyState {
	s := CustodyState{Void: true}
	for i, a := range c.Acts {
		if !c.Stands(i + 1) {
			continue
		}
		switch a.What {
		case CustodyTaken:
			s = CustodyState{Held: true, Thing: a.Thing, Place: a.Place, Since: a.On, Due: a.Due}
		case CustodyPlaced:
			s.Place, s.Due = a.Place, a.Due
		case CustodyReturned:
			s.Held, s.To, s.On = false, a.To, a.On
		}
	}
	return s
}

// Lists of the originals of a department.
const (
	CustodyHeld = "held" // those in its keeping, by the day they are due
	CustodyGone = "gone" // those handed back, by that day
)

// List is the list of its department that the original stands in; "" for one that never was taken. It stands
// there by a day.
func (c Custody) List() (list, day string) {
	switch s := c.State(); {
	case s.Held:
		return CustodyHeld, s.Due
	case s.Void:
		return "", ""
	default:
		return CustodyGone, s.On
	}
}

// Longest texts about an original, in runes.
const (
	maxThing = 300
	maxPlace = 200
)

// Normalise brings an act into the form that is stored, for an original that stands as state says and a day
// that is today, or returns the first [*FieldError].
func (a *CustodyAct) Normalise(state CustodyState, today string) error {
	for _, f := range []struct {
		pointer string
		text    *string
		limit   int
		lines   bool
		needed  bool
	}{
		{"/thing", &a.Thing, maxThing, false, false},
		{"/place", &a.Place, maxPlace, false, a.What == CustodyTaken || a.What == CustodyPlaced},
		{"/to", &a.To, maxThing, false, a.What == CustodyReturned},
		{"/reason", &a.Reason, maxNote, true, a.What == CustodyUndone},
	} {
		text, err := NormaliseText(f.pointer, *f.text, f.limit, f.lines)
		if err != nil {
			return err
		}
		if *f.text = text; f.needed && text == "" {
			return required(f.pointer)
		}
	}
	if a.On == "" {
		a.On = today
	}
	if err := checkDay("/on", a.On); err != nil {
		return err
	}
	if a.On > today || a.What != CustodyTaken && a.On < state.Since {
		return &FieldError{Pointer: "/on", Code: "range", Detail: "neither in the future nor before it was taken"}
	}
	if err := checkDay("/due", a.Due); err != nil {
		return err
	}
	if a.Due != "" && a.Due < a.On {
		return &FieldError{Pointer: "/due", Code: "range", Detail: "not before the day it was taken"}
	}
	return nil
}
