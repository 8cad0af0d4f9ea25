package neighbours

import (
	"fmt"
	"math"

	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// Neighbour is a training row near a query.
type Neighbour struct {
	// Row is the row of the training matrix.
	Row int32
	// Similarity is the cosine, the inner product, or minus the distance.
	Similarity float64
	// Square is the squared distance; 0 for the cosine and the inner product.
	Square float64
}

// ranked is a neighbour by what the order of neighbours is defined on: the
// similarity, or for a distance minus its square.
type ranked struct {
	value float64
	row   int32
}

// nearer orders neighbours: the larger value first, of equals the lower row.
func nearer(a, b ranked) int {
	switch {
	case a.value > b.value:
		return -1
	case a.value < b.value:
		return 1
	}
	return int(a.row) - int(b.row)
}

// dot64 returns the inner product in float64. Products of float32 are exact
// there; the order of the sums is fixed, so that equal rows give equal bits.
func dot64(a, b []float32) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	n := len(a) &^ 3
	for j := 0; j < n; j += 4 {
		x, y := a[j:j+4:j+4], b[j:j+4:j+4]
		s0 += float64(x[0]) * float64(y[0])
		s1 += float64(x[1]) * float64(y[1])
		s2 += float64(x[2]) * float64(y[2])
		s3 += float64(x[3]) * float64(y[3])
	}
	for j := n; j < len(a); j++ {
		s0 += float64(a[j]) * float64(b[j])
	}
	return (s0 + s1) + (s2 + s3)
}

// distance64 returns Σ (a_j·f - b_j·g)² in float64, added up in the order of NumPy's sum: eight sums
// side by side over at most 128 columns, longer rows in halves.
func distance64(a []float32, f float64, b []float32, g float64) float64 {
	if len(a) > 128 {
		half := len(a) / 2 &^ 7
		return distance64(a[:half], f, b[:half], g) + distance64(a[half:], f, b[half:], g)
	}
	b = b[:len(a)]
	var s [8]float64
	n := len(a) &^ 7
	simd.Squares8(&s, a[:n], f, b[:n], g)
	sum := ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
	for j := n; j < len(a); j++ {
		d := float64(float64(a[j])*f) - float64(float64(b[j])*g) // conversions forbid fused operations
		sum += float64(d * d)
	}
	return sum
}

// value returns the ranked value of a query and a training row of the squared
// norms qq and tt.
func (m Metric) value(q []float32, qq float64, t []float32, tt float64) float64 {
	switch {
	case m.Kind == Euclidean && m.Normalise:
		return -distance64(q, 1/math.Sqrt(qq), t, 1/math.Sqrt(tt))
	case m.Kind == Euclidean:
		return -distance64(q, 1, t, 1)
	case m.Unit():
		return dot64(q, t) / (math.Sqrt(qq) * math.Sqrt(tt))
	}
	return dot64(q, t)
}

// neighbour returns what a ranked row is to the caller.
func (m Metric) neighbour(r ranked) Neighbour {
	if m.Kind == Euclidean {
		return Neighbour{r.row, -math.Sqrt(-r.value), max(-r.value, 0)} // no negative zero
	}
	return Neighbour{r.row, r.value, 0}
}

// maxSquare bounds squared norms so that no float32 product or partial sum of
// one overflows.
const maxSquare = 1e37

// squares returns the squared norm of each row, or an error for a row that has
// no finite one, or none that can be divided by.
func squares(name string, m matrix.View, metric Metric, threads int) ([]float64, error) {
	out := make([]float64, m.N)
	const part = 256
	tasks.Do(threads, (m.N+part-1)/part, func(_, p int) {
		buf := make([]float32, m.D)
		lo, hi := p*part, min(p*part+part, m.N)
		for i := lo; i < hi; i++ {
			x := m.Row(i, buf)
			out[i] = dot64(x, x)
		}
		m.GiveBack(lo, hi)
	})
	for i, s := range out {
		switch {
		case !(s <= maxSquare):
			return nil, notFinite(name, m, i)
		case s == 0 && metric.Unit():
			return nil, fmt.Errorf("row %d of the %s rows is all zeros: it has no direction; use dot or euclidean without normalisation, or drop the row: %w", i, name, ErrZeroRow)
		}
	}
	return out, nil
}

// notFinite is the error about row i, whose squared norm is too large or no number.
func notFinite(name string, m matrix.View, i int) error {
	if j, v, found := m.NotFiniteIn(i); found {
		return fmt.Errorf("feature %d of row %d of the %s rows is %v: %w", j, i, name, v, matrix.ErrNotFinite)
	}
	return fmt.Errorf("row %d of the %s rows is too large to be squared; scale the features: %w", i, name, matrix.ErrNotFinite)
}
