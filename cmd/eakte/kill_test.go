package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"eakte/archive"
)

const (
	// uploadsARound are brought in while the server is killed killsARound times.
	uploadsARound = 200
	killsARound   = 6
	uploaders     = 4
	// restartTime is what a restart may take: 5 s is the aim, the rest is for a busy machine.
	restartTime = 20 * time.Second
)

// TestKill kills the real server with SIGKILL at random moments during uploads. Whatever was
// acknowledged must be there after every restart, with its bytes; what was not is there wholly or not
// at all, and once at most. N is the number of kills, SEED chooses the moments.
func TestKill(t *testing.T) {
	t.Parallel()
	needTools(t)
	kills, seed := number(t, "N", killsARound), uint64(number(t, "SEED", int(time.Now().UnixNano()%1e6)))
	var sum tally
	begun := time.Now()
	for round := 0; sum.kills < kills && !t.Failed(); round++ {
		r := &killing{t: t, data: t.TempDir(), rng: rand.New(rand.NewPCG(seed, uint64(round))), sum: &sum}
		r.run(min(killsARound, kills-sum.kills))
	}
	slices.Sort(sum.starts)
	t.Logf("kill: seed %d: %d kills, %d uploads acknowledged, %d repeated after a kill, %d of the rest kept whole, "+
		"ready again after %s in the median, %s at most, in %s", seed, sum.kills, sum.acknowledged, sum.repeated, sum.unheard,
		sum.starts[len(sum.starts)/2].Round(time.Millisecond), sum.starts[len(sum.starts)-1].Round(time.Millisecond), time.Since(begun).Round(time.Second))
	if worst := sum.starts[len(sum.starts)-1]; worst > restartTime {
		t.Errorf("a restart took %s", worst)
	}
}

// number reads a number that sizes a campaign.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("%s: %q is no number from 1", name, v)
	}
	return n
}

// tally is what the campaign comes to.
type tally struct {
	kills, acknowledged, repeated, unheard int
	starts                                 []time.Duration
}

// sheet is a file that is brought in once.
type sheet struct {
	name, word string
	data       []byte
	sum        string
	// key is its Idempotency-Key: it is sent again until it is acknowledged. Without one it is sent
	// once, and may be there if its answer was not heard.
	key string
	// where it went, as the server said: an inbox item's or a document's path; empty: not heard.
	path string
	// filed says that an inbox item became a document.
	filed bool
}

// killing is one round.
type killing struct {
	t     *testing.T
	data  string
	rng   *rand.Rand
	sum   *tally
	token string
	akte  string

	sheets []*sheet
	next   atomic.Int64
	heard  atomic.Int64

	mu  sync.Mutex
	url string
	up  chan struct{} // closed when a server answers at url
}

// run brings the round's sheets in while the server is killed, and looks at what is there after each
// start and in the end.
func (k *killing) run(kills int) {
	t := k.t
	k.token = k.accounts()
	p := k.start()
	k.open()
	k.make()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	for range uploaders {
		group.Go(func() error { return k.bring(ctx) })
	}
	brought := make(chan error, 1)
	go func() { brought <- group.Wait() }()
	for _, mark := range k.marks(kills) {
		for k.heard.Load() < mark && len(brought) == 0 { // those that nobody heard of may be too many for the last mark
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(k.rng.IntN(40000)) * time.Microsecond)
		p = k.again(p)
		k.compare(false)
		if t.Failed() {
			break
		}
	}
	if t.Failed() {
		cancel()
	}
	if err := <-brought; err != nil && !t.Failed() {
		t.Error(err)
	}
	if !t.Failed() {
		k.settle()
		k.compare(true)
		k.find()
	}
	if err := p.stop(os.Interrupt); err != nil {
		t.Errorf("the server did not end well: %v\n%s", err, p.talk)
	}
	whole(t, k.data)
}

