package policies

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sharedJSON reads a file of domain facts shared with other projects, or skips.
func sharedJSON(t *testing.T, name string, into any) {
	t.Helper()
	dir := os.Getenv("EAKTE_SHARED")
	if dir == "" {
		up, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(up, "shared", "domain")); err == nil {
				dir = filepath.Join(up, "shared")
				break
			}
			if up == filepath.Dir(up) {
				t.Skip("no folder shared beside the checkout; set EAKTE_SHARED")
			}
			up = filepath.Dir(up)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "domain", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// TestDocTypesAreTheAgreedOnes compares the document types others rely on.
func TestDocTypesAreTheAgreedOnes(t *testing.T) {
	var agreed struct {
		Items []struct {
			Key            string   `json:"key"`
			DE             string   `json:"de"`
			EN             string   `json:"en"`
			Category       string   `json:"category"`
			Register       string   `json:"register"`
			Classification string   `json:"classification"`
			MayContain     []string `json:"may_contain"`
			Retention      string   `json:"retention_hint"`
			HasExpiry      bool     `json:"has_expiry"`
			ReturnOriginal bool     `json:"return_original"`
		} `json:"items"`
	}
	sharedJSON(t, "doctypes.json", &agreed)
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if len(agreed.Items) == 0 || len(agreed.Items) != len(set.DocTypes()) {
		t.Errorf("%d document types, agreed are %d", len(set.DocTypes()), len(agreed.Items))
	}
	for _, a := range agreed.Items {
		d, ok := set.DocType(a.Key)
		register, _ := set.Register(a.Register)
		if !ok || d.Label != (Label{a.DE, a.EN}) || d.Register != a.Register || register.Letter != a.Category ||
			d.Classification != a.Classification || !slices.Equal(d.MayContain, a.MayContain) ||
			d.Retention != a.Retention || d.HasExpiry != a.HasExpiry || d.ReturnOriginal != a.ReturnOriginal {
			t.Errorf("%+v, agreed is %+v", d, a)
		}
	}
}

func TestPurposesAndPlanAreTheAgreedOnes(t *testing.T) {
	type unit struct {
		Number   string `json:"kennzeichen"`
		Disposal string `json:"aussonderungsart"`
		Years    int    `json:"aufbewahrung_jahre"`
		Special  bool   `json:"special_category"`
		Children []unit `json:"children"`
	}
	var purposes, procedures struct {
		Items []struct{ Key, DE, EN string } `json:"items"`
	}
	var plan struct{ Units []unit }
	sharedJSON(t, "purposes.json", &purposes)
	sharedJSON(t, "procedures.json", &procedures)
	sharedJSON(t, "aktenplan.json", &plan)
	set, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range purposes.Items {
		if p, ok := set.Purpose(a.Key); !ok || p.Label != (Label{a.DE, a.EN}) {
			t.Errorf("purpose %+v, agreed is %+v", p, a)
		}
	}
	for _, a := range procedures.Items {
		if p, ok := set.Procedure(a.Key); !ok || p.Label != (Label{a.DE, a.EN}) {
			t.Errorf("procedure %+v, agreed is %+v", p, a)
		}
	}
	var compare func(units []unit, parent string)
	compare = func(units []unit, parent string) {
		for _, a := range units {
			u, ok := set.PlanUnit(a.Number)
			if !ok || u.Parent != parent || u.Disposal != a.Disposal || u.Years != a.Years || u.Special != a.Special {
				t.Errorf("unit %+v, agreed is %+v under %q", u, a, parent)
			}
			compare(a.Children, a.Number)
		}
	}
	compare(plan.Units, "")
}
