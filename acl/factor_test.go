package acl_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"eakte/acl"
	"eakte/acl/acltest"
	"eakte/archive"
	"eakte/archive/audit"
)

// codeAt is the code of a secret at a time, by the letter of RFC 6238.
func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	from := sum[19] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[from:])&0x7fffffff)%1000000)
}

// holder is somebody with a second factor.
type holder struct {
	*acltest.World
	desk     *acl.Desk
	user     archive.User
	secret   string
	recovery []string
}

// newHolder sets one up and waits until its first code is over.
func newHolder(t *testing.T) *holder {
	t.Helper()
	h := &holder{World: acltest.Open(t), secret: acl.NewFactorSecret()}
	addUser(t, h.World, "anna")
	h.enter(t)
	var err error
	if h.recovery, err = h.desk.SetFactor(t.Context(), h.secret, password, codeAt(t, h.secret, h.Time)); err != nil || len(h.recovery) != 10 {
		t.Fatalf("set up: %v, %d recovery codes", err, len(h.recovery))
	}
	h.Time = h.Time.Add(time.Minute)
	return h
}

// enter makes anna's desk, as the account is now.
func (h *holder) enter(t *testing.T) {
	t.Helper()
	err := h.Store.View(t.Context(), func(r archive.Reader) (err error) {
		h.user, err = r.UserByName("anna")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.desk = h.Guard.For(acl.Subject{User: h.user.ID, Pairs: h.user.Roles, Purpose: "bearbeitung", Client: "web", Address: "192.0.2.7"})
}

// signIn goes through both steps.
func (h *holder) signIn(t *testing.T, code string) error {
	t.Helper()
	accounts := h.Guard.Accounts()
	u, err := accounts.SignIn(t.Context(), "anna", password, "web", "192.0.2.7")
	if !errors.Is(err, acl.ErrCodeRequired) {
		return fmt.Errorf("the password alone: %w", err)
	}
	_, err = accounts.SignInCode(t.Context(), u, code, "web", "192.0.2.7")
	return err
}

func TestCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} { // RFC 6238, appendix B
		if got := codeAt(t, secret, time.Unix(at, 0)); got != want {
			t.Fatalf("at %d: %s, want %s", at, got, want)
		}
	}
}

// TestCodeIsGoodOnce signs in by codes and tries each again.
func TestCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	now := codeAt(t, h.secret, h.Time)
	for _, tc := range []struct {
		name, code string
		after      time.Duration
		good       bool
	}{
		{name: "that of now", code: now, good: true},
		{name: "again at once", code: now},
		{name: "again within its window", code: now, after: 20 * time.Second},
		{name: "one before a used one", code: codeAt(t, h.secret, h.Time.Add(-30*time.Second))},
		{name: "of a clock that is a little ahead, as apps write it", code: spacedCode(codeAt(t, h.secret, h.Time.Add(50*time.Second))), good: true},
		{name: "of now, after one ahead was used", code: codeAt(t, h.secret, h.Time.Add(20*time.Second))},
		{name: "of a clock that is far ahead", code: codeAt(t, h.secret, h.Time.Add(20*time.Second+2*time.Minute))},
		{name: "none", code: ""},
		{name: "recovery", code: strings.ToUpper(h.recovery[3]), good: true},
		{name: "the same recovery code", code: h.recovery[3]},
		{name: "another recovery code, without dashes", code: strings.ReplaceAll(h.recovery[4], "-", ""), good: true},
		{name: "half a recovery code", code: h.recovery[5][:9]},
	} {
		h.Time = h.Time.Add(tc.after)
		err := h.signIn(t, tc.code)
		if tc.good && err != nil || !tc.good && !errors.Is(err, acl.ErrSignIn) {
			t.Errorf("%s: %v, want good: %v", tc.name, err, tc.good)
		}
	}
	if v, err := h.desk.Factor(t.Context()); err != nil || v.Left != 8 || v.Since.IsZero() {
		t.Errorf("left: %+v, %v", v, err)
	}
}

func spacedCode(code string) string { return " " + code[:3] + " " + code[3:] }

// TestWrongCodesCountLikePasswords guesses codes, with the password right before each.
func TestWrongCodesCountLikePasswords(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	wrong := "000000"
	if wrong == codeAt(t, h.secret, h.Time) {
		wrong = "000001"
	}
	for range 4 {
		if err := h.signIn(t, wrong); !errors.Is(err, acl.ErrSignIn) {
			t.Fatalf("a wrong code: %v", err)
		}
	}
	if err := h.signIn(t, codeAt(t, h.secret, h.Time)); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("while she has to wait: %v; the password must be refused as if it were wrong", err)
	}
	if err := h.Guard.Accounts().SetPassword(t.Context(), audit.System(), "anna", password); err != nil {
		t.Fatal(err)
	}
	if err := h.signIn(t, codeAt(t, h.secret, h.Time)); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("with a password that was set anew: %v; who sets them could guess on", err)
	}
	h.Time = h.Time.Add(time.Minute)
	if err := h.signIn(t, codeAt(t, h.secret, h.Time)); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	for op, want := range map[audit.Op]int{audit.OpFactorSet: 1, audit.OpSigninHalf: 5, audit.OpSigninFailed: 6, audit.OpSignin: 1, audit.OpSigninAgain: 1} {
		if got := trailed(t, h.World, op); got != want {
			t.Errorf("%d events %s, want %d", got, op, want)
		}
	}
}

