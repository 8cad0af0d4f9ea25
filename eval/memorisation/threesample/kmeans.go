package threesample

import (
	"context"
	"math"
	"runtime"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

const (
	// rounds is the largest number of Lloyd's steps of one start, still the share of the mean
	// variance of a column below which the centres have stopped moving; both are those of
	// scikit-learn.
	rounds = 300
	still  = 1e-4
	// partRows is the number of rows of a task.
	partRows = 1024
)

// kmeans holds the rows that cells are made of.
type kmeans struct {
	x       matrix.View
	threads int
	hashes  []uint64
}

// newKMeans prepares rows for cells.
func newKMeans(x matrix.View, threads int) *kmeans {
	k := &kmeans{x: x, threads: threads, hashes: make([]uint64, x.N)}
	inParts(x.N, threads, func(lo, hi int) {
		buf := make([]float32, x.D)
		for i := lo; i < hi; i++ {
			k.hashes[i] = rowHash(x.Row(i, buf))
		}
	})
	return k
}

// best returns the centres of the best of several starts, cells×d: the least sum of squared
// distances from the nearest centre.
func (k *kmeans) best(ctx context.Context, cells, starts int, seed uint64) ([][]float64, error) {
	var best [][]float64
	least := math.Inf(1)
	for s := range starts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if centres, sum := k.run(cells, mix(seed, uint64(s))); sum < least {
			best, least = centres, sum
		}
	}
	return best, nil
}

// run is one start: k-means++ (D. Arthur and S. Vassilvitskii, SODA 2007), then Lloyd's steps
// until the centres stand still.
func (k *kmeans) run(cells int, seed uint64) (centres [][]float64, sum float64) {
	centres = k.seeds(cells, seed)
	limit := still * k.variance()
	for range rounds {
		next, moved := k.step(centres)
		centres = next
		if moved <= limit {
			break
		}
	}
	_, d := k.assign(centres)
	for _, v := range d {
		sum += v
	}
	return centres, sum
}

// seeds draws the first centre from all rows, each next one with a probability in proportion to
// the squared distance from the nearest centre so far. Each row draws its own waiting time from
// its values and the seed, and the first to come is taken: the draw does not depend on the order
// of the rows.
func (k *kmeans) seeds(cells int, seed uint64) [][]float64 {
	var centres [][]float64
	weight := make([]float64, k.x.N)
	for i := range weight {
		weight[i] = 1
	}
	for c := range cells {
		first, least := 0, math.Inf(1)
		for i, w := range weight {
			if t := waiting(mix(mix(seed, uint64(c)), k.hashes[i])) / w; t < least {
				first, least = i, t
			}
		}
		centres = append(centres, k.row(first))
		_, weight = k.assign(centres)
	}
	return centres
}

// step moves each centre to the mean of its rows and returns how far they moved, the sum of the
// squares. A centre without rows goes to the row that is farthest from its own centre.
func (k *kmeans) step(centres [][]float64) (next [][]float64, moved float64) {
	cell, d := k.assign(centres)
	next = make([][]float64, len(centres))
	for c := range next {
		next[c] = make([]float64, k.x.D)
	}
	number := make([]float64, len(centres))
	buf := make([]float32, k.x.D)
	for i, c := range cell {
		number[c]++
		for j, v := range k.x.Row(i, buf) {
			next[c][j] += float64(v)
		}
	}
	for c := range next {
		if number[c] == 0 {
			far := farthest(d)
			next[c], d[far] = k.row(far), 0
		} else {
			for j := range next[c] {
				next[c][j] /= number[c]
			}
		}
		moved += squareTo(next[c], centres[c])
	}
	return next, moved
}

// assign is assignTo for the rows that cells are made of.
func (k *kmeans) assign(centres [][]float64) (cell []int32, squares []float64) {
	return assignTo(centres, k.x, k.threads)
}

// assignTo returns the nearest centre of each row, the first of equal ones, and the squared
// distance from it.
func assignTo(centres [][]float64, x matrix.View, threads int) (cell []int32, squares []float64) {
	cell, squares = make([]int32, x.N), make([]float64, x.N)
	inParts(x.N, threads, func(lo, hi int) {
		buf := make([]float32, x.D)
		for i := lo; i < hi; i++ {
			cell[i], squares[i] = nearestCentre(centres, x.Row(i, buf))
		}
	})
	return cell, squares
}

// inParts calls do for all parts of n rows, on the threads; 0: all processors.
func inParts(n, threads int, do func(lo, hi int)) {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	tasks.Do(threads, (n+partRows-1)/partRows, func(_, part int) { do(part*partRows, min((part+1)*partRows, n)) })
}

func nearestCentre(centres [][]float64, row []float32) (best int32, least float64) {
	least = math.Inf(1)
	for c, centre := range centres {
		sum := 0.0
		for j, v := range row {
			d := float64(v) - centre[j]
			sum += d * d
		}
		if sum < least {
			best, least = int32(c), sum
		}
	}
	return best, least
}

func (k *kmeans) row(i int) []float64 { return rowOf(k.x, i) }

// rowOf returns a row in float64.
func rowOf(x matrix.View, i int) []float64 {
	out := make([]float64, x.D)
	for j, v := range x.Row(i, make([]float32, x.D)) {
		out[j] = float64(v)
	}
	return out
}

// variance is the mean variance of the columns.
func (k *kmeans) variance() float64 {
	mean, squares := make([]float64, k.x.D), 0.0
	buf := make([]float32, k.x.D)
	for i := range k.x.N {
		for j, v := range k.x.Row(i, buf) {
			delta := float64(v) - mean[j]
			mean[j] += delta / float64(i+1)
			squares += delta * (float64(v) - mean[j])
		}
	}
	return squares / float64(k.x.N) / float64(k.x.D)
}

func farthest(squares []float64) int {
	far := 0
	for i, v := range squares {
		if v > squares[far] {
			far = i
		}
	}
	return far
}

func squareTo(x, y []float64) float64 {
	sum := 0.0
	for j := range x {
		sum += (x[j] - y[j]) * (x[j] - y[j])
	}
	return sum
}

// rowHash is FNV-1a of the values of a row.
func rowHash(row []float32) uint64 {
	h := uint64(14695981039346656037)
	for _, v := range row {
		h = (h ^ uint64(math.Float32bits(v))) * 1099511628211
	}
	return h
}

// mix spreads two numbers over 64 bits, by the last steps of SplitMix64.
func mix(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 + b + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// waiting turns 64 random bits into a time with an exponential distribution of mean 1.
func waiting(bits uint64) float64 {
	return -math.Log((float64(bits>>11) + 0.5) / (1 << 53))
}
