package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestUnlock opens every encrypted file of the corpus with its password, through the real server: it is
// read then, its bytes stay, and the password is nowhere on the disk.
func TestUnlock(t *testing.T) {
	dir := filepath.Join(sharedFolder(t), "corpus")
	needTools(t)
	data := t.TempDir()
	p := startBuilt(t, data)
	c := p.client("post", "registratur", "poststelle")
	passwords := map[string]string{
		"issue3371.pdf": "ELXRTQWS", "issue6010_1.pdf": "abc", "password-is-test.pdf": "test",
		"verschluesselt_aes256_userpw.pdf": "geheim123", "verschluesselt_umlaut_pw.pdf": "Größe§1",
	}
	var all []*sent
	for name, password := range passwords {
		s := handIn(t, c, dir, manifested{path: "encrypted/" + name, upload: name})
		settle(t, c, s, time.Minute)
		if s.outcome != "password encrypted" {
			t.Fatalf("%s: %s", name, s.outcome)
		}
		if err := c.post("/inbox/"+s.item.ID+"/unlock", map[string]string{"password": "falsch" + password}, &s.item); err == nil {
			t.Errorf("%s: opened with a wrong password", name)
		}
		if err := c.post("/inbox/"+s.item.ID+"/unlock", map[string]string{"password": password}, &s.item); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s.outcome, s.item = "", item{ID: s.item.ID}
		settle(t, c, s, time.Minute)
		if s.outcome != "ready" || s.item.Pages == 0 {
			t.Errorf("%s: %s, %d pages", name, s.outcome, s.item.Pages)
		}
		all = append(all, s)
	}
	checkOriginals(t, c, all)
	checkLog(t, p)
	p.end()
	if r := whole(t, data); r.Versions != len(all) || r.Objects != 4*r.Versions {
		t.Errorf("check: %+v", r)
	}
	for _, secret := range []string{"geheim123", "Größe§1", "ELXRTQWS"} {
		if bytes.Contains([]byte(p.talk.String()), []byte(secret)) {
			t.Error("the log holds a password")
		}
		err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s holds a password", filepath.Base(path))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
