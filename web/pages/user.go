package pages

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// usersView are all accounts, and the form of a new one.
type usersView struct {
	ui.Frame
	Tab   string
	Form  ui.Form
	Users []acl.UserView
	Pairs []pairGroup
	// Teams are those to choose among.
	Teams []option
	// Operates says that the reader may do more than look.
	Operates bool
}

// pairGroup are the pairs of a department.
type pairGroup struct {
	Department string
	Pairs      []option
}

// userPage is one account.
type userPage struct {
	ui.Frame
	Tab  string
	Form ui.Form
	// Word is the form of the password, TokenForm that of a token.
	Word, TokenForm ui.Form
	User            acl.UserView
	Pairs           []pairGroup
	Teams           []option
	Operates, Own   bool
	// Secret is a token that was made just now.
	Secret string
}

func pairKey(p archive.Pair) string { return p.Role + "@" + p.Department }

func pairOf(key string) archive.Pair {
	role, department, _ := strings.Cut(key, "@")
	return archive.Pair{Role: role, Department: department}
}

// pairGroups are all pairs by department, as forms offer them.
func (p *Pages) pairGroups(lang string) (out []pairGroup) {
	for _, pair := range p.Policies.Pairs() {
		i := slices.IndexFunc(out, func(g pairGroup) bool { return g.Department == pair.Department })
		if i < 0 {
			out = append(out, pairGroup{Department: pair.Department})
			i = len(out) - 1
		}
		out[i].Pairs = append(out[i].Pairs, option{pair.String(), p.label("role", pair.Role, lang)})
	}
	c := collator(lang)
	slices.SortFunc(out, func(a, b pairGroup) int {
		return cmp.Or(c.CompareString(p.label("department", a.Department, lang), p.label("department", b.Department, lang)), cmp.Compare(a.Department, b.Department))
	})
	return out
}

func (p *Pages) showUsers(r *request) error { return p.users(r, http.StatusOK, ui.Form{}) }

func (p *Pages) users(r *request, status int, form ui.Form) error {
	users, err := r.desk().Users(r.ctx())
	if err != nil {
		return err
	}
	return r.show(status, "users", usersView{
		Frame: r.frame("operations", r.say("users.title")), Tab: "users", Form: form, Users: users,
		Pairs: p.pairGroups(r.lang), Teams: p.teamOptions(r.lang, teams(form)...), Operates: r.desk().May(policies.ActOperate),
	})
}

// roles and teams read what a form says of an account.
func roles(form ui.Form) (pairs []archive.Pair) {
	for _, key := range form.Values["roles"] {
		pairs = append(pairs, pairOf(key))
	}
	return pairs
}

func teams(form ui.Form) (out []string) {
	for _, value := range form.Values["teams"] { // ticked ones, or one text of several
		for team := range strings.SplitSeq(value, ",") {
			if team = strings.TrimSpace(team); team != "" {
				out = append(out, team)
			}
		}
	}
	return out
}

// refused puts what is wrong into a form; faults of single roles and teams are those of the whole list.
func (r *request) refused(form *ui.Form, err error) bool {
	if !r.faults(form, err) {
		return false
	}
	for i, f := range form.Faults {
		if field, _, nested := strings.Cut(f.Field, "/"); nested {
			form.Faults[i].Field = field
		}
	}
	delete(form.Values, "password")
	return true
}

func (p *Pages) addUser(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	u, err := r.desk().AddUser(r.ctx(), archive.User{
		Name: strings.TrimSpace(form.Value("name")), Display: strings.TrimSpace(form.Value("display")), Roles: roles(form), Teams: teams(form),
	}, form.Value("password"))
	if err != nil {
		if !r.refused(&form, err) {
			return err
		}
		return p.users(r, http.StatusUnprocessableEntity, form)
	}
	return r.leaveTelling("/operations/users/"+string(u.ID), "users.added")
}

func (p *Pages) showUser(r *request) error {
	return p.user(r, http.StatusOK, func(v *userPage) {})
}

