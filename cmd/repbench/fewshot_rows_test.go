package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/reports"
)

// wholes are the whole numbers of a JSON list.
func wholes(t *testing.T, list any) []int {
	t.Helper()
	var out []int
	for _, v := range list.([]any) {
		out = append(out, int(v.(float64)))
	}
	return out
}

// TestFewShotGoldenCommand: the whole protocol in one command on golden/svhn1000, by the names
// that scripts rely on: equal counts of wrong rows in all 170 draws, equal C.
func TestFewShotGoldenCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	at := func(name string) string { return testenv.Path(t, "golden", "svhn1000", name) }
	type errors struct {
		C           float64
		TrainErrors []int `json:"train_errors"`
		ValidErrors []int `json:"valid_errors"`
		TestErrors  []int `json:"test_errors"`
	}
	var want struct {
		Select []errors
		BestC  float64 `json:"best_C"`
		Report errors
	}
	if err := jsonfile.Read(at("expected.json"), &want); err != nil {
		t.Fatal(err)
	}
	r := document(t, "eval", "fewshot", "--train-x", at("pool_x.npy"), "--train-y", at("pool_y.npy"), "--valid-x", at("valid_x.npy"),
		"--valid-y", at("valid_y.npy"), "--test-x", at("test_x.npy"), "--test-y", at("test_y.npy"),
		"--select-rows", at("select_rows.npy"), "--report-rows", at("report_rows.npy"))
	compare := func(name string, got map[string]any, w errors) {
		for key, list := range map[string][]int{"train_errors": w.TrainErrors, "valid_errors": w.ValidErrors, "test_errors": w.TestErrors} {
			if list != nil && !slices.Equal(wholes(t, got[key]), list) {
				t.Errorf("%s: %s %v, want %v", name, key, got[key], list)
			}
		}
	}
	for i, w := range want.Select {
		got := r["select"].([]any)[i].(map[string]any)
		if got["C"] != w.C {
			t.Errorf("place %d has C = %v, want %v", i, got["C"], w.C)
		}
		compare(fmt.Sprintf("C = %v", w.C), got, w)
	}
	compare("report", r["report"].(map[string]any), want.Report)
	if r["C"] != want.BestC {
		t.Errorf("C = %v, want %v", r["C"], want.BestC)
	}
}

// rowsFiles writes features of 40 training rows, others for validation and test, and rows of
// draws for two C; it returns the flags of all of them.
func rowsFiles(t *testing.T, dir string) []string {
	t.Helper()
	x, y := arrays(t, dir)
	valid := make([]float32, 24)
	labels := make([]uint8, 12)
	for i := range labels {
		labels[i] = uint8(i % 2)
		valid[2*i+i%2] = 1 + (float32(i)+0.25)/40
	}
	write := func(name string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	args := append([]string{"--C", "0.1,1",
		"--valid-x", write("v.npy", npy.Write(filepath.Join(dir, "v.npy"), []int{12, 2}, valid)),
		"--valid-y", write("vy.npy", npy.Write(filepath.Join(dir, "vy.npy"), []int{12}, labels)),
		"--select-rows", write("s.npy", npy.Write(filepath.Join(dir, "s.npy"), []int{2, 2, 4}, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})),
		"--report-rows", write("r.npy", npy.Write(filepath.Join(dir, "r.npy"), []int{3, 2}, []int32{0, 1, 39, 38, 7, 6}))}, sources(x, y)...)
	return args
}

