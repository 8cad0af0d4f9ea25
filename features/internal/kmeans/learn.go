package kmeans

import (
	"context"
	"fmt"
	"math/rand/v2"

	"repbench/datasets"
	"repbench/internal/simd"
)

// Dictionary is what was learned.
type Dictionary struct {
	// Size is the side of a patch, Channels the number of channels of the images.
	Size, Channels int
	// Mean and Whitening map a normalised patch p to W·(p - Mean); Whitening is
	// D×D, symmetric, with D = Size·Size·Channels.
	Mean, Whitening []float64
	// Centroids are K×D, in the whitened space.
	Centroids []float64
}

// D is the number of values of a patch.
func (d *Dictionary) D() int { return d.Size * d.Size * d.Channels }

// K is the number of centroids.
func (d *Dictionary) K() int { return len(d.Centroids) / d.D() }

// Learn learns a dictionary from the images. It needs 4·Patches·D bytes.
func Learn(ctx context.Context, im datasets.Images, o Options) (*Dictionary, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = o.WithDefaults()
	task := o.Progress.Start("k-means dictionary", int64(o.Iterations), "iterations")
	defer task.Done()
	x, err := draw(im, o)
	if err != nil {
		return nil, err
	}
	dict := &Dictionary{Size: o.Size, Channels: im.C}
	d := dict.D()
	mean, cov := moments(x, d, o.Threads)
	if dict.Whitening, err = zca(cov); err != nil {
		return nil, err
	}
	dict.Mean = mean
	whiten(x, d, mean, dict.Whitening, o.Threads)
	dict.Centroids, err = cluster(ctx, padded(x, d), d, o, func(note string) {
		task.Add(1)
		task.Note(note)
	})
	if err != nil {
		return nil, err
	}
	return dict, nil
}

// cluster returns K centroids of d values of the rows of x, which are padded. It
// reports each iteration.
func cluster(ctx context.Context, x []float32, d int, o Options, tell func(note string)) ([]float64, error) {
	c := newClusters(x, pad(d), o)
	for range o.Iterations {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted while learning a dictionary of %d centroids: %w", o.K, context.Cause(ctx))
		}
		moved := c.step()
		tell(fmt.Sprintf("mean squared distance %.3f, %d of %d patches moved", c.distance, moved, c.n))
		if moved == 0 {
			break
		}
	}
	var centroids []float64
	for k := range o.K {
		centroids = append(centroids, c.centroids[k*c.d:k*c.d+d]...)
	}
	return centroids, nil
}

// pad is d rounded up to the vectors of the kernels, which are slow with a rest:
// 108 values take four times as long as 112.
func pad(d int) int { return (d + 15) / 16 * 16 }

// padded returns the rows of x, of d values, with zeros up to pad(d).
func padded(x []float32, d int) []float32 {
	to := make([]float32, len(x)/d*pad(d))
	for i := range len(x) / d {
		copy(to[i*pad(d):], x[i*d:(i+1)*d])
	}
	return to
}

// clusters is the state of Lloyd's algorithm on the rows of x.
type clusters struct {
	x         []float32
	n, d, k   int
	threads   int
	centroids []float64
	label     []int32
	rng       *rand.Rand
	distance  float64 // mean squared distance to the nearest, at the last step
}

// newClusters starts at points near the origin drawn at random, as the authors do.
// Started at rows, which lie far from each other in many dimensions, many
// centroids would keep the few rows around their first.
func newClusters(x []float32, d int, o Options) *clusters {
	c := &clusters{x: x, n: len(x) / d, d: d, k: o.K, threads: o.Threads, rng: rand.New(rand.NewPCG(o.Seed, 0xc1))}
	c.centroids, c.label = make([]float64, c.k*d), make([]int32, c.n)
	for k := range c.k {
		c.restart(k)
	}
	for i := range c.label {
		c.label[i] = -1
	}
	return c
}

// nearOrigin is the standard deviation of the values of a first centroid.
const nearOrigin = 0.1

// restart draws centroid k anew.
func (c *clusters) restart(k int) {
	for j := range c.d {
		c.centroids[k*c.d+j] = nearOrigin * c.rng.NormFloat64()
	}
}

// sums are the sums of the rows of a part, by cluster.
type sums struct {
	rows, count []float64
	distance    float64
	moved       int
}

// step gives each row to its nearest centroid, the first of equals, and moves
// the centroids to the means of their rows. One without rows is drawn anew.
func (c *clusters) step() (moved int) {
	half := make([]float64, c.k)
	vectors := make([][]float64, c.k)
	for k := range vectors {
		vectors[k] = c.centroids[k*c.d : (k+1)*c.d]
		for _, v := range vectors[k] {
			half[k] += v * v / 2
		}
	}
	var p simd.Panel[float32]
	p.Pack(vectors)
	total := sums{rows: make([]float64, c.k*c.d), count: make([]float64, c.k)}
	turn := newTurns(parts(c.n))
	inParts(c.n, c.threads, func(part, lo, hi int) {
		s := c.assign(&p, half, lo, hi)
		turn.wait(part)
		for j, v := range s.rows {
			total.rows[j] += v
		}
		for k, v := range s.count {
			total.count[k] += v
		}
		total.distance += s.distance
		total.moved += s.moved
		turn.done(part)
	})
	for k, n := range total.count {
		if n == 0 {
			c.restart(k)
			continue
		}
		for j := range c.d {
			c.centroids[k*c.d+j] = total.rows[k*c.d+j] / n
		}
	}
	c.distance = total.distance / float64(c.n)
	return total.moved
}

// assign labels the rows [lo, hi) and adds them up by cluster.
func (c *clusters) assign(p *simd.Panel[float32], half []float64, lo, hi int) sums {
	s := sums{rows: make([]float64, c.k*c.d), count: make([]float64, c.k)}
	z := make([]float64, block*p.Stride())
	for ; lo < hi; lo += block {
		rows := rowsOf(c.x, c.d, lo, min(lo+block, hi))
		p.Dot(z, rows)
		for i, row := range rows {
			best, most := nearest(z[i*p.Stride():][:c.k], half)
			if c.label[lo+i] != int32(best) {
				c.label[lo+i] = int32(best)
				s.moved++
			}
			s.count[best]++
			norm := 0.0
			to := s.rows[best*c.d : (best+1)*c.d]
			for j, v := range row {
				to[j] += float64(v)
				norm += float64(v) * float64(v)
			}
			s.distance += norm - 2*most
		}
	}
	return s
}

// nearest returns the k of the largest z_k - half_k, which belongs to the nearest
// centroid, and that value.
func nearest(z, half []float64) (best int, most float64) {
	most = z[0] - half[0]
	for k, v := range z {
		if v -= half[k]; v > most {
			best, most = k, v
		}
	}
	return best, most
}

// turns lets parts go one after the other in their order.
type turns []chan struct{}

func newTurns(n int) turns {
	t := make(turns, n+1)
	for i := range t {
		t[i] = make(chan struct{})
	}
	close(t[0])
	return t
}

func (t turns) wait(part int) { <-t[part] }
func (t turns) done(part int) { close(t[part+1]) }
