package neighbours

import (
	"context"
	"fmt"
	"math"

	"repbench/features/matrix"
	"repbench/internal/progress"
	"repbench/internal/tasks"
)

// Radii are the balls around the rows of two matrices: one radius for each row, ≥ 0, +Inf
// for a ball that holds everything. A nil list stands for radii below all distances.
type Radii struct {
	// Train are the radii of the balls around training rows, Queries of those around queries.
	Train, Queries []float64
}

// Within calls visit once for each pair of a query and a training row that lies in the ball
// of one of the two: the Euclidean distance is at most the radius of the query or that of
// the training row. Distances are those of Search, computed in float64 from the stored
// features. Options change nothing; Own must be nil.
//
// The calls come from several goroutines; those of one query never at the same time.
func Within(ctx context.Context, train, queries matrix.View, r Radii, o Options, visit func(query int, train int32, distance float64)) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Own != nil {
		return fmt.Errorf("pairs within radii leave out no rows; Own must be nil")
	}
	if err := check("training", train); err != nil {
		return err
	}
	if err := check("query", queries); err != nil {
		return err
	}
	if train.D != queries.D {
		return fmt.Errorf("training rows have %d features, queries %d: %w", train.D, queries.D, matrix.ErrShape)
	}
	if err := checkRadii("training", r.Train, train.N); err != nil {
		return err
	}
	if err := checkRadii("query", r.Queries, queries.N); err != nil {
		return err
	}
	b, err := newBalls(train, queries, r, o)
	if err != nil {
		return err
	}
	return b.search(ctx, visit)
}

// checkRadii refuses a list of another length, and a radius that is negative or NaN.
func checkRadii(name string, radii []float64, n int) error {
	if radii != nil && len(radii) != n {
		return fmt.Errorf("%d radii for %d %s rows: %w", len(radii), n, name, matrix.ErrShape)
	}
	for i, r := range radii {
		if !(r >= 0) {
			return fmt.Errorf("the radius of %s row %d is %v; it must not be negative", name, i, r)
		}
	}
	return nil
}

// balls is a search for pairs under way.
type balls struct {
	bound          bound
	o              Options
	train, queries matrix.View
	radii          Radii
	tt, qq         []float64 // squared norms
	packed         *trainBlock
	group          *queryBlock
	cols           ballColumns
	sums           [][]float32 // of each worker
	rows           [][]float32 // of each worker, a training row and a query
}

// ballColumns are the numbers of the training rows of a block. The score of column j is at
// most p̃ + top[j] + e·f[j], and inside the ball of the row only if that, plus reach[j], is
// at least half the squared norm of the query, but for its slack.
type ballColumns struct{ top, f, reach []float64 }

func newBalls(train, queries matrix.View, r Radii, o Options) (*balls, error) {
	m := Metric{Kind: Euclidean}
	b := &balls{bound: newBound(m, train.D), o: o.withDefaults(1, train.D), train: train, queries: queries, radii: r}
	var err error
	if b.tt, err = squares("training", train, m, b.o.Threads); err != nil {
		return nil, err
	}
	if b.qq, err = squares("query", queries, m, b.o.Threads); err != nil {
		return nil, err
	}
	b.o.Queries, b.o.Rows = min(b.o.Queries, queries.N), min(b.o.Rows, train.N)
	b.packed = newTrainBlock(b.o.tile, b.o.Rows, train.D, b.o.Threads)
	b.group = newQueryBlock(b.o.tile, b.o.Queries, train.D)
	b.cols = ballColumns{make([]float64, b.o.Rows), make([]float64, b.o.Rows), make([]float64, b.o.Rows)}
	width := (b.o.Rows + b.o.tile.Columns - 1) / b.o.tile.Columns * b.o.tile.Columns
	for range b.o.Threads {
		b.sums = append(b.sums, make([]float32, taskTiles*b.o.tile.Rows*width))
		b.rows = append(b.rows, make([]float32, 2*train.D))
	}
	return b, nil
}

