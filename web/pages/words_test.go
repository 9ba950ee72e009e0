package pages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"eakte/acl"
	"eakte/archive/audit"
)

// TestEveryOpHasAName reads the list of operations, which package audit keeps as constants only.
func TestEveryOpHasAName(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../archive/audit/op.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Op") || spec.Names[0].Name == "Operation" {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		n++
		if name, ok := opNames()[audit.Op(strings.Trim(lit.Value, `"`))]; !ok || name.DE == "" || name.EN == "" {
			t.Errorf("%s has no name in opNames", lit.Value)
		}
		return true
	})
	if n < 40 {
		t.Errorf("found %d operations only", n)
	}
}

// A refusal for which nothing better is known than that it was one does not say so twice.
func TestDeedNameSaysARefusalOnce(t *testing.T) {
	refusal := func(tried audit.Op) string {
		row := acl.TrailRow{Tried: tried}
		row.Leaf.Op = audit.OpAccessRefused
		return DeedName(row).DE
	}
	if got := refusal(audit.OpAccessRefused); got != "Zugriff verweigert" {
		t.Errorf("DeedName = %q, want the refusal once", got)
	}
	if got := refusal(audit.OpTrailRead); got != "Zugriff verweigert: Protokoll gelesen" {
		t.Errorf("DeedName = %q, want what was refused", got)
	}
}
