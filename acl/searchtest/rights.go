package searchtest

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"eakte/acl"
	"eakte/acl/oracletest"
	"eakte/archive"
	"eakte/policies"
)

// rules are the policies of the demo authority, or those with denials beside them.
type rules struct {
	set    *policies.Set
	table  *acl.Table
	denied []denial
}

// denial takes a classification of a register away from a pair, and from those who go by its rules.
type denial struct{ role, department, register, class string }

// variants is how many rules there are.
const variants = 8

var (
	ruleBook [variants]rules
	writing  [variants]sync.Once
)

// ruleSet returns the rules of a variant; that of 0 are those of the demo authority. dir is the folder of those.
func ruleSet(dir string, variant int) (rules, error) {
	var err error
	writing[variant].Do(func() { ruleBook[variant], err = writeRules(dir, variant) })
	if err == nil && ruleBook[variant].set == nil {
		err = fmt.Errorf("rules %d could not be made", variant)
	}
	return ruleBook[variant], err
}

func writeRules(dir string, variant int) (r rules, err error) {
	folder := fstest.MapFS{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(dir + "/" + name)
		folder[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return r, err
	}
	random := rand.New(rand.NewPCG(uint64(variant), 17))
	rows := []string{
		"sachbearbeitung@auslaenderbehoerde", "sachbearbeitung@asyl", "sachbearbeitung@soziales", "sachbearbeitung@integration",
		"unterbringung@unterbringung", "sozialdienst@soziales", "gesundheit@gesundheit", "rueckkehr@rueckkehr", "sicherheit@auslaenderbehoerde",
	}
	for n := range variant * 6 {
		d := denial{
			register: oracletest.Registers()[random.IntN(len(oracletest.Registers()))],
			class:    oracletest.Classifications()[[...]int{0, 0, 1, 2}[random.IntN(4)]],
		}
		d.role, d.department, _ = strings.Cut(rows[random.IntN(len(rows))], "@")
		r.denied = append(r.denied, d)
		file := folder["access/"+d.role+".csv"]
		file.Data = fmt.Appendf(file.Data, "torture/%d,deny,%s,%s,%s,%s,exist read write file,*,any,any,\n", n, d.role, d.department, d.register, d.class)
	}
	if r.set, err = policies.Load(folder); err != nil {
		return r, err
	}
	r.table, err = acl.Compile(r.set)
	return r, err
}

func allPairs(set *policies.Set) (out []string) {
	for _, p := range set.Pairs() {
		out = append(out, p.Role+"@"+p.Department)
	}
	return out
}

// may is what the matrix says of a pair, less what is denied.
func (r rules) may(p archive.Pair, register, class, action string, matching, own bool) bool {
	for _, d := range r.denied {
		follows := p.Role == d.role || (p.Role == "leitung" || p.Role == "registratur") && casework(p.Department) == d.role
		if follows && d.department == p.Department && d.register == register && d.class == class {
			return false
		}
	}
	return oracletest.May(p.Role, p.Department, register, class, action, matching, own)
}

// casework is the role whose row the lead and the records staff of a department go by.
func casework(department string) string {
	switch department {
	case "unterbringung", "gesundheit", "rueckkehr":
		return department
	}
	return "sachbearbeitung"
}

// standing is what the right to a paper hangs on, as it was on a day.
type standing struct {
	day                      string
	akte                     archive.Akte
	register, class, brought string
	seal                     *archive.Seal // the paper's own
}

func (a *akte) standing(day string) standing {
	now := a.Akte
	now.Departments = slices.Clone(now.Departments)
	return standing{day: day, akte: now}
}

func (d *document) standing(day string) standing {
	st := d.akte.standing(day)
	st.register, st.class, st.brought, st.seal = d.register, d.class, d.brought, d.sealed
	return st
}

// takesPart says whether the Akte is open to a pair in a register.
func (st standing) takesPart(who *reader, p archive.Pair, register string) bool {
	parts := append([]archive.Participation{{Department: st.akte.Lead, Team: st.akte.Team}}, st.akte.Departments...)
	for _, part := range parts {
		all := p.Role == "leitung" || p.Role == "registratur" && p.Department == "poststelle"
		switch {
		case part.Department != p.Department, part.Until != "" && part.Until < st.day:
		case len(part.Registers) > 0 && !slices.Contains(part.Registers, register):
		case part.Team != "" && !all && !slices.Contains(who.Teams, part.Team):
		default:
			return true
		}
	}
	return false
}

// shut says whether a seal keeps somebody out.
func (st standing) shut(who *reader) bool {
	return slices.ContainsFunc([]*archive.Seal{st.akte.Sealed, st.seal}, func(s *archive.Seal) bool {
		return s != nil && s.Until >= st.day && !slices.Contains(s.Readers, who.User)
	})
}

// opens says whether a paper is somebody's to read; matching, that a case of its own touches its register.
func (w *world) opens(who *reader, st standing, matching bool) bool {
	if st.shut(who) {
		return false
	}
	for _, p := range who.Pairs {
		if st.takesPart(who, p, st.register) && w.rules.may(p, st.register, st.class, "read", matching, st.brought == p.Department) {
			return true
		}
	}
	return false
}

// mayOpen says whether a paper is somebody's to read whatever purpose she states.
func (w *world) mayOpen(who *reader, st standing) bool {
	touched := slices.ContainsFunc(w.rules.set.Procedures(), func(p policies.Procedure) bool { return slices.Contains(p.Registers, st.register) })
	return w.opens(who, st, false) || touched && w.opens(who, st, true)
}

// reads says whether a paper is somebody's to read.
func (w *world) reads(who *reader, d *document) bool {
	if d.gone || who.mustNot(d.akte.person) {
		return false
	}
	matching := who.kase != nil && who.kase.akte == d.akte && who.kase.State == "open" && w.touches(who.kase.Procedure, d.register)
	return w.opens(who, d.standing(w.today()), matching)
}

func (w *world) touches(procedure, register string) bool {
	p, _ := w.rules.set.Procedure(procedure)
	return slices.Contains(p.Registers, register)
}

// seesHead says whether somebody may know of an Akte: there is a register in which, whatever lies there and
// whatever case she names, she may learn that something is there.
func (w *world) seesHead(who *reader, a *akte) bool {
	st := a.standing(w.today())
	if who.mustNot(a.person) || st.shut(who) {
		return false
	}
	for _, p := range who.Pairs {
		for _, register := range oracletest.Registers() {
			if !st.takesPart(who, p, register) {
				continue
			}
			for _, class := range oracletest.Classifications() {
				if w.rules.may(p, register, class, "read", true, true) || w.rules.may(p, register, class, "exist", true, true) {
					return true
				}
			}
		}
	}
	return false
}

// knows says whether somebody may find a person, and by which Akten.
func (w *world) knows(who *reader, p *person) (heads []*akte, knows bool) {
	if who.mustNot(p) {
		return nil, false
	}
	for _, a := range p.akten {
		if w.seesHead(who, a) {
			heads = append(heads, a)
		}
	}
	if len(p.akten) > 0 {
		return heads, len(heads) > 0
	}
	for _, pair := range who.Pairs {
		if pair.Department == p.EnteredBy && oracletest.May(pair.Role, pair.Department, "", "", "person.write", false, false) {
			return nil, true
		}
	}
	return nil, false
}
