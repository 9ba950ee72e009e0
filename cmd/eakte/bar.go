package main

import (
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows progress on a terminal, and nothing elsewhere.
type bar struct{ shown *progressbar.ProgressBar }

// bar begins a progress bar of total steps; -1 where their number isn't known.
func (c *cli) bar(what string, total int) bar {
	f, ok := c.talk.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return bar{}
	}
	return bar{progressbar.NewOptions(total, progressbar.OptionSetWriter(f),
		progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())}
}

// set moves the bar; a terminal that can't be written to is no reason to stop.
func (b bar) set(n int) {
	if b.shown != nil {
		_ = b.shown.Set(n)
	}
}

func (b bar) done() {
	if b.shown != nil {
		_ = b.shown.Finish()
	}
}
