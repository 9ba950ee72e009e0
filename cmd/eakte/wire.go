package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/archive/audit"
	"eakte/archive/audit/anchor"
	"eakte/archive/blob"
	"eakte/archive/blob/fsblob"
	"eakte/archive/blob/partial"
	"eakte/archive/blob/s3blob"
	"eakte/archive/blob/seal"
	"eakte/archive/boltstore"
	"eakte/archive/keyring"
	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/ingest"
	"eakte/ingest/bundle"
	"eakte/ingest/clamd"
	"eakte/ingest/ocr"
	"eakte/ingest/read"
	"eakte/ingest/sandbox"
	"eakte/policies"
	"eakte/web"
)

// app is everything joined together. The data folder holds:
//
//	master.key   the master key, mode 0600; without it nothing can be read
//	keys.db      the keys of Akten, persons, baskets and years, each wrapped by the master key
//	meta.db      everything else of record
//	trail.key    the key that signs checkpoints of the trail; beside it trail.key.YEAR.signed, the last
//	             one of each year, by which an older database is noticed
//	objects/     received bytes and renditions, sealed (with S3: spool/)
//	uploads/     uploads that come in pieces and are not whole yet, sealed; may be deleted
//	index/       derived; may be deleted (beside it index.lock)
//	cache/       compiled rules; may be deleted
//	admin.sock   where the running server listens for its operator
type app struct {
	cfg      config
	log      *slog.Logger
	talk     io.Writer
	policies *policies.Set
	keys     *keyring.Ring
	store    *boltstore.Store
	objects  *seal.Store
	contents *archive.Contents
	partials *partial.Dir
	engine   *bleveindex.Index
	guard    *acl.Guard
	indexer  *index.Indexer
	box      *sandbox.Runner
	bundler  *ingest.Bundler
	scanner  *clamd.Client // nil: none
	reader   *read.Reader
	pipeline *ingest.Pipeline
	unlock   *ingest.Unlock
	// renditions makes PDFs of single documents.
	renditions *ingest.Renditions
	web        *web.Server
	door       *door
	signer     *audit.Signer
	restored   *boltstore.Restored
	zone       *time.Location
	// anchor has others vouch for the trail.
	anchor  *anchor.Anchor
	metrics *metrics
	ways    []way
}

// jobLease is how long the jobs of a server that was killed wait for the next one.
const jobLease = 20 * time.Second

// config reads the configuration.
func (c *cli) config() (config, error) {
	return loadConfig(c.dataFlag, c.configFlag, os.Environ())
}

// withApp opens the data folder, runs fn, and closes it again.
func (c *cli) withApp(ctx context.Context, cfg config, fn func(*app) error) (err error) {
	a := &app{cfg: cfg, talk: c.talk, log: slog.New(slog.NewJSONHandler(c.talk, nil))}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.open(ctx); err != nil {
		return err
	}
	return fn(a)
}

// open joins the engines, from the left to the right.
func (a *app) open(ctx context.Context) error {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := os.Chmod(a.cfg.Data, 0o700); err != nil { // it may have been there, open to others
		return fmt.Errorf("data folder: %w", err)
	}
	var err error
	if a.zone, err = time.LoadLocation(a.cfg.Zone); err != nil {
		return fmt.Errorf("EAKTE_ZONE: %w", err)
	}
	if err := a.openPolicies(); err != nil {
		return err
	}
	if err := a.openStore(); err != nil {
		return err
	}
	if err := a.enforcePolicies(ctx); err != nil {
		return err
	}
	if err := a.openObjects(ctx); err != nil {
		return err
	}
	if a.engine, err = bleveindex.Open(bleveindex.Config{
		Dir: a.path("index"), Log: a.log, Reserve: boltstore.DefaultReserve, Synonyms: a.policies.Synonyms,
	}); err != nil {
		return err
	}
	a.indexer = &index.Indexer{
		Store: a.store, Contents: a.contents, Engine: a.engine, Policies: a.policies,
		Now: time.Now, Zone: a.zone, Log: a.log,
	}
	if a.cfg.Clamd != "" {
		if a.scanner, err = clamd.New(a.cfg.Clamd); err != nil {
			return err
		}
	}
	if err := a.openBundler(); err != nil {
		return err
	}
	if err := a.openPipeline(); err != nil {
		return err
	}
	if err := a.openAnchor(); err != nil {
		return err
	}
	if err := a.openGuard(ctx); err != nil {
		return err
	}
	sessions, err := a.keys.LookupKey().Derive("sessions")
	if err != nil {
		return err
	}
	provider, err := a.cfg.OIDC.provider()
	if err != nil {
		return err
	}
	a.metrics = newMetrics(a)
	a.web, err = web.New(web.Config{
		Guard: a.guard, Policies: a.policies, SessionKey: sessions, Log: a.log,
		Provider:       provider,
		TrustedProxies: a.cfg.TrustedProxies, Secure: a.cfg.Secure,
		Ready: a.ready, Observe: a.metrics.observe, Authority: a.cfg.Title, PagesDir: a.cfg.Pages,
	})
	return err
}

