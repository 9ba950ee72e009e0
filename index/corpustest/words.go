package corpustest

import (
	"bufio"
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WordList is where Debian's package wngerman puts the words of German.
const WordList = "/usr/share/dict/ngerman"

// smallWords are the most frequent words of German letters, most frequent first.
const smallWords = `der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein
wurde wenn können ihre ihr ihren bitte wir uns unter gegen vom kann schon wo hier alle nun ohne dieser diese dieses worden jedoch
sowie soll muss müssen seit ihnen zwischen während wegen bereits sofern hierzu`

// officeWords follow them in letters of an authority.
const officeWords = `Antrag Behörde Unterlagen Frist Bescheid Schreiben Aufenthalt Person Akte Nachweis Termin Anlage Entscheidung Datum
Ausländerbehörde Aufenthaltserlaubnis Verfahren Erlaubnis Kopie Original Stadt Landkreis Staatsangehörigkeit Reisepass Wohnung Arbeit
Arbeitgeber Einkommen Familie Kinder Ehegatte Vorsprache Mitteilung Bescheinigung Prüfung Voraussetzungen Leistungen Unterkunft
Meldebescheinigung Geburtsurkunde Arbeitsvertrag Mietvertrag Krankenversicherung Widerspruch Begründung Anhörung Verlängerung Erteilung
Gültigkeit Duldung Gestattung Ausreise Einreise Visum Botschaft Übersetzung Zeugnis Ausbildung Beschäftigung Zustimmung`

// Parts of compounds: what stands before, with the letter that joins it, and what it is all about.
const (
	modifiers = `Aufenthalts Arbeits Geburts Wohnungs Ausbildungs Familien Kranken Reise Personal Niederlassungs Beschäftigungs Einkommens
Gesundheits Integrations Leistungs Melde Pass Pflege Prüfungs Renten Schul Sprach Staatsangehörigkeits Steuer Unterkunfts Verpflichtungs
Versicherungs Zeugnis Asyl Ausreise Rückkehr Heirats Unterhalts Gebühren Miet Gehalts Führungs Berufs Sozial Verwaltungs`
	heads = `bescheinigung urkunde erlaubnis nachweis verfahren antrag bescheid prüfung stelle frist gesetz vertrag erklärung kosten
behörde amt zeugnis titel unterlagen auskunft beratung leistung pflicht recht vermerk akte nummer termin bestätigung verlängerung
änderung genehmigung verordnung richtlinie übersicht meldung`
)

// vocabulary is the words of letters, most frequent first.
type vocabulary struct {
	words []string
	small int // how many of them are small words
}

// readWords puts the words of a list behind those of letters: short words tend to be frequent, as they are.
func readWords(path string, r *rand.Rand) (v vocabulary, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	v.words = strings.Fields(smallWords)
	v.small = len(v.words)
	office := strings.Fields(officeWords)
	known := make(map[string]bool, 400_000)
	for _, w := range slices.Concat(v.words, office) {
		known[w] = true
	}
	type ranked struct {
		word string
		rank float64
	}
	var all []ranked
	for _, w := range office {
		all = append(all, ranked{w, r.Float64() / 50})
	}
	for _, m := range strings.Fields(modifiers) {
		for _, h := range strings.Fields(heads) {
			if w := m + h; !known[w] {
				known[w] = true
				all = append(all, ranked{w, 12 * r.ExpFloat64()})
			}
		}
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		w := lines.Text()
		if n := utf8.RuneCountInString(w); n < 2 || n > 30 || known[w] || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) {
			continue
		}
		known[w] = true
		all = append(all, ranked{w, 0.02 + float64(utf8.RuneCountInString(w))*r.ExpFloat64()})
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.word, b.word)) })
	for _, w := range all {
		v.words = append(v.words, w.word)
	}
	return v, lines.Err()
}

// How the frequency of a word falls with its rank.
const (
	zipfSlope = 1.07
	zipfFlat  = 3
)

func zipf(r *rand.Rand, n int) *rand.Zipf { return rand.NewZipf(r, zipfSlope, zipfFlat, uint64(n-1)) }

// share is which part of all words the word of this rank is.
func (v vocabulary) share(rank int) float64 {
	weight := func(k float64) float64 { return math.Pow(zipfFlat+k, -zipfSlope) }
	const s = zipfSlope - 1
	all := (math.Pow(zipfFlat, -s) - math.Pow(zipfFlat+float64(len(v.words)), -s)) / s
	return weight(float64(rank)) / all
}
