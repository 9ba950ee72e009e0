package sandbox

import (
	"strconv"
	"time"
)

// Limits bound one child. A zero field means the default named with it.
type Limits struct {
	Memory    int64         // bytes of writable memory; 512 MiB
	CPU       time.Duration // processor time, whole seconds; 30 s
	Wall      time.Duration // time on the clock; 60 s
	Output    int64         // bytes of any one file it writes, standard output included; 64 MiB
	Temp      int64         // bytes of its /tmp; 64 MiB
	Files     int           // open files; 64
	Processes int           // processes and threads (no effect when the server runs as root); 64
}

func (l Limits) filled() Limits {
	fill(&l.Memory, 512<<20)
	fill(&l.CPU, 30*time.Second)
	fill(&l.Wall, time.Minute)
	fill(&l.Output, 64<<20)
	fill(&l.Temp, 64<<20)
	fill(&l.Files, 64)
	fill(&l.Processes, 64)
	return l
}

func fill[T int | int64 | time.Duration](v *T, preset T) {
	if *v <= 0 {
		*v = preset
	}
}

// cpuSeconds is the soft limit on processor time, rounded up.
func (l Limits) cpuSeconds() int64 {
	return int64((l.CPU + time.Second - 1) / time.Second)
}

// prlimitArgs are the arguments of prlimit(1). RLIMIT_DATA counts writable memory
// only; address space may be larger, because Go and leptonica reserve much that
// they never use. With unlimited, memory isn't limited at all.
func (l Limits) prlimitArgs(unlimited bool) []string {
	cpu := l.cpuSeconds()
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	data, space := n(l.Memory), n(l.Memory+4<<30)
	if unlimited {
		data, space = "unlimited", "unlimited"
	}
	return []string{
		"--data=" + data,
		"--as=" + space,
		"--cpu=" + n(cpu) + ":" + n(cpu+1),
		"--fsize=" + n(l.Output),
		"--nofile=" + n(int64(l.Files)),
		"--nproc=" + n(int64(l.Processes)),
		"--core=0",
		"--",
	}
}

// Breach names the limit that ended a child.
type Breach string

// The limits a child can run into.
const (
	NoBreach     Breach = ""
	BreachCPU    Breach = "cpu"
	BreachMemory Breach = "memory"
	BreachWall   Breach = "wall"
	BreachOutput Breach = "output"
)
