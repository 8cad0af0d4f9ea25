package neighbours

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"repbench/features/matrix"
	"repbench/internal/progress"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// trainRows is the number of training rows in a block: with 512 columns each
// they are half a second-level cache.
const trainRows = 256

// groupBytes bounds the memory for the queries that are worked on at once. More
// of them mean fewer passes over the training rows.
const groupBytes = 256 << 20

// Options say how neighbours are searched; only Own changes the result.
type Options struct {
	// Threads is the number of goroutines; 0: all processors that Go may use.
	Threads int
	// Queries is the number of queries worked on at once, Rows that of training
	// rows; 0: from the sizes, within about 300 MB or MaxMemory.
	Queries, Rows int
	// MaxMemory bounds, in bytes, the memory for the queries that are worked on at once,
	// down to that of 64 queries; 0: 256 MiB. It means nothing beside Queries.
	MaxMemory int64
	// Own holds for each query the training row that it leaves out (itself), or −1; nil: no query
	// leaves one out. It alone of the options changes the result.
	Own []int32
	// Progress receives the number of pairs compared; nil: none does.
	Progress progress.Reporter

	// tile is the matrix kernel; nil: that of the processor. Tests try others.
	tile *simd.Tile
}

func (o Options) withDefaults(k, d int) Options {
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Rows == 0 {
		o.Rows = trainRows
	}
	if o.Queries == 0 {
		each := queryBytes(k, d)
		group := groupBytes
		if o.MaxMemory > 0 {
			group = int(min(o.MaxMemory, groupBytes))
		}
		o.Queries = min(max(group/each, leastQueries), 8192)
	}
	o.Progress = progress.Or(o.Progress)
	if o.tile == nil {
		o.tile = simd.MatrixTile()
	}
	return o
}

// leastQueries is the number of queries that are worked on at once at least.
const leastQueries = 64

// queryBytes is the memory for a query.
func queryBytes(k, d int) int { return 4*simd.RowStride*chunks(d) + 24*room(k) + 16*(k+room(k)) }

// LeastMemory returns the bytes that a search takes beside the matrices and the result: fixed, which
// MaxMemory does not bound, and those for the fewest queries, the least MaxMemory that is kept.
func LeastMemory(train, queries matrix.View, k int, o Options) (fixed, least int64) {
	d := train.D
	o = o.withDefaults(k, d)
	rows := min(o.Rows, train.N) + o.tile.Columns
	sums := 4 * taskTiles * o.tile.Rows * rows
	worker := sums + 4*o.tile.Columns*simd.RowStride + 8*room(k) + 8*d + 24*k
	fixed = 8*int64(train.N+queries.N) + int64(rows)*int64(4*d+32) + int64(o.Threads)*int64(worker)
	return fixed, int64(min(queries.N, leastQueries)) * int64(queryBytes(k, d))
}

// Validate says what is wrong with the options, or nil.
func (o Options) Validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{{"Threads", o.Threads}, {"Queries", o.Queries}, {"Rows", o.Rows}} {
		if f.value < 0 {
			return fmt.Errorf("%s = %d: negative", f.name, f.value)
		}
	}
	if o.MaxMemory < 0 {
		return fmt.Errorf("MaxMemory = %d: negative", o.MaxMemory)
	}
	return nil
}

