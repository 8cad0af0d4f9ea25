package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/reports/record"
	"repbench/vis/sheet"
)

// copies writes the arrays of copied to a new current folder.
func copies(t *testing.T) []string {
	t.Helper()
	t.Chdir(t.TempDir())
	copied(t)
	return []string{"memorization", "-q", "--backend", "cpu", "--cache", "cache", "--images", "generated.npy"}
}

func plus(args []string, more ...string) []string { return slices.Concat(args, more) }

// The document has the fields that scripts rely on, and the folder holds it, the scores, the
// record and pictures.
func TestMemorizationDocument(t *testing.T) {
	args := plus(copies(t), "--data", copiedShapes, "--control", "4", "--out", "out", "--scores", "scores.jsonl")
	doc := document(t, args...)
	for _, field := range []string{"metric", "score", "train_rows", "null", "generated", "flagged", "fdr", "copy_rate", "upper_bound95", "controls",
		"false_alarms", "z_u", "authpct", "target_decoy", "nnd", "n_eff", "warnings", "verdict", "own_null"} {
		if doc[field] == nil {
			t.Errorf("the document has no %s", field)
		}
	}
	for path, fields := range map[string][]string{
		"null": {"kind", "rows"}, "copy_rate": {"estimate", "lo", "hi"}, "false_alarms": {"nominal", "measured", "lo", "hi"}, "authpct": {"generated", "held_out"},
	} {
		for _, f := range fields {
			if _, ok := doc[path].(map[string]any)[f]; !ok {
				t.Errorf("%s has no %s", path, f)
			}
		}
	}
	first := doc["flagged"].([]any)[0].(map[string]any)
	for _, f := range []string{"image", "train", "score", "p", "mirrored", "offset"} {
		if _, ok := first[f]; !ok {
			t.Errorf("a selected image has no %s", f)
		}
	}
	if c := doc["controls"].(map[string]any)["mirror"].(map[string]any); c["auc"] != 1.0 || c["detected"] != 1.0 || c["source_found"] != 1.0 {
		t.Errorf("mirrored copies %v", c)
	}
	if doc["metric"] != "correlation" || doc["score"] != "ratio" || doc["train_rows"] != 60.0 || doc["generated"] != 40.0 {
		t.Errorf("%v, %v, %v training images, %v generated", doc["metric"], doc["score"], doc["train_rows"], doc["generated"])
	}
	checkScores(t, "scores.jsonl")
	checkScores(t, filepath.Join("out", "scores.jsonl"))
	records, err := record.Read(filepath.Join("out", record.FileName))
	if err != nil || len(records) != 1 || records[0].Kind() != "memorisation" || records[0].Data.Name != "shapes" || records[0].Inputs[0].Name != "generated.npy" {
		t.Errorf("records %+v, %v", records, err)
	}
	for _, name := range []string{"pairs_suspicious.png", "pairs_spaced.png", "pairs_controls.png"} {
		f, err := os.Open(filepath.Join("out", name))
		if err != nil {
			t.Fatal(err)
		}
		if img, err := png.Decode(f); err != nil || img.Bounds().Dy() < 7*96 {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
}

// checkScores reads a file of scores: a line for each generated image, the first ten copies.
func checkScores(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		var line struct {
			Image, Train *int
			Score, P     *float64
			Mirrored     *bool
			Offset       []int
		}
		if err := json.Unmarshal(s.Bytes(), &line); err != nil || line.Image == nil || line.Train == nil || line.P == nil || line.Mirrored == nil || len(line.Offset) != 2 {
			t.Fatalf("%s, line %d: %s, %v", path, n+1, s.Text(), err)
		}
		if *line.Image != n || n < 10 && (*line.Train != n || *line.Score != 0) {
			t.Errorf("%s, line %d: %s", path, n+1, s.Text())
		}
	}
	if n != 40 {
		t.Errorf("%s has %d lines, want 40", path, n)
	}
}

// Images in files of a folder are compared as the images of an array are; a folder with several
// splits has to be named more closely.
func TestMemorizationFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	args := plus(copies(t), "--train", "training.npy", "--control", "0", "--metric", "pixels")
	set := shapesOf(t, copiedShapes)
	if err := os.Mkdir("held", 0o755); err != nil {
		t.Fatal(err)
	}
	null := set.Splits[1].Images
	for i := range null.N {
		img, err := sheet.Draw(null.Slice(i, i+1), sheet.Options{Gap: new(0)})
		if err != nil {
			t.Fatal(err)
		}
		if err := sheet.WritePNG(filepath.Join("held", set.Splits[1].IDs[i][5:]+".png"), img); err != nil {
			t.Fatal(err)
		}
	}
	a, b := document(t, plus(args, "--null", "held")...), document(t, plus(args, "--null", "heldout.npy")...)
	if a["null"].(map[string]any)["rows"] != 150.0 || len(a["flagged"].([]any)) < 10 || len(b["flagged"].([]any)) < 10 {
		t.Errorf("null %v, %d and %d selected", a["null"], len(a["flagged"].([]any)), len(b["flagged"].([]any)))
	}
	for from, to := range map[string]string{"0.png": "two/train", "1.png": "two/test"} {
		if err := errors.Join(os.MkdirAll(to, 0o755), os.Rename(filepath.Join("held", from), filepath.Join(to, from))); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, errs := cli(t, plus(args, "--null", "two")...); status != statusFailed || !strings.Contains(errs, "holds the splits train, test; name the folder of one of them") {
		t.Errorf("status %d, %s", status, errs)
	}
}

// Floats in [-1, 1] and [0, 1] are the bytes that they stand for.
func TestMemorizationFloats(t *testing.T) {
	args := plus(copies(t)[:6], "--train", "training.npy", "--null", "heldout.npy", "--control", "0", "--metric", "pixels")
	shape, px, err := npy.Read[uint8]("generated.npy")
	if err != nil {
		t.Fatal(err)
	}
	want := document(t, plus(args, "--images", "generated.npy")...)
	for name, f := range map[string]func(v uint8) float32{
		"signed.npy": func(v uint8) float32 { return float32(v)/127.5 - 1 }, "unit.npy": func(v uint8) float32 { return float32(v) / 255 },
	} {
		x := make([]float32, len(px))
		for i, v := range px {
			x[i] = f(v)
		}
		if err := npy.Write(name, shape, x); err != nil {
			t.Fatal(err)
		}
		got := document(t, plus(args, "--images", name)...)
		if got["z_u"] != want["z_u"] || got["n_eff"] != want["n_eff"] || len(got["flagged"].([]any)) != len(want["flagged"].([]any)) {
			t.Errorf("%s: z_u %v, bytes %v", name, got["z_u"], want["z_u"])
		}
		if r := got["nnd"].(map[string]any)["range"]; name == "unit.npy" && r != "[0, 1]" || name == "signed.npy" && r != "[-1, 1]" {
			t.Errorf("%s: nnd in the range %v", name, r)
		}
	}
	if err := npy.Write("wide.npy", []int{1, 1, 1, 1}, []float32{200}); err != nil {
		t.Fatal(err)
	}
	if _, _, errs := cli(t, plus(args, "--images", "wide.npy")...); !strings.Contains(errs, "value 0 is 200; images of floats lie in [-1, 1] or [0, 1]") {
		t.Error(errs)
	}
}

// An encoder's features are compared alone, or as a second test, with planted copies in both.
func TestMemorizationEncoder(t *testing.T) {
	args := plus(copies(t), "--data", copiedShapes, "--control", "4")
	alone := document(t, plus(args, "--encoder", "pca:8")...)
	if alone["encoder"] != "pca:8" || alone["metric"] != "euclidean" || alone["controls"].(map[string]any)["exact"].(map[string]any)["detected"] != 1.0 {
		t.Errorf("%v by %v: %v", alone["encoder"], alone["metric"], alone["controls"])
	}
	both := document(t, plus(args, "--with-encoder", "pixels", "--metric", "mirror", "--fdr", "0.1")...)
	if both["with_encoder"] != "pixels" || both["metric"] != "mirror" || len(both["flagged"].([]any)) < 10 {
		t.Errorf("with %v by %v: %d selected", both["with_encoder"], both["metric"], len(both["flagged"].([]any)))
	}
	files := document(t, plus(args[:8], "--train", "training.npy", "--null", "heldout.npy", "--encoder", "pixels", "--control", "2")...)
	if files["encoder"] != "pixels" || len(files["flagged"].([]any)) < 10 || files["controls"] == nil {
		t.Errorf("%v on files: %d selected", files["encoder"], len(files["flagged"].([]any)))
	}
	if err := npy.Write("f.npy", []int{3, 2}, make([]float32, 6)); err != nil {
		t.Fatal(err)
	}
	if _, _, errs := cli(t, "memorization", "--images", "f.npy", "--train", "f.npy", "--null", "f.npy", "--encoder", "pixels"); !strings.Contains(errs, "f.npy holds features already") {
		t.Error(errs)
	}
}

// A generator makes its images itself, in batches; of a run on these very images the discriminator
// is asked, too. A run on other images is said to be one.
func TestMemorizationRun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	t.Chdir(t.TempDir())
	const data = "shapes:train=60,test=40"
	must(t, "train", "--arch", "svhn32", "--width", "1", "--data", data, "--batch", "16", "--steps", "2", "--out", "run")
	args := []string{"memorization", "--run", "run", "--n", "130", "--control", "2", "--metric", "pixels", "--record", "records.jsonl"}
	doc := document(t, plus(args, "--data", data)...)
	gap, ok := doc["discriminator_gap"].(map[string]any)
	if !ok || gap["train"] != 60.0 || gap["held_out"] != 40.0 || doc["generated"] != 130.0 || doc["generated_name"] != "run" {
		t.Errorf("%v images of %v, discriminator gap %v", doc["generated"], doc["generated_name"], gap)
	}
	other := document(t, plus(args, "--data", "shapes:train=60,test=41")...)
	if other["discriminator_gap"] != nil {
		t.Error("the discriminator of a run on other images was asked")
	}
	records, err := record.Read("records.jsonl")
	if err != nil || len(records) != 2 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	elsewhere := 0
	for _, r := range records {
		in, ok := r.Input(record.GeneratedInput)
		if !ok || in.Name != "run" || in.Rows != 130 || in.Hash == "" || r.TrainingSeed == nil || !strings.Contains(r.Notes[0], "130 images of run (trained on shapes for 2 steps), in batches of 128") {
			t.Errorf("record of %+v, notes %q", in, r.Notes)
		}
		checkGenerator(t, r, "svhn32, width 1")
		if n := r.Notes; strings.Contains(n[len(n)-1], "was trained on other images") {
			elsewhere++
		}
	}
	if elsewhere != 1 {
		t.Errorf("%d of two records say that the generator was trained on other images, want 1", elsewhere)
	}
}

