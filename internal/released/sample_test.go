package released

import (
	"slices"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/internal/testenv"
)

func upTo(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// TestSample: the expected values were computed with a Python 3.11 port of sample of Python
// 2.7's Lib/random.py, on random.Random(42): range(10) and range(1000), 8 each, in one stream.
func TestSample(t *testing.T) {
	s := NewSampler()
	for _, c := range []struct {
		n    int
		want []int32
	}{
		{10, []int32{6, 0, 2, 1, 4, 3, 5, 8}},
		{1000, []int32{421, 29, 218, 505, 26, 198, 649, 544}},
	} {
		if got := s.Sample(upTo(c.n), len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("of %d: %v, want %v", c.n, got, c.want)
		}
	}
	for k, want := range map[int]int{1: 21, 5: 21, 6: 21 + 64, 21: 21 + 64, 22: 21 + 256, 100: 1045} {
		if got := poolLimit(k); got != want {
			t.Errorf("a sample of %d copies up to %d elements, want %d", k, got, want)
		}
	}
}

// TestSampleGolden compares three draws with the file of released_rng.py, whose classes lie on
// both sides of the limit up to which Python copies the population.
func TestSampleGolden(t *testing.T) {
	var want struct {
		Seed       int
		ClassSizes []int `json:"class_sizes"`
		Draws      [][][]int32
	}
	if err := jsonfile.Read(testenv.Path(t, "golden", "svhn1000", "released_python2_sample.json"), &want); err != nil {
		t.Fatal(err)
	}
	if want.Seed != Seed || len(want.Draws) == 0 {
		t.Fatalf("seed %d, %d draws", want.Seed, len(want.Draws))
	}
	s := NewSampler()
	for i, draw := range want.Draws {
		for k, rows := range draw {
			if got := s.Sample(upTo(want.ClassSizes[k]), len(rows)); !slices.Equal(got, rows) {
				t.Errorf("draw %d, class %d of %d rows: %v, want %v", i, k, want.ClassSizes[k], got, rows)
			}
		}
	}
}

// TestDrawAll: 7 values of C of ten draws, then a hundred, from one stream, class after class.
func TestDrawAll(t *testing.T) {
	classes := [][]int32{upTo(300), upTo(1200)}
	for i := range classes[1] {
		classes[1][i] += 300
	}
	d := DrawAll(classes, 7)
	if len(d.Select) != 7 || len(d.Select[6]) != SelectDraws || len(d.Report) != ReportDraws {
		t.Fatalf("%d × %d and %d draws", len(d.Select), len(d.Select[0]), len(d.Report))
	}
	s := NewSampler()
	for i, got := range append(slices.Concat(d.Select...), d.Report...) {
		want := append(s.Sample(classes[0], LabelsPerClass), s.Sample(classes[1], LabelsPerClass)...)
		if !slices.Equal(got, want) {
			t.Fatalf("draw %d: %v, want %v", i, got, want)
		}
	}
}
