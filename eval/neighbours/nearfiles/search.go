package nearfiles

import (
	"context"
	"fmt"

	"github.com/dustin/go-humanize"

	"repbench/eval/neighbours"
	"repbench/internal/errkind"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// blockProducts is the number of products after which results are stored: a few seconds' work.
const blockProducts = 1e12

// column is an array of the result.
type column struct {
	name  string
	dtype npy.DType
	shape []int
}

// rowBytes is the size of a query's elements.
func (c column) rowBytes() int64 {
	n := int64(c.dtype.Size())
	for _, d := range c.shape[1:] {
		n *= int64(d)
	}
	return n
}

// search is a search between two arrays.
type search struct {
	metric        metric
	queries, base *array
	o             Options
	columns       []column
	perBlock      int // queries whose results are stored together
}

func newSearch(q, b *array, m metric, o Options) (*search, error) {
	s := &search{metric: m, queries: q, base: b, o: o}
	shape := []int{q.n(), o.K}
	s.columns = []column{{indexFile, npy.Int32, shape}, {distanceFile, npy.Float64, shape}}
	products := float64(b.n())
	if m.images {
		if m.image != neighbours.Correlation {
			s.columns[1].dtype = npy.Int64
		}
		s.columns = append(s.columns, column{offsetFile, npy.Int8, []int{q.n(), o.K, 2}}, column{mirrorFile, npy.Uint8, shape})
		products *= float64(b.images.H*b.images.W*b.images.C) * float64(m.image.Windows())
	} else {
		products *= float64(b.rows.D)
	}
	s.perBlock = max(1, int(min(float64(q.n()), blockProducts/products)))
	if o.perBlock > 0 {
		s.perBlock = o.perBlock
	}
	return s, s.check()
}

// check says why the two arrays cannot be compared, or nil.
func (s *search) check() error {
	q, b := s.queries, s.base
	for i := 1; i < len(q.Shape); i++ {
		if q.Shape[i] != b.Shape[i] {
			what := "images of one size and number of channels"
			if !s.metric.images {
				what = "features of one encoder"
			}
			return fmt.Errorf("%s has the shape %v, %s %v: only %s can be compared", q.Path, q.Shape, b.Path, b.Shape, what)
		}
	}
	if s.o.K > b.n() {
		return errkind.Errorf(neighbours.ErrK, "k = %d, and %s has %d rows: choose a k of at most %d", s.o.K, b.Path, b.n(), b.n())
	}
	if s.metric.images {
		return neighbours.CheckImages(b.images, q.images, s.o.K, s.metric.image, s.imageOptions(nil))
	}
	o := s.rowOptions(nil)
	if fixed, least := neighbours.LeastMemory(b.rows, q.rows, s.o.K, o); s.o.MaxMemory > 0 && s.o.MaxMemory < fixed+least {
		return fmt.Errorf("%s among %d rows of %d features with k = %d needs %s of memory beside the arrays; %s are allowed: allow more, or use fewer threads",
			s.metric.name, b.n(), b.rows.D, s.o.K, humanize.Bytes(uint64(fixed+least)), humanize.Bytes(uint64(s.o.MaxMemory)))
	}
	return nil
}

func (s *search) imageOptions(p progress.Reporter) neighbours.ImageOptions {
	return neighbours.ImageOptions{Threads: s.o.Threads, MaxMemory: s.o.MaxMemory, Progress: p}
}

func (s *search) rowOptions(p progress.Reporter) neighbours.Options {
	o := neighbours.Options{Threads: s.o.Threads, Progress: p}
	if s.o.MaxMemory > 0 {
		fixed, _ := neighbours.LeastMemory(s.base.rows, s.queries.rows, s.o.K, o)
		o.MaxMemory = max(s.o.MaxMemory-fixed, 1)
	}
	return o
}

// block finds the neighbours of the next queries and stores them.
func (s *search) block(ctx context.Context, p *partial, task progress.Task) error {
	lo := p.state.Done
	hi := min(lo+s.perBlock, s.queries.n())
	if s.metric.images {
		return s.imageBlock(ctx, p, lo, hi, part{task})
	}
	return s.rowBlock(ctx, p, lo, hi, part{task})
}

// part reports a part of a task as the task itself does.
type part struct{ progress.Task }

// Start implements progress.Reporter.
func (p part) Start(string, int64, string) progress.Task { return p }

// Done implements progress.Task: the task goes on.
func (part) Done() {}

func (s *search) imageBlock(ctx context.Context, p *partial, lo, hi int, report part) error {
	n := (hi - lo) * s.o.K
	rows, offsets, mirrored := make([]int32, 0, n), make([]int8, 0, 2*n), make([]uint8, 0, n)
	squared, distances := make([]int64, 0, n), make([]float64, 0, n)
	o := s.imageOptions(report)
	var constant neighbours.ConstantWindows
	o.Constant = &constant
	err := neighbours.EachImage(ctx, s.base.images, s.queries.images.Rows(lo, hi), s.o.K, s.metric.image, o, func(_ int, matches []neighbours.Match) error {
		for _, m := range matches {
			rows, offsets = append(rows, m.Row), append(offsets, m.DY, m.DX)
			squared, distances = append(squared, m.Square), append(distances, m.Distance)
			flipped := uint8(0)
			if m.Mirrored {
				flipped = 1
			}
			mirrored = append(mirrored, flipped)
		}
		return nil
	})
	if err != nil {
		return err
	}
	constant.Queries += p.state.Constant.Queries
	if s.metric.image == neighbours.Correlation {
		return p.add(hi-lo, constant, rows, distances, offsets, mirrored)
	}
	return p.add(hi-lo, constant, rows, squared, offsets, mirrored)
}

func (s *search) rowBlock(ctx context.Context, p *partial, lo, hi int, report part) error {
	rows, distances := make([]int32, (hi-lo)*s.o.K), make([]float64, (hi-lo)*s.o.K)
	m := neighbours.Metric{Kind: s.metric.kind}
	err := neighbours.Each(ctx, s.base.rows, s.queries.rows.Rows(lo, hi), s.o.K, m, s.rowOptions(report), func(i int, near []neighbours.Neighbour) {
		for j, n := range near {
			rows[i*s.o.K+j], distances[i*s.o.K+j] = n.Row, n.Square
			if s.metric.kind == neighbours.Cosine {
				distances[i*s.o.K+j] = max(1-n.Similarity, 0)
			}
		}
	})
	if err != nil {
		return err
	}
	return p.add(hi-lo, neighbours.ConstantWindows{}, rows, distances)
}

// warnings are caveats about images of one value.
func (s *search) warnings(c neighbours.ConstantWindows) []string {
	if c == (neighbours.ConstantWindows{}) {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d queries and %d of %d base images have a window of one value, whose correlation counts as 0",
		c.Queries, s.queries.n(), c.Base, s.base.n())}
}
