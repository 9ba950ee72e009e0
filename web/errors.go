package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"

	"eakte/acl"
	"eakte/archive"
	"eakte/index"
	"eakte/policies"
	"eakte/web/pages"
)

// Errors of this package alone; the table turns them into problems like all others.
var (
	errRevisionRequired = errors.New("revision required")
	errStaleTag         = errors.New("entity tag of no revision")
	errSignInRequired   = errors.New("sign-in required")
	errTooMany          = errors.New("too many tries")
	errMalformed        = errors.New("malformed body")
	errMultipart        = errors.New("malformed multipart body")
	errMediaType        = errors.New("media type of the body")
	errParts            = errors.New("too many parts")
	errRange            = errors.New("range not satisfiable")
)

// table maps errors to kinds of problems; the first that fits counts.
func table() []struct {
	err  error
	kind string
} {
	return []struct {
		err  error
		kind string
	}{
		{errRevisionRequired, "revision-required"},
		{errStaleTag, "stale"},
		{errSignInRequired, "sign-in-required"},
		{pages.ErrAgain, "sign-in-again"},
		{errTooMany, "too-many-requests"},
		{errMalformed, "malformed"},
		{errMultipart, "malformed-multipart"},
		{errMediaType, "media-type"},
		{errParts, "too-many-parts"},
		{errRange, "range"},
		{errTusVersion, "tus-version"},
		{errPieceType, "piece-type"},
		{errOffset, "offset"},
		{errInterrupted, "interrupted"},
		{acl.ErrUploads, "too-many-uploads"},
		{acl.ErrNoBundles, "no-bundles"},
		{acl.ErrNotArchival, "not-archival"},
		{acl.ErrSignIn, "sign-in-failed"},
		{acl.ErrPasskeyRequired, "passkey-required"},
		{acl.ErrCodeRequired, "code-required"},
		{acl.ErrPurpose, "purpose-required"},
		{acl.ErrUnconfirmed, "unconfirmed"},
		{acl.ErrReplayed, "key-used-before"},
		{acl.ErrStale, "stale"},
		{acl.ErrFiled, "already-filed"},
		{acl.ErrClaimed, "claimed"},
		{acl.ErrArranging, "arranging"},
		{acl.ErrUnpacking, "unpacking"},
		{acl.ErrArranged, "arranged"},
		{acl.ErrSettled, "settled"},
		{acl.ErrSecondAkte, "second-akte"},
		{acl.ErrSecondPerson, "second-person"},
		{acl.ErrSealed, "sealed"},
		{acl.ErrNotSealed, "not-sealed"},
		{acl.ErrSealWaits, "seal-waits"},
		{acl.ErrNotDeserted, "not-deserted"},
		{acl.ErrNotClosed, "not-closed"},
		{acl.ErrNotHeld, "not-held"},
		{acl.ErrOffered, "offered"},
		{acl.ErrNotOffered, "not-offered"},
		{acl.ErrStays, "kept"},
		{acl.ErrErasureWaits, "erasure-waits"},
		{acl.ErrErasureOther, "erasure-other"},
		{acl.ErrOwnScan, "own-scan"},
		{acl.ErrBreakGlassLimit, "break-glass-limit"},
		{acl.ErrQuarantined, "quarantined"},
		{acl.ErrDenied, "denied"},
		{archive.ErrNotFound, "not-found"},
		{archive.ErrConflict, "conflict"},
		{archive.ErrNotReady, "not-ready"},
		{acl.ErrUnreadable, "unreadable"},
		{archive.ErrFull, "storage-full"},
		{archive.ErrClosed, "maintenance"},
		{index.ErrAway, "index-away"},
		{acl.ErrSlow, "search-slow"},
		{acl.ErrTurns, "too-many-searches"},
		{acl.ErrTyping, "too-many-names"},
		{pages.ErrOtherAccount, "other-account"},
		{archive.ErrInvalid, "invalid"},
		{context.Canceled, "gone"},
		{context.DeadlineExceeded, "busy"},
	}
}

// fieldsError is several [archive.FieldError] at once.
type fieldsError []Field

// Error implements error.
func (fieldsError) Error() string { return "input does not fit its schema" }

// Is reports that it is an [archive.ErrInvalid].
func (fieldsError) Is(target error) bool { return target == archive.ErrInvalid }

// classify finds the problem an error stands for.
func classify(err error) problem {
	var (
		refused *acl.RefusedError
		field   *archive.FieldError
		fields  fieldsError
		query   *index.QueryError
		rules   *policies.LoadError
		stale   *acl.StaleError
		large   *http.MaxBytesError
		waited  net.Error
		limited *acl.LimitError
	)
	var known *problemError
	switch {
	case errors.As(err, &known):
		return known.problem
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &fields):
		return problem{kind: "invalid", fields: fields}
	case errors.As(err, &field):
		return problem{kind: "invalid", fields: []Field{{Pointer: field.Pointer, Code: field.Code}}}
	case errors.As(err, &query):
		return problem{kind: "invalid", fields: []Field{{Pointer: "/q", Code: query.Code}}}
	case errors.As(err, &rules):
		return rulesRefused(rules)
	case errors.As(err, &stale):
		return problem{kind: "stale", revision: stale.Revision}
	case errors.As(err, &large):
		return problem{kind: "too-large", limit: large.Limit}
	}
	for _, row := range table() {
		if !errors.Is(err, row.err) {
			continue
		}
		p := problem{kind: row.kind}
		if errors.As(err, &limited) {
			p.wait = int(math.Ceil(limited.Wait.Seconds()))
		}
		return p
	}
	if errors.As(err, &waited) && waited.Timeout() {
		return problem{kind: "slow-body"}
	}
	return problem{kind: "internal"}
}

// refusal is the problem of an upload that was not taken.
func refusal(r *acl.RefusedError) problem {
	p := problem{hint: r.Hint, limit: r.Limit}
	switch r.Code {
	case "too_large":
		p.kind = "too-large"
	case "empty", "truncated":
		p.kind = r.Code
	case "unsupported", "mismatch", "dangerous", "polyglot":
		p.kind = r.Code
	default:
		p.kind = "refused"
	}
	return p
}

// problemOf is the problem of an error, which is logged if it is nobody's fault but ours.
func (s *Server) problemOf(ctx context.Context, err error) problem {
	p := classify(err)
	v := visitOf(ctx)
	if p.kind == "gone" && v.body != nil && v.body.slow {
		p.kind = "slow-body" // the server takes a connection that timed out for a closed one
	}
	switch p.kind {
	case "internal":
		s.Log.ErrorContext(ctx, "request failed", "correlation", v.id, "route", v.pattern, "error", err)
	case "storage-full":
		s.Log.WarnContext(ctx, "no space left", "correlation", v.id, "route", v.pattern)
	default:
		s.Log.DebugContext(ctx, "request refused", "correlation", v.id, "route", v.pattern, "kind", p.kind, slog.Int("fields", len(p.fields)))
	}
	return p
}
