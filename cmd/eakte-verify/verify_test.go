package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	sumnote "golang.org/x/mod/sumdb/note"

	"eakte/archive/audit"
)

// hand is what an officer has in her hand.
type hand struct {
	export    string
	key       string
	older     [][]byte
	witnesses []string
}

// args returns the command line of a verifier whose flags begin with dash.
func (h hand) args(t testing.TB, dash string) (args []string) {
	t.Helper()
	if h.key != "" {
		args = append(args, dash+"key", h.key)
	}
	dir := t.TempDir()
	for i, note := range h.older {
		args = append(args, dash+"checkpoint", write(t, dir, fmt.Sprint(i), note))
	}
	for _, w := range h.witnesses {
		args = append(args, dash+"witness", w)
	}
	return append(args, h.export)
}

// verdict is the outcome of a verifier: its exit code, and what is wrong as "YEAR/ENTRY code".
type verdict struct {
	exit   int
	faults []string
}

func ours(t testing.TB, h hand) verdict {
	t.Helper()
	var out, talk bytes.Buffer
	exit := run(append([]string{"-json"}, h.args(t, "-")...), &out, &talk, func(string) string { return "" })
	if exit == exitUnknown {
		if talk.Len() == 0 || out.Len() > 0 {
			t.Errorf("said %q and complained %q", &out, &talk)
		}
		return verdict{exit: exit}
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	v := verdict{exit: exit}
	for _, f := range r.Findings {
		if f.Text == "" || strings.Contains(f.Text, "%!") {
			t.Errorf("finding %s is told as %q", f.Code, f.Text)
		}
		v.faults = append(v.faults, fmt.Sprintf("%s/%d %s", f.Year, f.Entry, f.Code))
	}
	if min(r.Count, maxListed) != len(r.Findings) || (r.Count > 0) != (exit == exitTampered) {
		t.Errorf("exit code %d with %d findings, %d listed", exit, r.Count, len(r.Findings))
	}
	slices.Sort(v.faults)
	return v
}

var faultLine = regexp.MustCompile(`(?m)^FAULT \[([a-z-]+)\] (?:(\d{4})(?:, entry (\d+))?: )?`)

// theirs asks the verifier in Python. It is skipped where there is none, but not in continuous integration.
func theirs(t testing.TB, h hand) verdict {
	t.Helper()
	python, err := exec.LookPath("python3")
	if own := "/usr/bin/python3"; err == nil && exec.Command(own, "--version").Run() == nil {
		python = own // what stands before it in the path may be a script that looks for it
	}
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("python3 isn't installed")
	} else if err != nil {
		t.Skip("python3 isn't installed")
	}
	cmd := exec.Command(python, append([]string{"-I", "../../archive/audit/testdata/verify.py"}, h.args(t, "--")...)...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	v := verdict{exit: cmd.ProcessState.ExitCode()}
	if strings.Contains(talk.String(), "Traceback") {
		t.Fatalf("the verifier in Python broke: %s", &talk)
	}
	for _, m := range faultLine.FindAllStringSubmatch(string(out), -1) {
		entry := m[3]
		if entry == "" {
			entry = "-1"
		}
		v.faults = append(v.faults, m[2]+"/"+entry+" "+m[1])
	}
	slices.Sort(v.faults)
	return v
}

// scene is an honest log of two years, and what the officer has of it.
type scene struct {
	*trail
	older    []byte // checkpoint of 2026 at 301 entries, of 2027 none
	replay   *trail // the log when that was made
	witness  witness
	cosigned []byte // checkpoint of 2027 at 41 entries
}

func newScene(t testing.TB) *scene {
	r := newTrail(t)
	s := &scene{trail: r, witness: newWitness("datenschutz.kreis-musterland.example/zeuge")}
	r.grow(300, noon)
	s.older = r.sign(2026)
	s.replay = r.copy(t)
	r.grow(260, noon.Add(time.Hour))
	r.grow(40, noon.AddDate(1, 0, 0))
	r.sign(2026)
	s.cosigned = s.witness.cosign(r.sign(2027), noon)
	r.grow(20, noon.AddDate(1, 0, 1))
	r.sign(2027)
	return s
}

// copy returns a scene whose log may be changed.
func (s *scene) copy(t testing.TB) *scene {
	c := *s
	c.trail, c.replay = s.trail.copy(t), s.replay.copy(t)
	return &c
}

// hand returns an export as it was last signed, beside what the officer kept.
func (s *scene) hand(opts audit.ExportOptions) hand {
	h := hand{export: s.exportWith(opts), key: s.signer.VKey(), older: [][]byte{s.older}, witnesses: []string{s.witness.vkey()}}
	write(s.t, h.export, "2027/cosigned/1", s.cosigned)
	return h
}

// full is an export with everything in it.
func (s *scene) full() hand { return s.hand(audit.ExportOptions{Details: s.gone}) }

// other returns an entry that is well-formed and tells something else.
func other(entry []byte) []byte {
	return bytes.Replace(entry, []byte(`"dept":"asyl"`), []byte(`"dept":"rueckkehr"`), 1)
}

// bundled changes the entries in a bundle of an export.
func bundled(change func([][]byte) [][]byte) func([]byte) []byte {
	return func(b []byte) (out []byte) {
		var entries [][]byte
		for len(b) > 0 {
			n := 2 + int(binary.BigEndian.Uint16(b))
			entries, b = append(entries, b[2:n]), b[n:]
		}
		for _, e := range change(entries) {
			out = append(binary.BigEndian.AppendUint16(out, uint16(len(e))), e...)
		}
		return out
	}
}

// at returns a change of the entry at i.
func at(i int, change func([]byte) []byte) func([][]byte) [][]byte {
	return func(e [][]byte) [][]byte {
		e[i] = change(e[i])
		return e
	}
}

func swap(i, j int) func([][]byte) [][]byte {
	return func(e [][]byte) [][]byte {
		e[i], e[j] = e[j], e[i]
		return e
	}
}

func remove(i int) func([][]byte) [][]byte {
	return func(e [][]byte) [][]byte { return slices.Delete(e, i, i+1) }
}

// renumbered numbers the entries anew, as a careful forger would.
func renumbered(change func([][]byte) [][]byte) func([][]byte) [][]byte {
	number := regexp.MustCompile(`"seq":\d+`)
	return func(e [][]byte) [][]byte {
		e = change(e)
		for i := range e {
			e[i] = number.ReplaceAll(e[i], fmt.Appendf(nil, `"seq":%d`, i))
		}
		return e
	}
}

func replace(was, is string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(was), []byte(is), 1) }
}

