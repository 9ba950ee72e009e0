package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"eakte/ingest/read/language"
)

// tool is a program the project needs, or the path of a file, and the Debian package it comes in.
type tool struct{ program, pkg string }

// tools are what the server runs.
func tools() []tool {
	return []tool{
		{"tesseract", "tesseract-ocr"},
		{"pdftotext", "poppler-utils"},
		{"djpeg", "libjpeg-turbo-progs"},
		{"bwrap", "bubblewrap"},
		{"prlimit", "util-linux"},
		{"tiffcp", "libtiff-tools"},
		{"qpdf", "qpdf"},
		{"heif-convert", "libheif-examples"},
		{"opj_decompress", "libopenjp2-tools"},
	}
}

// testTools are what only the tests run, and what the server can do without: LibreOffice without its
// windows and without Java.
func testTools() []tool {
	return []tool{
		{"python3", "python3"}, {"clamd", "clamav-daemon"}, {"dovecot", "dovecot-imapd"}, {"chromium-headless-shell", "chromium-headless-shell"},
		{"pango-view", "pango1.0-tools"}, {"pango-view", "fonts-noto-core"}, {"pango-view", "fonts-ocr-b"},
		{"soffice", "libreoffice-writer-nogui"}, {"soffice", "libreoffice-calc-nogui"}, {"soffice", "libreoffice-impress-nogui"},
	}
}

// databases are what figures of search are measured beside, and nothing else needs.
func databases() []tool { return []tool{{"/usr/lib/postgresql/15/bin/postgres", "postgresql-15"}} }

// words are lists of words that letters are made of for figures.
func words() []tool { return []tool{{"/usr/share/dict/ngerman", "wngerman"}} }

// trained are the language data of tesseract and the packages they come in.
func trained() map[string]string {
	return map[string]string{
		"deu": "tesseract-ocr-deu", "eng": "tesseract-ocr-eng", "osd": "tesseract-ocr-osd",
	}
}

// otherLanguages are those that the tests recognise beyond them, one or two MB each. The server does
// without any of them and says on its operations page which are there.
func otherLanguages() map[string]string {
	packages := map[string]string{}
	for _, l := range language.All() {
		packages[l.Code] = "tesseract-ocr-" + strings.ReplaceAll(l.Code, "_", "-")
	}
	return packages
}

// setup installs the Debian packages that are missing to run the server.
func setup(ctx context.Context) error { return provide(ctx, tools(), trained()) }

// setupTests is setup for the tests too, with what pages load and their S3 server, built from the versions in
// cmd/check/tools/go.mod.
func setupTests(ctx context.Context) error {
	languages := trained()
	maps.Copy(languages, otherLanguages())
	if err := provide(ctx, slices.Concat(tools(), testTools(), words()), languages); err != nil {
		return err
	}
	if err := ensureAssets(ctx); err != nil {
		return err
	}
	server, err := filepath.Abs(".cache/bin/versitygw")
	if err != nil {
		return err
	}
	if _, err := os.Stat(server); err == nil {
		return nil
	}
	fmt.Println("building the S3 server of the tests")
	return command(ctx, "go", "build", "-C", "cmd/check/tools", "-o", server, "github.com/versity/versitygw/cmd/versitygw").Run()
}

// provide installs what is missing of some tools and of the language data.
func provide(ctx context.Context, wanted []tool, languages map[string]string) error {
	var missing []string
	for _, t := range wanted {
		_, err := exec.LookPath(t.program)
		if filepath.IsAbs(t.program) {
			_, err = os.Stat(t.program)
		}
		if err != nil {
			missing = append(missing, t.pkg)
		}
	}
	for code, pkg := range languages {
		found, err := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata/" + code + ".traineddata")
		if err != nil {
			return err
		}
		if len(found) == 0 {
			missing = append(missing, pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return install(ctx, missing)
}

// install asks apt-get, through sudo where the user is not root.
func install(ctx context.Context, packages []string) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("install these packages first: %v", packages)
	}
	var before []string
	if os.Getuid() != 0 {
		before = []string{"sudo"}
	}
	fmt.Println("installing", packages)
	update := append(before, "apt-get", "update", "-qq")
	add := append(before, append([]string{"apt-get", "install", "-y", "-qq", "--no-install-recommends"}, packages...)...)
	for _, args := range [][]string{update, add} {
		cmd := command(ctx, args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%v: %w", args, err)
		}
	}
	return nil
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd
}
