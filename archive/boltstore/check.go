package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"eakte/archive"
)

// Check compares everything that is stored with everything that should go with it: pages of the
// file, records, keys of lists, counts, wrapped keys, and the trail from its first leaf on. report
// gets each problem in words, ids only. While the pages are checked nobody writes; the rest reads one
// state, and the file grows meanwhile if others write. The error says that Check itself couldn't go on.
func (s *Store) Check(ctx context.Context, report func(problem string)) error {
	if err := s.checkFile(report); err != nil {
		return err
	}
	return s.View(ctx, func(ar archive.Reader) error {
		c := &checker{reader: ar.(*reader), report: report, wanted: map[string]int{}, counts: map[string]int64{}}
		for _, step := range []func() error{
			c.people, c.akten, c.cases, c.documents, c.versions, c.items, c.claims, c.jobs,
			c.particulars, c.corrections, c.bundles, c.inquiries, c.incidents, c.consignments, c.sealRequests, c.erasures, c.conflicts,
			c.custodies, c.deliveries, c.grants, c.findings, c.allSubstitutes, c.breakGlasses, c.policies, c.accounts, c.notices,
			c.counters,
		} {
			if err := step(); err != nil {
				return err
			}
		}
		if err := c.trees(); err != nil {
			return err
		}
		return c.lengths()
	})
}