// TestPasswordChangedBetweenTheSteps must not let the former one in.
func TestPasswordChangedBetweenTheSteps(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	accounts := h.Guard.Accounts()
	u, err := accounts.SignIn(t.Context(), "anna", password, "web", "")
	if !errors.Is(err, acl.ErrCodeRequired) {
		t.Fatal(err)
	}
	if err := accounts.SetPassword(t.Context(), audit.System(), "anna", password+"!"); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SignInCode(t.Context(), u, codeAt(t, h.secret, h.Time), "web", ""); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("by the former password: %v", err)
	}
}

// TestWrongPasswordTellsNothingOfTheFactor compares accounts with and without one, and nobody's.
func TestWrongPasswordTellsNothingOfTheFactor(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	addUser(t, h.World, "berta")
	for _, name := range []string{"anna", "berta", "nobody"} {
		if u, err := h.Guard.Accounts().SignIn(t.Context(), name, "wrong wrong wrong", "web", ""); err != acl.ErrSignIn || u.ID != "" {
			t.Errorf("%s: %v, %+v", name, err, u)
		}
	}
}

func TestFactorIsSetUpWithPasswordAndCode(t *testing.T) {
	t.Parallel()
	w := acltest.Open(t)
	addUser(t, w, "anna")
	h := &holder{World: w, secret: acl.NewFactorSecret()}
	h.enter(t)
	set := func(secret, pass, code string) error {
		_, err := h.desk.SetFactor(t.Context(), secret, pass, code)
		return err
	}
	right := codeAt(t, h.secret, w.Time)
	for _, tc := range []struct {
		name               string
		secret, pass, code string
		want               error
	}{
		{"no secret", "", password, right, archive.ErrInvalid},
		{"a short secret", "JBSWY3DP", password, right, archive.ErrInvalid},
		{"code of another secret", h.secret, password, codeAt(t, acl.NewFactorSecret(), w.Time), archive.ErrInvalid},
		{"a wrong password", h.secret, "wrong wrong wrong", right, acl.ErrSignIn},
	} {
		if err := set(tc.secret, tc.pass, tc.code); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	if _, err := h.desk.Unconfirmed().SetFactor(t.Context(), h.secret, password, right); !errors.Is(err, acl.ErrUnconfirmed) {
		t.Errorf("shown once more: %v", err)
	}
	if _, err := w.Guard.Accounts().SignIn(t.Context(), "anna", password, "web", ""); err != nil {
		t.Errorf("nothing was set up, and yet: %v", err)
	}
	if err := set(h.secret, password, right); err != nil {
		t.Fatal(err)
	}
	if err := h.signIn(t, right); !errors.Is(err, acl.ErrSignIn) {
		t.Errorf("the code that set it up signs in: %v", err)
	}
	if err := set(acl.NewFactorSecret(), password, right); err == nil {
		t.Error("a second one was put in its place")
	}
}

func TestFactorIsRemovedWithPasswordAndCode(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	code := codeAt(t, h.secret, h.Time)
	for _, tc := range [][2]string{{password, ""}, {password, "12345"}, {"wrong wrong wrong", code}} {
		if err := h.desk.DropFactor(t.Context(), tc[0], tc[1]); !errors.Is(err, acl.ErrSignIn) {
			t.Errorf("%q: %v, want refused", tc[1], err)
		}
	}
	if err := h.desk.DropFactor(t.Context(), password, code); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Guard.Accounts().SignIn(t.Context(), "anna", password, "web", ""); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := h.desk.DropFactor(t.Context(), password, ""); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
}

// TestOperatorResetsFactor does so, and finds the account as it was otherwise.
func TestOperatorResetsFactor(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	accounts := h.Guard.Accounts()
	if err := accounts.ResetFactor(t.Context(), audit.System(), "anna"); err != nil {
		t.Fatal(err)
	}
	if u, err := accounts.SignIn(t.Context(), "anna", password, "web", ""); err != nil || len(u.Roles) != 1 {
		t.Errorf("after the reset: %v, %+v", err, u)
	}
	if err := accounts.ResetFactor(t.Context(), audit.System(), "nobody"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("nobody's: %v", err)
	}
}

// TestRoleWantsFactor withholds a pair until there is one, and at once when it is gone.
func TestRoleWantsFactor(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	h.Guard.FactorFor = []string{"sachbearbeitung@asyl"}
	accounts := h.Guard.Accounts()
	h.enter(t)
	if pairs, wanted := accounts.Pairs(h.user); len(pairs) != 1 || wanted {
		t.Errorf("with a factor: %v, %v", pairs, wanted)
	}
	if _, err := h.desk.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Muster"}}}); err != nil {
		t.Errorf("with a factor: %v", err)
	}
	if err := accounts.ResetFactor(t.Context(), audit.System(), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.CreatePerson(t.Context(), archive.Person{Names: []archive.Name{{Family: "Muster"}}}); !errors.Is(err, acl.ErrStale) {
		t.Errorf("an act under way when the factor went: %v, want stale", err)
	}
	h.enter(t)
	if pairs, wanted := accounts.Pairs(h.user); len(pairs) != 0 || !wanted {
		t.Errorf("without: %v, %v", pairs, wanted)
	}
	h.Guard.FactorFor = []string{"sachbearbeitung@soziales", "leitung"}
	if pairs, wanted := accounts.Pairs(h.user); len(pairs) != 1 || wanted {
		t.Errorf("of other pairs: %v, %v", pairs, wanted)
	}
}