// tampering is a way to tamper and what both verifiers must say, sorted.
type tampering struct {
	name string
	do   func(t *testing.T, s *scene) hand
	want []string
}

// file is a tampering with a file of an export.
func file(name, path string, change func([]byte) []byte, want ...string) tampering {
	return tampering{name, func(t *testing.T, s *scene) hand {
		h := s.full()
		edit(t, h.export, path, change)
		return h
	}, want}
}

// resigned is a tampering with the log itself, everything being signed anew with its key.
func resigned(name string, year int, change func([][]byte) [][]byte, want ...string) tampering {
	return tampering{name, func(_ *testing.T, s *scene) hand {
		s.rewrite(year, change)
		s.sign(2026)
		s.sign(2027)
		return s.hand(audit.ExportOptions{}) // a forger would leave out the details
	}, want}
}

// held is a tampering with what lies in the officer's hand as a whole.
func held(name string, do func(t *testing.T, s *scene, h *hand), want ...string) tampering {
	return tampering{name, func(t *testing.T, s *scene) hand {
		h := s.full()
		do(t, s, &h)
		return h
	}, want}
}

func dropped(path string) func(*testing.T, *scene, *hand) {
	return func(t *testing.T, _ *scene, h *hand) {
		if err := os.RemoveAll(filepath.Join(h.export, path)); err != nil {
			t.Fatal(err)
		}
	}
}