// Rows of any type of whole numbers are read; uneven draws of features in a folder get a record
// with an ID of their own, which says so.
func TestFewShotRowsCommand(t *testing.T) {
	dir := t.TempDir()
	r := document(t, append([]string{"eval", "fewshot"}, rowsFiles(t, dir)...)...)
	report := r["report"].(map[string]any)
	if r["labels_per_class"] != 1.0 || r["rows_per_draw"] != 2.0 || len(wholes(t, report["valid_errors"])) != 3 || len(r["select"].([]any)) != 2 ||
		report["test"].(map[string]any)["rows"] != 40.0 {
		t.Errorf("%v", r)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	ten := []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9} // shapes has its ten classes in turn
	rows := slices.Concat(ten, []int32{20}, ten, []int32{31})
	if err := npy.Write(at("uneven.npy"), []int{2, 11}, rows); err != nil {
		t.Fatal(err)
	}
	args := []string{"eval", "fewshot", "--encoder", "pixels", "--data", "shapes:size=16,train=60,test=20", "--features", at("pixels"), "--C", "0.001"}
	drawn := document(t, append(args, "--labels", "1", "--draws", "2")...)
	given := document(t, append(args, "--report-rows", at("uneven.npy"))...)
	if drawn["id"] == given["id"] || !strings.HasPrefix(given["drawn"].(string), "given, SHA-256 ") || given["rows_per_draw"] != 11.0 ||
		!strings.Contains(fmt.Sprint(given["warnings"]), "from 1 to 2 rows in a draw") {
		t.Errorf("drawn %v;\ngiven %v", drawn, given)
	}
	records, err := reports.Load([]string{at("pixels/records.jsonl")})
	if err != nil || len(records.Records) != 2 {
		t.Errorf("%d records, error %v", len(records.Records), err)
	}
	must(t, "report", at("pixels/records.jsonl"), "--out", at("report"))
	if html, err := os.ReadFile(at("report/index.html")); err != nil || !strings.Contains(string(html), "few-shot, 1 to 2 per class") || given["labels_per_class_most"] != 2.0 {
		t.Errorf("the report does not say 1 to 2 labels per class (%v, %v)", err, given["labels_per_class_most"])
	}
	text := must(t, append(args, "--report-rows", at("uneven.npy"))...)
	if !strings.Contains(text, "1 to 2 labels per class") {
		t.Errorf("text %s", text)
	}
	if !strings.Contains(text, "divided by n - 1 and by n") || !strings.Contains(text, "rows of the draws: given") {
		t.Errorf("text %s", text)
	}
}

func TestFewShotRowsUsage(t *testing.T) {
	dir := t.TempDir()
	good := rowsFiles(t, dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, shape []int, v any) string {
		var err error
		switch v := v.(type) {
		case []int64:
			err = npy.Write(at(name), shape, v)
		case []float64:
			err = npy.Write(at(name), shape, v)
		case []int32:
			err = npy.Write(at(name), shape, v)
		case []float32:
			err = npy.Write(at(name), shape, v)
		}
		if err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	if err := os.WriteFile(at("text.npy"), []byte("0 1 2 3"), 0o644); err != nil {
		t.Fatal(err)
	}
	// with replaces the value of a flag, or adds the flag; a value "" leaves the flag out.
	with := func(pairs ...string) []string {
		args := slices.Clone(good)
		for i := 0; i < len(pairs); i += 2 {
			at := slices.Index(args, pairs[i])
			switch {
			case at < 0:
				args = append(args, pairs[i], pairs[i+1])
			case pairs[i+1] == "":
				args = slices.Delete(args, at, at+2)
			default:
				args[at+1] = pairs[i+1]
			}
		}
		return args
	}
	big := []float32{1, 2, 3}
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"row beyond", with("--report-rows", write("a.npy", []int{2, 2}, []int64{0, 1, 2, 41})), 1, "repbench: " + at("a.npy") + "[1, 1] is row 41, and the train split has the rows 0 … 39: rows are numbered from 0"},
		{"row of another size", with("--report-rows", write("b.npy", []int{2, 2}, []int64{0, 1, 2, 1 << 40})), 1, "element 3 is 1099511627776, which is no row"},
		{"row below", with("--select-rows", write("c.npy", []int{2, 2, 2}, []int32{0, 1, 2, 3, 4, 5, 6, -7})), 1, "c.npy[1, 1, 1] is row -7"},
		{"floats", with("--report-rows", write("d.npy", []int{2, 2}, []float64{0, 1, 2, 3})), 1, "d.npy holds float64, want row numbers, which are whole: save rows.astype('int32')"},
		{"one dimension", with("--report-rows", write("e.npy", []int{4}, []int32{0, 1, 2, 3})), 1, "e.npy has shape [4], want 2 dimensions: draws × rows; save rows.reshape(draws, -1)"},
		{"report as select", with("--select-rows", at("r.npy")), 1, "r.npy has shape [3 2], want 3 dimensions: C × draws × rows"},
		{"none", with("--report-rows", write("f.npy", []int{2, 0}, []int32{})), 1, "holds no rows"},
		{"no array", with("--report-rows", at("text.npy")), 1, "text.npy"},
		{"absent", with("--report-rows", at("none.npy")), 1, "none.npy"},
		{"class missing", with("--report-rows", write("g.npy", []int{2, 2}, []int32{0, 1, 2, 4})), 1, "g.npy[1] has no row of class 1 (1)"},
		{"twice", with("--report-rows", write("h.npy", []int{2, 2}, []int32{0, 1, 3, 3})), 1, "repbench: " + at("h.npy") + "[1, 1] and [0] of the same draw are both row 3: a draw holds no row twice; draw without replacement"},
		{"three C", with("--C", "0.1,1,2"), 2, "s.npy holds draws for 2 values of C, and C lists 3"},
		{"one draw", with("--report-rows", write("i.npy", []int{1, 2}, []int32{0, 1})), 2, "1 draws"},
		{"no validation labels", with("--valid-y", ""), 2, "--valid-x needs --valid-y"},
		{"no validation features", with("--valid-x", ""), 2, "--valid-y needs --valid-x"},
		{"no validation split", with("--valid-x", "", "--valid-y", ""), 2, "no validation split to choose on: take features that have a split valid"},
		{"validation of another width", with("--valid-x", write("j.npy", []int{1, 3}, big), "--valid-y", write("jy.npy", []int{1}, []int32{0})), 1, "j.npy has 3"},
		{"validation of another length", with("--valid-y", at("y.npy")), 1, "40 labels"},
		{"validation is train", with("--valid-x", at("x.npy"), "--valid-y", at("y.npy")), 1, "x.npy (train) are the same file"},
		{"unknown class", with("--valid-y", write("k.npy", []int{12}, make12(9))), 1, "k.npy: label 9 of row 0, with 2 classes"},
		{"NaN", with("--valid-x", write("n.npy", []int{12, 2}, nan24())), 1, "rows to choose on"},
		{"labels too", with("--labels", "5"), 2, "--labels means nothing with --report-rows"},
		{"draws too", with("--draws", "released"), 2, "--draws means nothing with --report-rows"},
		{"select alone", with("--report-rows", ""), 2, "--select-rows needs --report-rows"},
		{"hold-out too", with("--report-rows", "", "--select-rows", "", "--labels", "2", "--hold-out", "0.2"), 2, "--hold-out means nothing with --valid-x"},
		{"draws in words", with("--report-rows", "", "--select-rows", "", "--labels", "2", "--draws", "many"), 2, "--draws many is neither"},
		{"no draws", with("--report-rows", "", "--select-rows", "", "--labels", "2", "--draws", "0"), 2, "--draws 0 is neither"},
		{"released draws of another protocol", with("--report-rows", "", "--select-rows", "", "--labels", "2", "--draws", "released", "--protocol", "few-shot"), 2, "as svhn-1000 does"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errs := cli(t, append([]string{"eval", "fewshot"}, tt.args...)...)
			if status != tt.status || !strings.Contains(errs, tt.want) || out != "" || strings.Contains(errs, "two splits are the same") || strings.Contains(errs, "sizes do not fit") {
				t.Errorf("status %d, want %d; standard error %q should say %q", status, tt.status, errs, tt.want)
			}
		})
	}
}

