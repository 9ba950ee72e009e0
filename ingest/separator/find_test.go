package separator

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkFind(b *testing.B) {
	_, pages := printed(b)
	img := scanned(pages[2], scans()[3], 5, rand.New(rand.NewPCG(1, 2)))
	for b.Loop() {
		if len(Find(img)) == 0 {
			b.Fatal("nothing found")
		}
	}
}