// checkFile checks the pages of the file. Nothing may be written meanwhile, or free pages seem used.
func (s *Store) checkFile(report func(problem string)) error {
	tx, err := s.db.Load().Begin(true)
	if err != nil {
		return s.closedOr(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	for err := range tx.Check() {
		report(fmt.Sprintf("file: %v", err))
	}
	return nil
}

// checker is one run of Check.
type checker struct {
	*reader
	report func(string)
	// wanted counts the keys each index should have, counts what counters should say.
	wanted map[string]int
	counts map[string]int64
}

func (c *checker) problem(format string, args ...any) { c.report(fmt.Sprintf(format, args...)) }

// index checks that a key is there and that its index will have as many as were asked for.
func (c *checker) index(what, bucket string, key []byte) {
	if key == nil {
		return
	}
	c.wanted[bucket]++
	if c.value(bucket, key) == nil {
		c.problem("%s isn't in %s", what, bucket)
	}
}

// each calls fn with every key of a bucket of records.
func (c *checker) each(bucket string, fn func(key, value []byte) error) error {
	for p, err := range c.scan(span{bucket: bucket}) {
		if err != nil {
			return err
		}
		err := fn(p.key, p.value)
		if err != nil && !errors.Is(err, archive.ErrNotFound) {
			c.problem("%s %x: %v (key hash %s)", bucket, p.key, err, keyHash(p.key))
		}
		if errors.Is(err, archive.ErrNotFound) {
			c.problem("%s %x: what seals it is gone", bucket, p.key)
		}
	}
	return nil
}

func (c *checker) people() error {
	return c.each(bPerson, func(key, value []byte) error {
		p, err := c.readPerson(key, value)
		if err == nil {
			c.index("person "+string(p.ID), bPersonAZR, c.azrKey(p.AZRNumber, key))
		}
		return err
	})
}

func (c *checker) akten() error {
	return c.each(bAkte, func(key, _ []byte) error {
		a, err := c.Akte(idOf[archive.AkteID](key))
		if err != nil {
			return err
		}
		what := "akte " + string(a.ID)
		person := anyID(string(a.Person))
		if c.value(bPerson, person) == nil {
			c.problem("%s: its person isn't there", what)
		}
		c.index(what, bAktePerson, join(person, key))
		c.index(what, bAkteNumber, c.numberKey(a.Number))
		c.index(what, bSealList, sealKey(a.Sealed, expiryAkte, key))
		c.index(what, bAkteClosed, closedKey(a, key))
		for _, p := range a.Participations() {
			if c.value(bAkteDepartment, join(word(p.Department), key)) == nil {
				c.problem("%s isn't in %s", what, bAkteDepartment)
			}
		}
		return nil
	})
}

func (c *checker) cases() error {
	return c.each(bCase, func(key, _ []byte) error {
		k, err := c.Case(idOf[archive.CaseID](key))
		if err == nil {
			c.index("case "+string(k.ID), bCaseAkte, join(anyID(string(k.Akte)), key))
		}
		return err
	})
}

func (c *checker) documents() error {
	return c.each(bDocument, func(key, _ []byte) error {
		d, err := c.document(key)
		if err != nil {
			return err
		}
		what := "document " + string(d.ID)
		c.index(what, bDocumentList, listKey(d, key))
		c.index(what, bSealList, sealKey(d.Sealed, expiryDocument, key))
		c.counts[bDocumentCount+string(countKey(d))]++
		for _, id := range d.Versions {
			v, err := c.Version(id)
			if err != nil {
				c.problem("%s: version %s: %v", what, id, err)
			}
			if err == nil && !slices.Contains(v.Documents, d.ID) {
				c.problem("%s: version %s doesn't name it", what, id)
			}
		}
		return c.waits(what, key)
	})
}

func (c *checker) versions() error {
	t := &transaction{reader: *c.reader, holds: map[archive.DocumentID]struct{}{}}
	return c.each(bVersion, func(key, _ []byte) error {
		v, content, err := c.version(key)
		if err != nil {
			return err
		}
		what := "version " + string(v.ID)
		c.index(what, bVersionBytes, join(c.bytesKey(v.Original.SHA256), key))
		c.index(what, bVersionUnread, unreadKey(v, key))
		if err := c.paper(what, key); err != nil {
			return err
		}
		for _, o := range v.Objects() {
			c.index(what, bObject, []byte(o.Ref))
		}
		owners, err := t.ownersOf(key)
		if err != nil {
			return err
		}
		for owner := range owners {
			at := join(key, []byte(owner))
			c.index(what, bVersionKey, at)
			box, err := c.store.keys.box(owner)
			if err != nil {
				c.problem("%s: key of an owner: %v", what, err)
				continue
			}
			if got, err := box.Unwrap(c.value(bVersionKey, at), wrapBound(at)); err != nil || got != content {
				c.problem("%s: its wrapped key doesn't open", what)
			}
		}
		return nil
	})
}

func (c *checker) items() error {
	return c.each(bInbox, func(key, _ []byte) error {
		i, err := c.inboxItem(key)
		if err != nil {
			return err
		}
		state, err := c.stateOf(i.Version)
		if err != nil {
			return err
		}
		what := "inbox item " + string(i.ID)
		c.index(what, bInboxBasket, basketKey(i, key))
		for _, shelf := range shelves() {
			c.index(what, bInboxShelf, shelfKey(i, shelf, state, key))
		}
		c.index(what, bInboxFiled, filedKey(i, key))
		c.index(what, bInboxArranged, arrangedKey(i, key))
		for _, key := range counted(i, state) {
			c.counts[bInboxCount+string(key)]++
		}
		return nil
	})
}

func (c *checker) claims() error {
	return c.each(bInboxClaim, func(key, _ []byte) error {
		if c.value(bInbox, key) == nil {
			c.problem("claim %x: its inbox item isn't there", key)
		}
		_, err := c.Claim(idOf[archive.InboxID](key))
		return err
	})
}

func (c *checker) jobs() error {
	return c.each(bJob, func(key, _ []byte) error {
		j, err := c.job(key)
		if err != nil {
			return err
		}
		turn, waiting, lease, failed := jobKeys(j, key)
		c.index("job "+string(j.ID), bJobTurn, turn)
		c.index("job "+string(j.ID), bJobWaiting, waiting)
		c.index("job "+string(j.ID), bJobLease, lease)
		c.index("job "+string(j.ID), bJobFailed, failed)
		c.counts[bJobCount+j.State]++
		return nil
	})
}

func (c *checker) accounts() error {
	return c.each(bUser, func(key, _ []byte) error {
		u, err := c.user(key)
		if err == nil {
			c.index("user "+string(u.ID), bUserName, []byte(u.Name))
			if !bytes.Equal(c.value(bUserName, []byte(u.Name)), key) {
				c.problem("user %s: the name leads elsewhere", u.ID)
			}
			if who := u.Identity; who != nil {
				at := identityKey(who.Issuer, who.Subject)
				c.index("user "+string(u.ID), bUserIdentity, at)
				if !bytes.Equal(c.value(bUserIdentity, at), key) {
					c.problem("user %s: the identity leads elsewhere", u.ID)
				}
			}
		}
		return err
	})
}
