// Command eakte-verify checks what a data protection officer holds in her hand: an export of the trail
// ("eakte audit export"), against the key of the log and the checkpoints she kept from earlier.
//
// It is a program of its own for her own machine. It needs no server, no network, no database and no key
// that could open anything, and it shares no package with the server: nothing but Go's standard library
// is imported, so a fault or a back door in what writes the trail can't be in what checks it. A third
// implementation of the same, archive/audit/testdata/verify.py, needs nothing but Python.
//
//	eakte-verify [-lang de|en] [-key KEY] [-checkpoint FILE]… [-witness KEY]… [-json] EXPORT
//	eakte-verify [-lang de|en] -key KEY -proof FILE
//
// The second form checks that a single entry is in the log, by a proof that was printed or saved: its path of hashes
// (C2SP tlog-proof) and the signature of the checkpoint at the end of it.
//
// A key is the text of a verifier key or the name of a file that holds it. Entries are read as a stream,
// 256 at a time, and of the tree only its right edge is held: memory doesn't grow with the log.
//
// What is checked of each year:
//
//   - the checkpoint: its form, and the Ed25519 signature of the log (C2SP tlog-checkpoint);
//   - every entry: its one form, its log, its number without a gap, its time;
//   - the hash of every entry and subtree (RFC 6962), which must be those exported, and the root, which
//     must be the one that was signed;
//   - the root at the size of each earlier checkpoint: whatever the log had then is still there, in its
//     place and unchanged;
//   - cosignatures of the witnesses given, with their time (C2SP tlog-cosignature), in the checkpoint of
//     the export and in those that it keeps beside it in cosigned/;
//   - checkpoints that were timestamped, in stamped/: that the log signed them and still has what they speak of, and that
//     the timestamp beside each is of it (RFC 3161). The signature of the authority is left to openssl, which knows its certificates;
//   - the hash in the first entry, which ties a year to the one before;
//   - commitments of the details that are in the export and still readable.
//
// A year without entries is one whose entries reached the end of their term: a later year has to tell so. That an older
// state of the log was put back, which its operator had to record, is noted.
//
// The exit status is 0 if nothing is wrong, 1 if something is, 2 if it can't be said: a command line that
// isn't one, a folder that can't be read, a key or an earlier checkpoint that is none.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Exit codes.
const (
	exitWhole    = 0
	exitTampered = 1
	exitUnknown  = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// run carries out one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer, env func(string) string) int {
	var keyText, lang, proof string
	var checkpoints, witnesses list
	var asJSON bool
	flags := flag.NewFlagSet("eakte-verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&lang, "lang", usual(env), "de or en")
	flags.StringVar(&keyText, "key", "", "verifier key of the log, or a file with it / Prüfschlüssel des Protokolls oder Datei damit")
	flags.Var(&checkpoints, "checkpoint", "file with an earlier checkpoint / Datei mit einem früheren Prüfpunkt; may be repeated")
	flags.Var(&witnesses, "witness", "verifier key of a witness, or a file with it / Prüfschlüssel eines Zeugen; may be repeated")
	flags.StringVar(&proof, "proof", "", "file with the proof of an entry / Datei mit dem Nachweis eines Eintrags")
	flags.BoolVar(&asJSON, "json", false, "write the report as JSON")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "eakte-verify [-lang de|en] [-key KEY] [-checkpoint FILE]... [-witness KEY]... [-json] EXPORT")
		fmt.Fprintln(stderr, "eakte-verify [-lang de|en] -key KEY -proof FILE")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitWhole
	} else if err != nil {
		return exitUnknown
	}
	w := words(lang)
	if w != nil && proof != "" && keyText != "" && flags.NArg() == 0 && len(checkpoints)+len(witnesses) == 0 && !asJSON {
		return runProof(proof, keyText, w, stdout, stderr)
	}
	if w == nil || proof != "" || flags.NArg() != 1 {
		flags.Usage()
		return exitUnknown
	}
	r, err := check(flags.Arg(0), keyText, checkpoints, witnesses)
	if err == nil && asJSON {
		err = r.writeJSON(stdout, w)
	} else if err == nil {
		_, err = io.WriteString(stdout, r.text(w))
	}
	if err != nil {
		fmt.Fprintln(stderr, "eakte-verify:", w.explain(err))
		return exitUnknown
	}
	if r.Count > 0 {
		return exitTampered
	}
	return exitWhole
}

// runProof checks the proof of an entry and returns the exit code.
func runProof(file, keyText string, w vocabulary, stdout, stderr io.Writer) int {
	k, err := readKey(keyText, algLog)
	var text []byte
	if err == nil {
		text, err = readSmall(file)
	}
	if err != nil {
		fmt.Fprintln(stderr, "eakte-verify:", w.explain(err))
		return exitUnknown
	}
	p, code := checkProof(text, k)
	if code != "" {
		fmt.Fprintln(stdout, w.say("finding", strconv.Quote(file)+": "+w.say(code)))
		return exitTampered
	}
	at := p.time
	if p.timeless {
		at = time.Time{}
	}
	fmt.Fprintln(stdout, w.say("proven", p.seq, p.log, p.op, w.moment(at), p.of))
	return exitWhole
}

// usual is the language of the reader's other programs.
func usual(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "de") {
				return "de"
			}
			return "en"
		}
	}
	return "en"
}

// check reads what the officer brought along and checks the export with it.
func check(dir, keyText string, checkpoints, witnesses []string) (*report, error) {
	var with kept
	var err error
	if keyText != "" {
		if with.key, err = readKey(keyText, algLog); err != nil {
			return nil, err
		}
	}
	for _, text := range witnesses {
		k, err := readKey(text, algCosignature)
		if err != nil {
			return nil, err
		}
		with.witnesses = append(with.witnesses, k)
	}
	for _, file := range checkpoints {
		signed, err := readSmall(file)
		if err != nil {
			return nil, err
		}
		with.checkpoints = append(with.checkpoints, named{file, signed})
	}
	return checkExport(dir, with)
}

// readKey reads a key from its text, or from a file of that name.
func readKey(text string, alg byte) (*key, error) {
	k, err := parseKey(text, alg)
	if err == nil {
		return k, nil
	}
	data, readErr := readSmall(text)
	if readErr != nil {
		return nil, problem{"not-key", []any{text}}
	}
	if k, err = parseKey(string(data), alg); err != nil {
		return nil, problem{"not-key", []any{text}}
	}
	return k, nil
}

// readSmall reads a file that holds a key or a checkpoint.
func readSmall(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxNote {
		return nil, problem{"unreadable", []any{name}}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, problem{"unreadable", []any{name}}
	}
	return data, nil
}
