package threesample

import (
	"context"
	"fmt"

	"repbench/eval/memorisation/faults"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
)

// Sets are rows of features (images of one encoder, or pixels), N×D with one D.
type Sets struct {
	// Train, HeldOut and Generated are the rows of the three sets.
	Train matrix.View
	// HeldOut are rows of real images that the generator was not trained on.
	HeldOut matrix.View
	// Generated are the rows of the generator's images.
	Generated matrix.View
}

// Cells says which cell each row lies in, from 0.
type Cells struct {
	// Train, HeldOut and Generated have one number for each row of the set.
	Train []int32
	// HeldOut are the cells of the held-out rows.
	HeldOut []int32
	// Generated are the cells of the generated rows.
	Generated []int32
}

// CTOptions say how C_T is measured.
type CTOptions struct {
	// Cells is the number of cells that k-means makes; 0: 3. Starts is its number of starts; 0: 10.
	Cells int
	// Starts is the number of starts of k-means; 0: 10.
	Starts int
	// Seed draws the starts.
	Seed uint64
	// Components is the number of principal components that wider rows are projected to; 0: 64.
	Components int
	// Tau is the share of generated rows that a cell must exceed; 0: 20 of all of them.
	Tau float64
	// Given are cells to be taken instead; nil: none are given.
	Given *Cells
	// Centroids are the centres of cells, each row of which lies in the nearest, the first of
	// equal ones; nil: none are given.
	Centroids *matrix.View
	// Variants adds C_T with sets exchanged (CT.Swap) and with halves of the held-out rows
	// (CT.Mode). It has no effect where cells are given.
	Variants bool
	// Threads is the number of goroutines; 0: all processors.
	Threads int
}

// MeasureCT is C_T of three sets of rows. Without given cells, rows wider than Components are
// projected to the first principal components of the training rows, and k-means makes cells of
// those, as dgm-eval (commit 74c79f7) does; distances are Euclidean in the projected space.
func MeasureCT(ctx context.Context, s Sets, o CTOptions) (CT, error) {
	if err := s.check(); err != nil {
		return CT{}, err
	}
	t, err := measureCT(ctx, s, o)
	if err != nil || !o.Variants || o.Given != nil || o.Centroids != nil {
		return t, err
	}
	half := (s.HeldOut.N + 1) / 2 // the first half is the longer one, as of NumPy's array_split
	for _, v := range []struct {
		name string
		sets Sets
		into **CT
	}{
		{"swap", Sets{Train: s.Generated, HeldOut: s.HeldOut, Generated: s.Train}, &t.Swap},
		{"mode", Sets{Train: s.HeldOut.Rows(0, half), HeldOut: s.HeldOut.Rows(half, s.HeldOut.N), Generated: s.Generated}, &t.Mode},
	} {
		variant, err := measureCT(ctx, v.sets, o)
		switch {
		case ctx.Err() != nil:
			return t, err
		case err != nil:
			t.Warnings = append(t.Warnings, fmt.Sprintf("%s: %v", v.name, err))
		default:
			*v.into = &variant
		}
	}
	return t, nil
}

func measureCT(ctx context.Context, s Sets, o CTOptions) (CT, error) {
	given := o.Given != nil || o.Centroids != nil
	if !given {
		var err error
		if s, err = s.project(ctx, o); err != nil {
			return CT{}, err
		}
	}
	cells, number, err := s.cells(ctx, o)
	if err != nil {
		return CT{}, err
	}
	inCell := make([]InCell, number)
	for c := range inCell {
		if inCell[c], err = s.inCell(ctx, cells, int32(c), o.Threads); err != nil {
			return CT{}, err
		}
	}
	t, err := CombineCells(inCell, o.Tau)
	t.Given = given
	return t, err
}