// search compares all groups of queries with all blocks of training rows.
func (b *balls) search(ctx context.Context, visit func(int, int32, float64)) error {
	task := b.o.Progress.Start("pairs within radii", int64(b.queries.N)*int64(b.train.N), "pairs")
	defer task.Done()
	for lo := 0; lo < b.queries.N; lo += b.o.Queries {
		hi := min(lo+b.o.Queries, b.queries.N)
		b.group.pack(b.queries.Rows(lo, hi), b.o.Threads)
		if err := b.searchGroup(ctx, lo, hi, task, visit); err != nil {
			return err
		}
		b.queries.GiveBack(lo, hi)
	}
	return nil
}

// searchGroup compares the queries [first, end) with all training rows.
func (b *balls) searchGroup(ctx context.Context, first, end int, task progress.Task, visit func(int, int32, float64)) error {
	perTask := taskTiles * b.o.tile.Rows
	for lo := 0; lo < b.train.N; lo += b.o.Rows {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		hi := min(lo+b.o.Rows, b.train.N)
		b.packed.pack(b.train.Rows(lo, hi), b.o.Threads)
		b.setColumns(lo, hi)
		offsets := rowOffsets(b.o.tile.Rows, b.packed.width())
		tasks.Do(b.o.Threads, (end-first+perTask-1)/perTask, func(w, t int) {
			multiply(b.sums[w], offsets, b.group, b.packed, t*taskTiles, min((t+1)*taskTiles, b.group.tiles))
			for i := t * perTask; i < min((t+1)*perTask, end-first); i++ {
				b.scan(w, b.sums[w][(i-t*perTask)*b.packed.width():][:hi-lo], first+i, lo, visit)
			}
		})
		b.train.GiveBack(lo, hi)
		task.Add(int64(end-first) * int64(hi-lo))
	}
	return nil
}

// setColumns fills the numbers of the training rows [lo, hi).
func (b *balls) setColumns(lo, hi int) {
	for j := lo; j < hi; j++ {
		tt := b.tt[j]
		b.cols.top[j-lo] = -tt/2 + b.bound.tiny + b.bound.slack*tt
		b.cols.f[j-lo] = math.Sqrt(tt)
		b.cols.reach[j-lo] = math.Inf(-1)
		if b.radii.Train != nil {
			r := b.radii.Train[j]
			b.cols.reach[j-lo] = r * r * (0.5 + b.bound.slack)
		}
	}
}

// scan visits the pairs of a query with the training rows from lo on, given their products.
func (b *balls) scan(w int, sums []float32, query, lo int, visit func(int, int32, float64)) {
	n := len(sums)
	top, cf, reach := b.cols.top[:n], b.cols.f[:n], b.cols.reach[:n]
	e, h := b.bound.query(b.qq[query])
	// A row in the ball of the query has at least the score floor; one whose own ball holds
	// the query at least base, less reach.
	base := b.qq[query]*(0.5-b.bound.slack) - h
	floor := math.Inf(1)
	if b.radii.Queries != nil {
		r := b.radii.Queries[query]
		floor = base - r*r*(0.5+b.bound.slack)
	}
	for j, p := range sums {
		upper := float64(p) + top[j] + e*cf[j]
		if upper < floor && upper+reach[j] < base {
			continue
		}
		if d := b.distance(w, query, lo+j); b.inside(query, lo+j, d) {
			visit(query, int32(lo+j), d)
		}
	}
}

// inside reports whether a distance is at most one of the radii of a pair.
func (b *balls) inside(query, row int, d float64) bool {
	return b.radii.Train != nil && d <= b.radii.Train[row] || b.radii.Queries != nil && d <= b.radii.Queries[query]
}

// distance is that of Search.
func (b *balls) distance(w, query, row int) float64 {
	d := b.train.D
	q := b.queries.Row(query, b.rows[w][:d])
	t := b.train.Row(row, b.rows[w][d:])
	return math.Sqrt(distance64(q, 1, t, 1))
}
