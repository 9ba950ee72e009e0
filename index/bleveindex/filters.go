package bleveindex

import (
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2/search"

	"eakte/index"
)

// allowed adds to the rights what else narrows a query; nil where nothing can match.
func (l lists) allowed(q index.Query) (search.Searcher, error) {
	rights, err := l.documentRights(q.Rights)
	if err != nil || rights == nil {
		return nil, err
	}
	ss := []search.Searcher{rights}
	for _, f := range []struct {
		field  string
		values []string
		set    bool
	}{
		{fieldType, q.Types, len(q.Types) > 0},
		{fieldReg, q.Registers, len(q.Registers) > 0},
		{fieldDept, q.Departments, len(q.Departments) > 0},
		{fieldAkte, []string{string(q.Akte)}, q.Akte != ""},
		{fieldPerson, []string{string(q.Person)}, q.Person != ""},
	} {
		if !f.set {
			continue
		}
		s, err := l.anyTerm(f.field, f.values)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, s)
	}
	if q.From != "" || q.To != "" {
		s, err := l.between(q.From, q.To)
		if err != nil {
			return nil, closeAll(err, ss)
		}
		ss = append(ss, s)
	}
	return l.all(ss)
}

// between matches documents dated from one day to another, both included; "" is open. Whole years
// and months are one term each, so that a range is a few dozen terms however long it is.
func (l lists) between(from, to string) (search.Searcher, error) {
	years, err := l.years()
	if err != nil || len(years) == 0 {
		return nil, err
	}
	if from == "" {
		from = years[0] + "-01-01"
	}
	if to == "" {
		to = years[len(years)-1] + "-12-31"
	}
	var ss []search.Searcher
	add := func(field string, values []string) error {
		s, err := l.anyTerm(field, values)
		if err == nil {
			ss = append(ss, s)
		}
		return err
	}
	inYears, inMonths, inDays := cover(years, from, to)
	for _, part := range []struct {
		field  string
		values []string
	}{{fieldYear, inYears}, {fieldMonth, inMonths}, {fieldDate, inDays}} {
		if err := add(part.field, part.values); err != nil {
			return nil, closeAll(err, ss)
		}
	}
	return l.any(ss)
}

// years lists the years that documents are dated in, ascending. It is only used to bound open
// ranges; which years there are doesn't show in an answer.
func (l lists) years() (years []string, err error) {
	dict, err := l.reader.FieldDict(fieldYear)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := dict.Close(); err == nil {
			err = cerr
		}
	}()
	for {
		e, err := dict.Next()
		if err != nil || e == nil {
			return years, err
		}
		years = append(years, e.Term)
	}
}

// cover splits the days from one to another into whole years out of those given, whole months
// and single days.
func cover(known []string, from, to string) (years, months, days []string) {
	for _, year := range known {
		first, last := year+"-01-01", year+"-12-31"
		switch {
		case last < from || first > to:
		case from <= first && last <= to:
			years = append(years, year)
		default:
			m, d := coverYear(year, max(from, first), min(to, last))
			months, days = append(months, m...), append(days, d...)
		}
	}
	return years, months, days
}

func coverYear(year, from, to string) (months, days []string) {
	for m := time.January; m <= time.December; m++ {
		month := fmt.Sprintf("%s-%02d", year, int(m))
		first, last := month+"-01", month+"-31"
		switch {
		case last < from || first > to:
		case from <= first && last <= to:
			months = append(months, month)
		default:
			for d := 1; d <= 31; d++ {
				if day := fmt.Sprintf("%s-%02d", month, d); from <= day && day <= to {
					days = append(days, day)
				}
			}
		}
	}
	return months, days
}
