package comparison

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// linearRecord is a result on CIFAR-10 with that many layers of 1024, 2048, … numbers.
func linearRecord(spec string, layers int) record.Record {
	l := &eval.LinearResult{Protocol: "linear", LinearScore: eval.LinearScore{TestAccuracy: 0.5, Dim: 7168}, NTrain: 50000, NTest: 10000, ReportedOn: "test"}
	for i := range layers {
		l.Layers = append(l.Layers, eval.LayerScore{Name: fmt.Sprintf("conv%d", i+1), LinearScore: eval.LinearScore{Dim: 1024 << i}})
	}
	r := record.Record{Encoder: record.Encoder{Spec: spec, Pooling: "max", Grid: 4}, Data: record.Data{Name: "cifar10"}, Seed: 1, Result: l}
	for _, y := range l.Layers {
		r.Encoder.Layers = append(r.Encoder.Layers, y.Name)
	}
	return r
}

// fewRecord is a result with 400 labels per class.
func fewRecord(spec, protocol string) record.Record {
	r := linearRecord(spec, 0)
	r.Result = &eval.FewShotResult{Protocol: protocol, FewShotScore: eval.FewShotScore{LabelsPerClass: 400, Mean: 0.5, Draws: 10}}
	return r
}

// linearOf is the result of a record of linearRecord.
func linearOf(r record.Record) *eval.LinearResult { return r.Result.(*eval.LinearResult) }

// Results on few labels are joined only with results of the same features and data,
// results of the same seed first, and each stands in one row.
func TestJoined(t *testing.T) {
	full, other := linearRecord("a", 0), linearRecord("a", 0)
	other.Seed = 2
	few := fewRecord("a", results.CIFAR400)
	fewOther := few
	fewOther.Seed = 2
	weights := few
	weights.Encoder.WeightsHash = "another"
	data := few
	data.Data.Hash = "another"
	neighbours := linearRecord("a", 0)
	neighbours.Result = &knn.Result{K: 5, TestAccuracy: 0.5}
	tests := []struct {
		name string
		rs   []record.Record
		want []resultPair
	}{
		{"one of each", []record.Record{full, few}, []resultPair{{0, 1}}},
		{"by seed", []record.Record{other, full, few, fewOther}, []resultPair{{0, 3}, {1, 2}}},
		{"one for two", []record.Record{other, full, few}, []resultPair{{0, -1}, {1, 2}}},
		{"another seed", []record.Record{other, few}, []resultPair{{0, 1}}},
		{"other weights", []record.Record{full, weights}, []resultPair{{0, -1}, {-1, 1}}},
		{"other data", []record.Record{full, data}, []resultPair{{0, -1}, {-1, 1}}},
		{"another protocol", []record.Record{full, fewRecord("a", "few-shot")}, []resultPair{{0, -1}}},
		{"neighbours", []record.Record{neighbours, few}, []resultPair{{0, -1}, {-1, 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var g []int
			for i := range tt.rs {
				g = append(g, i)
			}
			if got := joined(tt.rs, g); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestMaps(t *testing.T) {
	tests := []struct {
		name   string
		change func(r *record.Record)
		want   int
	}{
		{"layers", func(*record.Record) {}, 4096 / 16},
		{"several layers without scores", func(r *record.Record) { linearOf(*r).Layers = nil }, 0},
		{"one layer", func(r *record.Record) { linearOf(*r).Layers, r.Encoder.Layers, r.Encoder.Grid = nil, nil, 2 }, 7168 / 4},
		{"no grid", func(r *record.Record) {
			linearOf(*r).Layers, r.Encoder.Layers, r.Encoder.Grid, r.Encoder.Pooling = nil, nil, 0, ""
		}, 7168},
		{"not pooled", func(r *record.Record) { r.Encoder.Pooling = "none" }, 0},
		{"not of the grid", func(r *record.Record) { r.Encoder.Grid = 3 }, 0},
	}
	for _, tt := range tests {
		r := linearRecord("x", 3) // layers of 1024, 2048 and 4096 numbers on a 4×4 grid
		tt.change(&r)
		if got := maps(r); got != tt.want {
			t.Errorf("%s: %d maps, want %d", tt.name, got, tt.want)
		}
	}
}

// A result on another number of test images than the official one is marked and warned of beside
// the paper's.
func TestPaperTableWarnsOfOtherTestImages(t *testing.T) {
	r := linearRecord("pixels", 1)
	q, _ := quotedFor(results.DataName(r))
	if got := table1(q, []record.Record{r}, []string{"x"}, []int{0}); strings.Contains(got.Caption, "Warning") || got.Rows[0].Cells[0] != "x" {
		t.Errorf("the official numbers give %q, %q", got.Caption, got.Rows[0].Cells[0])
	}
	linearOf(r).NTest = 20
	if got := table1(q, []record.Record{r}, []string{"x"}, []int{0}); !strings.Contains(got.Caption, "Warning") || got.Rows[0].Cells[0] != "x (20 test images)" {
		t.Errorf("20 test images give %q, %q", got.Caption, got.Rows[0].Cells[0])
	}
}