func make12(label int32) []int32 {
	y := make([]int32, 12)
	for i := range y {
		y[i] = label
	}
	return y
}

func nan24() []float32 {
	x := make([]float32, 24)
	zero := float32(0)
	x[7] = zero / zero
	return x
}

// Validation files serve every command that chooses on a validation split, and are refused
// where nothing is chosen.
func TestValidFiles(t *testing.T) {
	files := rowsFiles(t, t.TempDir())
	drop := func(names ...string) []string {
		args := slices.Clone(files)
		for _, n := range names {
			i := slices.Index(args, n)
			args = slices.Delete(args, i, i+2)
		}
		return args
	}
	plain := drop("--C", "--select-rows", "--report-rows")
	linear := document(t, append([]string{"eval", "linear", "--C", "0.1,1"}, plain...)...)
	knn := document(t, append([]string{"eval", "knn", "--k", "1,3"}, plain...)...)
	few := document(t, append([]string{"eval", "fewshot", "--C", "0.1,1", "--labels", "3", "--draws", "2", "--select-draws", "2"}, plain...)...)
	if linear["selected_on"] != "valid (12 rows)" || knn["selected_on"] != "valid (12 rows)" || few["selected_on"] != "valid (12 rows; mean of 2 draws)" || few["n_set_aside"] != 0.0 {
		t.Errorf("selected on %v, %v, %v", linear["selected_on"], knn["selected_on"], few["selected_on"])
	}
	for want, args := range map[string][]string{
		"one C":             append([]string{"eval", "linear", "--C", "1"}, plain...),
		"--select-on cv":    append([]string{"eval", "linear", "--C", "0.1,1", "--select-on", "cv"}, plain...),
		"one k":             append([]string{"eval", "knn", "--k", "3"}, plain...),
		"go with --train-x": {"eval", "linear", "--C", "0.1,1", "--features", "x", "--valid-x", "v.npy", "--valid-y", "y.npy"},
	} {
		if status, _, errs := cli(t, args...); status != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: status %d, %q should say %q", args, status, errs, want)
		}
	}
}