// Cells of C_T may be given, as centres or by image.
func TestMemorizationCells(t *testing.T) {
	args := plus(copies(t), "--data", copiedShapes, "--control", "0", "--metric", "pixels")
	cell := func(name string, n int) string {
		cells := make([]int32, n)
		for i := range cells {
			cells[i] = int32(i % 2)
		}
		if err := npy.Write(name, []int{n}, cells); err != nil {
			t.Fatal(err)
		}
		return name
	}
	files := strings.Join([]string{cell("train-cells.npy", 60), cell("test-cells.npy", 200), cell("gen-cells.npy", 40)}, ",")
	doc := document(t, plus(args, "--cells", files)...)
	warned := slices.ContainsFunc(doc["warnings"].([]any), func(w any) bool { return strings.Contains(w.(string), "C_T: no cell holds more than 20 of the 40") })
	if ct, ok := doc["c_t"].(map[string]any); ok && ct["cells_given"] != true || !ok && !warned {
		t.Errorf("c_t %v, warnings %v", doc["c_t"], doc["warnings"])
	}
	for name, c := range map[string]struct {
		centres []float32
		columns int
		want    string
	}{
		"nan.npy":    {append(make([]float32, 16*16*3+5), float32(math.NaN())), 0, "--cells nan.npy: row 1, column 5"},
		"narrow.npy": {make([]float32, 6), 3, "--cells narrow.npy: row 0 ends after column 2; a centre needs 768 columns"},
	} {
		if c.columns == 0 {
			c.columns = 16 * 16 * 3
			c.centres = append(c.centres, make([]float32, 2*c.columns-len(c.centres))...)
		}
		if err := npy.Write(name, []int{len(c.centres) / c.columns, c.columns}, c.centres); err != nil {
			t.Fatal(err)
		}
		if status, _, errs := cli(t, plus(args, "--cells", name)...); status != statusFailed || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %s; want %q", name, status, errs, c.want)
		}
	}
	if _, _, errs := cli(t, plus(args, "--cells", "gen-cells.npy,test-cells.npy,gen-cells.npy")...); !strings.Contains(errs, "gen-cells.npy has the shape 40; there are 60 images") {
		t.Error(errs)
	}
}

