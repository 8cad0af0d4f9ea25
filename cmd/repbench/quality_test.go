package main

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/reports/record"
)

// gaussianFile writes n rows of 5 Gaussians around a mean and returns the path.
func gaussianFile(t *testing.T, dir, name string, n int, mean float64) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(n), uint64(len(name))))
	rows := make([]float32, n*5)
	for i := range rows {
		rows[i] = float32(rng.NormFloat64() + mean)
	}
	path := filepath.Join(dir, name)
	if err := npy.Write(path, []int{n, 5}, rows); err != nil {
		t.Fatal(err)
	}
	return path
}

// at follows keys in a JSON document.
func at(v map[string]any, keys ...string) any {
	var x any = v
	for _, k := range keys {
		m, _ := x.(map[string]any)
		x = m[k]
	}
	return x
}

func TestQualityCommand(t *testing.T) {
	dir := t.TempDir()
	real, gen, test := gaussianFile(t, dir, "real.npy", 90, 0), gaussianFile(t, dir, "gen.npy", 80, 1), gaussianFile(t, dir, "test.npy", 70, 0)
	sets := []string{"quality", "--real", real, "--gen", gen, "--test", test, "--cache", filepath.Join(dir, "cache")}
	r := document(t, append(sets, "--metrics", "prdc,kid", "--realism", filepath.Join(dir, "realism.npy"))...)
	metrics := r["metrics"].(map[string]any)
	for _, name := range []string{"precision", "recall", "density", "coverage", "fscore", "kid"} {
		n, _ := metrics[name].(map[string]any)
		for _, key := range []string{"value", "sd", "ci95", "floor", "convention", "warnings"} {
			if n[key] == nil {
				t.Errorf("%s has no %q: %v", name, key, n)
			}
		}
	}
	if len(metrics) != 6 || at(r, "halves") != 30.0 {
		t.Errorf("%d metrics, %v halves", len(metrics), r["halves"])
	}
	if kid, floor := at(r, "metrics", "kid", "value").(float64), at(r, "metrics", "kid", "floor").(float64); kid < 1 || math.Abs(floor) > 0.5 {
		t.Errorf("kid %g, floor %g", kid, floor)
	}
	if shape, _, err := npy.Read[float64](filepath.Join(dir, "realism.npy")); err != nil || shape[0] != 80 {
		t.Errorf("realism: shape %v, %v", shape, err)
	}
	same := document(t, append(sets, "--metrics", "kid", "--max-memory", "1", "--threads", "1")...)
	if at(same, "metrics", "kid", "value") != at(r, "metrics", "kid", "value") {
		t.Error("the value depends on the memory")
	}
	text := must(t, append(sets, "--metrics", "frechet,recall", "--convention", "torch-fidelity")...)
	for _, want := range []string{"80 generated rows beside 90 real ones, 5 features", "convention of recall: torch-fidelity: k = 3, without the row itself, distance ≤ radius", "floor: the metric between two real samples of 90 and 70 rows", "warning of frechet: the sets have 90 and 80 rows"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
}

// Splits of a folder of features are sets. Two folders of different encoders are refused.
func TestQualityFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pixels")
	one, two := dir+"-seed1", dir+"-seed2"
	for seed, out := range map[string]string{"1": one, "2": two} {
		must(t, "extract", "--encoder", "random:svhn32,width=8", "--data", tinyShapes, "--seed", seed, "--out", out)
	}
	if status, _, stderr := cli(t, "quality", "--real", one+":train", "--gen", two+":test", "--metrics", "kid"); status != 1 || !strings.Contains(stderr, "different encoders") {
		t.Errorf("features of networks of two seeds: status %d, %s", status, stderr)
	}
	must(t, "extract", "--encoder", "pixels", "--data", tinyShapes, "--out", dir)
	r := document(t, "quality", "--real", dir+":train", "--gen", dir+":test", "--metrics", "two-sample-nn", "--halves", "2")
	if n := at(r, "metrics", "two-sample-nn", "value").(float64); n < 0 || n > 1 || at(r, "test_rows") != 0.0 {
		t.Errorf("%v", r)
	}
}

