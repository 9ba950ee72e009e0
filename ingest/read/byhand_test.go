package read

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "run tesseract by hand and write its rates to testdata/tesseract.tsv")

// recorded are the rates of wrong characters that tesseract had when it was run by hand.
var recorded struct {
	sync.Mutex
	rates map[string]float64
}

const recordedIn = "testdata/tesseract.tsv"

// byHand is the rate of wrong characters that tesseract alone has when it is told the language: as recorded under name,
// or, where all figures are taken or it isn't recorded, measured by running it on the file.
func byHand(t *testing.T, name, truth, file, language string) float64 {
	t.Helper()
	recorded.Lock()
	if recorded.rates == nil {
		recorded.rates = readRates(t)
	}
	rate, ok := recorded.rates[name]
	recorded.Unlock()
	if ok && !whole() && !*update {
		return rate
	}
	rate = errorRate(truth, recognised(t, file, language))
	if *update {
		recorded.Lock()
		defer recorded.Unlock()
		recorded.rates[name] = rate
		writeRates(t, recorded.rates)
	}
	return rate
}

func readRates(t *testing.T) map[string]float64 {
	t.Helper()
	data, err := os.ReadFile(recordedIn)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	rates := map[string]float64{}
	for line := range strings.Lines(string(data)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if rates[name], err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatal(err)
		}
	}
	return rates
}

func writeRates(t *testing.T, rates map[string]float64) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(rates)) {
		fmt.Fprintf(&b, "%s\t%.5f\n", name, rates[name])
	}
	if err := os.WriteFile(recordedIn, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// recognised is what tesseract reads by itself, a PDF at 300 dpi.
func recognised(t *testing.T, file, language string) string {
	t.Helper()
	images := []string{file}
	if strings.HasSuffix(file, ".pdf") {
		stem := filepath.Join(t.TempDir(), "p")
		if err := exec.Command("pdftoppm", "-gray", "-r", "300", file, stem).Run(); err != nil {
			t.Fatal(err)
		}
		images, _ = filepath.Glob(stem + "*")
	}
	var b strings.Builder
	for _, img := range images {
		cmd := exec.Command("tesseract", img, "-", "-l", language)
		cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		b.Write(out)
	}
	return b.String()
}
