package search

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"

	"repbench/datasets"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Part is what is searched, or searched for: images or rows of features.
type Part struct {
	// Images are the images; N = 0: the part holds rows.
	Images datasets.Images
	// Rows are rows of features; N = 0: the part holds images.
	Rows matrix.View
}

// Len is the number of images or rows.
func (p Part) Len() int { return max(p.Images.N, p.Rows.N) }

// Take returns the images or rows that index names, in its order. Images are copied.
func (p Part) Take(index []int32) Part {
	if p.Images.N == 0 {
		return Part{Rows: p.Rows.Subset(index)}
	}
	out := p.Images
	out.N, out.Data = len(index), make([]uint8, 0, len(index)*p.Images.Stride())
	for _, i := range index {
		out.Data = append(out.Data, p.Images.At(int(i))...)
	}
	return Part{Images: out}
}

// from returns the images or rows from lo on.
func (p Part) from(lo int) Part {
	if p.Images.N == 0 {
		return Part{Rows: p.Rows.Rows(lo, p.Rows.N)}
	}
	return Part{Images: p.Images.Slice(lo, p.Images.N)}
}

// hash writes what tells the part from others.
func (p Part) hash(h hash.Hash) {
	numbers := []int{p.Images.N, p.Images.H, p.Images.W, p.Images.C, p.Rows.N, p.Rows.D}
	for _, n := range numbers {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	h.Write(p.Images.Data)
	row, line := make([]float32, p.Rows.D), make([]byte, 0, 4*p.Rows.D)
	for i := range p.Rows.N {
		line = line[:0]
		for _, v := range p.Rows.Row(i, row) {
			line = binary.LittleEndian.AppendUint32(line, math.Float32bits(v))
		}
		h.Write(line)
	}
}

// Space compares parts by a metric.
type Space struct {
	// Metric is the distance of two images or rows.
	Metric Metric
	// Threads is the number of goroutines; 0: all processors.
	Threads int
	// MaxMemory bounds the memory of a search of images; 0: the default of package neighbours.
	MaxMemory int64
}

// queriesAtOnce is the number of rows of features searched between two calls of give.
const queriesAtOnce = 4096

// each calls give for each query in order with its k nearest of base, nearest first, equal ones
// by row. own names the row of base that each query leaves out; nil: none.
func (s Space) each(ctx context.Context, base, queries Part, k int, own []int32, p progress.Reporter, give func(query int, near []neighbours.Match) error) error {
	if !s.Metric.OfFeatures() {
		o := neighbours.ImageOptions{Threads: s.Threads, MaxMemory: s.MaxMemory, Own: own, Progress: p}
		return neighbours.EachImage(ctx, ImagesOf(base), ImagesOf(queries), k, s.Metric.images(), o, give)
	}
	// The distance of rows of norm 1 is √(2−2c), and exactly 0 of equal rows.
	metric := neighbours.Metric{Kind: neighbours.Euclidean, Normalise: s.Metric == Cosine}
	matches := make([]neighbours.Match, k)
	for lo := 0; lo < queries.Rows.N; lo += queriesAtOnce {
		hi := min(lo+queriesAtOnce, queries.Rows.N)
		o := neighbours.Options{Threads: s.Threads, Progress: p}
		if own != nil {
			o.Own = own[lo:hi]
		}
		near, err := neighbours.Search(ctx, base.Rows, queries.Rows.Rows(lo, hi), k, metric, o)
		if err != nil {
			return err
		}
		for i := range hi - lo {
			for j := range matches {
				n := near[i*k+j]
				matches[j] = neighbours.Match{Row: n.Row, Distance: -n.Similarity}
			}
			if err := give(lo+i, matches); err != nil {
				return err
			}
		}
	}
	return nil
}

// ImagesOf is a part as the search of images takes it.
func ImagesOf(p Part) neighbours.Images {
	return neighbours.Images{N: p.Images.N, H: p.Images.H, W: p.Images.W, C: p.Images.C, Pix: p.Images.Data}
}

// work is about the number of multiplications of a search.
func (s Space) work(base, queries Part) float64 {
	size := max(base.Images.Stride(), base.Rows.D)
	return float64(base.Len()) * float64(queries.Len()) * float64(size) * float64(s.Metric.comparisons())
}

// key names a search by all that decides its result.
func (s Space) key(base, queries Part, k int, own []int32) string {
	h := sha256.New()
	h.Write([]byte("repbench nearest 1\n" + s.Metric.String() + "\n"))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(k)))
	base.hash(h)
	queries.hash(h)
	for _, r := range own {
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(r)))
	}
	return string(h.Sum(nil))
}