// The values of golden/gan_metrics2 come out of the command, with the given rows and
// directions.
func TestQualityGolden(t *testing.T) {
	dir := testenv.Path(t, "golden", "gan_metrics2")
	set := func(name string) string { return filepath.Join(dir, "real48_"+name+".npy") }
	r := document(t, "quality", "--real", set("train"), "--gen", set("gen"), "--test", set("test"), "--halves", "0", "--cache", t.TempDir(),
		"--metrics", "kid,frechet,fd-infinity,mind,sliced-w2,sw-approx,recall,classifier-score,vendi,vendi-q2,vendi-qinf,rankme,fld,fld-gap", "--convention", "recall=torch-fidelity,classifier-score=dgm-eval",
		"--kid-rows", set("kid_train_rows")+","+set("kid_gen_rows"), "--fdinf-rows", set("fdinf_rows")+","+set("fdinf_sizes"),
		"--directions", set("directions"), "--fld-permutation", set("fld_permutation"), "--logits", filepath.Join(dir, "classifier_logits.npy"))
	var want map[string]any
	if err := jsonfile.Read(filepath.Join(dir, "expected.json"), &want); err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string][]string{
		"kid": {"kid_subsets_unbiased", "mean"}, "frechet": {"frechet_gen_train", "symmetric"}, "fd-infinity": {"fd_infinity", "intercept"},
		"mind": {"sliced", "mind"}, "sliced-w2": {"sliced", "sliced_w2_squared"}, "sw-approx": {"sw_approx"}, "recall": {"prdc", "k3_noself_le", "recall"},
		"rankme": {"rankme_gen", "eps1e-7"}, "vendi": {"vendi_gen", "linear_q1"}, "vendi-q2": {"vendi_gen", "linear_q2"}, "vendi-qinf": {"vendi_gen", "linear_qinf"},
		"fld": {"fld", "fld_test"}, "fld-gap": {"fld", "gap"},
	} {
		got, w := at(r, "metrics", name, "value").(float64), at(want, append([]string{"real48"}, keys...)...).(float64)
		bar := 1e-9
		if strings.HasPrefix(name, "fld") {
			bar = 1e-3
		}
		if math.Abs(got-w) > bar*math.Abs(w) {
			t.Errorf("%s is %.15g, want %.15g", name, got, w)
		}
	}
	if got, w := at(r, "metrics", "classifier-score", "value").(float64), at(want, "classifier_score", "dgm_eval_10_splits").([]any)[0].(float64); math.Abs(got-w) > 1e-9*w {
		t.Errorf("classifier-score is %.15g, want %.15g", got, w)
	}
	if at(r, "metrics", "kid", "sd") != nil || at(r, "metrics", "fd-infinity", "sd") == nil {
		t.Error("without halves fd-infinity alone has a standard deviation")
	}
}

