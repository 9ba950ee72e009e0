package bleveindex

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

// misses remembers for each joined value of fieldFacet which filters it misses.
type misses struct {
	joined []string
	chosen [facetCount][]string
	memo   []facet // by number, as facet+1; 0 is unknown
}

func newMisses(joined []string, q index.Query) *misses {
	return &misses{joined: joined, chosen: chosen(q), memo: make([]facet, len(joined))}
}

// of returns the facet whose filter the value with this number misses, or none or several. A value
// that isn't there misses whatever is filtered.
func (m *misses) of(n uint32) facet {
	if int(n) >= len(m.memo) {
		return several
	}
	if m.memo[n] == 0 {
		m.memo[n] = m.judge(m.joined[n]) + 1
	}
	return m.memo[n] - 1
}

func (m *misses) judge(joined string) facet {
	out, parts := none, strings.Split(joined, sep)
	for i, wanted := range m.chosen {
		if len(wanted) > 0 && (i >= len(parts) || parts[i] == "" || !slices.Contains(wanted, parts[i])) {
			out = out.and(facet(i))
		}
	}
	return out
}

// tally counts what passed the gate. What misses the filters of one facet counts in that facet only.
type tally struct {
	joined []string // values of fieldFacet by number
	total  int
	hits   []int             // by number
	beside [facetCount][]int // by missed facet and number; made when first needed
	months months
}

func newTally(joined []string) tally { return tally{joined: joined, hits: make([]int, len(joined))} }

func (t *tally) add(r row, miss facet) {
	if miss != none {
		if t.beside[miss] == nil {
			t.beside[miss] = make([]int, len(t.joined))
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
	var counts [facetCount]map[string]int
	for i, values := range chosen(q) {
		counts[i] = make(map[string]int)
		for _, v := range values {
			counts[i][v] = 0
		}
	}
	for k, n := range t.hits {
		if n == 0 {
			continue
		}
		for i, key := range strings.SplitN(t.joined[k], sep, len(facetNames)) {
			counts[i][key] += n
		}
	}
	for i, missed := range t.beside {
		for k, n := range missed {
			if n == 0 {
				continue
			}
			if parts := strings.SplitN(t.joined[k], sep, len(facetNames)); i < len(parts) {
				counts[i][parts[i]] += n
			}
		}
	}
	facets := make(map[string][]index.Count, len(facetNames))
	for i, name := range facetNames {
		delete(counts[i], "")
		facets[name] = sorted(counts[i])
	}
	return facets
}

func sorted(counts map[string]int) []index.Count {
	out := make([]index.Count, 0, len(counts))
	for key, n := range counts {
		out = append(out, index.Count{Key: key, Count: n})
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
