package reports

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// A figure is drawn for encoders of different cost on one data set by one protocol, and for nothing else.
func TestCostFigures(t *testing.T) {
	of := func(adds ...int64) (rs []record.Record, names []string) {
		for range adds {
			r := fakeRecord("random:svhn32", 0.5, 0)
			r.Costs = []record.Cost{{Stage: "extract", Seconds: 1, MultiplyAdds: adds[len(rs)]}}
			rs, names = append(rs, r), append(names, "encoder")
		}
		return rs, names
	}
	for _, tt := range []struct {
		name string
		adds []int64
		want int
	}{
		{"two encoders", []int64{1e6, 2e9}, 1},
		{"one is not counted", []int64{1e6, 0}, 0},
		{"equal cost", []int64{1e6, 1e6}, 0},
		{"three, one not counted", []int64{1e6, 0, 5}, 1},
	} {
		rs, names := of(tt.adds...)
		if got := costFigures(rs, names); len(got) != tt.want {
			t.Errorf("%s: %d figures, want %d", tt.name, len(got), tt.want)
		}
	}
	rs, names := of(1e6, 2e9)
	rs[1].Data.Name = "other"
	if got := costFigures(rs, names); len(got) != 0 {
		t.Error("results on two data sets share a figure")
	}
	rs, names = of(1e6, 2e9)
	if f, ok := costFigures(rs, names)[0].(page.Figure); !ok || f.Name != "accuracy-cost-1" {
		t.Errorf("%+v", f)
	}
	if s := costSection(rs, names); len(s) != 1 || len(s[0].Blocks) != 3 {
		t.Errorf("the section has %+v", s)
	}
}

// A figure says which results it leaves out, and speaks of a line only where it has one.
func TestCostFigureCaption(t *testing.T) {
	of := func(name string, accuracy float64, adds int64) record.Record {
		r := fakeRecord(name, accuracy, 0)
		r.Costs = []record.Cost{{Stage: "extract", Seconds: 1, MultiplyAdds: adds}}
		return r
	}
	for _, tt := range []struct {
		rs        []record.Record
		want, not string
	}{
		{[]record.Record{of("a", 0.5, 1e6), of("b", 0.6, 2e6), of("pixels", 0.7, 0)},
			"The line joins the encoders than which no cheaper one is better. Not drawn, as their multiply-adds are not counted: pixels.", "highest cost"},
		{[]record.Record{of("a", 0.6, 1e6), of("b", 0.5, 2e6)}, "linear.", "The line joins"},
	} {
		names := make([]string, len(tt.rs))
		for i, r := range tt.rs {
			names[i] = r.Encoder.Spec
		}
		got := costFigures(tt.rs, names)[0].(page.Figure).Caption
		if !strings.HasSuffix(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("caption %q, want %q", got, tt.want)
		}
	}
}

// The cost of features stands in the report as numbers, once for each extraction.
func TestEncoderCosts(t *testing.T) {
	net := record.Cost{Stage: "extract", Seconds: 2, PeakRSSBytes: 300 << 20, MultiplyAdds: 1_813_561_344, ImagesPerSecond: 88.04, GFLOPS: 319.33, Batch: 16}
	slow := record.Cost{Stage: "extract", Seconds: 9, ImagesPerSecond: 7272.4, Batch: 128}
	linear, knn, pixels, old := fakeRecord("net", 0.5, 0), fakeRecord("net", 0.4, 0), fakeRecord("pixels", 0.3, 0), fakeRecord("old", 0.3, 0)
	linear.Costs, knn.Costs, pixels.Costs = []record.Cost{net, {Stage: "fit", Seconds: 1}}, []record.Cost{net}, []record.Cost{slow}
	old.Costs = []record.Cost{{Stage: "extract", Seconds: 3}}
	got := encoderCosts([]record.Record{linear, knn, pixels, old}, []string{"net", "net", "pixels", "old"})
	if len(got) != 1 {
		t.Fatalf("%d blocks", len(got))
	}
	var cells [][]string
	for _, row := range got[0].(page.Table).Rows {
		cells = append(cells, row.Cells)
	}
	want := [][]string{{"net on cifar10", "1,814", "88", "319", "300 MiB", "16"}, {"pixels on cifar10", "–", "7,272", "–", "–", "128"}}
	if !reflect.DeepEqual(cells, want) {
		t.Errorf("got %q\nwant %q", cells, want)
	}
	if got := encoderCosts([]record.Record{old}, []string{"old"}); got != nil {
		t.Errorf("a table without numbers: %+v", got)
	}
}

// Top-5 accuracy and the mean per class stand in the section of their result.
func TestFurtherAccuracies(t *testing.T) {
	r := fakeRecord("net", 0.5, 0)
	if got := further(r); got != "" {
		t.Errorf("of a record without them: %q", got)
	}
	s := linearOf(r)
	top, mean, interval := 0.84, 0.325, eval.Interval{0.7829, 0.8843}
	s.Top5, s.Top5CI95, s.ClassMean = &top, &interval, &mean
	r.Result = s
	want := " For 84.00 % (78.29–88.43) of the images the right class is among the five that come first. The mean accuracy per class is 32.50 %."
	if got := further(r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := recordSection(r, "net", 1, true); !strings.Contains(fmt.Sprint(text.Blocks), strings.TrimSpace(want)) {
		t.Error("not in the section")
	}
}
