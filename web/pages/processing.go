package pages

import (
	"net/http"
	"slices"
	"strings"

	"eakte/acl"
	"eakte/policies"
	"eakte/web/ui"
)

// processingView is the record of processing activities with what an impact assessment needs.
type processingView struct {
	ui.Frame
	Tab        string
	MayExplain bool
	Lang       string
	acl.Processing
	Lines []registerLine
	Taken []measureLine
	Risks []riskLine
}

// registerLine is a category of data, with what pairs may do in words.
type registerLine struct {
	acl.RegisterUse
	Readers int
	Uses    []useLine
}

// useLine is what a pair may do in classifications in which it is the same.
type useLine struct {
	acl.RegisterUser
	Classes                  []string
	Reads, Writes, Discloses string
}

type measureLine struct {
	acl.Measure
	Text string
}

// riskLine is a risk with what counters it, and what of that isn't in effect.
type riskLine struct {
	Text, Counter string
	Open          []string
}

// risks are those of any such file, with the measures against them.
func risks() []struct {
	key      string
	measures []string
} {
	return []struct {
		key      string
		measures []string
	}{
		{"curiosity", []string{acl.MeasureNeedToKnow, acl.MeasureTwoPersons, acl.MeasureTrail}},
		{"denial", []string{acl.MeasureTrail, acl.MeasureWitness, acl.MeasureStamps}},
		{"malware", []string{acl.MeasureSandbox, acl.MeasureScanner}},
		{"theft", []string{acl.MeasureSealed, acl.MeasureIndexClear}},
	}
}

func (p *Pages) showProcessing(r *request) error {
	desk := r.desk()
	found, err := desk.Processing(r.ctx())
	if err != nil {
		return err
	}
	v := processingView{
		Frame: r.frame("policies", r.say("processing.title")), Tab: "processing", MayExplain: desk.May(policies.ActRulesRead),
		Lang: r.lang, Processing: found,
	}
	for _, reg := range found.Registers {
		v.Lines = append(v.Lines, r.registerLine(reg))
	}
	for _, m := range found.Measures {
		name := "."
		if m.Name != "" {
			name = "(" + m.Name + ")."
		}
		v.Taken = append(v.Taken, measureLine{m, strings.Replace(r.say("processing.measure_"+m.Key, "N", m.N, "Name", name), " .", ".", 1)})
	}
	for _, risk := range risks() {
		v.Risks = append(v.Risks, r.riskLine(risk.key, risk.measures, found.Measures))
	}
	return r.show(http.StatusOK, "processing", v)
}

// registerLine puts circumstances into words and joins classifications in which a pair may do the same.
func (r *request) registerLine(reg acl.RegisterUse) registerLine {
	line := registerLine{RegisterUse: reg}
	for _, u := range reg.Uses {
		next := useLine{u, []string{u.Classification}, r.when(u.Reads), r.when(u.Writes), r.when(u.Discloses)}
		if n := len(line.Uses); n > 0 && line.Uses[n-1].same(next) {
			line.Uses[n-1].Classes = append(line.Uses[n-1].Classes, u.Classification)
			continue
		}
		if len(u.Reads) > 0 && !slices.ContainsFunc(line.Uses, func(had useLine) bool { return had.Pair == u.Pair && len(had.RegisterUser.Reads) > 0 }) {
			line.Readers++
		}
		line.Uses = append(line.Uses, next)
	}
	return line
}

func (u useLine) same(o useLine) bool {
	return u.Pair == o.Pair && u.Reads == o.Reads && u.Writes == o.Writes && u.Discloses == o.Discloses
}

func (r *request) riskLine(key string, against []string, measures []acl.Measure) riskLine {
	line := riskLine{Text: r.say("processing.risk_" + key)}
	var counter []string
	for _, m := range measures {
		if !slices.Contains(against, m.Key) {
			continue
		}
		if short := r.say("processing.short_" + m.Key); m.Taken {
			counter = append(counter, short)
		} else {
			line.Open = append(line.Open, short)
		}
	}
	line.Counter = strings.Join(counter, ", ")
	return line
}
