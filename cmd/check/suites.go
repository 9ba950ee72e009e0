package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// goTest is a suite of Go tests.
func goTest(name string, budget time.Duration, args ...string) suite {
	return suite{name: name, budget: budget, args: append([]string{"go", "test", "-timeout", budget.String()}, args...)}
}

// suites are what `make test` runs: 25 minutes on two cores at the most. Each has a budget that leaves
// room for a slower machine. Suites that run children under a limit on address space cannot be built
// with the race detector, whose shadow memory is larger than any such limit, and the matrix asks some
// hundred thousand times, one request after the other; what they share with others is raced in those.
// Packages of a suite run beside each other: the slow ones stand first and together. What waits more than it computes,
// for packages to be brought, for processes to die, to start, to come back, and for a browser, has something beside it;
// but two that compile the same do it twice.
func suites() []suite {
	return []suite{
		{name: "format", budget: time.Minute, args: []string{"sh", "-c", `bad=$(gofmt -l acl archive cmd index ingest policies web); echo "$bad"; test -z "$bad"`}},
		{name: "modules", budget: 2 * time.Minute, args: []string{"go", "mod", "verify"}},
		{name: "build", budget: 6 * time.Minute, args: []string{"go", "build", "-o", "bin/", "./cmd/eakte", "./cmd/eakte-reader", "./cmd/eakte-verify"}},
		beside(suite{name: "set-up", budget: 10 * time.Minute, args: []string{"go", "run", "./cmd/check", "setup-tests"}}),
		{name: "vet", budget: 6 * time.Minute, args: []string{"go", "vet", "./..."}},
		beside(suite{name: "staticcheck", budget: 8 * time.Minute, args: []string{"go", "tool", "staticcheck", "-checks", "all,-ST1000", "./..."}}),
		goTest("rooms", 20*time.Minute, "-race", "-skip", oneByOne, "./acl/...", "./web/...", "./policies/...", "./archive/...", "./index/..."),
		beside(goTest("every route", 15*time.Minute, "-run", oneByOne, "./web", "./acl")),
		goTest("ingest, cmd", 18*time.Minute, "./ingest/...", "./cmd/..."),
		beside(suite{name: "pages", budget: 18 * time.Minute, args: []string{"go", "run", "./cmd/check", "browser"}}),
	}
}

// beside lets a suite run while the one before it does.
func beside(s suite) suite {
	s.beside = true
	return s
}

// oneByOne are the tests that ask some hundred thousand times, one request after the other.
const oneByOne = "^Test(Page)?Matrix$|^TestMatrixLent$|^TestForeignIsLikeAbsent$|^TestHeldIsTheMatrix$|" +
	"^TestUnusualOfVeryMany$|^TestTableEqualsCasbin$"

// bench is a suite of Go benchmarks.
func bench(name string, budget time.Duration, pkg, pattern string) suite {
	return goTest(name, budget, "-run", "^$", "-bench", pattern, pkg)
}

func benches() []suite {
	return []suite{
		bench("upload to files", 5*time.Minute, "./archive/blob/...", "."),
		bench("records and trail", 5*time.Minute, "./archive/boltstore", "."),
		bench("decision", 2*time.Minute, "./acl", "."),
		bench("search", 5*time.Minute, "./index/bleveindex", "."),
		figures(),
	}
}

// figures measures the whole server as a process.
func figures() suite {
	s := goTest("whole server", 25*time.Minute, "-count=1", "-v", "-run", "^TestFigures$", "./cmd/eakte")
	s.env = []string{"EAKTE_TEST_FIGURES=1"}
	return s
}

// searchBenches measures search in EAKTE_BENCH_DOCS documents (200,000), which are made once and kept: the first
// run takes half an hour longer.
func searchBenches() []suite {
	s := goTest("search figures", 2*time.Hour, "-count=1", "-v", "-run", "^TestSearchFigures$", "./cmd/eakte")
	if os.Getenv("EAKTE_BENCH_DOCS") == "" {
		s.env = []string{"EAKTE_BENCH_DOCS=200000"}
	}
	return []suite{s}
}

// campaigns are long runs of tests that `make test` runs short.
func campaigns() map[string]suite {
	return map[string]suite{
		"kill":   goTest("kill", 3*time.Hour, "-v", "-run", "^TestKill", "./cmd/eakte"),
		"mutate": goTest("mutate", 24*time.Hour, "-v", "-count=1", "-run", "^TestMutate$", "./cmd/eakte"),
		"trail":  trailCampaign(),
		"matrix": goTest("matrix", time.Hour, "-v", "-run", "Matrix", "./web/...", "./acl/..."),
		"search": searchCampaign(),
		"corpus": corpusCampaign(),
	}
}

// trailCampaign tampers 10,000 times in every way and looks at 1,000 honest logs unless N= says otherwise.
func trailCampaign() suite {
	s := goTest("trail", 3*time.Hour, "-v", "-count=1", "-run", "Campaign|Tamper|Vandal|Forge|Honest", "./archive/audit/...", "./cmd/eakte-verify")
	if os.Getenv("N") == "" {
		s.env = []string{"N=10000"}
	}
	return s
}

// corpusCampaign takes every file of the corpus through the reader and through the whole server.
func corpusCampaign() suite {
	s := goTest("corpus", time.Hour, "-v", "-count=1", "-p=1", "-run", "^TestCorpus$", "./ingest/read", "./cmd/eakte")
	s.env = []string{"EAKTE_TEST_FIGURES=1"}
	return s
}

// searchCampaign is of 20,000 sequences unless N= says otherwise. It needs one core.
func searchCampaign() suite {
	s := goTest("search", 24*time.Hour, "-v", "-count=1", "-p=1", "-run", "^TestInvisibleCampaign$|^TestTortureSearch$", "./acl", "./index/bleveindex")
	if os.Getenv("N") == "" {
		s.env = []string{"N=20000"}
	}
	return s
}

// torture runs a campaign; make hands N= and SEED= to the tests through the environment.
func torture(ctx context.Context, name string) error {
	s, ok := campaigns()[name]
	if !ok {
		var names []string
		for n := range campaigns() {
			names = append(names, n)
		}
		return fmt.Errorf("no campaign %q; there are %s", name, strings.Join(names, ", "))
	}
	return runSuites(ctx, []suite{s})
}
