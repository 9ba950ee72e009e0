package acl

import (
	"errors"
	"fmt"

	"eakte/archive"
)

var (
	// ErrDenied is the answer to who may see a thing but not do this with it.
	ErrDenied = errors.New("denied")
	// ErrPurpose says that the act needs a purpose and none, or none that fits, was stated.
	ErrPurpose = errors.New("purpose required")
	// ErrUnconfirmed is what [Desk.Unconfirmed] answers to every change.
	ErrUnconfirmed = errors.New("not confirmed")
	// ErrStale is an [archive.ErrConflict]: the edit names another revision than the present one.
	ErrStale = fmt.Errorf("stale revision: %w", archive.ErrConflict)
	// ErrFiled is an [archive.ErrConflict]: somebody else filed the inbox item first.
	ErrFiled = fmt.Errorf("already filed: %w", archive.ErrConflict)
	// ErrClaimed is an [archive.ErrConflict]: a colleague is working on the inbox item.
	ErrClaimed = fmt.Errorf("claimed by another: %w", archive.ErrConflict)
	// ErrArranging is an [archive.ErrConflict]: the pages of the inbox item are being arranged.
	ErrArranging = fmt.Errorf("being arranged: %w", archive.ErrConflict)
	// ErrUnpacking is an [archive.ErrConflict]: what the inbox item holds is still being taken out.
	ErrUnpacking = fmt.Errorf("being unpacked: %w", archive.ErrConflict)
	// ErrArranged is an [archive.ErrConflict]: the inbox item was taken apart into others.
	ErrArranged = fmt.Errorf("taken apart: %w", archive.ErrConflict)
	// ErrSettled is an [archive.ErrConflict]: what was done can't be taken back, or not any more.
	ErrSettled = fmt.Errorf("not to be taken back: %w", archive.ErrConflict)
	// ErrSecondAkte is an [archive.ErrConflict]: the person has an Akte of that plan unit already.
	ErrSecondAkte = fmt.Errorf("second akte: %w", archive.ErrConflict)
	// ErrUnlocked is an [archive.ErrConflict]: the file doesn't wait for a password, or not any more.
	ErrUnlocked = fmt.Errorf("waits for no password: %w", archive.ErrConflict)
	// ErrUnreadable says that the machine could not read what was asked for, and trying again is no
	// use; the received bytes are there.
	ErrUnreadable = errors.New("unreadable")
	// ErrQuarantined says that nobody gets at the bytes: they wait for the search for malware, or some was
	// found, and two persons have not released them.
	ErrQuarantined = errors.New("quarantined")
	// ErrSecondPerson is an [archive.ErrConflict]: who asked for a release, or about a seal, can't grant it.
	ErrSecondPerson = fmt.Errorf("needs a second person: %w", archive.ErrConflict)
	// ErrOwnScan is an [ErrDenied]: a scan is approved by somebody who neither scanned nor filed it.
	ErrOwnScan = fmt.Errorf("own scan: %w", ErrDenied)
	// ErrSealed is an [archive.ErrConflict]: a seal lies on it already, which can be changed or lifted.
	ErrSealed = fmt.Errorf("sealed already: %w", archive.ErrConflict)
	// ErrNotSealed is an [archive.ErrConflict]: no seal lies on it, or not any more.
	ErrNotSealed = fmt.Errorf("not sealed: %w", archive.ErrConflict)
	// ErrSealWaits is an [archive.ErrConflict]: something was asked about its seal, and waits for a second person.
	ErrSealWaits = fmt.Errorf("a request waits: %w", archive.ErrConflict)
	// ErrNotDeserted is an [archive.ErrConflict]: enough readers of the seal are there again, so nobody has to be named by others.
	ErrNotDeserted = fmt.Errorf("the seal has its readers: %w", archive.ErrConflict)
	// ErrNotClosed is an [archive.ErrConflict]: an open Akte has no term.
	ErrNotClosed = fmt.Errorf("the akte is open: %w", archive.ErrConflict)
	// ErrNotHeld is an [archive.ErrConflict]: nothing holds the Akte beyond its term.
	ErrNotHeld = fmt.Errorf("not held: %w", archive.ErrConflict)
	// ErrOffered is an [archive.ErrConflict]: the Akte was offered to the archive already.
	ErrOffered = fmt.Errorf("offered already: %w", archive.ErrConflict)
	// ErrNotOffered is an [archive.ErrConflict]: the Akte wasn't offered to the archive, which can't have answered.
	ErrNotOffered = fmt.Errorf("not offered: %w", archive.ErrConflict)
	// ErrStays is an [archive.ErrConflict]: something keeps the Akte or the document from being erased.
	ErrStays = fmt.Errorf("it is to be kept: %w", archive.ErrConflict)
	// ErrErasureWaits is an [archive.ErrConflict]: its erasure was proposed already, and waits for a second person.
	ErrErasureWaits = fmt.Errorf("an erasure waits: %w", archive.ErrConflict)
	// ErrErasureOther is an [archive.ErrConflict]: the Akte is kept by another rule by now than its erasure was proposed by.
	ErrErasureOther = fmt.Errorf("kept by another rule: %w", archive.ErrConflict)
	// ErrReplayed says that an Idempotency-Key came again with another request.
	ErrReplayed = fmt.Errorf("idempotency key used before: %w", archive.ErrInvalid)
	// ErrUploads says that the subject has begun as many uploads, or as large ones, as may wait at a time.
	ErrUploads = errors.New("too many uploads begun")
	// ErrNoBundles says that this server makes no bundles.
	ErrNoBundles = errors.New("bundles are not made here")
	// ErrNotArchival says that no archival file is made of a version: not all of its pages are images, or the
	// program that checks such files turned it down.
	ErrNotArchival = errors.New("no archival file")
	// ErrSignIn is the one answer to every failed sign-in.
	ErrSignIn = errors.New("sign-in failed")
	// ErrNoGroups says that who signed in at a provider is in no group that gives her anything here.
	ErrNoGroups = errors.New("no groups that give a role")
	// ErrManyGroups says that her groups give her more roles or teams than an account may hold, and so none.
	ErrManyGroups = errors.New("groups that give too much")
	// ErrPasskeyRequired is [ErrCodeRequired] for an account that has passkeys and no codes: one is wanted in place of the password.
	ErrPasskeyRequired = fmt.Errorf("%w: a passkey", ErrCodeRequired)
	// ErrCodeRequired says that the password was right, and that the account has a second factor beside it.
	ErrCodeRequired = errors.New("code required")
)

// RefusedError says why an upload was not taken.
type RefusedError struct {
	// Code is stable: "empty", "too_large", "unsupported", "truncated" …
	Code string
	// Hint is a code of what to do instead, such as "office" for an office file; may be empty.
	Hint string
	// Limit is in bytes where the code is "too_large".
	Limit int64
}

// Error implements error.
func (e *RefusedError) Error() string { return "upload refused: " + e.Code }

// Is reports that every RefusedError is an [archive.ErrInvalid].
func (e *RefusedError) Is(target error) bool { return target == archive.ErrInvalid }

// StaleError carries the present revision beside [ErrStale].
type StaleError struct{ Revision int64 }

// Error implements error.
func (e *StaleError) Error() string { return fmt.Sprintf("%v: present is %d", ErrStale, e.Revision) }

// Unwrap returns [ErrStale].
func (e *StaleError) Unwrap() error { return ErrStale }

func isNotFound(err error) bool { return errors.Is(err, archive.ErrNotFound) }
