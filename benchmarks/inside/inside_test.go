package inside_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/benchmarks"
	"repbench/benchmarks/inside"
	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
	"repbench/reports/record"
	"repbench/train/dcgan"
	"repbench/vis"
)

func tiny() inside.Subject {
	a, err := dcgan.NewArch("svhn32", 1)
	if err != nil {
		log.Fatal(err)
	}
	return inside.Subject{Spec: "random:svhn32,width=1", Model: dcgan.NewModel(a, 1), Backend: "cpu", BatchNorm: vis.Fixed, Seed: 1}
}

// The record names its pictures from its own folder, with the hash of what was written, and the
// same figure has the same name.
func TestRecord(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "pictures"), 0o755); err != nil {
		t.Fatal(err)
	}
	out := inside.Output{PNG: filepath.Join(dir, "pictures", "turn.png"), Record: filepath.Join(dir, "records.jsonl"), Array: filepath.Join(dir, "turn.npy")}
	for range 2 {
		r := vis.NewResult("turn")
		r.Set("steps", 7)
		r.Add(vis.Score{Name: "change", Value: 0.5, N: 3})
		w := inside.Writer{Output: out, Result: r}
		err := errors.Join(w.Picture("", image.NewGray(image.Rect(0, 0, 3, 3)), "turned"), w.Picture("more", image.NewGray(image.Rect(0, 0, 2, 2)), "more"),
			w.Images(dcgan.Images{N: 1, H: 1, W: 1, C: 1, Data: []float32{0}}), w.Close(tiny()))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(r.Files, out.PNG) || r.Pictures[0].Path != out.PNG {
			t.Errorf("the result names %v", r.Files)
		}
	}
	rs, err := record.Read(out.Record)
	if err != nil || len(rs) != 1 {
		t.Fatalf("%d records, %v; want one, as the figures are equal", len(rs), err)
	}
	got, err := record.Decode[vis.Result](rs[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"pictures/turn.png", "pictures/turn-more.png", "turn.npy", "pictures/turn.json"}; !slices.Equal(got.Files, want) {
		t.Errorf("files %v, want %v", got.Files, want)
	}
	for _, p := range got.Pictures {
		content, err := os.ReadFile(filepath.Join(dir, p.Path))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(content)) != p.SHA256 {
			t.Errorf("%s has another hash (%v)", p.Path, err)
		}
	}
	var side vis.Result
	if err := jsonfile.Read(filepath.Join(dir, "pictures", "turn.json"), &side); err != nil || side.Pictures[1].Path != "turn-more.png" || len(side.Scores) != 1 {
		t.Errorf("turn.json says %+v, %v", side, err)
	}
	if r := rs[0]; r.Encoder.WeightsHash == "" || r.Encoder.BatchNorm != "fixed" || r.Kind() != vis.Kind || len(r.Measurements()) != 1 {
		t.Errorf("record %+v", r)
	}
}

func TestCheckErrors(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("torn.jsonl"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		out  inside.Output
		kind error
		want string
	}{
		{inside.Output{PNG: path("a.gif")}, inside.ErrName, "ends in .png"},
		{inside.Output{PNG: path("z.png")}, outputs.ErrTaken, "z.webp"},
		{inside.Output{PNG: path("a.png"), Array: path("a.png")}, outputs.ErrTaken, "--npy and --out name the same file " + path("a.png")},
		{inside.Output{PNG: path("a.png"), Array: path("a.json")}, outputs.ErrTaken, "--npy and --out name the same file " + path("a.json")},
		{inside.Output{Array: path("a.npy"), Record: path("a.npy")}, outputs.ErrTaken, "--npy and --record name the same file"},
		{inside.Output{Array: path("z.npy")}, outputs.ErrTaken, "z.npy"},
		{inside.Output{Record: path("torn.jsonl")}, benchmarks.ErrRecords, "another file of records"},
		{inside.Output{PNG: filepath.Join(dir, "none", "a.png")}, nil, "none"},
	} {
		err := tt.out.Check(outputs.Reads{Files: []string{path("z.npy"), path("z.webp")}}, nil, ".webp")
		if err == nil || tt.kind != nil && !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want %q", tt.out, err, tt.want)
		}
	}
	if err := (inside.Output{PNG: path("ok.png"), Array: path("ok.npy"), Record: path("r.jsonl")}).Check(outputs.Reads{}, nil, ".webp"); err != nil {
		t.Error(err)
	}
}
