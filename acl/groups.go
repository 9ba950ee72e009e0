package acl

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"eakte/archive"
	"eakte/policies"
)

// Groups say what being in a group of the provider of sign-ins gives here, by the group's name.
type Groups map[string]Membership

// Membership is what groups give.
type Membership struct {
	Roles []archive.Pair
	Teams []string
	// many says that they give more than an account may hold, and so nothing.
	many bool
}

// empty reports whether nothing is given: teams without a role are nothing.
func (m Membership) empty() bool { return len(m.Roles) == 0 }

// refused is why who is given nothing may not sign in, and the word for it.
func (m Membership) refused() (why string, as error) {
	if m.many {
		return "many groups", ErrManyGroups
	}
	return "groups", ErrNoGroups
}

// of is what some groups give together. Who would have more than an account may hold has nothing: nobody could say
// which of it to leave out.
func (g Groups) of(names []string) (m Membership) {
	for _, name := range names {
		m.Roles = append(m.Roles, g[name].Roles...)
		m.Teams = append(m.Teams, g[name].Teams...)
	}
	slices.SortFunc(m.Roles, func(a, b archive.Pair) int {
		return strings.Compare(a.Department+"\x00"+a.Role, b.Department+"\x00"+b.Role)
	})
	slices.Sort(m.Teams)
	m.Roles, m.Teams = slices.Compact(m.Roles), slices.Compact(m.Teams)
	if len(m.Roles) > maxPairs || len(m.Teams) > maxTeams {
		return Membership{many: true}
	}
	return m
}

// groupColumns are those of a table of groups.
var groupColumns = []string{"group", "role", "department", "team"}

// ReadGroups reads a table of groups (CSV, lines after # don't count): each line gives a group a role in a department, or a
// team. The error is a [*policies.LoadError] with the file's name and all lines that are wrong.
func ReadGroups(file string, in io.Reader, set *policies.Set) (Groups, error) {
	lines := csv.NewReader(in)
	lines.Comment, lines.FieldsPerRecord, lines.TrimLeadingSpace = '#', -1, true
	groups, seen, found := Groups{}, map[string]int{}, []policies.Problem{}
	wrong := func(line int, format string, args ...any) {
		found = append(found, policies.Problem{File: file, Line: line, Reason: fmt.Sprintf(format, args...)})
	}
	for first := true; ; {
		row, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			wrong(broken.Line, "%v", broken.Err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("acl: groups: %w", err)
		}
		line, _ := lines.FieldPos(0)
		if first {
			if first = false; !slices.Equal(row, groupColumns) {
				wrong(line, "want the columns %s", strings.Join(groupColumns, ","))
				break
			}
			continue
		}
		if why := groups.add(row, set); why != "" {
			wrong(line, "%s", why)
		} else if before := seen[strings.Join(row, "\x00")]; before > 0 {
			wrong(line, "the same as in line %d", before)
		}
		seen[strings.Join(row, "\x00")] = line
	}
	if len(groups) == 0 && len(found) == 0 {
		wrong(0, "no group gives anything: nobody could sign in")
	}
	if len(found) > 0 {
		return nil, &policies.LoadError{Problems: found}
	}
	return groups, nil
}

// add takes a line, or says what is wrong with it.
func (g Groups) add(row []string, set *policies.Set) (why string) {
	if len(row) != len(groupColumns) {
		return fmt.Sprintf("want %d fields, empty ones too", len(groupColumns))
	}
	group, pair, team := row[0], archive.Pair{Role: row[1], Department: row[2]}, row[3]
	none := pair == archive.Pair{}
	switch {
	case strings.TrimSpace(group) == "":
		return "name a group"
	case none && team == "":
		return "give a role and its department, or a team"
	case team != "" && checkLine("", team, maxDisplay) != nil:
		return "team: one short line"
	}
	if _, ok := set.Pair(pair.Role, pair.Department); !none && !ok {
		return fmt.Sprintf("the rules know no role %q in a department %q", pair.Role, pair.Department)
	}
	is := g[group]
	if !none && !slices.Contains(is.Roles, pair) {
		is.Roles = append(is.Roles, pair)
	}
	if team != "" && !slices.Contains(is.Teams, team) {
		is.Teams = append(is.Teams, team)
	}
	g[group] = is
	return ""
}
