package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"eakte/acl"
	"eakte/index"
	"eakte/ingest/ocr"
	"eakte/ingest/office"
	"eakte/ingest/pdf"
	"eakte/ingest/read/language"
)

// machine tells acl of the engines of an app.
type machine struct {
	app     *app
	started time.Time
	mu      sync.Mutex
	// confined is what the sandbox said when it was last asked, at.
	confined string
	at       time.Time
}

var _ acl.Machine = (*machine)(nil)

// confinedFor is how long an answer of the sandbox is good for: asking runs programs.
const confinedFor = 10 * time.Minute

// Facts implements [acl.Machine].
func (m *machine) Facts(ctx context.Context) (f acl.Facts, err error) {
	a := m.app
	f = acl.Facts{
		Version: release, Revision: revision(), Started: m.started, Languages: a.cfg.Languages,
		Store:   acl.EngineFacts{Kind: "bbolt", Bytes: fileSize(a.path("meta.db")), Free: free(a.cfg.Data)},
		Objects: acl.EngineFacts{Kind: "files", Bytes: -1, Free: -1},
		Index:   acl.EngineFacts{Kind: "bleve", Free: -1},
	}
	if a.cfg.Blobs.Bucket != "" {
		f.Objects.Kind = "s3"
	}
	if room, known := a.objects.Free(ctx); known {
		f.Objects.Free = room
	}
	if f.Documents, f.Persons, err = a.engine.Counts(ctx); err == nil {
		f.IndexedTo, err = a.engine.Seq(ctx)
	}
	if err != nil && !errors.Is(err, index.ErrAway) { // away: System.Behind tells
		return f, err
	}
	if f.Index.Bytes, err = a.engine.Size(ctx); err != nil {
		return f, err
	}
	for _, w := range a.ways {
		f.Ways = append(f.Ways, w.State())
	}
	for _, name := range slices.Concat([]string{"tesseract", "bwrap"}, pdf.Tools(), office.Tools()) {
		_, err := exec.LookPath(name)
		f.Tools = append(f.Tools, acl.Tool{Name: name, Present: err == nil})
	}
	installed := ocr.Languages()
	for _, l := range language.All() {
		if !slices.Contains(strings.Split(a.cfg.Languages, "+"), l.Code) {
			f.Others = append(f.Others, acl.Tool{
				Name: "tesseract-ocr-" + strings.ReplaceAll(l.Code, "_", "-"), Present: slices.Contains(installed, l.Code),
			})
		}
	}
	f.Sandbox, f.Scanner = m.confines(ctx), m.scans(ctx)
	return f, nil
}

// scans says how the search for malware stands.
func (m *machine) scans(ctx context.Context) string {
	switch s := m.app.scanner; {
	case s == nil:
		return "off"
	case s.Ping(ctx) != nil:
		return "down"
	}
	return "ready"
}

// confines says what keeps programs from being run safely; empty: nothing.
func (m *machine) confines(ctx context.Context) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); m.at.IsZero() || now.Sub(m.at) > confinedFor {
		err := m.app.box.Available(ctx)
		if ctx.Err() != nil {
			return "" // it was the asker who went away
		}
		m.confined, m.at = "", now
		if err != nil {
			m.confined = err.Error()
		}
	}
	return m.confined
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

// free is how much room a folder's disk has; -1 where it doesn't say.
func free(dir string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return -1
	}
	return int64(st.Bavail) * st.Bsize
}