// accounts makes the one account that works here, and its token.
func (k *killing) accounts() (token string) {
	command(k.t, "ein langes Kennwort", "--data", k.data, "user", "add", "clerk", "--role", "sachbearbeitung", "--department", "auslaenderbehoerde")
	return command(k.t, "", "--data", k.data, "token", "create", "--user", "clerk")
}

// marks are the moments of the kills, counted in uploads acknowledged.
func (k *killing) marks(kills int) (out []int64) {
	for range kills {
		out = append(out, 1+k.rng.Int64N(uploadsARound-uploaders-1))
	}
	slices.Sort(out)
	return out
}

// start starts the server and lets the uploaders go on.
func (k *killing) start() *process {
	k.t.Helper()
	begun := time.Now()
	p, url, err := serveIn(environment(k.data), "")
	if err != nil {
		k.t.Fatal(err)
	}
	k.sum.starts = append(k.sum.starts, time.Since(begun))
	k.t.Cleanup(func() {
		select {
		case <-p.ended:
		default:
			_ = p.kill()
		}
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.up == nil {
		k.up = make(chan struct{})
	}
	k.url = url
	close(k.up)
	return p
}

// again kills the server and starts it anew; one time in four it is killed while it starts, too.
func (k *killing) again(p *process) *process {
	k.t.Helper()
	k.mu.Lock()
	k.up = make(chan struct{})
	k.mu.Unlock()
	if err := p.kill(); err != nil {
		k.t.Fatal(err)
	}
	k.sum.kills++
	if k.rng.IntN(4) == 0 {
		early, err := launch(append(environment(k.data), "EAKTE_LISTEN=127.0.0.1:0"), "", "serve")
		if err != nil {
			k.t.Fatal(err)
		}
		time.Sleep(time.Duration(k.rng.IntN(500)) * time.Millisecond)
		if err := early.kill(); err != nil {
			k.t.Fatal(err)
		}
	}
	return k.start()
}

// send sends a request to the server that runs, and reports whether an answer was heard.
func (k *killing) send(ctx context.Context, r request) (reply, bool, error) {
	k.mu.Lock()
	up := k.up
	k.mu.Unlock()
	select {
	case <-up:
	case <-ctx.Done():
		return reply{}, false, ctx.Err()
	}
	k.mu.Lock()
	url := k.url
	k.mu.Unlock()
	r.token = k.token
	r.header = append(slices.Clip(r.header), "Eakte-Purpose: bearbeitung")
	got, err := r.send(ctx, http.DefaultClient, url)
	if err != nil && ctx.Err() == nil && brokenOff(err) {
		return got, false, nil
	}
	return got, err == nil, err
}

// must sends a request that the server answers with a status.
func (k *killing) must(status int, r request) reply {
	k.t.Helper()
	got, heard, err := k.send(k.t.Context(), r)
	if err != nil || !heard || got.status != status {
		k.t.Fatalf("%s %s: %d (heard: %v, %v), want %d\n%s", r.method, r.path, got.status, heard, err, status, brief(got.body))
	}
	return got
}

// open makes a person and her Akte.
func (k *killing) open() {
	p := k.must(201, request{method: "POST", path: "/persons", json: `{"names":[{"family":"Muster","given":"Mara","kind":"official"}],"birth_date":"1990"}`})
	a := k.must(201, request{method: "POST", path: "/akten", json: `{"person_id":"` + p.text("id") + `","plan":"33.11","lead_department":"auslaenderbehoerde"}`})
	k.akte = a.text("id")
}

// make makes the sheets, each with a word of its own: texts, and born-digital PDFs of up to a megabyte,
// most of which is padding that costs time on the way in and none afterwards.
func (k *killing) make() {
	for i := range uploadsARound {
		s := &sheet{word: "wort" + letters(k.rng, 12)}
		text := fmt.Sprintf("Blatt %d mit dem Kennwort %s der Akte\n", i, s.word)
		if i%4 == 0 {
			s.name, s.data = fmt.Sprintf("blatt%d.pdf", i), onePage(text, strings.Repeat(letters(k.rng, 1024), k.rng.IntN(4)*k.rng.IntN(350)))
		} else {
			s.name, s.data = fmt.Sprintf("blatt%d.txt", i), []byte(text+strings.Repeat("Diese Zeile steht oft da.\n", k.rng.IntN(40)))
		}
		sum := sha256.Sum256(s.data)
		s.sum = hex.EncodeToString(sum[:])
		if i%2 == 0 {
			s.key = fmt.Sprintf("sheet-%d", i)
		}
		k.sheets = append(k.sheets, s)
	}
}

func letters(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(rng.IntN(26))
	}
	return string(b)
}

// onePage is a PDF of one page with a line of text, and padding that nothing refers to.
func onePage(text, padding string) []byte {
	var b strings.Builder
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>")
	content := "BT /F1 12 Tf 60 700 Td (" + strings.TrimSpace(text) + ") Tj ET"
	object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(padding), padding))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return []byte(b.String())
}