func (s Sets) check() error {
	for _, set := range []struct {
		name string
		x    matrix.View
	}{{"training", s.Train}, {"held-out", s.HeldOut}, {"generated", s.Generated}} {
		if set.x.N < 1 || set.x.D < 1 {
			return fmt.Errorf("C_T: there are no %s rows (%d×%d): %w", set.name, set.x.N, set.x.D, faults.ErrFewRows)
		}
		if set.x.D != s.Train.D {
			return fmt.Errorf("C_T: %s rows have %d columns, training rows %d: %w", set.name, set.x.D, s.Train.D, matrix.ErrShape)
		}
		if err := set.x.NotFinite(); err != nil {
			return fmt.Errorf("C_T: %s rows: %w", set.name, err)
		}
	}
	return nil
}

// cells are the cells that are given, or the cells of given centres or of k-means.
func (s Sets) cells(ctx context.Context, o CTOptions) (Cells, int, error) {
	if o.Given != nil {
		number, err := o.Given.check(s)
		return *o.Given, number, err
	}
	var centres [][]float64
	if o.Centroids != nil {
		if o.Centroids.D != s.Train.D {
			return Cells{}, 0, fmt.Errorf("C_T: centres have %d columns, training rows %d: %w", o.Centroids.D, s.Train.D, matrix.ErrShape)
		}
		for c := range o.Centroids.N {
			centres = append(centres, rowOf(*o.Centroids, c))
		}
	} else {
		var err error
		number, starts := or(o.Cells, 3), or(o.Starts, 10)
		if s.Train.N < number {
			return Cells{}, 0, fmt.Errorf("C_T: %d training rows make no %d cells; take fewer: %w", s.Train.N, number, faults.ErrCells)
		}
		if centres, err = newKMeans(s.Train, o.Threads).best(ctx, number, starts, o.Seed); err != nil {
			return Cells{}, 0, err
		}
	}
	assign := func(x matrix.View) []int32 {
		cell, _ := assignTo(centres, x, o.Threads)
		return cell
	}
	return Cells{assign(s.Train), assign(s.HeldOut), assign(s.Generated)}, len(centres), nil
}

// check returns the number of cells.
func (c Cells) check(s Sets) (int, error) {
	number := int32(0)
	for _, set := range []struct {
		name  string
		cells []int32
		rows  int
	}{{"training", c.Train, s.Train.N}, {"held-out", c.HeldOut, s.HeldOut.N}, {"generated", c.Generated, s.Generated.N}} {
		if len(set.cells) != set.rows {
			return 0, fmt.Errorf("C_T: %d cells for %d %s rows: %w", len(set.cells), set.rows, set.name, matrix.ErrShape)
		}
		for i, v := range set.cells {
			if v < 0 || v >= maxCells {
				return 0, fmt.Errorf("C_T: %s row %d lies in cell %d; cells have the numbers 0 to %d: %w", set.name, i, v, maxCells-1, faults.ErrCells)
			}
			number = max(number, v+1)
		}
	}
	return int(number), nil
}

// maxCells bounds the number of given cells.
const maxCells = 1 << 16

// inCell searches one cell.
func (s Sets) inCell(ctx context.Context, cells Cells, c int32, threads int) (InCell, error) {
	train := s.Train.Subset(where(cells.Train, c))
	out := InCell{Train: train.N}
	var err error
	nearest := func(x matrix.View, of []int32) []float64 {
		rows := where(of, c)
		if err != nil || train.N == 0 || len(rows) == 0 {
			return make([]float64, len(rows))
		}
		var found []neighbours.Neighbour
		found, err = neighbours.Search(ctx, train, x.Subset(rows), 1, neighbours.Metric{Kind: neighbours.Euclidean}, neighbours.Options{Threads: threads})
		d := make([]float64, len(found))
		for i, f := range found {
			d[i] = -f.Similarity
		}
		return d
	}
	out.Generated = nearest(s.Generated, cells.Generated)
	out.HeldOut = nearest(s.HeldOut, cells.HeldOut)
	return out, err
}

func where(cells []int32, c int32) []int32 {
	rows := []int32{}
	for i, v := range cells {
		if v == c {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

func or(value, otherwise int) int {
	if value == 0 {
		return otherwise
	}
	return value
}