// user shows the account of the route; change fills in what is beside it.
func (p *Pages) user(r *request, status int, change func(*userPage)) error {
	id, err := pathID[archive.UserID](r, "id")
	if err != nil {
		return err
	}
	u, err := r.desk().User(r.ctx(), id)
	if err != nil {
		return err
	}
	form := map[string][]string{
		"display": {u.Display}, "teams": slices.Clone(u.Teams), "revision": {strconv.FormatInt(u.Revision, 10)},
		"disabled": {strconv.FormatBool(u.Disabled)},
	}
	for _, pair := range u.Roles {
		form["roles"] = append(form["roles"], pairKey(pair))
	}
	for _, pair := range u.Proposed {
		form["roles"] = append(form["roles"], pairKey(pair.Pair))
	}
	v := userPage{
		Frame: r.frame("operations", u.Called()), Tab: "users", Form: ui.Form{Values: form}, User: u,
		Pairs: p.pairGroups(r.lang), Operates: r.desk().May(policies.ActOperate), Own: id == r.visit.User.ID,
	}
	change(&v)
	if v.Teams = p.teamOptions(r.lang, append(teams(v.Form), u.Teams...)...); v.Teams == nil {
		v.Form.Values["teams"] = []string{strings.Join(teams(v.Form), ", ")} // one text
	}
	return r.show(status, "user", v)
}

func (p *Pages) changeUser(r *request) error {
	form, id, err := r.userForm()
	if err != nil {
		return err
	}
	revision, err := strconv.ParseInt(form.Value("revision"), 10, 64)
	if err != nil {
		return archive.ErrInvalid
	}
	display, pairs, named, disabled := strings.TrimSpace(form.Value("display")), roles(form), teams(form), form.Has("disabled", "true")
	edit := acl.UserEdit{Display: &display, Roles: &pairs, Teams: &named, Disabled: &disabled}
	if form.Has("claimed", "true") { // its provider says the rest
		edit = acl.UserEdit{Disabled: &disabled}
	}
	_, err = r.desk().ChangeUser(r.ctx(), id, revision, edit)
	if errors.Is(err, acl.ErrStale) {
		form.Faults = append(form.Faults, ui.Fault{Message: r.say("user.stale")})
		return p.user(r, http.StatusPreconditionFailed, func(v *userPage) {
			form.Values["revision"] = v.Form.Values["revision"] // the present one: she has seen it
			v.Form = form
		})
	}
	if err != nil && r.refused(&form, err) {
		return p.user(r, http.StatusUnprocessableEntity, func(v *userPage) { v.Form = form })
	}
	if err != nil {
		return err
	}
	return r.leaveUser(id, "user.changed")
}

// userForm reads a form posted for an account.
func (r *request) userForm() (ui.Form, archive.UserID, error) {
	id, err := pathID[archive.UserID](r, "id")
	if err != nil {
		return ui.Form{}, "", err
	}
	form, err := r.form()
	return form, id, err
}

// leaveUser says that a change of an account was made, and shows the account.
func (r *request) leaveUser(id archive.UserID, key string) error {
	return r.leaveTelling("/operations/users/"+string(id), key)
}

func (p *Pages) setPassword(r *request) error {
	form, id, err := r.userForm()
	if err != nil {
		return err
	}
	if err := r.desk().SetUserPassword(r.ctx(), id, form.Value("password")); err != nil {
		if !r.refused(&form, err) {
			return err
		}
		return p.user(r, http.StatusUnprocessableEntity, func(v *userPage) { v.Word = form })
	}
	return r.leaveUser(id, "user.password_set")
}

// createToken shows the token once, on the page that answers.
func (p *Pages) createToken(r *request) error {
	form, id, err := r.userForm()
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(form.Value("days")) // what is no number is none, which is refused
	secret, _, err := r.desk().CreateToken(r.ctx(), id, time.Duration(days)*24*time.Hour)
	if err != nil {
		if !r.refused(&form, err) {
			return err
		}
		for i := range form.Faults {
			form.Faults[i].Field = "days" // all that can be wrong
		}
		return p.user(r, http.StatusUnprocessableEntity, func(v *userPage) { v.TokenForm = form })
	}
	return p.user(r, http.StatusOK, func(v *userPage) { v.Secret = secret })
}

func (p *Pages) revokeToken(r *request) error {
	form, id, err := r.userForm()
	if err != nil {
		return err
	}
	if err := r.desk().RevokeToken(r.ctx(), form.Value("token")); err != nil {
		return err
	}
	return r.leaveUser(id, "user.revoked")
}
