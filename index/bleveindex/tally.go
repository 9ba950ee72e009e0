package bleveindex

import (
	"cmp"
	"fmt"
	"slices"

	"eakte/index"
)

// facet is a field that hits are counted by, and stands for its filters too.
type facet uint8

// The facets, in the order of their pieces in fieldFacet.
const (
	facetType facet = iota
	facetRegister
	facetDepartment
	facetClassification
	facetYear
	facetCount
	// none and several say how many filters an entry misses, where it isn't one.
	none    facet = 0xf0
	several facet = 0xf1
)

var facetNames = [facetCount]string{"type", "register", "department", "classification", "year"}

// and adds another filter missed.
func (f facet) and(other facet) facet {
	if f == none {
		return other
	}
	return several
}

// chosen are the values that a query's filters take, by facet; none for the year, whose filter is a
// span of days.
func chosen(q index.Query) [facetCount][]string {
	return [facetCount][]string{q.Types, q.Registers, q.Departments, q.Classifications}
}

// misses tells which filters a value of fieldFacet misses.
type misses struct {
	pieces [][facetCount]uint32
	wanted []wanted // of the facets that are filtered
}

// wanted are the values that a facet's filter takes; those that no entry has are left out.
type wanted struct {
	facet  facet
	values []uint32
}

func (m *misses) choose(kinds [facetCount]values, q index.Query) {
	for i, chosen := range chosen(q) {
		if len(chosen) == 0 {
			continue
		}
		w := wanted{facet: facet(i)}
		for _, v := range chosen {
			if n, ok := kinds[i].numbers[v]; ok && v != "" {
				w.values = append(w.values, n)
			}
		}
		m.wanted = append(m.wanted, w)
	}
}

// of returns the facet whose filter the value with this number misses, or none or several.
func (m *misses) of(n uint32) facet {
	out := none
	for _, w := range m.wanted {
		if !slices.Contains(w.values, m.pieces[n][w.facet]) {
			out = out.and(w.facet)
		}
	}
	return out
}

// tally counts what passed the gate. What misses the filters of one facet counts in that facet only.
type tally struct {
	table  *table
	total  int
	hits   []int             // by number of a value of fieldFacet
	beside [facetCount][]int // the same by missed facet; made when first needed
	months months
}

func newTally(t *table) tally { return tally{table: t, hits: make([]int, len(t.pieces))} }

func (t *tally) add(r row, miss facet) {
	if miss != none {
		if t.beside[miss] == nil {
			t.beside[miss] = make([]int, len(t.hits))
		}
		t.beside[miss][r.facet]++
		return
	}
	t.total++
	t.hits[r.facet]++
	t.months.add(r.date)
}

// facets adds the counts up, value by value.
func (t *tally) facets(q index.Query) map[string][]index.Count {
	var counts [facetCount][]int
	for i, list := range t.table.kinds {
		counts[i] = make([]int, len(list))
	}
	for k, n := range t.hits {
		if n > 0 {
			for i, piece := range t.table.pieces[k] {
				counts[i][piece] += n
			}
		}
	}
	for i, missed := range t.beside {
		for k, n := range missed {
			counts[i][t.table.pieces[k][i]] += n
		}
	}
	facets := make(map[string][]index.Count, len(facetNames))
	for i, chosen := range chosen(q) {
		facets[facetNames[i]] = t.sorted(facet(i), counts[i], chosen)
	}
	return facets
}

// sorted lists the values of a facet that count or are chosen.
func (t *tally) sorted(f facet, counts []int, chosen []string) []index.Count {
	out := []index.Count{}
	seen := map[string]bool{"": true}
	for n, key := range t.table.kinds[f] {
		if counts[n] > 0 && !seen[key] {
			seen[key] = true
			out = append(out, index.Count{Key: key, Count: counts[n]})
		}
	}
	for _, key := range chosen {
		if !seen[key] {
			seen[key] = true
			out = append(out, index.Count{Key: key})
		}
	}
	slices.SortFunc(out, func(a, b index.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// The years whose months are counted in a table; those of other years are rare.
const (
	firstYear = 1900
	lastYear  = 2199
)

// months counts days by their month, numbered from January of the year 0.
type months struct {
	near []int32
	far  map[int]int
}

func monthOf(day uint32) int { return int(day/10000)*12 + int(day/100%100) - 1 }

func (m *months) add(day uint32) {
	if day == 0 {
		return
	}
	n := monthOf(day)
	if i := n - firstYear*12; i >= 0 && i < (lastYear-firstYear+1)*12 {
		if m.near == nil {
			m.near = make([]int32, (lastYear-firstYear+1)*12)
		}
		m.near[i]++
		return
	}
	if m.far == nil {
		m.far = make(map[int]int)
	}
	m.far[n]++
}

// ascending calls fn for every month that has a day.
func (m *months) ascending(fn func(month, count int)) {
	all := make([]int, 0, len(m.far))
	for n := range m.far {
		all = append(all, n)
	}
	for i, n := range m.near {
		if n > 0 {
			all = append(all, i+firstYear*12)
		}
	}
	slices.Sort(all)
	for _, n := range all {
		if i := n - firstYear*12; i >= 0 && i < len(m.near) {
			fn(n, int(m.near[i]))
		} else {
			fn(n, m.far[n])
		}
	}
}

// timeline is [index.Result.Timeline].
func (t *tally) timeline(q index.Query) []index.Count {
	var out, years []index.Count
	first, last := 0, 0
	t.months.ascending(func(month, n int) {
		if first = cmp.Or(first, month); month > last {
			last = month
		}
		year := fmt.Sprintf("%04d", month/12)
		out = append(out, index.Count{Key: fmt.Sprintf("%s-%02d", year, month%12+1), Count: n})
		if i := len(years) - 1; i >= 0 && years[i].Key == year {
			years[i].Count += n
		} else {
			years = append(years, index.Count{Key: year, Count: n})
		}
	})
	if d := day(q.From); d > 0 {
		first = monthOf(d)
	}
	if d := day(q.To); d > 0 {
		last = monthOf(d)
	}
	if last-first < index.MonthsShown {
		return out
	}
	return years
}
