package pages

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"eakte/acl"
	"eakte/archive"
)

// Elsewhere is where people sign in beside accounts of this program's own.
type Elsewhere struct {
	Name string
	// Away says that it can't be asked now.
	Away bool
	// Why is why, the last time that it was asked, in a word for who operates the system, and Since when that began; empty: it answered.
	Why   string
	Since time.Time
}

// Errors of who comes back from elsewhere, beside those of [acl.Accounts].
var (
	// ErrAway says that the provider can't be asked, ErrLate that no sign-in was begun at this browser or too long ago,
	// ErrDeclined that the provider turned her down or she went back, ErrUnbelieved that what came isn't believed, ErrOther that who is
	// signed in here proved nothing: somebody else signed in there, or with less than at the sign-in.
	ErrAway       = errors.New("provider of sign-ins is away")
	ErrLate       = errors.New("no sign-in under way")
	ErrDeclined   = errors.New("the provider declined")
	ErrUnbelieved = errors.New("the provider's answer is not believed")
	ErrOther      = errors.New("somebody else, or with less")
)

// whys are the words in an address that say why a sign-in elsewhere came to nothing.
func whys() map[string]error {
	return map[string]error{
		"away": ErrAway, "late": ErrLate, "declined": ErrDeclined, "unbelieved": ErrUnbelieved, "other": ErrOther, "groups": acl.ErrNoGroups, "many": acl.ErrManyGroups, "closed": acl.ErrSignIn,
	}
}

// whySaid is the sentence for the word in the address; "" where there is none that is known.
func (r *request) whySaid(to *Elsewhere) string {
	why := r.Query("why")
	if _, known := whys()[why]; !known || to == nil || to.Away && why == "away" { // which is said as it is
		return ""
	}
	return r.say("signin.why_"+why, "Name", to.Name)
}

// goElsewhere sends the browser to the provider.
func (p *Pages) goElsewhere(r *request) error {
	to := local(r.Query("to"))
	if r.session != nil {
		return r.leave(to)
	}
	return p.sendElsewhere(r, "/sign-in", to)
}

// proveElsewhere does so for who is signed in, and is to prove once more who she is.
func (p *Pages) proveElsewhere(r *request) error {
	if r.visit.User.Identity == nil {
		return archive.ErrNotFound
	}
	return p.sendElsewhere(r, "/sign-in/again", local(r.Query("to")))
}

func (p *Pages) sendElsewhere(r *request, page, to string) error {
	address, err := p.Host.GoElsewhere(r.Context, to)
	if errors.Is(err, ErrAway) {
		return r.leave(withWhy(signInPath(page, to), "away"))
	}
	if err != nil {
		return err
	}
	return r.leave(address)
}

// comeBack goes on where she wanted to go, or back to the page that asks, which says why.
func (p *Pages) comeBack(r *request) error {
	to, err := p.Host.ComeBack(r.Context)
	to = local(to)
	if err == nil {
		return r.leave(to)
	}
	page := "/sign-in"
	if r.session != nil && !errors.Is(err, acl.ErrNoGroups) && !errors.Is(err, acl.ErrManyGroups) { // which ended it
		page = "/sign-in/again"
	}
	for why, known := range whys() {
		if errors.Is(err, known) {
			return r.leave(withWhy(signInPath(page, to), why))
		}
	}
	return err
}

// withWhy adds to an address why it leads there.
func withWhy(path, why string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	query := u.Query()
	query.Set("why", why)
	u.RawQuery = query.Encode()
	return u.String()
}

// endElsewhere sends who signed out here on to do so at the provider.
func (p *Pages) endElsewhere(r *request) error {
	address := p.Host.EndElsewhere(r.Context)
	if address == "" || r.session != nil {
		return r.leave("/sign-in")
	}
	r.Redirect(http.StatusSeeOther, address)
	return nil
}
