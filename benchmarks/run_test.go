package benchmarks

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"repbench/datasets/catalog"
	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/supervised"
	"repbench/features"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/reports"
	"repbench/train/dcgan"
)

// tiny is the built-in set, so small that each protocol takes a moment.
const tiny = "shapes:size=16,train=60,test=20"

// tasks is a progress.Reporter that keeps the names of started tasks and calls do when the
// task named at starts.
type tasks struct {
	mu      sync.Mutex
	started []string
	at      string
	do      func()
}

func (s *tasks) Start(name string, total int64, unit string) progress.Task {
	s.mu.Lock()
	s.started = append(s.started, name)
	s.mu.Unlock()
	if s.do != nil && name == s.at {
		s.do()
	}
	return progress.Silent.Start(name, total, unit)
}

func (s *tasks) has(name string) bool { return slices.Contains(s.started, name) }

// machine keeps its cache in a folder of the test's own.
func machine(t *testing.T, p progress.Reporter) Machine {
	return Machine{Backend: "cpu", Catalog: catalog.Options{CacheDir: t.TempDir(), Offline: true}, Progress: p}
}

// TestRun: each protocol stores its records beside the features in the cache; run
// again, no image is encoded again and the records are replaced.
func TestRun(t *testing.T) {
	seen := &tasks{}
	m := machine(t, seen)
	for _, tt := range []struct {
		name     string
		protocol Protocol
		records  int
	}{
		{"linear", Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}, 1},
		{"few labels", FewShot{FewShotOptions: eval.FewShotOptions{C: []float64{1e-3}, Draws: 2}, LabelCounts: []int{1, 2}}, 2},
		{"knn", KNN{Options: knn.Options{Rule: knn.Rule{K: []int{3}}}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cell := Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: tt.protocol, Records: filepath.Join(t.TempDir(), "r.jsonl")}
			var ids []string
			for range 2 {
				out, err := Run(t.Context(), cell, m)
				if err != nil {
					t.Fatal(err)
				}
				if out.Title != "pixels on shapes" || out.Stored != cell.Records || !strings.HasPrefix(out.Folder, m.Catalog.CacheDir) {
					t.Errorf("%q of %s is stored in %s", out.Title, out.Folder, out.Stored)
				}
				for _, r := range out.Records {
					ids = append(ids, r.ID)
				}
				in, err := reports.Load([]string{cell.Records})
				if err != nil || len(in.Records) != tt.records {
					t.Fatalf("%d records are stored, want %d: %v", len(in.Records), tt.records, err)
				}
			}
			if n := tt.records; len(ids) != 2*n || !slices.Equal(ids[:n], ids[n:]) {
				t.Errorf("the same cell gave the records %q", ids)
			}
		})
	}
	if n := len(slices.DeleteFunc(seen.started, func(s string) bool { return s != "extract train" })); n != 1 {
		t.Errorf("the training images were encoded %d times, want once", n)
	}
	out, err := Run(t.Context(), Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: KNN{}}, m)
	if err != nil || out.Stored != filepath.Join(out.Folder, "records.jsonl") {
		t.Errorf("stored in %+v, error %v", out, err)
	}
}

// TestRunInterrupted: a run that is stopped says so, and the same cell goes on to the
// result of a run that was not.
func TestRunInterrupted(t *testing.T) {
	cell := Cell{Source: Source{Encoder: "pixels", Data: tiny, Options: features.Options{BatchSize: 8}},
		Protocol: Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}}
	want, err := Run(t.Context(), cell, machine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	m := machine(t, &tasks{at: "extract test", do: cancel})
	if _, err := Run(ctx, cell, m); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "goes on from there") {
		t.Fatalf("stopped, the error is %v", err)
	}
	again := &tasks{}
	m.Progress = again
	got, err := Run(t.Context(), cell, m)
	if err != nil {
		t.Fatal(err)
	}
	if again.has("extract train") || !again.has("extract test") {
		t.Errorf("after the stop these were started: %q", again.started)
	}
	if g, w := got.Records[0], want.Records[0]; g.ID != w.ID || linearOf(g).Objective != linearOf(w).Objective || !slices.Equal(linearOf(g).Predicted, linearOf(w).Predicted) {
		t.Errorf("record %s with objective %v, want %s and %v", g.ID, linearOf(g).Objective, w.ID, linearOf(w).Objective)
	}
	cancel()
	if _, err := Run(ctx, cell, m); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that may not begin gives %v", err)
	}
}