// ready asks records and index for an answer. Without the index there is work enough to do.
func (a *app) ready(ctx context.Context) error {
	if _, err := a.engine.Seq(ctx); err != nil && !errors.Is(err, index.ErrAway) {
		return err
	}
	return a.store.View(ctx, func(archive.Reader) error { return nil })
}

func (a *app) path(name string) string { return filepath.Join(a.cfg.Data, name) }

func (a *app) openPolicies() (err error) {
	if a.cfg.Policies == "" {
		a.policies, err = policies.BuiltIn()
		return err
	}
	a.policies, err = policies.Load(os.DirFS(a.cfg.Policies))
	return err
}

// enforcePolicies puts the version of the access rules that two people let come into force in the place of those of the
// folder, whose lists count as they are. Without such a version the folder's rules count, if they pass their own tests.
func (a *app) enforcePolicies(ctx context.Context) error {
	return a.store.View(ctx, func(r archive.Reader) (err error) {
		a.policies, err = acl.InForce(r, a.policies)
		return err
	})
}

// openStore opens keys and records.
func (a *app) openStore() error {
	master, err := keyring.MasterFromFile(a.path("master.key"))
	if err != nil {
		return err
	}
	if a.keys, err = keyring.Open(a.path("keys.db"), master); err != nil {
		return err
	}
	trail, err := audit.NewLog(a.cfg.Authority)
	if err != nil {
		return err
	}
	if a.signer, err = audit.LoadOrCreateSigner(a.path("trail.key"), trail.Name()); err != nil {
		return err
	}
	a.store, err = boltstore.Open(boltstore.Config{
		Path: a.path("meta.db"), Keys: a.keys, LookupKey: a.keys.LookupKey(),
		Authority: a.cfg.Authority, Signer: a.signer, Log: a.log, Restored: a.restored,
	})
	return err
}

// openObjects opens the engine for bytes: files, or a bucket.
func (a *app) openObjects(ctx context.Context) (err error) {
	var engine blob.Store
	if b := a.cfg.Blobs; b.Bucket != "" {
		engine, err = s3blob.Open(ctx, s3blob.Config{
			Endpoint: b.Endpoint, Bucket: b.Bucket, AccessKey: b.AccessKey, SecretKey: string(b.SecretKey),
			Secure: b.Secure, SpoolDir: a.path("spool"),
		})
	} else {
		engine, err = fsblob.Open(a.path("objects"))
	}
	if err != nil {
		return err
	}
	a.objects = seal.New(engine)
	a.contents = &archive.Contents{Store: a.store, Objects: a.objects}
	return a.openPartials()
}

// openPartials opens the folder of uploads that are still coming.
func (a *app) openPartials() error {
	key, err := a.keys.LookupKey().Derive("uploads")
	if err != nil {
		return err
	}
	a.partials, err = partial.Open(partial.Config{Path: a.path("uploads"), Key: key, Bytes: 8 * a.cfg.UploadLimit, Log: a.log})
	return err
}

func (a *app) openGuard(ctx context.Context) error {
	table, err := acl.CompileCached(a.policies, a.path("cache"))
	if err != nil {
		return err
	}
	if failed := table.Fails(a.policies.Tests()); len(failed) > 0 {
		return &policies.LoadError{Problems: failed}
	}
	factorFor, err := factorRoles(a.cfg.FactorFor, a.policies)
	if err != nil {
		return err
	}
	groups, err := a.cfg.OIDC.groups(a.policies)
	if err != nil {
		return err
	}
	a.guard, err = acl.New(acl.Config{
		Groups:    groups,
		FactorFor: factorFor, SampleOneIn: a.cfg.Sample, Origin: a.cfg.Public,
		Bundles: a.bundler, Printer: a.bundler.Composer, Renderer: a.renditions, Unlocker: a.unlock, Scans: a.scanner != nil,
		Store: a.store, Objects: a.objects, Contents: a.contents, Index: a.engine, Trail: a.store, Anchors: a.anchor,
		Policies: a.policies, Table: table, CursorKey: seal.NewKey(), UploadLimit: a.cfg.UploadLimit, Partials: a.partials,
		Languages: ocr.Languages(),
		Zone:      a.zone, Behind: a.indexer.Behind, Rebuilt: a.indexer.Progress, Machine: &machine{app: a, started: time.Now()},
	})
	if err != nil {
		return err
	}
	a.indexer.Arriving = a.guard.Arriving
	a.pipeline.Inquiries = a.guard
	return a.guard.NoteFolder(ctx)
}