// Search returns the k nearest rows of train for each row of queries by the
// metric, nearest first, equal ones by row. Its result has queries.N·k elements,
// those of query i from i·k.
func Search(ctx context.Context, train, queries matrix.View, k int, m Metric, o Options) ([]Neighbour, error) {
	out := make([]Neighbour, max(queries.N, 0)*max(k, 0))
	err := Each(ctx, train, queries, k, m, o, func(query int, near []Neighbour) { copy(out[query*k:], near) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Each is Search for results that need not be kept: it calls visit once for each
// query with its neighbours. The calls come from several goroutines, and the list
// is valid during the call.
func Each(ctx context.Context, train, queries matrix.View, k int, m Metric, o Options, visit func(query int, near []Neighbour)) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
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
	if err := checkOwn(o.Own, queries.N, train.N, k, "training rows"); err != nil {
		return err
	}
	return search(ctx, train, queries, k, m, o, visit)
}

// check refuses a view that is empty or reaches beyond its storage.
func check(name string, m matrix.View) error {
	if m.N <= 0 || m.D <= 0 {
		return fmt.Errorf("%s rows: a matrix of %d rows and %d columns: %w", name, m.N, m.D, matrix.ErrShape)
	}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("%s rows: %w: %w", name, err, matrix.ErrShape)
	}
	return nil
}

// searcher is a search under way.
type searcher struct {
	metric Metric
	bound  bound
	k      int
	o      Options
	train  matrix.View
	tt     []float64 // squared norms of the training rows
	packed *trainBlock
	cols   columns
	work   []worker
}

// worker is the memory of a goroutine.
type worker struct {
	sums       []float32
	lower      []float64
	trainRow   []float32
	queryRow   []float32
	neighbours []Neighbour
}

// search is Each with arguments that fit.
func search(ctx context.Context, train, queries matrix.View, k int, m Metric, o Options, visit func(int, []Neighbour)) error {
	s := &searcher{metric: m, bound: newBound(m, train.D), k: k, o: o.withDefaults(k, train.D), train: train}
	var err error
	if s.tt, err = squares("training", train, m, s.o.Threads); err != nil {
		return err
	}
	qq, err := squares("query", queries, m, s.o.Threads)
	if err != nil {
		return err
	}
	s.o.Queries, s.o.Rows = min(s.o.Queries, max(queries.N, 1)), min(s.o.Rows, train.N)
	s.packed = newTrainBlock(s.o.tile, s.o.Rows, train.D, s.o.Threads)
	s.cols = newColumns(s.o.Rows)
	s.newWorkers()
	group := newQueryBlock(s.o.tile, s.o.Queries, train.D)
	task := s.o.Progress.Start("nearest neighbours", int64(queries.N)*int64(train.N), "pairs")
	defer task.Done()
	for lo := 0; lo < queries.N; lo += s.o.Queries {
		hi := min(lo+s.o.Queries, queries.N)
		part := queries.Rows(lo, hi)
		group.pack(part, s.o.Threads)
		if err := s.group(ctx, part, group, s.lists(lo, qq[lo:hi]), task, func(i int, near []Neighbour) { visit(lo+i, near) }); err != nil {
			return err
		}
		queries.GiveBack(lo, hi)
	}
	return nil
}

func (s *searcher) newWorkers() {
	tile := s.o.tile
	s.work = make([]worker, s.o.Threads)
	width := (s.o.Rows + tile.Columns - 1) / tile.Columns * tile.Columns
	for i := range s.work {
		s.work[i] = worker{
			sums:       make([]float32, taskTiles*tile.Rows*width),
			lower:      make([]float64, room(s.k)),
			trainRow:   make([]float32, s.train.D),
			queryRow:   make([]float32, s.train.D),
			neighbours: make([]Neighbour, s.k),
		}
	}
}

// group finds the neighbours of one group of queries.
func (s *searcher) group(ctx context.Context, queries matrix.View, packed *queryBlock, lists []candidates, task progress.Task, visit func(int, []Neighbour)) error {
	perTask := taskTiles * packed.tile.Rows
	groups := (queries.N + perTask - 1) / perTask
	for lo := 0; lo < s.train.N; lo += s.o.Rows {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		hi := min(lo+s.o.Rows, s.train.N)
		s.packed.pack(s.train.Rows(lo, hi), s.o.Threads)
		for j := range hi - lo {
			s.cols.set(j, s.bound, s.tt[lo+j])
		}
		offsets := rowOffsets(packed.tile.Rows, s.packed.width())
		tasks.Do(s.o.Threads, groups, func(w, t int) {
			multiply(s.work[w].sums, offsets, packed, s.packed, t*taskTiles, min((t+1)*taskTiles, packed.tiles))
			for i := t * perTask; i < min((t+1)*perTask, queries.N); i++ {
				sums := s.work[w].sums[(i-t*perTask)*s.packed.width():][:hi-lo]
				s.scan(w, &lists[i], sums, lo, queries, i)
			}
		})
		s.train.GiveBack(lo, hi)
		task.Add(int64(queries.N) * int64(hi-lo))
	}
	tasks.Do(s.o.Threads, queries.N, func(w, i int) { visit(i, s.finish(w, &lists[i], queries, i)) })
	return nil
}

func rowOffsets(rows, width int) []int {
	offsets := make([]int, rows)
	for i := range offsets {
		offsets[i] = i * width
	}
	return offsets
}

// lists returns empty candidates for the queries from first on, of those squared norms.
func (s *searcher) lists(first int, qq []float64) []candidates {
	lists := make([]candidates, len(qq))
	for i, sq := range qq {
		e, h := s.bound.query(sq)
		lists[i] = candidates{k: s.k, qq: sq, e: e, h: h, own: -1, threshold: math.Inf(-1), pending: make([]candidate, 0, room(s.k))}
		if s.o.Own != nil {
			lists[i].own = s.o.Own[first+i]
		}
	}
	return lists
}

// scan adds the training rows from row first on to the candidates of query i,
// given their products with it.
func (s *searcher) scan(w int, c *candidates, sums []float32, first int, queries matrix.View, i int) {
	n := len(sums)
	ca, cb, cf, cg := s.cols.a[:n], s.cols.b[:n], s.cols.f[:n], s.cols.g[:n]
	e, threshold, own := c.e, c.threshold, c.own
	for j, p := range sums {
		score, err := float64(p)*ca[j]+cb[j], e*cf[j]+cg[j]
		if score+err < threshold || int32(first+j) == own {
			continue
		}
		if c.full() {
			s.makeRoom(w, c, queries, i)
			threshold = c.threshold
		}
		c.pending = append(c.pending, candidate{score - err - c.h, score + err, int32(first + j)})
	}
}

// makeRoom cuts the candidates down. Where too many cannot be told apart by
// their bounds (equal rows, say), they are compared in float64, so that the list
// stays short and the cuts few.
func (s *searcher) makeRoom(w int, c *candidates, queries matrix.View, i int) {
	c.cut(s.work[w].lower)
	if len(c.pending) > (s.k+cap(c.pending))/2 {
		s.settle(w, c, queries, i)
	}
}

func (s *searcher) settle(w int, c *candidates, queries matrix.View, i int) {
	work := &s.work[w]
	q := queries.Row(i, work.queryRow)
	c.settle(s.bound, func(r int32) float64 {
		return s.metric.value(q, c.qq, s.train.Row(int(r), work.trainRow), s.tt[r])
	})
}

// finish returns the neighbours of query i.
func (s *searcher) finish(w int, c *candidates, queries matrix.View, i int) []Neighbour {
	c.cut(s.work[w].lower)
	s.settle(w, c, queries, i)
	near := s.work[w].neighbours
	for j, b := range c.best {
		near[j] = s.metric.neighbour(b)
	}
	return near
}
