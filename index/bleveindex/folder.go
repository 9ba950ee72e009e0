package bleveindex

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
)

// format is raised whenever entries must be made anew to be found by this code.
const format = "5"

const (
	storeName  = "store" // the engine's folder
	markerName = "ready" // stands there once the store is made and durable
	sumName    = "sum"   // checksum of the store's list of segments, while nobody has it open

	keyFormat = "eakte/format"
	keySeq    = "eakte/seq"
)

var (
	errForeign  = errors.New("the folder holds something else than an index")
	errDamaged  = errors.New("the index is damaged")
	errOutdated = errors.New("the index has another format")
)

// openDir opens what is there, or puts an empty index in its place.
func (x *Index) openDir() (bleve.Index, error) {
	made, err := x.made()
	if err != nil {
		return nil, err
	}
	if made {
		engine, err := x.openStore()
		switch {
		case err == nil:
			return engine, nil
		case errors.Is(err, errOutdated):
			x.log.Info("index of another format is made anew")
		case operational(err):
			return nil, err
		default:
			x.log.Error("index can't be read and is moved aside; it is made anew", "error", err.Error())
			if err := x.moveAside(); err != nil {
				return nil, err
			}
		}
	}
	return x.create()
}

// made reports whether the folder holds an index that was finished being made. A folder with
// anything else in it is refused rather than emptied.
func (x *Index) made() (bool, error) {
	entries, err := os.ReadDir(x.dir)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	made := false
	for _, e := range entries {
		switch e.Name() {
		case markerName:
			made = true
		case storeName, sumName:
		default:
			return false, errForeign
		}
	}
	return made, nil
}

// create makes an empty index. The marker is written when all else is durable.
func (x *Index) create() (bleve.Index, error) {
	if err := os.RemoveAll(x.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(x.dir, storeName), 0o700); err != nil {
		return nil, err
	}
	engine, err := x.start()
	if err != nil {
		return nil, err
	}
	b := bleve.NewBatch()
	b.SetInternal([]byte(keyFormat), []byte(format))
	if err := guard(func() error { return engine.Batch(b) }); err != nil {
		return nil, errors.Join(err, guard(engine.Close))
	}
	if err := x.seal(); err != nil {
		return nil, errors.Join(err, guard(engine.Close))
	}
	return engine, nil
}

// seal makes the folder durable, writes the marker and makes that durable too.
func (x *Index) seal() error {
	store := filepath.Join(x.dir, storeName)
	for _, path := range []string{filepath.Join(store, "root.bolt"), store, x.dir, filepath.Dir(x.dir)} {
		if err := syncPath(path); err != nil {
			return err
		}
	}
	marker := filepath.Join(x.dir, markerName)
	if err := os.WriteFile(marker, []byte(format+"\n"), 0o600); err != nil {
		return err
	}
	if err := syncPath(marker); err != nil {
		return err
	}
	return syncPath(x.dir)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// openStore opens the engine and checks that it holds what this code wrote. The engine takes a
// store without readable snapshots for an empty one; the format key tells.
func (x *Index) openStore() (bleve.Index, error) {
	if err := checkFiles(filepath.Join(x.dir, storeName)); err != nil {
		return nil, err
	}
	if err := x.checkRoot(); err != nil {
		return nil, err
	}
	engine, err := x.start()
	if err != nil {
		return nil, err
	}
	if err := guard(func() error { return checkFormat(engine) }); err != nil {
		return nil, errors.Join(err, guard(engine.Close))
	}
	return engine, nil
}

// start opens the engine's folder. Batches return when they are durable (no "unsafe_batch").
func (x *Index) start() (engine bleve.Index, err error) {
	err = guard(func() error {
		engine, err = scorch.NewScorch(scorch.Name, map[string]any{
			"path":         filepath.Join(x.dir, storeName),
			"bolt_timeout": "2s",
			"scorchPersisterOptions": map[string]any{
				"NumPersisterWorkers":           2,
				"MaxSizeInMemoryMergePerWorker": 64 << 20,
			},
		}, x.queue)
		if err != nil {
			return err
		}
		return engine.Open()
	})
	if err != nil && strings.Contains(err.Error(), "timeout") {
		err = ErrInUse // bbolt's lock: somebody opened the store without taking ours
	}
	return engine, err
}

// moveAside renames the folder. Only the last damaged index is kept: it holds people's texts.
func (x *Index) moveAside() error {
	if err := x.removeAside(); err != nil {
		return err
	}
	if err := os.Rename(x.dir, x.dir+".bad-"+time.Now().UTC().Format("20060102T150405.000Z")); err != nil {
		return err
	}
	return syncPath(filepath.Dir(x.dir))
}

func (x *Index) removeAside() error {
	entries, err := os.ReadDir(filepath.Dir(x.dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(x.dir)+".bad-") {
			if err := os.RemoveAll(filepath.Join(filepath.Dir(x.dir), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
