package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/archive"
	"eakte/cmd/eakte/demo"
	"eakte/policies"
)

// demoSeed makes the same authority every time.
const demoSeed = 20260101

// demoPurpose is what the loader states.
const demoPurpose = "bearbeitung"

func (c *cli) demo() *cobra.Command {
	var papers int
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the server with a made-up authority",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config()
			if err != nil {
				return err
			}
			if cfg.Title == "" {
				cfg.Title = "Landkreis Musterfelde"
			}
			if cfg.FactorFor == nil {
				cfg.FactorFor = []string{} // all accounts are for looking around
			}
			return c.withDoor(cmd.Context(), cfg, func(a *app) error {
				l := &loader{app: a, cli: c, authority: demo.Make(demoSeed)}
				if papers > 0 {
					l.fewer(papers)
				}
				if err := l.accounts(cmd.Context()); err != nil {
					return err
				}
				return a.serve(cmd.Context(), l.load)
			})
		},
	}
	cmd.Flags().IntVar(&papers, "papers", 0, "bring in so many documents only, and as much post")
	if flag := cmd.Flags().Lookup("papers"); flag != nil {
		flag.Hidden = true // for tests
	}
	return cmd
}

// loader brings the made-up authority in through the desks of its own people. What is done is kept
// in the store, so that it can be interrupted at any time: see [progress].
type loader struct {
	*app
	cli       *cli
	authority *demo.Authority
	users     map[string]archive.User
	done      progress
}

// progress is how far the loader came. Where it was interrupted between an act and the note of it,
// the act's Idempotency-Key keeps it from being done twice.
type progress struct {
	Password  string             `json:"password"`
	Persons   []archive.PersonID `json:"persons"`
	Akten     []archive.AkteID   `json:"akten"`
	Documents int                `json:"documents"`
	Inbox     int                `json:"inbox"`
	Delivered bool               `json:"delivered,omitempty"`
}

const progressKey = "demo"

// fewer leaves most papers out.
func (l *loader) fewer(papers int) {
	l.authority.Documents = l.authority.Documents[:min(papers, len(l.authority.Documents))]
	l.authority.Inbox = l.authority.Inbox[:min(papers, len(l.authority.Inbox))]
}

// accounts makes the accounts that aren't there yet.
func (l *loader) accounts(ctx context.Context) error {
	l.users = map[string]archive.User{}
	if err := l.resume(ctx); err != nil {
		return err
	}
	for _, account := range l.authority.Accounts {
		u, err := l.user(ctx, account)
		if err != nil {
			return fmt.Errorf("demo account %s: %w", account.Login, err)
		}
		l.users[account.Login] = u
	}
	return nil
}

func (l *loader) user(ctx context.Context, account demo.Account) (u archive.User, err error) {
	err = l.store.View(ctx, func(r archive.Reader) error {
		u, err = r.UserByName(account.Login)
		return err
	})
	if !errors.Is(err, archive.ErrNotFound) {
		return u, err
	}
	u = archive.User{Name: account.Login, Display: account.Display, Teams: account.Teams}
	for _, p := range account.Roles {
		u.Roles = append(u.Roles, archive.Pair(p))
	}
	return l.guard.Accounts().Add(ctx, cliActor(), u, l.done.Password)
}

// resume reads how far an earlier run came.
func (l *loader) resume(ctx context.Context) error {
	err := l.store.View(ctx, func(r archive.Reader) error {
		data, err := r.Setting(progressKey)
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &l.done)
	})
	if !errors.Is(err, archive.ErrNotFound) {
		return err
	}
	if err := l.mustBeEmpty(ctx); err != nil {
		return err
	}
	l.done.Password = rand.Text()[:12]
	return l.keep(ctx)
}

// mustBeEmpty keeps made-up people and printed passwords out of an authority's real folder.
func (l *loader) mustBeEmpty(ctx context.Context) error {
	return l.store.View(ctx, func(r archive.Reader) error {
		users, err := r.Users()
		if err != nil {
			return err
		}
		for _, err := range r.Persons("") {
			if err != nil {
				return err
			}
			users = append(users, archive.User{})
			break
		}
		if len(users) > 0 {
			return errors.New("this data folder is in use already; give the demo one of its own with --data")
		}
		return nil
	})
}

// keep notes how far the loader is.
func (l *loader) keep(ctx context.Context) error {
	data, err := json.Marshal(l.done)
	if err != nil {
		return err
	}
	return l.store.Update(ctx, func(tx archive.Tx) error { return tx.PutSetting(progressKey, data) })
}