// TestRunNamesItsOwnEncoder: a record is of the encoder that the cell names, also where
// another with the same weights made the features.
func TestRunNamesItsOwnEncoder(t *testing.T) {
	seen := &tasks{}
	m := machine(t, seen)
	ids := map[string]bool{}
	for _, encoder := range []string{"random:svhn32,width=1", "random:svhn32,channels=3,width=1"} {
		cell := Cell{Source: Source{Encoder: encoder, Data: "shapes:train=60,test=20"}, Protocol: KNN{}}
		out, err := Run(t.Context(), cell, m)
		if err != nil {
			t.Fatal(err)
		}
		r := out.Records[0]
		if ids[r.ID] = true; r.Encoder.Spec != encoder || out.Title != encoder+" on shapes" {
			t.Errorf("%s: a record of %s, titled %q", encoder, r.Encoder.Spec, out.Title)
		}
		if len(r.Costs) != 2 || r.Costs[0].Stage != "extract" {
			t.Errorf("%s: costs %+v", encoder, r.Costs)
		}
	}
	if len(ids) != 2 {
		t.Errorf("two encoders share the record %v", ids)
	}
	if n := len(slices.DeleteFunc(seen.started, func(s string) bool { return s != "extract train" })); n != 1 {
		t.Errorf("the training images were encoded %d times, want once", n)
	}
}

// TestRunSupervised: a search is stored in its folder, and found there.
func TestRunSupervised(t *testing.T) {
	arch, err := dcgan.NewArch("svhn32", 1)
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, nil)
	cell := Cell{Source: Source{Data: "shapes:train=60,test=20"},
		Protocol: Supervised{supervised.Options{Arch: arch, Trials: 1, Steps: 1, Batch: 16}}}
	first, err := Run(t.Context(), cell, m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Run(t.Context(), cell, m)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(first.Folder) != filepath.Join(m.Catalog.CacheDir, "supervised") || again.Folder != first.Folder || again.Records[0].ID != first.Records[0].ID {
		t.Errorf("folders %s and %s, records %s and %s", first.Folder, again.Folder, first.Records[0].ID, again.Records[0].ID)
	}
	if again.Search.Seconds != first.Search.Seconds {
		t.Errorf("the search was done again: %v s, then %v s", first.Search.Seconds, again.Search.Seconds)
	}
	cell.Source.Encoder = "pixels"
	if _, err := Run(t.Context(), cell, m); err == nil || !strings.Contains(err.Error(), "neither an encoder") {
		t.Errorf("with an encoder: %v", err)
	}
}

// TestPredictions: predictions are written where they are asked for.
func TestPredictions(t *testing.T) {
	for name, of := range map[string]func(path string) Protocol{
		"linear": func(path string) Protocol {
			return Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}, Predictions: path}
		},
		"knn": func(path string) Protocol { return KNN{Predictions: path} },
	} {
		path := filepath.Join(t.TempDir(), "predicted.npy")
		out, err := Run(t.Context(), Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: of(path)}, machine(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		var want []int32
		if r := out.Records[0]; r.Kind() == "knn" {
			want = knnOf(r).Predicted
		} else {
			want = linearOf(r).Predicted
		}
		shape, got, err := npy.Read[int32](path)
		if err != nil || !slices.Equal(shape, []int{20}) || !slices.Equal(got, want) {
			t.Errorf("%s: predictions %v of shape %v, error %v", name, got, shape, err)
		}
	}
}

// TestRunErrors: what is wrong with a cell is said before any work is done.
func TestRunErrors(t *testing.T) {
	good := Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}
	files := Arrays{TrainX: "x.npy", TrainY: "y.npy", TestX: "x.npy", TestY: "y.npy"}
	for _, tt := range []struct {
		name string
		cell Cell
		kind error
		want string
	}{
		{"no protocol", Cell{Source: Source{Encoder: "pixels", Data: tiny}}, nil, "without a protocol"},
		{"no source", Cell{Protocol: good}, nil, "give an encoder"},
		{"no data", Cell{Source: Source{Encoder: "pixels"}, Protocol: good}, nil, "without a data set"},
		{"no folder", Cell{Source: Source{Folder: "nosuchfolder"}, Protocol: good}, nil, "nosuchfolder"},
		{"option before data", Cell{Source: Source{Encoder: "pixels", Data: "nosuchset"}, Protocol: Linear{LinearOptions: eval.LinearOptions{C: []float64{-1}}}}, eval.ErrOptions, "C = -1"},
		{"second number of labels", Cell{Source: Source{Encoder: "pixels", Data: "nosuchset"}, Protocol: FewShot{LabelCounts: []int{3, -1}}}, eval.ErrOptions, "-1 labels"},
		{"record of files", Cell{Source: Source{Arrays: files}, Protocol: good, Records: "r.jsonl"}, nil, "not stored"},
		{"no files", Cell{Source: Source{Arrays: files}, Protocol: good}, os.ErrNotExist, "y.npy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			m := machine(t, nil)
			_, err := Run(t.Context(), tt.cell, m)
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want %v that says %q", err, tt.kind, tt.want)
			}
			if made, _ := os.ReadDir(m.Catalog.CacheDir); len(made) > 0 {
				t.Errorf("the cache holds %v", made)
			}
		})
	}
}

func TestDevice(t *testing.T) {
	for backend, want := range map[string]string{"": "", "auto": "", "cpu": "", "go": "go", "xla:cuda": "xla:cuda"} {
		if got := Device(backend).Backend; got != want {
			t.Errorf("with the backend %q fits run on %q, want %q", backend, got, want)
		}
	}
}
