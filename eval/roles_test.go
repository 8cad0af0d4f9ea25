package eval

import (
	"context"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"path"
	"slices"
	"strings"
	"testing"

	"repbench/eval/linear"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// hollow imports every package but this one as an empty one: the declarations of
// the roles need no other.
type hollow struct{ eval *types.Package }

func (h hollow) Import(name string) (*types.Package, error) {
	if name == "repbench/eval" && h.eval != nil {
		return h.eval, nil
	}
	p := types.NewPackage(name, path.Base(name))
	p.MarkComplete()
	return p, nil
}

// typeCheck returns this package, with a file of source added to it, and the
// type errors in that file.
func typeCheck(t *testing.T, source string) (*types.Package, []string) {
	t.Helper()
	dir, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range dir.GoFiles {
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	files = append(files, parsed(t, set, "package eval\n"+source))
	return check(set, "repbench/eval", files, hollow{})
}

func parsed(t *testing.T, set *token.FileSet, source string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(set, "snippet.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// check returns the errors in snippet.go. Others are of the hollow imports.
func check(set *token.FileSet, name string, files []*ast.File, imports types.Importer) (*types.Package, []string) {
	var errs []string
	c := types.Config{Importer: imports, IgnoreFuncBodies: true, Error: func(err error) {
		if e := err.(types.Error); set.Position(e.Pos).Filename == "snippet.go" {
			errs = append(errs, e.Msg)
		}
	}}
	pkg, _ := c.Check(name, set, files, nil)
	return pkg, errs
}

const roleSnippet = `package user
import "repbench/eval"
var l struct{} // a matrix.Labelled, which the hollow imports do not have
var fit, valid, test = eval.ForFitting(l), eval.ForSelection(l), eval.ForReport(l)
`

// TestRolesDoNotCompile: what would look at the reported split to choose is a
// type error for users of the package and inside it.
func TestRolesDoNotCompile(t *testing.T) {
	pkg, _ := typeCheck(t, "")
	outside := func(source string) []string {
		set := token.NewFileSet()
		_, errs := check(set, "user", []*ast.File{parsed(t, set, roleSnippet+source)}, hollow{pkg})
		return errs
	}
	inside := func(source string) []string {
		_, errs := typeCheck(t, "var fit, valid, test = FitSplit{}, SelectSplit{}, ReportSplit{}\n"+source)
		return errs
	}
	for _, c := range []struct {
		name   string
		check  func(string) []string
		source string
		want   string // "": compiles
	}{
		{"roles in their places", outside, `var _ = eval.LinearOptions{Train: fit, Valid: valid, Test: test}`, ""},
		{"few-shot in their places", outside, `var _ = eval.FewShotOptions{Train: fit, Valid: valid, Test: test}`, ""},
		{"choose C on test", outside, `var _ = eval.LinearOptions{Valid: test}`, "cannot use test"},
		{"fit on test", outside, `var _ = eval.LinearOptions{Train: test}`, "cannot use test"},
		{"few-shot: choose C on test", outside, `var _ = eval.FewShotOptions{Valid: test}`, "cannot use test"},
		{"few-shot: draw from test", outside, `var _ = eval.FewShotOptions{Train: test}`, "cannot use test"},
		{"report on valid", outside, `var _ = eval.LinearOptions{Test: valid}`, "cannot use valid"},
		{"without a role", outside, `var _ = eval.LinearOptions{Valid: l}`, "cannot use l"},
		{"converted", outside, `var _ = eval.SelectSplit(test)`, "cannot convert test"},
		{"rows of test", outside, `var _ = test.Labelled()`, "test.Labelled undefined"},
		{"labels of test", outside, `var _ = test.report.Y`, "test.report undefined"},
		{"hold out of test", outside, `var _, _ = test.HoldOut(0.5, 1)`, "test.HoldOut undefined"},
		{"folds of test", outside, `var _ = test.Folds(5, 1)`, "test.Folds undefined"},
		{"chooser", inside, `var _ = chooser{train: fit, valid: valid}`, ""},
		{"chooser on test", inside, `var _ = chooser{train: fit, valid: test}`, "cannot use test"},
		{"score of a path on test", inside, `var _, _ = chooser{}.path(nil, "", fit, test)`, "cannot use test"},
		{"few-shot choice on test", inside, `var _, _, _ = (&fewShot{}).choose(nil, fit, test)`, "cannot use test"},
		{"few-shot valid is test", inside, `var _ = fewShot{valid: test}`, "cannot use test"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(c.check(c.source), "; ")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("%s: errors %q, want %q", c.source, got, c.want)
			}
		})
	}
}

func TestRolesDivide(t *testing.T) {
	p := matrixtest.Blobs(60, 4, 3, 1, 70)
	split := ForFitting(matrix.Labelled{X: p.X, Y: p.Y})
	rows := func(parts ...matrix.Labelled) []float32 {
		var firsts []float32
		for _, l := range parts {
			for i := range l.X.N {
				firsts = append(firsts, l.X.At(i, 0))
			}
		}
		slices.Sort(firsts)
		return firsts
	}
	all := rows(split.Labelled())
	rest, held := split.HoldOut(0.2, 1)
	if got := rows(rest.Labelled(), held.Labelled()); !slices.Equal(got, all) {
		t.Error("holding out lost or doubled rows")
	}
	rest, held = split.setAside(25)
	if got := rows(rest.Labelled(), held.Labelled()); !slices.Equal(got, all) || len(held.Labelled().Y) != 25 {
		t.Errorf("setting %d rows aside lost or doubled rows", len(held.Labelled().Y))
	}
	var heldOut []matrix.Labelled
	for _, f := range split.Folds(4, 1) {
		if got := rows(f.Fit.Labelled(), f.Held.Labelled()); !slices.Equal(got, all) {
			t.Error("a fold lost or doubled rows")
		}
		heldOut = append(heldOut, f.Held.Labelled())
	}
	if !slices.Equal(rows(heldOut...), all) {
		t.Error("the folds together are not the split")
	}
	if (SelectSplit{}).Given() || !held.Given() {
		t.Error("the zero value alone means that there is no split")
	}
}

func TestReport(t *testing.T) {
	p := matrixtest.Blobs(4, 2, 2, 1, 71)
	r, err := ForReport(matrix.Labelled{X: p.X, Y: []int32{0, 1, 1, 0}}).Report([]int32{0, 1, 0, 0}, 2)
	if err != nil {
		t.Fatal(err)
	}
	// By hand: row 2 alone is wrong, of class 1 and predicted as 0.
	if r.Accuracy != 0.75 || r.Correct != 3 || r.Rows != 4 || r.CI95 != Wilson(3, 4) || r.Confusion[1][0] != 1 || r.Confusion[0][0] != 2 {
		t.Errorf("%+v", r)
	}
	_, err = ForReport(matrix.Labelled{X: p.X, Y: []int32{0, 1, 1, 0}}).Report([]int32{0}, 2)
	matrixtest.WantError(t, err, matrix.ErrShape, "1 predictions and 4 labels")
}

func TestMistakes(t *testing.T) {
	predicted, truth, margin := make([]int32, 50), make([]int32, 50), make([]float64, 50)
	for i := range predicted {
		predicted[i], margin[i] = int32(i%2), float64(i/4) // odd rows are wrong, in pairs of one margin
	}
	got := mistakes(predicted, truth, margin)
	if len(got) != 20 {
		t.Fatalf("%d mistakes, want the first 20 of 25", len(got))
	}
	if got[0].Row != 49 || got[1].Row != 45 || got[2].Row != 47 || got[0].Margin != 12 {
		t.Errorf("first three %+v; want rows 49, 45, 47: by margin, then by row", got[:3])
	}
	if m := mistakes(truth, truth, margin); len(m) != 0 {
		t.Errorf("%d mistakes of a perfect prediction", len(m))
	}
}

// TestJudge: predictions are those of the model, margins differences of scores.
func TestJudge(t *testing.T) {
	_, test := task()
	m := linear.NewModel(4, 30)
	for i := range m.W {
		m.W[i] = math.Sin(float64(i))
	}
	want, err := m.Predict(context.Background(), test.Features(), 2)
	if err != nil {
		t.Fatal(err)
	}
	z, err := m.Scores(context.Background(), test.Features(), 2)
	if err != nil {
		t.Fatal(err)
	}
	got, _, wrong, err := test.judge(context.Background(), m, 2)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("other predictions than Predict's, error %v", err)
	}
	for _, w := range wrong {
		if w.Margin != z[w.Row*4+int(w.Predicted)]-z[w.Row*4+int(w.Truth)] || w.Truth != test.report.Y[w.Row] || w.Truth == w.Predicted {
			t.Errorf("%+v", w)
		}
	}
}

func TestDisjointRoles(t *testing.T) {
	p := matrixtest.Blobs(30, 3, 2, 1, 72)
	all := matrix.Labelled{X: p.X, Y: p.Y}
	names := []string{"a", "b"}
	if err := CheckRoles(ForFitting(all.Subset([]int32{0, 1, 2, 3})), ForSelection(all.Subset([]int32{4, 5})), ForReport(all.Subset([]int32{6, 7})), names); err != nil {
		t.Error(err)
	}
	err := CheckRoles(ForFitting(all.Subset([]int32{0, 1, 2, 3})), ForSelection(all.Subset([]int32{4, 7})), ForReport(all.Subset([]int32{6, 7})), names)
	matrixtest.WantError(t, err, nil, "row 1 of the valid split is row 1 of the test split")
	y := make([]int32, 30)
	err = CheckRoles(ForFitting(matrix.Labelled{X: p.X.Rows(0, 9), Y: y[:9]}), SelectSplit{}, ForReport(matrix.Labelled{X: p.X.Rows(9, 12), Y: y[:3]}), names)
	matrixtest.WantError(t, err, matrix.ErrClassAbsent, "class 1 (b) has no row in the train split")
}