// load prints where the server is and who can sign in, then brings in what is missing and tells how
// far recognition is.
func (l *loader) load(ctx context.Context, address string) error {
	l.welcome(address)
	if err := l.people(ctx); err != nil {
		return err
	}
	if err := l.papers(ctx); err != nil {
		return err
	}
	if err := l.delivery(ctx); err != nil {
		return fmt.Errorf("demo delivery: %w", err)
	}
	return l.follow(ctx)
}

func (l *loader) welcome(address string) {
	fmt.Fprintf(l.talk, "\n%s\n\n  %s\n\n  password for all accounts: %s\n\n", l.authority.Name, address, l.done.Password)
	for _, account := range l.authority.Accounts {
		for i, role := range account.Roles {
			login := account.Login
			if i > 0 {
				login = ""
			}
			fmt.Fprintf(l.talk, "  %-22s %s@%s\n", login, role.Role, role.Department)
		}
	}
	fmt.Fprintf(l.talk, "\n  everybody and everything in it is made up; stop with Ctrl-C\n\n")
}

// desk is where an account works for the loader; once keeps an act from being done twice.
func (l *loader) desk(u archive.User, once string) *acl.Desk {
	s := acl.Subject{
		User: u.ID, Name: u.Name, Pairs: u.Roles, Teams: u.Teams, Purpose: demoPurpose, Client: "cli",
		Correlation: archive.NewID[string](),
	}
	return l.guard.For(s).Once("demo-"+once, once)
}

