package acl

import (
	"cmp"
	"slices"

	"eakte/archive"
	"eakte/policies"
)

// conflicts reports whether a conflict of interest keeps an account from the person.
func (s *sealing) conflicts(id archive.UserID) bool {
	return inConflict(s.access.reader, id, s.akte.Person)
}

// leads reports whether an account is that of somebody who leads one of the departments.
func (g *Guard) leads(u archive.User, departments []string) bool {
	return !u.Disabled && slices.ContainsFunc(u.Roles, func(p archive.Pair) bool {
		return slices.Contains(departments, p.Department) && g.able(p, policies.ActGrant)
	})
}

// reader is an account as one that could be named.
func (s *sealing) reader(u archive.User) SealReader {
	out := SealReader{ID: u.ID, Name: u.Called()}
	part := takingPart(s.akte)
	for _, p := range u.Roles {
		if slices.Contains(part, p.Department) && len(s.desk.guard.headRegisters[p]) > 0 && !slices.Contains(out.Departments, p.Department) {
			out.Departments = append(out.Departments, p.Department)
		}
	}
	barred := s.doc != nil && s.akte.Sealed.Bars(u.ID, s.day) // the document's seal opens nothing that the Akte's shuts
	out.Works = !u.Disabled && !barred && len(out.Departments) > 0
	out.Leads = out.Works && s.desk.guard.leads(u, s.responsible())
	return out
}

// named are accounts by their IDs.
func (s *sealing) named(users []archive.User, ids []archive.UserID) []SealReader {
	out := make([]SealReader, 0, len(ids))
	for _, id := range ids {
		one := SealReader{ID: id}
		if i := slices.IndexFunc(users, func(u archive.User) bool { return u.ID == id }); i >= 0 {
			one = s.reader(users[i])
		}
		out = append(out, one)
	}
	byReaderName(out)
	return out
}

func byReaderName(rs []SealReader) {
	slices.SortStableFunc(rs, func(a, b SealReader) int { return cmp.Compare(a.Name, b.Name) })
}

// candidates are those who can be named.
func (s *sealing) candidates(users []archive.User) []SealReader {
	out := []SealReader{}
	for _, u := range users {
		if one := s.reader(u); one.Works {
			out = append(out, one)
		}
	}
	byReaderName(out)
	return out
}

// checkReaders refuses readers who aren't there or don't work with the Akte, and a seal that nobody could end: when it
// is granted, a lead with a conflict of interest counts for nothing, of which who asks is not told.
func (s *sealing) checkReaders(users []archive.User, wanted *archive.Seal, granting bool) error {
	if wanted == nil {
		return nil
	}
	leads := false
	for _, one := range s.named(users, wanted.Readers) {
		if !one.Works {
			return &archive.FieldError{Pointer: "/readers", Code: "no_reader"}
		}
		leads = leads || one.Leads && !(granting && s.conflicts(one.ID))
	}
	if !leads {
		return &archive.FieldError{Pointer: "/readers", Code: "no_lead"}
	}
	return nil
}
