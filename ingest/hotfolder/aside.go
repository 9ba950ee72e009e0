package hotfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"eakte/ingest/intake"
)

// aside moves a file to another place below the folder, beside what lies there already.
func (w *Watcher) aside(root *os.Root, from, to string) error {
	_, err := w.asideTo(root, from, to)
	return err
}

func (w *Watcher) asideTo(root *os.Root, from, to string) (string, error) {
	mode := fs.FileMode(0o700)
	if info, err := root.Stat("."); err == nil {
		mode = info.Mode().Perm() // who may read the folder may read why a file failed
	}
	if err := root.MkdirAll(path.Dir(to), mode); err != nil {
		return "", err
	}
	free, err := unused(root, to)
	if err != nil {
		return "", err
	}
	return free, root.Rename(from, free)
}

// unused returns a name that no file has, and no text about one.
func unused(root *os.Root, to string) (string, error) {
	ext := path.Ext(to)
	stem := strings.TrimSuffix(to, ext)
	for n := 2; ; n++ {
		_, err := root.Lstat(to)
		_, terr := root.Lstat(to + ".txt")
		if errors.Is(err, fs.ErrNotExist) && errors.Is(terr, fs.ErrNotExist) {
			return to, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		to = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}

// fail moves a file to those that couldn't be taken and writes why beside it.
func (w *Watcher) fail(root *os.Root, f file, why *intake.RefusedError) error {
	at, err := w.asideTo(root, f.path, path.Join(failedDir, f.path))
	if err != nil {
		return err
	}
	if f.batch != "" {
		w.prune(root, path.Dir(f.path))
	}
	note, err := root.OpenFile(at+".txt", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	_, err = note.WriteString(Reason(why.Code, why.Hint))
	return errors.Join(err, note.Close())
}

// Reason says in German and English why a file wasn't taken.
func Reason(code, hint string) string {
	words := map[string][2]string{
		"empty":       {"Die Datei ist leer.", "The file is empty."},
		"too_large":   {"Die Datei ist größer als erlaubt. Teilen Sie sie auf.", "The file is larger than allowed. Split it."},
		"unsupported": {"Dateien dieser Art werden nicht angenommen. Speichern Sie das Dokument als PDF.", "Files of this kind aren't taken. Save the document as PDF."},
		"polyglot":    {"Die Datei ist zweierlei zugleich und könnte Schaden anrichten.", "The file is two kinds at once and might do harm."},
		"mismatch":    {"Der Inhalt der Datei passt nicht zu ihrer Endung, oder sie ist beschädigt.", "What is in the file doesn't fit its name, or it is damaged."},
		"dangerous":   {"Die Datei ist ein Programm oder startet eines.", "The file is a program or starts one."},
		"truncated":   {"Die Datei endet mitten im Inhalt. Scannen oder senden Sie sie noch einmal.", "The file ends in the middle. Scan or send it again."},
	}
	w, ok := words[code]
	if !ok {
		w = [2]string{"Die Datei konnte nicht angenommen werden.", "The file could not be taken."}
	}
	if hint != "" {
		code += ", " + hint
	}
	return fmt.Sprintf("%s (%s)\r\nDie Datei wurde nicht in die E-Akte übernommen. Legen Sie sie berichtigt noch einmal in den Ordner.\r\n\r\n"+
		"%s (%s)\r\nThe file was not taken into the E-Akte. Mend it and put it into the folder again.\r\n", w[0], code, w[1], code)
}

// prune removes folders of a batch that are empty now.
func (w *Watcher) prune(root *os.Root, dir string) {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if root.Remove(dir) != nil {
			return // something lies there yet
		}
	}
}

// countFailed counts the files that couldn't be taken and that nobody has cleared away.
func countFailed(root *os.Root) int {
	names := map[string]bool{}
	// What can't be read there isn't counted.
	_ = walk(root, failedDir, 1, func(at string, _ fs.DirEntry) error { names[at] = true; return nil })
	n := 0
	for at := range names {
		if !names[strings.TrimSuffix(at, ".txt")] || !strings.HasSuffix(at, ".txt") {
			n++
		}
	}
	return n
}

// sweep deletes, once a day, the days of taken files that were kept for long enough.
func (w *Watcher) sweep(root *os.Root) {
	now := w.Now().In(w.Zone)
	today := now.Format(time.DateOnly)
	if w.swept == today {
		return
	}
	w.swept = today
	days, err := list(root, doneDir)
	if err != nil {
		return
	}
	oldest := now.AddDate(0, 0, -w.Keep).Format(time.DateOnly)
	for _, d := range days {
		if _, err := time.Parse(time.DateOnly, d.Name()); err != nil || !d.IsDir() || d.Name() >= oldest {
			continue
		}
		if err := root.RemoveAll(path.Join(doneDir, d.Name())); err != nil {
			w.Log.Error("taken files were not deleted", "folder", w.Name, "error", plain(err))
		}
	}
}