// people brings in persons and Akten.
func (l *loader) people(ctx context.Context) error {
	clerk, err := l.colleague("sachbearbeitung", "auslaenderbehoerde")
	if err != nil {
		return err
	}
	for i := len(l.done.Persons); i < len(l.authority.Persons); i++ {
		p, err := l.desk(clerk, fmt.Sprintf("person-%d", i)).CreatePerson(ctx, person(l.authority.Persons[i]))
		if err != nil {
			return fmt.Errorf("demo person %d: %w", i, err)
		}
		l.done.Persons = append(l.done.Persons, p.ID)
		if err := l.keep(ctx); err != nil {
			return err
		}
	}
	for i := len(l.done.Akten); i < len(l.authority.Akten); i++ {
		lead, err := l.lead(l.authority.Akten[i].Lead)
		if err != nil {
			return err
		}
		a, err := l.desk(lead, fmt.Sprintf("akte-%d", i)).CreateAkte(ctx, l.akte(l.authority.Akten[i]))
		if err != nil {
			return fmt.Errorf("demo Akte %d: %w", i, err)
		}
		l.done.Akten = append(l.done.Akten, a.ID)
		if err := l.keep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lead finds who opens the Akten of a department: always the same, as an act is done once by one account.
func (l *loader) lead(department string) (archive.User, error) {
	for _, account := range l.authority.Accounts {
		u := l.users[account.Login]
		for _, p := range u.Roles {
			if _, ok := l.policies.Pair(p.Role, p.Department); !ok || p.Department != department {
				continue
			}
			if l.guard.Able(p, policies.ActAkteCreate) {
				return u, nil
			}
		}
	}
	return archive.User{}, fmt.Errorf("nobody in the demo may open an Akte of %s", department)
}

// colleague finds an account by role.
func (l *loader) colleague(role, department string) (archive.User, error) {
	for _, account := range l.authority.Accounts {
		for _, r := range account.Roles {
			if r.Role == role && r.Department == department {
				return l.users[account.Login], nil
			}
		}
	}
	return archive.User{}, fmt.Errorf("the demo has no %s@%s", role, department)
}

func person(p demo.Person) archive.Person {
	out := archive.Person{
		BirthDate: archive.BirthDate{Given: p.BirthDate}, Sex: p.Sex, Nationalities: p.Nationalities, AZRNumber: p.AZRNumber,
	}
	for _, n := range p.Names {
		out.Names = append(out.Names, archive.Name{
			Kind: n.Kind, Family: n.Family, Given: n.Given, OriginalScript: n.Original,
			BirthDate: archive.BirthDate{Given: n.BirthDate}, Nationality: n.Nationality,
		})
	}
	return out
}

func (l *loader) akte(a demo.Akte) archive.Akte {
	out := archive.Akte{
		Person: l.done.Persons[a.Person], Plan: a.Plan, Lead: a.Lead, Team: a.Team,
		Responsible: l.users[a.Responsible].ID,
	}
	for _, p := range a.Departments {
		out.Departments = append(out.Departments, archive.Participation{Department: p.Department, Registers: p.Registers, Until: p.Until})
	}
	return out
}

// papers brings in documents and unfiled post.
func (l *loader) papers(ctx context.Context) error {
	bar := l.cli.bar("papers", len(l.authority.Documents)+len(l.authority.Inbox))
	defer bar.done()
	for ; l.done.Documents < len(l.authority.Documents); l.done.Documents++ {
		if err := l.document(ctx, l.done.Documents); err != nil {
			return fmt.Errorf("demo document %d: %w", l.done.Documents, err)
		}
		if err := l.keep(ctx); err != nil {
			return err
		}
		bar.set(l.done.Documents)
	}
	for ; l.done.Inbox < len(l.authority.Inbox); l.done.Inbox++ {
		if err := l.post(ctx, l.done.Inbox); err != nil {
			return fmt.Errorf("demo post %d: %w", l.done.Inbox, err)
		}
		if err := l.keep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// document brings a paper into its Akte by the hand of a colleague who may, else by the mail room; and
// into the other Akten of the family too.
func (l *loader) document(ctx context.Context, i int) error {
	d := l.authority.Documents[i]
	data, err := d.Bytes()
	if err != nil {
		return err
	}
	for n, akte := range append([]int{d.Akte}, d.Also...) {
		id := l.done.Akten[akte]
		doc := archive.Document{
			Type: d.Type, Register: d.Register, Classification: d.Classification, Title: d.Title, Date: d.Date,
			ReceivedOn: d.ReceivedOn, Channel: d.Channel, Sender: d.Sender,
		}
		last := archive.ErrNotFound
		for _, u := range l.hands(d.Department) {
			desk := l.desk(u, fmt.Sprintf("document-%d-%d", i, n))
			if last = add(ctx, desk, id, doc, d.FileName, data); last == nil {
				break
			}
			if !errors.Is(last, acl.ErrDenied) && !errors.Is(last, archive.ErrNotFound) {
				return last
			}
		}
		if last != nil {
			return last
		}
	}
	return nil
}

// hands are the accounts of a department, then the mail room's.
func (l *loader) hands(department string) (out []archive.User) {
	for _, account := range l.authority.Accounts {
		for _, r := range account.Roles {
			if r.Department == department {
				out = append(out, l.users[account.Login])
				break
			}
		}
	}
	if mail, err := l.colleague("registratur", "poststelle"); err == nil {
		out = append(out, mail)
	}
	return out
}

func add(ctx context.Context, desk *acl.Desk, id archive.AkteID, doc archive.Document, name string, data []byte) error {
	if err := desk.MayReceive(ctx, id); err != nil {
		return err
	}
	upload, err := desk.Receive(ctx, name, bytes.NewReader(data))
	if err != nil {
		return err
	}
	_, err = desk.AddDocument(ctx, id, doc, upload)
	return errors.Join(err, upload.Close())
}

func (l *loader) post(ctx context.Context, i int) error {
	item := l.authority.Inbox[i]
	data, err := item.Bytes()
	if err != nil {
		return err
	}
	mail, err := l.colleague("registratur", "poststelle")
	if err != nil {
		return err
	}
	desk := l.desk(mail, fmt.Sprintf("post-%d", i))
	upload, err := desk.Receive(ctx, item.FileName, bytes.NewReader(data))
	if err != nil {
		return err
	}
	_, err = desk.AddInboxItem(ctx, archive.InboxItem{
		Basket: item.Department, ReceivedOn: item.ReceivedOn, Channel: item.Channel, Sender: item.Sender, Note: item.Note,
	}, upload)
	return errors.Join(err, upload.Close())
}

// follow tells how far recognition is until it is done.
func (l *loader) follow(ctx context.Context) error {
	total := len(l.authority.Documents) + len(l.authority.Inbox)
	bar := l.cli.bar("recognised", total)
	said := -1
	for {
		var left int
		err := l.store.View(ctx, func(r archive.Reader) error {
			count, _, err := r.Jobs()
			left = count[archive.JobWaiting] + count[archive.JobRunning]
			return err
		})
		if err != nil {
			return err
		}
		bar.set(max(total-left, 0))
		if bar.shown == nil && left/50 != said {
			said = left / 50
			fmt.Fprintf(l.talk, "recognition: %d documents to go\n", left)
		}
		if left == 0 {
			bar.done()
			fmt.Fprintln(l.talk, "recognition: done, everything can be found")
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}
