package boltstore

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"eakte/archive"
	"eakte/policies"
)

// policyPlain is what isn't sealed of a version of the access rules.
type policyPlain struct {
	State    string         `cbor:"1,keyasint"`
	Folder   bool           `cbor:"2,keyasint,omitempty"`
	Base     int            `cbor:"3,keyasint,omitempty"`
	From     int            `cbor:"4,keyasint,omitempty"`
	By       archive.UserID `cbor:"5,keyasint,omitempty"`
	At       time.Time      `cbor:"6,keyasint"`
	Judged   bool           `cbor:"7,keyasint,omitempty"`
	Approved bool           `cbor:"8,keyasint,omitempty"`
	JudgedBy archive.UserID `cbor:"9,keyasint,omitempty"`
	JudgedAt time.Time      `cbor:"10,keyasint,omitzero"`
	Ended    time.Time      `cbor:"11,keyasint,omitzero"`
	Revision int64          `cbor:"12,keyasint"`
}

// policySecret is sealed under a key of the version's own: what people wrote, and the rules, which nobody shall read out
// of a stolen file or change in it.
type policySecret struct {
	Reason string       `cbor:"1,keyasint,omitempty"`
	Judged string       `cbor:"2,keyasint,omitempty"`
	Files  []ruleRecord `cbor:"3,keyasint"`
}

// ruleRecord has the fields of the domain type.
type ruleRecord struct {
	Name string `cbor:"1,keyasint"`
	Data []byte `cbor:"2,keyasint"`
}

func policyOwner(number int) string { return "policy/" + strconv.Itoa(number) }

// Policy implements [archive.Reader].
func (r *reader) Policy(n int) (archive.Policy, error) {
	if n < 1 {
		return archive.Policy{}, missing("policy")
	}
	key := u64(uint64(n))
	value := r.value(bPolicy, key)
	if value == nil {
		return archive.Policy{}, missing("policy")
	}
	var plain policyPlain
	var secret policySecret
	s, err := r.store.codec.decode(bPolicy, key, value, &plain)
	if err != nil {
		return archive.Policy{}, fmt.Errorf("policy %d: %w", n, err)
	}
	box, err := r.store.keys.box(policyOwner(n))
	if err == nil {
		err = r.store.codec.open(s, box, &secret)
	}
	if err != nil {
		return archive.Policy{}, fmt.Errorf("policy %d: %w", n, err)
	}
	p := archive.Policy{
		Number: n, State: plain.State, Folder: plain.Folder, Base: plain.Base, From: plain.From, Reason: secret.Reason,
		By: plain.By, At: plain.At, Ended: plain.Ended, Revision: plain.Revision,
	}
	for _, f := range secret.Files {
		p.Files = append(p.Files, policies.RuleFile(f))
	}
	if plain.Judged {
		p.Judged = &archive.PolicyJudgement{Approved: plain.Approved, By: plain.JudgedBy, At: plain.JudgedAt, Reason: secret.Judged}
	}
	return p, nil
}

// Policies implements [archive.Reader].
func (r *reader) Policies(after archive.Position) archive.List[archive.Policy] {
	return rows(r, span{bucket: bPolicy, after: after, down: true}, func(p pair) (archive.Policy, error) {
		return r.Policy(int(number(p.key)))
	})
}

// PolicyInForce implements [archive.Reader].
func (r *reader) PolicyInForce() (archive.Policy, error) {
	return r.Policy(int(number(r.value(bMeta, []byte(metaPolicy)))))
}

// PutPolicy implements [archive.Tx].
func (t *transaction) PutPolicy(p archive.Policy) error {
	if err := t.change(); err != nil {
		return err
	}
	last, _ := t.bucket(bPolicy).Cursor().Last()
	if p.Number < 1 || uint64(p.Number) > number(last)+1 {
		return conflict("policy", "its number isn't the next one")
	}
	fresh := uint64(p.Number) > number(last)
	var old archive.Policy
	if !fresh {
		var err error
		if old, err = t.Policy(p.Number); err != nil {
			return err
		}
		if !samePolicy(old, p) {
			return invalid("policy", "what was proposed stays as it is")
		}
	}
	if err := revision("policy", fresh, old.Revision, p.Revision); err != nil {
		return err
	}
	if err := t.force(p, old.State); err != nil {
		return err
	}
	plain := policyPlain{
		State: p.State, Folder: p.Folder, Base: p.Base, From: p.From, By: p.By, At: p.At, Ended: p.Ended, Revision: p.Revision,
	}
	secret := policySecret{Reason: p.Reason}
	if j := p.Judged; j != nil {
		plain.Judged, plain.Approved, plain.JudgedBy, plain.JudgedAt, secret.Judged = true, j.Approved, j.By, j.At, j.Reason
	}
	for _, f := range p.Files {
		secret.Files = append(secret.Files, ruleRecord{f.Name, bytes.Clone(f.Data)})
	}
	return t.storeSealed(bPolicy, u64(uint64(p.Number)), plain, policyOwner(p.Number), secret)
}

// force keeps which version is in force.
func (t *transaction) force(p archive.Policy, was string) error {
	now := number(t.value(bMeta, []byte(metaPolicy)))
	switch {
	case p.State == archive.PolicyActive && now != 0 && now != uint64(p.Number):
		return invalid("policy", "another one is in force")
	case p.State == archive.PolicyActive:
		return t.put(bMeta, []byte(metaPolicy), u64(uint64(p.Number)))
	case was == archive.PolicyActive:
		return t.drop(bMeta, []byte(metaPolicy))
	}
	return nil
}

// samePolicy reports whether nothing differs but what became of a version.
func samePolicy(a, b archive.Policy) bool {
	return a.Folder == b.Folder && a.From == b.From && a.Reason == b.Reason && a.By == b.By && a.At.Equal(b.At) &&
		reflect.DeepEqual(a.Files, b.Files)
}

func (c *checker) policies() error {
	var last, active uint64
	err := c.each(bPolicy, func(key, _ []byte) error {
		n := number(key)
		if n != last+1 {
			c.problem("policy %d follows %d", n, last)
		}
		last = n
		p, err := c.Policy(int(n))
		if p.State == archive.PolicyActive {
			if active != 0 {
				c.problem("policies %d and %d are both in force", active, n)
			}
			active = n
		}
		return err
	})
	if now := number(c.value(bMeta, []byte(metaPolicy))); err == nil && now != active {
		c.problem("policy %d is said to be in force, by the records it is %d", now, active)
	}
	return err
}
