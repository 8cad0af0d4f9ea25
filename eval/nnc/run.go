package nnc

import (
	"context"
	"fmt"
	"slices"

	"repbench/internal/progress"
)

// Source hands on labelled images, in a fixed order.
type Source interface {
	// Each hands on the images [from, to) in blocks; from is 0 or where an earlier call ended, and
	// aligned to Align.
	Each(ctx context.Context, from, to int64, give func(Set) error) error
	// Align is the number of images that blocks begin at multiples of.
	Align() int
	// Len is the number of images there are; -1: any number.
	Len() int64
}

// Stored is a search under way, with the points reached.
type Stored struct {
	// Key identifies everything that decides the result.
	Key string `json:"key"`
	// State is what is kept of the images.
	State State `json:"state"`
	// Points are those reached, Rows the numbers of the nearest images of each.
	Points []Point   `json:"points"`
	Rows   [][]int64 `json:"rows"`
	// Correct says of each point which test images are right; empty in states of earlier versions.
	Correct [][]bool `json:"correct,omitempty"`
}

// Progressed are the hooks of a Run that can be stopped and goes on.
type Progressed struct {
	// Key identifies everything that decides the result, but for the numbers of images.
	Key string
	// Start is what an earlier call stored; nil: nothing.
	Start *Stored
	// Store stores what was reached, from time to time and when the context ends; nil: nobody does.
	Store func(Stored) error
}

// blockImages is the number of images that are compared at once.
const blockImages = 100 * 128

// Run adds the images of a source and returns a point for each of the numbers, in their order.
//
// When ctx is cancelled, it stores what was reached, if the hooks say so, and returns an error
// wrapping the context's error.
func Run(ctx context.Context, n *Nearest, src Source, numbers []int64, p Progressed) ([]Point, error) {
	sizes, err := checkNumbers(numbers, src.Len())
	if err != nil {
		return nil, err
	}
	r := runner{n: n, src: src, p: p}
	if err := r.start(sizes); err != nil {
		return nil, err
	}
	r.task = progress.Or(n.o.Progress).Start("nearest of", sizes[len(sizes)-1], "images")
	defer r.task.Done()
	r.task.Add(n.Added())
	for _, size := range sizes {
		if err := r.reach(ctx, size); err != nil {
			return nil, err
		}
	}
	out := make([]Point, len(numbers))
	for i, number := range numbers {
		out[i] = r.points[slices.IndexFunc(r.points, func(p Point) bool { return p.N == number })]
	}
	return out, nil
}

// checkNumbers returns the numbers in ascending order, each once.
func checkNumbers(numbers []int64, there int64) ([]int64, error) {
	if len(numbers) == 0 {
		return nil, fmt.Errorf("%w: no number of samples is given", ErrInput)
	}
	sizes := slices.Clone(numbers)
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	if sizes[0] < 1 {
		return nil, fmt.Errorf("%w: %d samples; at least 1 is needed", ErrInput, sizes[0])
	}
	if last := sizes[len(sizes)-1]; there >= 0 && last > there {
		return nil, fmt.Errorf("%w: the nearest of %d samples is asked for, and there are %d; ask for at most these", ErrInput, last, there)
	}
	return sizes, nil
}

// runner is a Run under way.
type runner struct {
	n      *Nearest
	src    Source
	p      Progressed
	points []Point
	task   progress.Task
	saved  int64 // images of the newest stored state
}

// start goes on from what an earlier call stored, if it holds the points that are no longer ahead.
func (r *runner) start(sizes []int64) error {
	s := r.p.Start
	if s == nil {
		return nil
	}
	if s.Key != r.p.Key {
		return fmt.Errorf("%w: the stored search is one of other images, another generator or other options; remove it, or give another file", ErrInput)
	}
	for _, size := range sizes {
		if size <= s.State.N && !slices.ContainsFunc(s.Points, func(p Point) bool { return p.N == size }) {
			return nil // from the beginning
		}
	}
	if len(s.Rows) != len(s.Points) {
		return fmt.Errorf("%w: a stored search with %d points and the nearest images of %d", ErrInput, len(s.Points), len(s.Rows))
	}
	if err := r.n.Restore(s.State); err != nil {
		return err
	}
	for i := range s.Points {
		s.Points[i].Rows = s.Rows[i]
		if i < len(s.Correct) && countTrue(s.Correct[i]) == r.n.test.N-s.Points[i].Errors {
			s.Points[i].Correct = s.Correct[i]
		}
	}
	r.points, r.saved = s.Points, s.State.N
	return nil
}

// reach adds images up to a number and takes the point.
func (r *runner) reach(ctx context.Context, size int64) error {
	if slices.ContainsFunc(r.points, func(p Point) bool { return p.N == size }) {
		return nil
	}
	for r.n.Added() < size {
		from := r.n.Added()
		to := min(size, (from/blockImages+1)*blockImages)
		if err := r.add(ctx, from, to); err != nil {
			return r.stopped(ctx, err)
		}
		r.task.Add(to - from)
		if to%blockImages == 0 {
			if err := r.store(); err != nil {
				return err
			}
		}
	}
	r.points = append(r.points, r.n.Point())
	return nil
}

// add adds the images [from, to). A source gives whole batches: what lies outside is left out.
func (r *runner) add(ctx context.Context, from, to int64) error {
	align := int64(r.src.Align())
	at := from / align * align
	var block Set
	err := r.src.Each(ctx, at, to, func(s Set) error {
		lo, hi := max(from-at, 0), min(to-at, int64(s.N))
		at += int64(s.N)
		if lo < hi {
			block = joined(block, s.Rows(int(lo), int(hi)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.n.Add(ctx, block)
}

// joined appends a set to another.
func joined(a, b Set) Set {
	if a.N == 0 {
		a.Pixels = b.Pixels
	}
	a.N += b.N
	a.Bytes, a.Floats, a.Labels = append(a.Bytes, b.Bytes...), append(a.Floats, b.Floats...), append(a.Labels, b.Labels...)
	return a
}

// stopped stores what was reached where the context ended.
func (r *runner) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if serr := r.store(); serr != nil {
		return fmt.Errorf("%w; and what was reached could not be stored: %w", err, serr)
	}
	return fmt.Errorf("stopped after %d samples: %w", r.n.Added(), err)
}

func (r *runner) store() error {
	if r.p.Store == nil || r.n.Added() == r.saved || r.n.Added() == 0 {
		return nil
	}
	r.saved = r.n.Added()
	s := Stored{Key: r.p.Key, State: r.n.State(), Points: r.points}
	for _, p := range r.points {
		s.Rows, s.Correct = append(s.Rows, p.Rows), append(s.Correct, p.Correct)
	}
	return r.p.Store(s)
}

func countTrue(b []bool) (n int) {
	for _, right := range b {
		if right {
			n++
		}
	}
	return n
}