// bring takes sheet after sheet and brings it in, half of them into the basket and some of those on
// into the Akte.
func (k *killing) bring(ctx context.Context) error {
	for {
		i := int(k.next.Add(1)) - 1
		if i >= len(k.sheets) {
			return nil
		}
		s := k.sheets[i]
		if err := k.upload(ctx, s, i%3 == 0); err != nil {
			return fmt.Errorf("sheet %d: %w", i, err)
		}
		if i%6 == 0 && s.path != "" {
			if err := k.file(ctx, s); err != nil {
				return fmt.Errorf("sheet %d: %w", i, err)
			}
		}
	}
}

// upload sends a sheet once, or until it is acknowledged.
func (k *killing) upload(ctx context.Context, s *sheet, basket bool) error {
	r := request{method: "POST", path: "/akten/" + k.akte + "/documents", file: s.data, name: s.name, meta: `{"type":"arbeitsvertrag"}`}
	path := "/documents/"
	if basket {
		r.path, r.meta, path = "/inbox", "", "/inbox/"
	}
	if s.key != "" {
		r.header = []string{"Idempotency-Key: " + s.key}
	}
	for {
		got, heard, err := k.send(ctx, r)
		switch {
		case err != nil:
			return err
		case heard && got.status != http.StatusCreated:
			return fmt.Errorf("%d %s", got.status, brief(got.body))
		case heard && got.text("sha256") != s.sum:
			return errors.New("acknowledged with another hash")
		case heard:
			k.mu.Lock()
			s.path = path + got.text("id")
			k.mu.Unlock()
			k.heard.Add(1)
			return nil
		case s.key == "":
			return nil
		}
		k.mu.Lock()
		k.sum.repeated++
		k.mu.Unlock()
	}
}

// file files an inbox item, as often as it takes.
func (k *killing) file(ctx context.Context, s *sheet) error {
	r := request{
		method: "POST", path: s.path + "/file", json: `{"akte_id":"` + k.akte + `","type":"arbeitsvertrag"}`,
		header: []string{"Idempotency-Key: file-" + s.name},
	}
	for {
		got, heard, err := k.send(ctx, r)
		switch {
		case err != nil:
			return err
		case heard && got.status != http.StatusOK:
			return fmt.Errorf("filing: %d %s", got.status, brief(got.body))
		case heard:
			k.mu.Lock()
			s.path, s.filed = "/documents/"+got.text("id"), true
			k.mu.Unlock()
			return nil
		}
	}
}

// compare looks at everything acknowledged so far: it is there with its hash, and in the end its bytes
// are those that were sent. In between, bytes are read of a part.
func (k *killing) compare(end bool) {
	t := k.t
	t.Helper()
	k.mu.Lock()
	var there []sheet
	for _, s := range k.sheets {
		if s.path != "" {
			there = append(there, *s)
		}
	}
	k.mu.Unlock()
	var group errgroup.Group
	group.SetLimit(uploaders)
	for i, s := range there {
		group.Go(func() error { return k.intact(s, end || i%5 == 0) })
	}
	if err := group.Wait(); err != nil {
		t.Errorf("after %d kills: %v", k.sum.kills, err)
	}
	if end {
		k.sum.acknowledged += len(there)
		k.count(there)
	}
}