// repeatRows writes the first rows of a file of images, times times one after the other, in its place.
func repeatRows(t *testing.T, name string, rows, times int) {
	t.Helper()
	shape, pixels, err := npy.Read[uint8](name)
	if err != nil {
		t.Fatal(err)
	}
	shape[0] = rows * times
	if err := npy.Write(name, shape, slices.Repeat(pixels[:rows*shape[1]*shape[2]*shape[3]], times)); err != nil {
		t.Fatal(err)
	}
}

// With --strict false alarms that contradict the nominal rate are a failure, after the result is
// printed; and a command that is stopped exits with 75.
func TestMemorizationStatus(t *testing.T) {
	args := plus(copies(t), "--train", "training.npy", "--null", "heldout.npy", "--control", "0", "--metric", "pixels")
	if status, out, errs := cli(t, plus(args, "--strict")...); status != 0 || !strings.Contains(out, "false alarms") {
		t.Errorf("status %d, %s", status, errs)
	}
	// A null of 50 has no p-value below 1/51: false alarms count there, and contradict nothing.
	few := plus(args[:8], "--data", "shapes:size=16,train=60,test=1700", "--control", "0", "--metric", "pixels", "--null-images", "50")
	status, text, warned := cli(t, plus(few, "--strict")...)
	if status != 0 || strings.Contains(text, "the p-values are not what they should be") || !strings.Contains(text, "no p-value is below 0.02, and p ≤ 0.05") || !strings.Contains(text, "of 425 held-out images, nominal 2 %") {
		t.Errorf("status %d, %s, %s", status, text, warned)
	}
	// Of 40 held-out images a hundred times each, none is flagged at 0.01.
	repeatRows(t, "heldout.npy", 40, 100)
	again := plus(args, "--null-images", "3000", "--strict")
	if status, out, errs := cli(t, again...); status != statusFailed || !strings.Contains(out, "the p-values are not what they should be") || !strings.Contains(errs, "--strict: 0 % of 1000") {
		t.Errorf("status %d, %s, %s", status, out, errs)
	}
	if status, _, errs := cli(t, plus(args, "--out", ".")...); status != statusFailed || !strings.Contains(errs, "which is no part of a folder of memorisation") {
		t.Errorf("status %d, %s", status, errs)
	}
	if err := os.MkdirAll("others", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("others/result.json", []byte(`{"accuracy": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := cli(t, plus(args, "--out", "others")...); status != statusFailed || !strings.Contains(errs, "holds result.json, which is no part of") {
		t.Errorf("a folder with a result.json of something else: status %d, %s", status, errs)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	if status := run(cancelled, args, &out, &errs); status != statusInterrupted || out.Len() != 0 || !strings.Contains(errs.String(), "interrupted while") || !strings.Contains(errs.String(), "the same command goes on") {
		t.Errorf("stopped: status %d, %s", status, errs.String())
	}
}

// checkGenerator checks that a record names its generator as the encoder, and yet has the ID that
// it had when older versions left the encoder empty.
func checkGenerator(t *testing.T, r record.Record, architecture string) {
	t.Helper()
	in, _ := r.Input(record.GeneratedInput)
	if r.Encoder.Spec != in.Name || in.Name == "" || r.Encoder.WeightsHash == "" || r.Encoder.Architecture != architecture {
		t.Errorf("the record of %s has the encoder %+v", in.Name, r.Encoder)
	}
	old := r
	old.Encoder = record.Encoder{}
	if id, err := record.NewID(old, r.Protocol.Settings...); err != nil || id != r.ID {
		t.Errorf("the record is %s, was %s: %v", r.ID, id, err)
	}
}
