package witness

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// sizeType is the content type of an answer that is a size.
const sizeType = "text/x.tlog.size"

// Handler serves add-checkpoint. log takes what concerns operation; nil: nothing is logged.
func (w *Witness) Handler(log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(out http.ResponseWriter, in *http.Request) {
		out.Header().Set("Content-Type", "text/plain; charset=utf-8")
		body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, maxBody))
		if err != nil {
			out.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		r, err := ParseRequest(body)
		var line []byte
		if err == nil {
			line, err = w.Add(r)
		}
		w.answer(out, in, log, line, err)
	})
	return mux
}

// answer sends a cosignature, or what an error means by the protocol.
func (w *Witness) answer(out http.ResponseWriter, in *http.Request, log *slog.Logger, line []byte, err error) {
	var conflict *ConflictError
	status := http.StatusOK
	switch {
	case err == nil:
	case errors.As(err, &conflict):
		status, line = http.StatusConflict, fmt.Appendf(nil, "%d\n", conflict.Size)
		out.Header().Set("Content-Type", sizeType)
	case errors.Is(err, errSameSize):
		status = http.StatusConflict
	case errors.Is(err, ErrContradicts):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, ErrMalformed):
		status = http.StatusBadRequest
	case errors.Is(err, ErrUnknown):
		status = http.StatusNotFound
	case errors.Is(err, ErrSignature):
		status = http.StatusForbidden
	default:
		status = http.StatusInternalServerError
	}
	switch {
	case errors.Is(err, ErrContradicts):
		log.ErrorContext(in.Context(), "a log contradicts what was cosigned before; its checkpoint is kept in evidence", "error", err)
	case status == http.StatusInternalServerError:
		log.ErrorContext(in.Context(), "nothing is cosigned", "error", err)
	case err != nil:
		log.WarnContext(in.Context(), "a request was refused", "status", status, "error", err)
	}
	out.WriteHeader(status)
	if _, err := out.Write(line); err != nil {
		log.WarnContext(in.Context(), "the answer didn't arrive", "error", err)
	}
}