const entries, lastEntries = "2026/tile/entries/000", "2027/tile/entries/000.p/61"

// fileTamperings need no key.
func fileTamperings() []tampering {
	return []tampering{
		file("an entry edited", entries, bundled(at(17, other)), "2026/-1 older", "2026/-1 root", "2026/17 tile"),
		file("an entry deleted", entries, bundled(remove(17)), "2026/17 number", "2026/255 lost"),
		file("two entries swapped", entries, bundled(swap(17, 18)), "2026/-1 older", "2026/-1 root", "2026/17 number", "2026/17 tile", "2026/18 number"),
		file("an entry doubled", entries, bundled(func(e [][]byte) [][]byte { return slices.Insert(e, 17, e[17]) }),
			"2026/-1 older", "2026/-1 root", "2026/18 number", "2026/18 tile", "2026/255 surplus"),
		file("the end of a bundle cut off", lastEntries, bundled(func(e [][]byte) [][]byte { return e[:60] }), "2027/60 lost"),
		file("a bundle cut in an entry", lastEntries, func(b []byte) []byte { return b[:len(b)-3] }, "2027/60 lost"),
		file("an entry of another form", lastEntries, bundled(at(9, replace(`"op"`, `"OP"`))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 form", "2027/9 tile"),
		file("an entry that is too long", lastEntries, bundled(at(9, replace(`"dept":"`, `"dept":"`+strings.Repeat("a", 1024)))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 form", "2027/9 tile"),
		file("an entry of another log", lastEntries, bundled(at(9, replace("/2027", "/2026"))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 log", "2027/9 tile"),
		file("a time that is none", lastEntries, bundled(at(9, replace("T12:", "T29:"))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 tile", "2027/9 time"),
		file("an opening in the midst", lastEntries, bundled(at(9, replace(`"op":"document.read"`, `"op":"shard.open"`))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 opening", "2027/9 tile"),
		file("a tie in the midst", lastEntries, bundled(at(9, replace(`"}`, `","prev":"00"}`))), "2027/-1 root", "2027/-1 witness-differs", "2027/9 tie", "2027/9 tile"),
		file("the tie of the years", lastEntries, bundled(at(0, replace(`shard/2026`, `shard/2025`))), "2027/-1 root", "2027/-1 witness-differs", "2027/0 chain", "2027/0 tile"),
		file("a hash of an entry", "2026/tile/0/001", func(b []byte) []byte { b[70] ^= 1; return b }, "2026/258 tile"),
		file("a hash of a subtree", "2026/tile/1/000.p/2", func(b []byte) []byte { b[40] ^= 1; return b }, "2026/256 tile"),
		file("a short tile", "2026/tile/0/000", func(b []byte) []byte { return b[:32] }, "2026/0 tile-missing"),
		file("a word in a detail", "2026/details/000", replace("Khalil", "Khalid"), "2026/2 detail-part"),
		file("a commitment of a detail", "2026/details/000", replace(`"commit":"`, `"commit":"0`), "2026/2 detail", "2026/2 detail-part"),
		file("a detail of another entry", "2026/details/000", replace(`{"seq":2,`, `{"seq":3,`), "2026/2 detail-missing", "2026/3 detail-stray"),
		file("a detail called erased", "2026/details/000", func(b []byte) []byte {
			salt := regexp.MustCompile(`"salt":"[0-9a-f]+",`).FindIndex(b)
			return slices.Delete(b, salt[0], salt[1])
		}, "2026/2 detail-part"),
		file("a detail in another form", "2026/details/000", replace(`{"seq":2,`, `{"seq": 2,`), "2026/0 detail-form", "2026/2 detail-missing"),
		file("a detail under another name", "2026/details/000", replace(`{"seq":2,`, `{"Seq":2,`), "2026/0 detail-form", "2026/2 detail-missing"),
		file("a size that isn't signed", "2027/checkpoint", replace("\n61\n", "\n60\n"), "2027/-1 checkpoint-signature", "2027/-1 witness-missing"),
		file("a signature of another", "2027/checkpoint", func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] }, "2027/-1 checkpoint-form", "2027/-1 witness-missing"),
		file("a checkpoint of another year", "2027/checkpoint", func([]byte) []byte { return nil }, "2027/-1 checkpoint-form", "2027/-1 witness-missing"),
		file("a cosignature", "2027/cosigned/1", replace("\n41\n", "\n42\n"), "2027/-1 cosigned-form", "2027/-1 witness-missing"),
	}
}

// heldTamperings leave out something, or put something else in its place.
func heldTamperings() []tampering {
	return []tampering{
		held("an entries file gone", dropped(entries), "2026/0 lost"),
		held("a tile gone", dropped("2026/tile/0/001"), "2026/256 tile-missing"),
		held("a checkpoint gone", dropped("2027/checkpoint"), "2027/-1 checkpoint-missing", "2027/-1 witness-missing"),
		held("a year gone", dropped("2026"), "/-1 absent"),
		held("the last year gone", dropped("2027"), "2026/-1 witness-missing"),
		held("all years gone", func(t *testing.T, s *scene, h *hand) {
			dropped("2026")(t, s, h)
			dropped("2027")(t, s, h)
		}, "/-1 absent", "/-1 empty"),
		held("a cosignature gone", dropped("2027/cosigned"), "2027/-1 witness-missing"),
		held("the entries of a year gone", dropped("2026/tile"), "2026/0 lost"),
		held("the entries of the last year gone", dropped("2027/tile"), "2027/0 lost"),
		held("a dropped year's final checkpoint of another root", func(_ *testing.T, s *scene, h *hand) {
			s.drop(2026, noon.AddDate(1, 0, 2))
			s.sign(2027)
			was, err := s.log.State(s.store, 2026)
			if err != nil {
				s.t.Fatal(err)
			}
			h.export = s.export()
			forged, err := sumnote.Sign(&sumnote.Note{Text: string(audit.Checkpoint{Origin: was.Origin, Size: was.Size}.Body())}, s.signer)
			if err != nil {
				s.t.Fatal(err)
			}
			write(s.t, h.export, "2026/checkpoint", forged)
			write(s.t, h.export, "2027/cosigned/1", s.cosigned)
		}, "2027/0 chain"),
		held("a dropped year of which the officer knows more", func(_ *testing.T, s *scene, h *hand) {
			h.older = [][]byte{s.sign(2026)}
			s.trail = s.replay
			s.grow(3, noon.AddDate(1, 0, 0))
			s.sign(2026)
			s.drop(2026, noon.AddDate(1, 0, 2))
			s.sign(2027)
			h.export, h.witnesses = s.export(), nil
		}, "2026/-1 cut"),
		held("a file that is no part of it", func(t *testing.T, _ *scene, h *hand) { write(t, h.export, "x\ny", nil) }, "/-1 stray"),
		held("a key of another log", func(t *testing.T, _ *scene, h *hand) {
			write(t, h.export, "vkey", []byte(newTrail(t).signer.VKey()+"\n"))
		}, "/-1 key"),
		held("a log of another key", func(t *testing.T, s *scene, h *hand) {
			h.older, h.witnesses, h.key = nil, nil, newTrail(t).signer.VKey()
		}, "/-1 key", "2026/-1 checkpoint-unsigned", "2027/-1 checkpoint-unsigned"),
		held("a witness that signed something else", func(t *testing.T, s *scene, h *hand) {
			line := s.witness.cosign(s.older, noon)[len(s.older):]
			edit(t, h.export, "2027/checkpoint", func(b []byte) []byte { return append(b, line...) })
		}, "2027/-1 witness-signature"),
		held("an earlier checkpoint of a later size", func(_ *testing.T, s *scene, h *hand) {
			s.grow(1, noon.AddDate(1, 0, 2))
			h.older = append(h.older, s.sign(2027))
		}, "2027/-1 cut"),
		held("an older state put back", func(_ *testing.T, s *scene, h *hand) {
			h.older = [][]byte{s.sign(2026)}
			h.export = s.replay.export()
		}, "2026/-1 cut", "2026/-1 witness-missing"),
		held("an older state put back and gone on from", func(_ *testing.T, s *scene, h *hand) {
			h.older = [][]byte{s.sign(2026)}
			s.replay.grow(400, noon.Add(2*time.Hour))
			s.replay.sign(2026)
			h.export, h.witnesses = s.replay.export(), nil
		}, "2026/-1 older"),
	}
}

// resignedTamperings are the work of somebody who has the key of the log and makes no mistake in it.
func resignedTamperings() []tampering {
	return []tampering{
		resigned("an entry edited", 2026, at(17, other), "2026/-1 older", "2027/0 chain"),
		resigned("an entry deleted", 2026, renumbered(remove(17)), "2026/-1 older", "2027/0 chain"),
		resigned("an entry deleted, the others as they were", 2026, remove(17), "2026/-1 older", "2026/17 number", "2027/0 chain"),
		resigned("two entries swapped", 2026, renumbered(swap(17, 18)), "2026/-1 older", "2027/0 chain"),
		resigned("an entry put in again", 2026, renumbered(func(e [][]byte) [][]byte { return append(slices.Delete(slices.Clone(e), 17, 18), e[17]) }), "2026/-1 older", "2027/0 chain"),
		resigned("an entry put in", 2026, renumbered(func(e [][]byte) [][]byte { return slices.Insert(e, 17, other(e[30])) }), "2026/-1 older", "2027/0 chain"),
		resigned("the end cut off", 2026, func(e [][]byte) [][]byte { return e[:200] }, "2026/-1 cut", "2027/0 chain"),
		resigned("an entry behind the earlier checkpoint", 2026, at(400, other), "2027/0 chain"),
		resigned("an entry that the witness saw", 2027, at(10, other), "2027/-1 witness-differs"),
		resigned("an entry deleted that the witness saw", 2027, renumbered(remove(10)), "2027/-1 witness-differs"),
		resigned("the end cut off that the witness saw", 2027, func(e [][]byte) [][]byte { return e[:30] }, "2027/-1 witness-cut"),
		resigned("an entry that nobody vouched for yet: the limit of all this", 2027, at(50, other)),
	}
}

// TestTampering asks both verifiers about logs that were tampered with: they must find the same, and find it
// where it is.
func TestTampering(t *testing.T) {
	honest := newScene(t)
	for _, group := range []struct {
		name string
		list []tampering
	}{{"file", fileTamperings()}, {"held", heldTamperings()}, {"resigned", resignedTamperings()}, {"stamped", stampTamperings()}} {
		for _, tt := range group.list {
			t.Run(group.name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				h := tt.do(t, honest.copy(t))
				slices.Sort(tt.want)
				want := verdict{exitTampered, tt.want}
				if len(tt.want) == 0 {
					want.exit = exitWhole
				}
				if got := ours(t, h); got.exit != want.exit || !slices.Equal(got.faults, want.faults) {
					t.Errorf("eakte-verify: %v\nwant %v", got, want)
				}
				if got := theirs(t, h); got.exit != want.exit || !slices.Equal(got.faults, want.faults) {
					t.Errorf("verify.py: %v\nwant %v", got, want)
				}
			})
		}
	}
}

// TestHonest asks both verifiers about logs that nobody touched.
func TestHonest(t *testing.T) {
	honest := newScene(t)
	for name, do := range map[string]func(s *scene) hand{
		"everything": func(s *scene) hand { return s.full() },
		"no details": func(s *scene) hand { return s.hand(audit.ExportOptions{}) },
		"an erased Akte": func(s *scene) hand {
			s.gone[audit.AkteKey(id(100))] = true
			return s.full()
		},
		"the last year alone": func(s *scene) hand {
			h := s.hand(audit.ExportOptions{Years: []int{2027}})
			h.older = nil
			return h
		},
		"nothing kept": func(s *scene) hand { return hand{export: s.full().export} },
		"a dropped year": func(s *scene) hand {
			h := s.full()
			s.drop(2026, noon.AddDate(1, 0, 2))
			s.sign(2027)
			h.export = s.export()
			write(s.t, h.export, "2027/cosigned/1", s.cosigned)
			return h
		},
		"several checkpoints": func(s *scene) hand {
			h := s.full()
			h.older = append(h.older, s.sign(2026), s.sign(2027), s.cosigned)
			return h
		},
		"a witness of the last checkpoint": func(s *scene) hand {
			h := s.full()
			edit(s.t, h.export, "2027/checkpoint", func(b []byte) []byte { return s.witness.cosign(b, noon) })
			return h
		},
		"a witness the officer doesn't know": func(s *scene) hand {
			h := s.full()
			edit(s.t, h.export, "2027/checkpoint", func(b []byte) []byte { return newWitness("x").cosign(b, noon) })
			return h
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := do(honest.copy(t))
			if got := ours(t, h); got.exit != exitWhole {
				t.Errorf("eakte-verify: %v", got)
			}
			if got := theirs(t, h); got.exit != exitWhole {
				t.Errorf("verify.py: %v", got)
			}
		})
	}
}

// TestHonestSizes grows logs around the widths of tiles, each checked against checkpoints on its way.
func TestHonestSizes(t *testing.T) {
	r := newTrail(t)
	var older [][]byte
	for i, n := range []int{1, 1, 1, 250, 1, 1, 1, 1, 253, 1, 1, 300} {
		r.grow(n, noon.Add(time.Duration(i)*time.Hour))
		older = append(older, r.sign(2026))
		h := hand{r.export(), r.signer.VKey(), older, nil}
		if got := ours(t, h); got.exit != exitWhole {
			t.Errorf("step %d: %v", i, got)
		}
		if i%4 == 3 {
			if got := theirs(t, h); got.exit != exitWhole {
				t.Errorf("step %d: verify.py: %v", i, got)
			}
		}
	}
}

// TestUnknown gives what nothing can be said about.
func TestUnknown(t *testing.T) {
	s := newScene(t)
	stranger := newTrail(t)
	stranger.grow(1, noon)
	for name, change := range map[string]func(h *hand){
		"no export":                          func(h *hand) { h.export = filepath.Join(h.export, "none") },
		"a file":                             func(h *hand) { h.export = filepath.Join(h.export, "vkey") },
		"no key":                             func(h *hand) { h.key, h.export = "", t.TempDir() },
		"a mistyped key":                     func(h *hand) { h.key = strings.Replace(h.key, "+", "+0", 1) },
		"a witness's key":                    func(h *hand) { h.key = s.witness.vkey() },
		"the log's key for a witness":        func(h *hand) { h.witnesses = []string{h.key} },
		"an earlier checkpoint that is none": func(h *hand) { h.older = [][]byte{[]byte("none\n")} },
		"an earlier checkpoint of another":   func(h *hand) { h.older = [][]byte{stranger.sign(2026)} },
		"an earlier checkpoint changed": func(h *hand) {
			h.older = [][]byte{bytes.Replace(s.older, []byte("\n301\n"), []byte("\n300\n"), 1)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := s.full()
			change(&h)
			if got := ours(t, h); got.exit != exitUnknown {
				t.Errorf("eakte-verify: %v", got)
			}
			if got := theirs(t, h); got.exit != exitUnknown {
				t.Errorf("verify.py: %v", got)
			}
		})
	}
}
