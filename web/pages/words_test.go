package pages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

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
