package unpack

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eakte/ingest/sniff"
	"eakte/ingest/unpack/unpacktest"
)

func TestZip(t *testing.T) {
	p, out, err := opened(sniff.Zip, unpacktest.Zip(t,
		"Scans/Pass.txt", "eins", "__MACOSX/Scans/._Pass.txt", "x", ".DS_Store", "x", "../../etc/passwd", "zwei", "Scans/", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := listed(p), "Scans/Pass.txt|__MACOSX/Scans/._Pass.txt!clutter|.DS_Store!clutter|../../etc/passwd"; got != want {
		t.Errorf("parts %q, want %q", got, want)
	}
	if last := p.Parts[3]; string(out[last.Offset:last.Offset+last.Size]) != "zwei" {
		t.Errorf("the last part is at %d, %d bytes of %q", last.Offset, last.Size, out)
	}
	if !strings.Contains(p.Text, "Enthaltene Dateien (2)") {
		t.Errorf("text %q", p.Text)
	}
}

func TestZipRefused(t *testing.T) {
	many := make([]string, 0, 2*maxParts+2)
	for i := range maxParts + 1 {
		many = append(many, fmt.Sprintf("%d.txt", i), "x")
	}
	zeros := strings.Repeat("\x00", freeBytes+1)
	locked := unpacktest.Zip(t, "a.txt", "geheim")
	for _, magic := range []string{"PK\x03\x04", "PK\x01\x02"} { // the flag stands in both headers
		at := bytes.Index(locked, []byte(magic))
		off := map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[magic]
		locked[at+off] |= zipEncrypted
	}
	lying := unpacktest.Zip(t, "a.txt", zeros[:1<<20])
	at := bytes.Index(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+24:], 10) // unpacked size
	for _, tt := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"a bomb", unpacktest.Zip(t, "a.txt", zeros), DecodeLimit},
		{"too many files", unpacktest.Zip(t, many...), PartLimit},
		{"all encrypted", locked, Encrypted},
		{"cut off", unpacktest.Zip(t, "a.txt", "x")[:40], Corrupt},
		{"rubbish", []byte("PK\x03\x04nonsense"), Corrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := opened(sniff.Zip, tt.raw)
			if got := IsRefused(err); got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
	p, out, err := opened(sniff.Zip, lying)
	if err != nil || len(out) > 100 {
		t.Errorf("an archive that lies of its sizes: %v, %d bytes, %s", err, len(out), listed(p))
	}
}

func TestXdomea(t *testing.T) {
	message, err := os.ReadFile("../../../shared/xdomea/samples/abgabe-0401-v3.1.0.xml")
	if err != nil {
		t.Skip("the samples are not here")
	}
	p, _, err := opened(sniff.Zip, unpacktest.Zip(t, "x_Abgabe.Abgabe.0401.xml", string(message), "brief.pdf", "%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := listed(p), "x_Abgabe.Abgabe.0401.xml!message|brief.pdf"; got != want {
		t.Errorf("parts %q, want %q", got, want)
	}
	for _, want := range []string{"xdomea-Nachricht: Abgabe.Abgabe.0401", "Landratsamt Musterkreis", "Akte: Al-Ḥusain, Nūr, geb. 1990 (33.1-ALH-000123/2026)", "    Dokument: Arbeitsvertrag"} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, p.Text)
		}
	}
	if p.Subject == "" || p.Sender != "Landratsamt Musterkreis" || p.Notes[0] != NoteXdomea {
		t.Errorf("subject %q, sender %q, notes %v", p.Subject, p.Sender, p.Notes)
	}
}

func TestXdomeaTitles(t *testing.T) {
	const message = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xdomea:Aussonderung.Aussonderung.0503 xmlns:xdomea="urn:xoev-de:xdomea:schema:3.1.0"><xdomea:Dokument><xdomea:AllgemeineMetadaten><xdomea:Betreff>Mietvertrag</xdomea:Betreff></xdomea:AllgemeineMetadaten><xdomea:Primaerdokument><xdomea:Dateiname>u1.pdf</xdomea:Dateiname></xdomea:Primaerdokument></xdomea:Dokument></xdomea:Aussonderung.Aussonderung.0503>`
	p, _, err := opened(sniff.Zip, unpacktest.Zip(t, "m.xml", message, "u1.pdf", "%PDF-1.7"))
	if err != nil || len(p.Parts) != 2 || p.Parts[1].Title != "Mietvertrag" {
		t.Errorf("%v, parts %+v", err, p.Parts)
	}
}

func mailOf(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func TestMailDepth(t *testing.T) {
	raw := "Subject: x\r\nMIME-Version: 1.0\r\n"
	for i := range 300 {
		raw += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	if _, _, err := opened(sniff.Email, []byte(raw)); IsRefused(err) != NestingLimit {
		t.Errorf("300 parts in each other: %v", err)
	}
}

func TestMailHTML(t *testing.T) {
	p, _, err := opened(sniff.Email, mailOf("From: a@example.org", "Content-Type: text/html; charset=utf-8", "",
		`<head><title>T</title><style>p{}</style></head><body><p>Sehr  geehrte&nbsp;<b>Frau</b> Yıldız,</p><script>alert(1)</script>`+
			`<ul><li>Pass<li>Foto</ul><img src="http://example.org/x.gif" alt="Logo"><a href="https://example.org/a">hier</a></body>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Sehr geehrte Frau Yıldız,", "- Pass\n- Foto", "[Bild: Logo]", "hier <https://example.org/a>"} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, p.Text)
		}
	}
	for _, none := range []string{"alert", "p{}", "x.gif"} {
		if strings.Contains(p.Text, none) {
			t.Errorf("the text has %q:\n%s", none, p.Text)
		}
	}
}

