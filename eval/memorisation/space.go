package memorisation

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

// part is what is searched, or searched for: images or rows of features.
type part struct {
	images datasets.Images
	rows   matrix.View
}

// len is the number of images or rows.
func (p part) len() int { return max(p.images.N, p.rows.N) }

// take returns the images or rows that index names, in its order. Images are copied.
func (p part) take(index []int32) part {
	if p.images.N == 0 {
		return part{rows: p.rows.Subset(index)}
	}
	out := p.images
	out.N, out.Data = len(index), make([]uint8, 0, len(index)*p.images.Stride())
	for _, i := range index {
		out.Data = append(out.Data, p.images.At(int(i))...)
	}
	return part{images: out}
}

// from returns the images or rows from lo on.
func (p part) from(lo int) part {
	if p.images.N == 0 {
		return part{rows: p.rows.Rows(lo, p.rows.N)}
	}
	return part{images: p.images.Slice(lo, p.images.N)}
}

// hash writes what tells the part from others.
func (p part) hash(h hash.Hash) {
	numbers := []int{p.images.N, p.images.H, p.images.W, p.images.C, p.rows.N, p.rows.D}
	for _, n := range numbers {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	h.Write(p.images.Data)
	row, line := make([]float32, p.rows.D), make([]byte, 0, 4*p.rows.D)
	for i := range p.rows.N {
		line = line[:0]
		for _, v := range p.rows.Row(i, row) {
			line = binary.LittleEndian.AppendUint32(line, math.Float32bits(v))
		}
		h.Write(line)
	}
}

// space compares parts by a metric.
type space struct {
	metric    Metric
	threads   int
	maxMemory int64
}

// queriesAtOnce is the number of rows of features searched between two calls of give.
const queriesAtOnce = 4096

// each calls give for each query in order with its k nearest of base, nearest first, equal ones
// by row. own names the row of base that each query leaves out; nil: none.
func (s space) each(ctx context.Context, base, queries part, k int, own []int32, p progress.Reporter, give func(query int, near []neighbours.Match) error) error {
	if !s.metric.OfFeatures() {
		o := neighbours.ImageOptions{Threads: s.threads, MaxMemory: s.maxMemory, Own: own, Progress: p}
		return neighbours.EachImage(ctx, imagesOf(base), imagesOf(queries), k, s.metric.images(), o, give)
	}
	// The distance of rows of norm 1 is √(2−2c), and exactly 0 of equal rows.
	metric := neighbours.Metric{Kind: neighbours.Euclidean, Normalise: s.metric == Cosine}
	matches := make([]neighbours.Match, k)
	for lo := 0; lo < queries.rows.N; lo += queriesAtOnce {
		hi := min(lo+queriesAtOnce, queries.rows.N)
		o := neighbours.Options{Threads: s.threads, Progress: p}
		if own != nil {
			o.Own = own[lo:hi]
		}
		near, err := neighbours.Search(ctx, base.rows, queries.rows.Rows(lo, hi), k, metric, o)
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

func imagesOf(p part) neighbours.Images {
	return neighbours.Images{N: p.images.N, H: p.images.H, W: p.images.W, C: p.images.C, Pix: p.images.Data}
}

// work is about the number of multiplications of a search.
func (s space) work(base, queries part) float64 {
	size := max(base.images.Stride(), base.rows.D)
	return float64(base.len()) * float64(queries.len()) * float64(size) * float64(s.metric.comparisons())
}

// key names a search by all that decides its result.
func (s space) key(base, queries part, k int, own []int32) string {
	h := sha256.New()
	h.Write([]byte("repbench nearest 1\n" + s.metric.String() + "\n"))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(k)))
	base.hash(h)
	queries.hash(h)
	for _, r := range own {
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(r)))
	}
	return string(h.Sum(nil))
}
