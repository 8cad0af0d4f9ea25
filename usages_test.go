package repbench

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsagesAreExamples: a usage in a package comment is text that no compiler sees.
// So an Example function of the package, which is compiled and run, has to make every
// call of it with as many arguments and results, and to name every field of it.
func TestUsagesAreExamples(t *testing.T) {
	found := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "doc.go" {
			return err
		}
		usage, err := usageOf(path)
		if err != nil || len(usage) == 0 {
			return err
		}
		found++
		examples, err := examplesOf(filepath.Dir(path))
		for use := range usage {
			if !examples[use] {
				t.Errorf("%s shows %s, and no Example function of the package has it", path, use)
			}
		}
		return err
	})
	if err != nil || found < 18 {
		t.Errorf("%d package comments with a usage, want at least 18; error %v", found, err)
	}
}

// usageOf is what the Go code in a package comment uses. An indented block that is
// no Go (a formula, a table) is left out.
func usageOf(path string) (map[string]bool, error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, block := range indented(f.Doc.Text()) {
		if code, err := parser.ParseExpr("func() {\n" + block + "}"); err == nil {
			uses(code, used)
		}
	}
	return used, nil
}

// indented lists the blocks of a comment whose lines begin with a tab.
func indented(text string) []string {
	var blocks []string
	inside := false
	for line := range strings.Lines(text) {
		switch code := strings.HasPrefix(line, "\t"); {
		case code && inside:
			blocks[len(blocks)-1] += line
		case code:
			blocks, inside = append(blocks, line), true
		default:
			inside = false
		}
	}
	return blocks
}

// examplesOf is what the Example functions in a folder use.
func examplesOf(dir string) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	used := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(d.Name.Name, "Example") {
				uses(d.Body, used)
			}
		}
	}
	return used, err
}

// uses adds the calls and fields in n to used.
func uses(n ast.Node, used map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			used[fmt.Sprintf("%s with %d arguments", called(n), len(n.Args))] = true
		case *ast.AssignStmt:
			if call, ok := n.Rhs[0].(*ast.CallExpr); ok {
				used[fmt.Sprintf("%s with %d results", called(call), len(n.Lhs))] = true
			}
		case *ast.Ident:
			if n.IsExported() {
				used["the name "+n.Name] = true
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				used["the field "+key.Name] = true
			}
		}
		return true
	})
}

// called is the name of the function or method that a call has.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	case *ast.IndexExpr:
		return called(&ast.CallExpr{Fun: f.X})
	}
	return "a call"
}

// A wrong number of arguments or results and a name that is gone are found.
func TestUses(t *testing.T) {
	of := func(code string) map[string]bool {
		n, err := parser.ParseExpr("func() {\n" + code + "\n}")
		if err != nil {
			t.Fatal(err)
		}
		used := map[string]bool{}
		uses(n, used)
		return used
	}
	example := of("m, err := p.Open[int](path, o.Kind)\n_ = p.Options{C: 1}.Size")
	for _, tt := range []struct {
		name, usage string
		ok          bool
	}{
		{"the same", `m, err := q.Open("x", p.Kind)`, true},
		{"the results kept in old variables", `m, err = p.Open("x", 1)`, true},
		{"an argument too few", `m, err := p.Open("x")`, false},
		{"a result too few", `m := p.Open("x", 1)`, false},
		{"another function", `m, err := p.Close("x", 1)`, false},
		{"another field", `_ = p.Options{D: 1}`, false},
		{"another name", `_ = m.Length`, false},
	} {
		ok := true
		for use := range of(tt.usage) {
			ok = ok && example[use]
		}
		if ok != tt.ok {
			t.Errorf("%s: taken for shown is %v, want %v", tt.name, ok, tt.ok)
		}
	}
}
