package bleveindex_test

import (
	"testing"

	"eakte/index"
	"eakte/index/bleveindex"
	"eakte/index/indextest"
)

func open(t *testing.T, dir string) index.Engine {
	t.Helper()
	x, err := bleveindex.Open(bleveindex.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestEngine(t *testing.T) { indextest.Test(t, open) }