// factorRoles are the roles that need a second factor: where nobody says which, those that see all accounts or the whole
// trail. The error names one that doesn't exist.
func factorRoles(named []string, set *policies.Set) (roles []string, err error) {
	if named == nil {
		for _, role := range []string{"administration", "datenschutz"} {
			if _, ok := set.Role(role); ok {
				roles = append(roles, role)
			}
		}
		return roles, nil
	}
	for _, name := range named {
		role, department, whole := strings.Cut(name, "@")
		_, ok := set.Role(role)
		if whole {
			_, ok = set.Pair(role, department)
		}
		if !ok {
			return nil, fmt.Errorf("EAKTE_SECOND_FACTOR: %s is neither a role nor a role@department", name)
		}
	}
	return named, nil
}

// openBundler opens the sandbox and what makes bundles in it.
func (a *app) openBundler() (err error) {
	var show []string
	if v := a.cfg.validator(); v != nil && !strings.HasPrefix(v.Program, "/usr/") {
		show = append(show, filepath.Dir(v.Program))
	}
	reader, err := readerProgram(a.cfg.Reader)
	if err != nil {
		return err
	}
	if a.box, err = sandbox.New(sandbox.Config{Program: reader, ReadOnly: show}); err != nil {
		return err
	}
	a.bundler = &ingest.Bundler{
		Store: a.store, Objects: a.objects, Contents: a.contents, Policies: a.policies,
		Composer: &bundle.Composer{Sandbox: a.box}, Zone: a.zone, Now: time.Now,
	}
	return nil
}

func (a *app) openPipeline() (err error) {
	tesseract, err := ocr.New(a.box)
	if err != nil {
		return err
	}
	reader, err := read.New(read.Config{
		Sandbox: a.box, Recognizer: tesseract, Languages: a.cfg.Languages, Others: ocr.Languages(), Parallel: a.cfg.Workers, NoOffice: !a.cfg.Office,
	})
	if err != nil {
		return err
	}
	a.reader = reader
	a.renditions = &ingest.Renditions{Contents: a.contents, Reader: reader, Composer: a.bundler.Composer, Validator: a.cfg.validator()}
	a.unlock = &ingest.Unlock{Store: a.store, Objects: a.objects, Contents: a.contents, Reader: reader, Now: time.Now}
	kept, _ := a.policies.Retention("R-SOURCE") // rules that say nothing of it mean the usual
	named, _ := a.policies.Months("delivery_received")
	a.pipeline = ingest.New(ingest.Config{
		SourceMonths: kept.Months, DeliveryMonths: named,
		Bundles: a.bundler,
		Store:   a.store, Objects: a.objects, Contents: a.contents, Reader: ingest.Documents{Reader: reader, Sandbox: a.box, Languages: a.cfg.Languages},
		Worker: archive.NewID[string](), Jobs: 2 * a.cfg.Workers, Lease: jobLease, Log: a.log,
	})
	if a.scanner != nil { // a nil client in the field would be a scanner
		a.pipeline.Scanner = a.scanner
	}
	return nil
}

// close closes what is open, from the right to the left.
func (a *app) close() error {
	var errs []error
	if a.box != nil {
		errs = append(errs, a.box.Close())
	}
	if a.engine != nil {
		errs = append(errs, a.engine.Close())
	}
	if a.objects != nil {
		errs = append(errs, a.objects.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.keys != nil {
		errs = append(errs, a.keys.Close())
	}
	return errors.Join(errs...)
}

// check compares records, objects, index and trail.
func (a *app) check(ctx context.Context, readData bool) (r checked, err error) {
	r.Problems = []archive.Problem{}
	report := func(p archive.Problem) { r.Problems = append(r.Problems, p) }
	if _, err := a.contents.CleanUp(ctx); err != nil {
		return r, err
	}
	if err := a.store.Check(ctx, func(problem string) {
		report(archive.Problem{Code: "records", Object: "meta.db", Detail: problem})
	}); err != nil {
		return r, err
	}
	if r.Versions, r.Objects, err = a.contents.Check(ctx, readData, report); err != nil {
		return r, err
	}
	if r.Documents, err = a.indexer.Check(ctx, report); err != nil {
		return r, err
	}
	err = a.store.View(ctx, func(rd archive.Reader) (err error) {
		r.Events, _, err = rd.TrailState()
		return err
	})
	return r, err
}

// recordRestored opens the records alone, records that an older state was put back, and returns the checkpoint from
// which the trail goes on.
func (a *app) recordRestored(ctx context.Context, reason string, anyway bool) ([]byte, error) {
	a.restored = &boltstore.Restored{By: cliActor(), Reason: reason, Anyway: anyway}
	if err := a.openStore(); err != nil {
		return nil, err
	}
	return a.store.Checkpoint(ctx)
}

// exportTrail writes the trail into a new folder.
func (a *app) exportTrail(ctx context.Context, dir string, details bool) error {
	opts := audit.ExportOptions{Signer: a.signer}
	if details {
		opts.Details = a.store.TrailKeys()
	}
	return a.store.TrailLog().Export(ctx, a.store.TrailSource(), dir, opts)
}
