package bleveindex_test

import (
	"os"
	"strconv"
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

// TestInvisibleCampaign makes N worlds from SEED, both from the environment.
func TestInvisibleCampaign(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		t.Skip("N isn't set: a short run is part of TestEngine")
	}
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	indextest.Invisible(t, open, seed, n)
}