// intact asks for a sheet, in the Akte where it was filed meanwhile.
func (k *killing) intact(s sheet, bytes bool) error {
	got, _, err := k.send(k.t.Context(), request{method: "GET", path: s.path})
	if filed := got.text("filed.0"); err == nil && filed != "" {
		s.path = "/documents/" + filed
		got, _, err = k.send(k.t.Context(), request{method: "GET", path: s.path})
	}
	if err != nil || got.status != http.StatusOK || got.text("sha256") != s.sum || got.text("size") != fmt.Sprint(len(s.data)) {
		return fmt.Errorf("%s was acknowledged: %d %v %s", s.path, got.status, err, brief(got.body))
	}
	if !bytes {
		return nil
	}
	got, _, err = k.send(k.t.Context(), request{method: "GET", path: s.path + "/original"})
	if err != nil || got.status != http.StatusOK || string(got.body) != string(s.data) {
		if got.status == http.StatusNotFound && strings.HasPrefix(s.path, "/inbox") {
			return nil // filed between the two
		}
		return fmt.Errorf("the bytes of %s: %d %v, %d bytes of %d", s.path, got.status, err, len(got.body), len(s.data))
	}
	return nil
}

// count asks that nothing is there twice, and nothing that was not sent.
func (k *killing) count(there []sheet) {
	t := k.t
	t.Helper()
	sent, seen := map[string]*sheet{}, map[string]int{}
	for _, s := range k.sheets {
		sent[s.sum] = s
	}
	for _, list := range []string{"/inbox", "/akten/" + k.akte + "/documents"} {
		for cursor := ""; ; {
			page := k.must(200, request{method: "GET", path: list + "?limit=200&cursor=" + cursor})
			items, _ := page.at("items")
			for i := range items.([]any) {
				seen[page.text(fmt.Sprintf("items.%d.sha256", i))]++
			}
			if cursor = page.text("next_cursor"); cursor == "" {
				break
			}
		}
	}
	heard := map[string]bool{}
	for _, s := range there {
		heard[s.sum] = true
		if seen[s.sum] == 0 {
			t.Errorf("%s is in no list", s.path)
		}
	}
	for sum, n := range seen {
		switch {
		case sent[sum] == nil:
			t.Errorf("something is there that nobody sent: %s", sum)
		case n != 1:
			t.Errorf("%s is there %d times", sent[sum].name, n)
		case !heard[sum]:
			k.sum.unheard++
		}
	}
}

// settle waits until the machine has nothing left to do, and asks that every job ended well.
func (k *killing) settle() {
	t := k.t
	t.Helper()
	for _, s := range k.sheets {
		if s.path == "" {
			continue
		}
		if strings.HasPrefix(s.path, "/inbox") {
			if err := k.file(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			got := k.must(200, request{method: "GET", path: s.path})
			if state := got.text("state"); state == archive.StateReady {
				job := k.must(200, request{method: "GET", path: "/jobs/" + got.text("job_id")})
				if job.text("state") == archive.JobDone {
					break
				}
			} else if state != archive.StateReceived && state != "processing" || time.Now().After(end) {
				t.Fatalf("%s became %s %s", s.path, state, got.text("reason"))
			}
		}
	}
}

// find searches the word of every sheet.
func (k *killing) find() {
	t := k.t
	t.Helper()
	for _, s := range k.sheets {
		if s.path == "" {
			continue
		}
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			got := k.must(200, request{method: "POST", path: "/search", json: `{"q":"` + s.word + `"}`})
			if got.text("total") == "1" && "/documents/"+got.text("hits.0.document_id") == s.path {
				break
			}
			if time.Now().After(end) {
				t.Errorf("%s is not found by its word: %s", s.path, brief(got.body))
				break
			}
		}
	}
}