func TestMailNames(t *testing.T) {
	for give, want := range map[string]string{
		`attachment; filename="a b.pdf"`:                                           "a b.pdf",
		`attachment; filename*=UTF-8''%C3%BCbel.pdf`:                               "übel.pdf",
		`attachment; filename*=iso-8859-1'de'%FCbel.pdf`:                           "übel.pdf",
		`attachment; filename*0*=utf-8''%C3%BC; filename*1="bel"; filename*2=.pdf`: "übel.pdf",
		`attachment; filename="=?utf-8?Q?=C3=BCbel.pdf?="`:                         "übel.pdf",
		`attachment; filename=plain.pdf; x`:                                        "plain.pdf",
	} {
		p, _, err := opened(sniff.Email, mailOf("Subject: x", "Content-Type: application/pdf", "Content-Disposition: "+give, "", "%PDF-"))
		if err != nil || listed(p) != want {
			t.Errorf("%s: got %q (%v), want %q", give, listed(p), err, want)
		}
	}
}

func TestMailInline(t *testing.T) {
	photo := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, smallImage))
	p, _, err := opened(sniff.Email, mailOf("Subject: x", "Content-Type: multipart/related; boundary=b", "",
		"--b", "Content-Type: text/html", "", `<img src="cid:logo"><img src="cid:photo">`,
		"--b", "Content-Type: image/png; name=logo.png", "Content-ID: <logo>", "", "x",
		"--b", "Content-Type: image/jpeg; name=pass.jpg", "Content-ID: <photo>", "Content-Transfer-Encoding: base64", "", photo,
		"--b", "Content-Type: image/png; name=other.png", "Content-ID: <other>", "", "x", "--b--"))
	if want := "logo.png!inline|pass.jpg|other.png"; err != nil || listed(p) != want {
		t.Errorf("got %q (%v), want %q", listed(p), err, want)
	}
}

// tnefAttribute is one attribute of a winmail.dat.
func tnefAttribute(id uint32, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{2}, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(append(b, data...), 0, 0)
}

func TestMailTNEF(t *testing.T) {
	tnef := binary.LittleEndian.AppendUint32(nil, tnefMagic)
	tnef = append(tnef, 1, 0)
	for _, a := range [][]byte{
		tnefAttribute(tnefBody, []byte("Guten Tag\x00")), tnefAttribute(tnefAttachStart, nil),
		tnefAttribute(tnefAttachTitle, []byte("\xfcbel.pdf\x00")), tnefAttribute(tnefAttachData, []byte("%PDF-1.4")),
	} {
		tnef = append(tnef, a...)
	}
	lines := []string{"Subject: x", `Content-Type: application/ms-tnef; name="winmail.dat"`, "Content-Transfer-Encoding: base64", ""}
	p, out, err := opened(sniff.Email, mailOf(append(lines, base64.StdEncoding.EncodeToString(tnef))...))
	if err != nil || listed(p) != "übel.pdf" || string(out) != "%PDF-1.4" || !strings.Contains(p.Text, "Guten Tag") {
		t.Errorf("parts %q, %q, %v, text %q", listed(p), out, err, p.Text)
	}
	p, _, err = opened(sniff.Email, mailOf(append(lines, "bm9uc2Vuc2U=")...))
	if err != nil || listed(p) != "winmail.dat!corrupt" {
		t.Errorf("a broken one: parts %q, %v", listed(p), err)
	}
}

func TestMailEncrypted(t *testing.T) {
	p, _, err := opened(sniff.Email, mailOf("Subject: x", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "", "x"))
	if err != nil || listed(p) != "smime.p7m!encrypted" || !strings.Contains(p.Text, "verschlüsselt") {
		t.Errorf("parts %q, %v, text %q", listed(p), err, p.Text)
	}
}

// FuzzUnpack mutates what strangers send: nothing may end the child but its own refusal.
func FuzzUnpack(f *testing.F) {
	for _, pattern := range []string{"email/*", "hostile/*.eml"} {
		files, _ := filepath.Glob(filepath.Join(corpus, pattern))
		for _, name := range files {
			if raw, err := os.ReadFile(name); err == nil && len(raw) < 50_000 {
				f.Add(raw)
			}
		}
	}
	f.Add(unpacktest.Zip(f, "a.txt", "x"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kind, err := sniff.Check(raw[:min(len(raw), sniff.HeadSize)], "a")
		if err != nil || !kind.Container() {
			kind = sniff.Email
		}
		p, out, err := opened(kind, raw)
		if err != nil && IsRefused(err) == "" {
			t.Fatal(err)
		}
		for _, part := range p.Parts {
			if part.Left == "" && part.Offset+part.Size > int64(len(out)) {
				t.Fatal("a part beyond the end")
			}
		}
	})
}

// TestMutated spoils each mail of the corpus in many places.
func TestMutated(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpus, "email/*"))
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range files {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kind := sniff.Email
		if filepath.Ext(name) == ".msg" {
			kind = sniff.Outlook
		}
		for range 60 {
			raw := bytes.Clone(whole[:min(len(whole), 20_000)])
			for range 1 + random.IntN(20) {
				raw[random.IntN(len(raw))] = byte(random.IntN(256))
			}
			raw = raw[:1+random.IntN(len(raw))]
			if _, _, err := opened(kind, raw); err != nil && IsRefused(err) == "" {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
		}
	}
}
