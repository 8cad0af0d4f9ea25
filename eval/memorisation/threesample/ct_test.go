package threesample

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/features/matrix"
)

// blobs are n rows of d columns round three points far apart; of says which.
func blobs(seed uint64, n, d int) (s oracle.Set, of []int32) {
	rng := oracle.Random(seed)
	s = oracle.Points(rng, n, d, 0)
	for i := range n {
		c := rng.IntN(3)
		s.Row(i)[c] += 30
		of = append(of, int32(c))
	}
	return s, of
}

// sameParts reports whether two lists of cells part the rows in the same way.
func sameParts(a, b []int32) bool {
	names := map[[2]int32]bool{}
	for i := range a {
		names[[2]int32{a[i], b[i]}] = true
	}
	return len(names) == 3
}

func TestKMeansFindsBlobs(t *testing.T) {
	s, of := blobs(20, 500, 8)
	for _, threads := range []int{1, 3} {
		k := newKMeans(s.View(), threads)
		centres, err := k.best(context.Background(), 3, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		cell, squares := k.assign(centres)
		if !sameParts(cell, of) {
			t.Errorf("%d threads: cells %v of blobs %v", threads, cell[:20], of[:20])
		}
		for i, c := range cell {
			if want := squareTo(rowOf(s.View(), i), centres[c]); math.Abs(squares[i]-want) > 1e-9*want {
				t.Fatalf("row %d: square %v, want %v", i, squares[i], want)
			}
		}
	}
}

// TestKMeansDoesNotDependOnOrder: the same rows in another order give the same cells, and each
// start no more than the sum of squares of its seeds.
func TestKMeansDoesNotDependOnOrder(t *testing.T) {
	rng := oracle.Random(21)
	s := oracle.Points(rng, 300, 4, 0)
	order := rng.Perm(s.N)
	turned := oracle.Set{N: s.N, D: s.D}
	for _, i := range order {
		turned.X = append(turned.X, s.Row(i)...)
	}
	a, b := newKMeans(s.View(), 2), newKMeans(turned.View(), 2)
	x, _ := a.best(context.Background(), 3, 4, 5)
	y, _ := b.best(context.Background(), 3, 4, 5)
	for c := range x {
		if squareTo(x[c], y[c]) > 1e-18 {
			t.Fatalf("centre %d lies at %v and %v", c, x[c], y[c])
		}
	}
	_, before := a.assign(a.seeds(3, mix(5, 0)))
	_, after := a.run(3, mix(5, 0))
	sum := 0.0
	for _, v := range before {
		sum += v
	}
	if after > sum {
		t.Errorf("Lloyd's steps raise the sum of squares from %v to %v", sum, after)
	}
}

func TestKMeansOfEqualRows(t *testing.T) {
	s := oracle.Set{N: 6, D: 2, X: slices.Repeat([]float64{1, 2}, 6)}
	centres, sum := newKMeans(s.View(), 1).run(3, 1)
	if len(centres) != 3 || sum != 0 {
		t.Errorf("%v, %v", centres, sum)
	}
	if far := farthest([]float64{1, 5, 2}); far != 1 {
		t.Errorf("farthest %d", far)
	}
}

// TestPrincipal: columns of known variance have the axes of the coordinates, for any number of
// threads.
func TestPrincipal(t *testing.T) {
	rng := oracle.Random(22)
	s := oracle.Points(rng, 4000, 12, 3)
	for i := range s.N {
		for j := range s.D {
			s.Row(i)[j] = 3 + (s.Row(i)[j]-3)*math.Pow(1.5, float64(-j))
		}
	}
	mean, axes, err := principal(context.Background(), s.View(), 3, 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if math.Abs(mean[k]-3) > 0.1 || math.Abs(axes.At(k, k)) < 0.99 {
			t.Errorf("axis %d: %v", k, axes.Row(k))
		}
	}
	_, again, err := principal(context.Background(), s.View(), 3, 7, 4)
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := principal(context.Background(), s.View(), 3, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if !slices.Equal(axes.Row(k), again.Row(k)) {
			t.Errorf("axis %d depends on the threads", k)
		}
		if along := math.Abs(dot(axes.Row(k), other.Row(k))); along < 1-1e-6 {
			t.Errorf("axis %d depends on the seed: %v", k, along)
		}
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for j := range x {
		sum += x[j] * y[j]
	}
	return sum
}

// TestProjectKeepsDistances: rows of rank 5 in 90 columns keep their distances in 64 components.
func TestProjectKeepsDistances(t *testing.T) {
	rng := oracle.Random(23)
	low, basis := oracle.Points(rng, 150, 5, 0), oracle.Points(rng, 5, 90, 0)
	s := oracle.Set{N: low.N, D: 90, X: make([]float64, low.N*90)}
	for i := range s.N {
		for r := range 5 {
			for j := range 90 {
				s.Row(i)[j] += low.Row(i)[r] * basis.Row(r)[j]
			}
		}
	}
	v := s.View()
	got, err := Sets{v, v, v}.project(context.Background(), CTOptions{})
	if err != nil || got.Train.D != 64 {
		t.Fatalf("%d columns, %v", got.Train.D, err)
	}
	for i := 1; i < s.N; i++ {
		want := oracle.Distance(rowOf(v, 0), rowOf(v, i))
		if d := oracle.Distance(rowOf(got.Train, 0), rowOf(got.Generated, i)); math.Abs(d-want) > 1e-4*want {
			t.Fatalf("row %d: distance %v, want %v", i, d, want)
		}
	}
	if _, err := (Sets{v.Rows(0, 50), v, v}).project(context.Background(), CTOptions{}); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("50 rows: %v", err)
	}
}

// TestCTSeesCopiesByCells: copies in one of three cells move that cell, and swap and mode are those
// of the sets exchanged and of the halves.
func TestCTSeesCopiesByCells(t *testing.T) {
	train, trainOf := blobs(24, 600, 6)
	first := slices.Index(trainOf, 0)
	held, _ := blobs(25, 300, 6)
	gen, of := blobs(26, 300, 6)
	for i, c := range of {
		if c == 0 {
			copy(gen.Row(i), train.Row(first))
		}
	}
	s := Sets{train.View(), held.View(), gen.View()}
	got, err := MeasureCT(context.Background(), s, CTOptions{Seed: 3, Variants: true, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got.Value > -2 || slices.Min(got.Z) > -8 || len(got.Z) != 3 || got.Swap == nil || got.Mode == nil || got.Given {
		t.Errorf("%+v", got)
	}
	swap, err := MeasureCT(context.Background(), Sets{s.Generated, s.HeldOut, s.Train}, CTOptions{Seed: 3})
	if err != nil || !reflect.DeepEqual(*got.Swap, swap) {
		t.Errorf("swap %+v, want %+v, %v", got.Swap, swap, err)
	}
	mode, err := MeasureCT(context.Background(), Sets{s.HeldOut.Rows(0, 150), s.HeldOut.Rows(150, 300), s.Generated}, CTOptions{Seed: 3})
	if err != nil || !reflect.DeepEqual(*got.Mode, mode) {
		t.Errorf("mode %+v, want %+v, %v", got.Mode, mode, err)
	}
	again, err := MeasureCT(context.Background(), s, CTOptions{Seed: 3, Variants: true, Threads: 1})
	if err != nil || !reflect.DeepEqual(got, again) {
		t.Errorf("depends on the threads: %+v, %v", again, err)
	}
}

func TestCTErrors(t *testing.T) {
	s, _ := blobs(27, 60, 4)
	v := s.View()
	ctx := context.Background()
	bad := s.View()
	bad.Data[7] = float32(math.NaN())
	short, centres := Cells{Train: []int32{0}}, s.Part(0, 2).View()
	narrow := oracle.Set{N: 2, D: 1, X: []float64{1, 2}}.View()
	far := Cells{make([]int32, 60), slices.Repeat([]int32{2}, 60), make([]int32, 60)}
	negative := Cells{slices.Repeat([]int32{-1}, 60), make([]int32, 60), make([]int32, 60)}
	for name, c := range map[string]struct {
		s    Sets
		o    CTOptions
		text string
	}{
		"no held-out rows":        {Sets{v, matrix.View{D: 4}, v}, CTOptions{}, "no held-out rows"},
		"other width":             {Sets{v, v, narrow}, CTOptions{}, "generated rows have 1 columns, training rows 4"},
		"NaN":                     {Sets{v, v, bad}, CTOptions{}, "generated rows: feature 3 of row 1"},
		"few training rows":       {Sets{v.Rows(0, 2), v, v}, CTOptions{}, "2 training rows make no 3 cells"},
		"few generated rows":      {Sets{v, v, v.Rows(0, 15)}, CTOptions{}, "C_T: no cell holds more than 20 of the 15 generated rows"},
		"none above tau":          {Sets{v, v, v}, CTOptions{Tau: 1}, "no cell holds more than 1 of the 60"},
		"cells of one row":        {Sets{v, v, v}, CTOptions{Given: &short}, "1 cells for 60 training rows"},
		"a cell without training": {Sets{v, v, v}, CTOptions{Given: &far}, "cell 0 holds 60 training and 0 held-out rows"},
		"a negative cell":         {Sets{v, v, v}, CTOptions{Given: &negative}, "training row 0 lies in cell -1"},
		"narrow centres":          {Sets{v, v, v}, CTOptions{Centroids: &narrow}, "centres have 1 columns"},
		"centres with no row":     {Sets{v.Rows(0, 1), v.Rows(0, 1), v}, CTOptions{Centroids: &centres}, "cell 1 holds 0 training and 0 held-out rows"},
	} {
		if _, err := MeasureCT(ctx, c.s, c.o); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CombineCells(nil, 0); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("no cells: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := MeasureCT(ended, Sets{v, v, v}, CTOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	ct, err := MeasureCT(ctx, Sets{v, v.Rows(0, 5), v}, CTOptions{Cells: 1, Variants: true})
	if err != nil || ct.Mode == nil || ct.Swap == nil {
		t.Errorf("%+v, %v", ct, err)
	}
	ct, err = MeasureCT(ctx, Sets{v, v.Rows(0, 3), v}, CTOptions{Cells: 1, Variants: true})
	if err != nil || len(ct.Warnings) > 0 {
		t.Errorf("%+v, %v", ct, err)
	}
	ct, err = MeasureCT(ctx, Sets{v.Rows(0, 15), v, v}, CTOptions{Cells: 1, Variants: true})
	if err != nil || len(ct.Warnings) != 1 || !strings.Contains(ct.Warnings[0], "swap: C_T: no cell holds more than 20 of the 15") {
		t.Errorf("%+v, %v", ct, err)
	}
}
