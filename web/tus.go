package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	tus "github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"eakte/archive"
)

// pieceType is the media type of a piece of a file.
const pieceType = "application/offset+octet-stream"

// newProtocol makes the half of the tus protocol that reads and answers requests. What it says of
// errors, and its log, which holds paths and bodies, are thrown away.
func newProtocol(limit int64) (*tus.UnroutedHandler, error) {
	parts := tus.NewStoreComposer()
	parts.UseCore(exchanges{})
	parts.UseTerminater(exchanges{})
	protocol, err := tus.NewUnroutedHandler(tus.Config{
		StoreComposer: parts, MaxSize: limit, BasePath: base + uploadsPath, DisableDownload: true,
		Cors:   &tus.CorsConfig{Disable: true},
		Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1})),
		// Appending is not tied to the request, so nothing waits for this; it is how long what the
		// protocol keeps of a request outlives it.
		GracefulRequestCompletionTimeout: time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("web: resumable uploads: %w", err)
	}
	return protocol, nil
}

// exchanges is what the protocol sees of uploads: in each request the one that the subject was found to
// have begun.
type exchanges struct{}

var (
	_ tus.DataStore           = exchanges{}
	_ tus.TerminaterDataStore = exchanges{}
)

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// NewUpload implements tus.DataStore.
func (exchanges) NewUpload(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	x := exchangeOf(ctx)
	plan, err := x.server.planOf(info.MetaData, tus.SerializeMetadataHeader(info.MetaData), info.Size)
	if err != nil {
		return nil, x.fail(err)
	}
	if x.upload, err = x.desk.BeginUpload(ctx, plan); err != nil {
		return nil, x.fail(err)
	}
	return x, nil
}

// GetUpload implements tus.DataStore.
func (exchanges) GetUpload(ctx context.Context, id string) (tus.Upload, error) {
	x := exchangeOf(ctx)
	if x.upload == nil || x.upload.ID() != id {
		return nil, x.fail(archive.ErrNotFound)
	}
	return x, nil
}

// AsTerminatableUpload implements tus.TerminaterDataStore.
func (exchanges) AsTerminatableUpload(u tus.Upload) tus.TerminatableUpload { return u.(*exchange) }

// GetInfo implements tus.Upload.
func (x *exchange) GetInfo(context.Context) (tus.FileInfo, error) {
	offset, err := x.upload.Offset()
	if err != nil {
		return tus.FileInfo{}, x.fail(err)
	}
	plan := x.upload.Plan
	return tus.FileInfo{ID: x.upload.ID(), Size: plan.Size, Offset: offset, MetaData: tus.ParseMetadataHeader(plan.Said)}, nil
}

// WriteChunk implements tus.Upload.
func (x *exchange) WriteChunk(_ context.Context, offset int64, src io.Reader) (int64, error) {
	n, err := x.upload.Append(offset, src)
	return n, x.fail(err)
}

// FinishUpload implements tus.Upload. What is whole is recorded when the protocol is through with the
// request: it would not call this again where recording failed and the sender tries once more.
func (*exchange) FinishUpload(context.Context) error { return nil }

// GetReader implements tus.Upload: nothing that is still coming is given out.
func (*exchange) GetReader(context.Context) (io.ReadCloser, error) { return nil, tus.ErrNotImplemented }

// Terminate implements tus.TerminatableUpload.
func (x *exchange) Terminate(context.Context) error { return x.fail(x.upload.Drop()) }

// recorder holds back what the protocol answers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// SetReadDeadline and SetWriteDeadline do nothing: how long a sender is waited for is this server's
// affair, see pacedBody.
func (r *recorder) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (r *recorder) SetWriteDeadline(time.Time) error { return nil }

// pass copies the protocol's own headers. The place of an upload is told without a host, as everywhere.
func (r *recorder) pass(to http.Header) {
	for _, name := range []string{
		"Tus-Resumable", "Tus-Version", "Tus-Max-Size", "Upload-Offset", "Upload-Length", "Upload-Metadata",
	} {
		if v := r.header.Get(name); v != "" {
			to.Set(name, v)
		}
	}
	if v := r.header.Get("Tus-Extension"); v != "" {
		to.Set("Tus-Extension", v+",expiration")
	}
	if at, err := url.Parse(r.header.Get("Location")); err == nil && at.Path != "" {
		to.Set("Location", at.Path)
	}
}

// Errors of the protocol alone.
var (
	errTusVersion  = errors.New("version of the tus protocol")
	errPieceType   = errors.New("media type of a piece")
	errOffset      = errors.New("offset is not the next one")
	errInterrupted = errors.New("piece broke off")
)

// protocolError finds the error that an answer of the protocol stands for. Its body begins with a code.
func protocolError(out *recorder) error {
	code, _, _ := strings.Cut(out.body.String(), ":")
	switch code {
	case tus.ErrUnsupportedVersion.ErrorCode:
		return errTusVersion
	case tus.ErrInvalidContentType.ErrorCode:
		return errPieceType
	case tus.ErrMismatchOffset.ErrorCode:
		return errOffset
	case tus.ErrInvalidUploadLength.ErrorCode, tus.ErrInvalidUploadDeferLength.ErrorCode, tus.ErrNotImplemented.ErrorCode:
		return fieldsError{{Pointer: "/Upload-Length", Code: "format"}}
	case tus.ErrInvalidOffset.ErrorCode:
		return fieldsError{{Pointer: "/Upload-Offset", Code: "format"}}
	}
	large := []string{tus.ErrMaxSizeExceeded.ErrorCode, tus.ErrSizeExceeded.ErrorCode}
	broke := []string{tus.ErrReadTimeout.ErrorCode, tus.ErrUnexpectedEOF.ErrorCode, tus.ErrConnectionReset.ErrorCode}
	switch {
	case slices.Contains(large, code):
		return &http.MaxBytesError{}
	case slices.Contains(broke, code):
		return errInterrupted
	}
	return fmt.Errorf("web: tus protocol: status %d", out.status)
}