func TestQualityClassifier(t *testing.T) {
	dir := t.TempDir()
	logits, held := gaussianFile(t, dir, "logits.npy", 60, 0), gaussianFile(t, dir, "held.npy", 50, 0)
	labels := filepath.Join(dir, "labels.npy")
	if err := npy.Write(labels, []int{50}, make([]int64, 50)); err != nil {
		t.Fatal(err)
	}
	text := must(t, "quality", "--gen", logits, "--test", held, "--test-labels", labels, "--metrics", "classifier-score")
	for _, want := range []string{"logits of 60 generated rows, 5 classes", "of 50 held-out rows", "floor: the metric of 50 held-out real rows"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
}

func TestQualityErrors(t *testing.T) {
	dir := t.TempDir()
	real, gen := gaussianFile(t, dir, "real.npy", 9, 0), gaussianFile(t, dir, "gen.npy", 4, 0)
	bad := filepath.Join(dir, "bad.npy")
	if err := npy.Write(bad, []int{2, 5}, []float32{0, 0, 0, 0, 0, 0, float32(math.NaN()), 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	sizes := filepath.Join(dir, "sizes.npy")
	if err := npy.Write(sizes, []int{2}, []int32{3, 9}); err != nil {
		t.Fatal(err)
	}
	sets := "--real " + real + " --gen " + gen
	for _, tt := range []struct {
		args, want string
		status     int
	}{
		{"--real x --metrics kid", "--gen is required", 2},
		{"--gen x --metrics kid", "--real is required", 2},
		{sets, "--metrics is required", 2},
		{sets + " --metrics fid", `metric "fid": choose from frechet`, 2},
		{sets + " --metrics kid --convention moco", `convention "moco"`, 2},
		{sets + " --metrics kid --halves 64", "--halves 64: must be from 0 to 63", 2},
		{sets + " --metrics kid --k 3", "--k means nothing without the metric precision", 2},
		{sets + " --metrics prdc --k 0", "--k 0: must be at least 1", 2},
		{sets + " --metrics prdc --kid-rows a,b", "--kid-rows means nothing without the metric kid", 2},
		{sets + " --metrics kid --kid-rows a", "give two files, separated by a comma", 2},
		{sets + " --metrics kid --kid-estimator mmd", `estimator "mmd"`, 2},
		{sets + " --metrics fd-infinity --fdinf-rows " + sizes + "," + sizes, "size 0 is 3, of 2 row numbers", 1},
		{sets + " --metrics mind --directions " + sizes, "want directions and their elements", 1},
		{sets + " --metrics mind --directions " + bad, bad + ": row 1, column 1 is NaN", 1},
		{sets + " --metrics rankme --rankme-epsilon 1", "--rankme-epsilon 1: must be at least 0 and below 1", 2},
		{sets + " --metrics kid,classifier-score", "needs --logits", 2},
		{sets + " --metrics prdc --realism " + real, "would replace " + real, 2},
		{sets + " --metrics prdc", "prdc: k = 5 needs at least 6 rows in each set; generated has 4", 1},
		{"--real " + real + " --gen " + bad + " --metrics kid", "the generated set holds NaN in row 1, column 1", 1},
		{"--real " + dir + "/absent.npy --gen " + gen + " --metrics kid", "absent.npy", 1},
		{"--real " + sizes + " --gen " + gen + " --metrics kid", "sizes.npy", 1},
	} {
		status, out, stderr := cli(t, append([]string{"quality"}, strings.Fields(tt.args)...)...)
		if status != tt.status || !strings.Contains(stderr, tt.want) || out != "" {
			t.Errorf("%s: status %d, want %d; standard error %q should say %q; standard output %q", tt.args, status, tt.status, stderr, tt.want, out)
		}
	}
}

// A run that is interrupted has status 75; what was finished stays where it lasted, and the
// same command takes it and removes it.
func TestQualityResumes(t *testing.T) {
	dir := t.TempDir()
	args := []string{"quality", "--real", gaussianFile(t, dir, "real.npy", 40, 0), "--gen", gaussianFile(t, dir, "gen.npy", 30, 0), "--metrics", "kid", "--cache", dir}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs strings.Builder
	if status := run(cancelled, args, &out, &errs); status != statusInterrupted {
		t.Errorf("status %d, %s", status, errs.String())
	}
	in := quality.Inputs{Real: matrix.View{Data: make([]float32, 6), N: 2, D: 3}}
	a := &app{cache: dir, quiet: true}
	open := func(in quality.Inputs, s quality.Settings) *journal {
		j, err := a.qualityJournal(in, s, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	j := open(in, quality.Settings{Metrics: []string{"kid"}})
	if err := j.Put("early", 1.5); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(j.file()); err == nil {
		t.Error("a short run leaves a file")
	}
	j.start = time.Now().Add(-time.Hour)
	if err := j.Put("late", 2.5); err != nil {
		t.Fatal(err)
	}
	var early, late float64
	again := open(in, quality.Settings{Metrics: []string{"frechet"}}) // other metrics share the file
	if !again.Get("early", &early) || !again.Get("late", &late) || early != 1.5 || late != 2.5 || again.Get("other", &late) {
		t.Errorf("%g, %g", early, late)
	}
	in.Real.Data[5] = 1
	if open(in, quality.Settings{}).Get("early", &early) {
		t.Error("the journal of other rows")
	}
	in.Real.Data[5] = 0
	if open(in, quality.Settings{K: 3}).Get("early", &early) {
		t.Error("the journal of other settings")
	}
	if err := os.WriteFile(j.file(), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if open(in, quality.Settings{}).Get("early", &early) {
		t.Error("a damaged journal")
	}
	if err := j.remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(j.dir); err == nil {
		t.Error("the journal of a finished run stays")
	}
}

// The result is stored in a file of records with its sets, and a file that cannot take it is an
// error before the work.
func TestQualityRecord(t *testing.T) {
	dir := t.TempDir()
	real, gen := gaussianFile(t, dir, "real.npy", 90, 0), gaussianFile(t, dir, "gen.npy", 80, 1)
	path := filepath.Join(dir, record.FileName)
	work := func(more ...string) {
		document(t, append([]string{"quality", "--real", real, "--gen", gen, "--halves", "0", "--cache", filepath.Join(dir, "cache"), "--record", path}, more...)...)
	}
	work("--metrics", "prdc")
	work("--metrics", "prdc")
	work("--metrics", "prdc", "--k", "3")
	records, err := record.Read(path)
	if err != nil || len(records) != 2 {
		t.Fatalf("%d records, want one of each setting; %v", len(records), err)
	}
	r := records[0]
	if in, ok := r.Input(record.GeneratedInput); r.Kind() != "quality" || !ok || in.Name != gen || in.Rows != 80 || len(in.Hash) != 64 || len(r.Measurements()) != 5 {
		t.Errorf("record %+v", r)
	}
	status, _, stderr := cli(t, "quality", "--real", real, "--gen", gen, "--metrics", "prdc", "--record", filepath.Join(dir, "missing", "records.jsonl"))
	if status != 1 || !strings.Contains(stderr, "nothing was computed") {
		t.Errorf("a folder that is missing: status %d, %s", status, stderr)
	}
	must(t, "report", path, "--out", filepath.Join(dir, "report"))
}
