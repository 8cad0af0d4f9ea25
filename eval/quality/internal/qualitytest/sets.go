package qualitytest

import (
	"math"
	"math/rand/v2"

	"repbench/features/matrix"
)

// Normal draws rows of independent Gaussians.
func Normal(seed uint64, n, d int, mean float64) matrix.View {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	for i := range x.Data {
		x.Data[i] = float32(rng.NormFloat64() + mean)
	}
	return x
}

// Gaussian returns n rows of d normal numbers, column j times scale(j), plus shift.
func Gaussian(seed uint64, n, d int, shift float64, scale func(j int) float64) matrix.View {
	r := rand.New(rand.NewPCG(seed, 7))
	x := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	for i := range x.Data {
		x.Data[i] = float32(shift + scale(i%d)*r.NormFloat64())
	}
	return x
}

// One is the scale of every column.
func One(int) float64 { return 1 }

// Shuffled returns the rows in another order.
func Shuffled(x matrix.View) matrix.View {
	order := make([]int32, x.N)
	for i, v := range rand.New(rand.NewPCG(3, 3)).Perm(x.N) {
		order[i] = int32(v)
	}
	return x.Subset(order)
}

// Identity are the rows [0, n).
func Identity(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// KIDByLoops is KID by its definition.
func KIDByLoops(x, y matrix.View) float64 {
	sum := func(a, b matrix.View, same bool) float64 {
		var s float64
		for i := range a.N {
			for j := range b.N {
				if same && i == j {
					continue
				}
				var p float64
				for c := range a.D {
					p += float64(a.At(i, c)) * float64(b.At(j, c))
				}
				s += math.Pow(p/float64(a.D)+1, 3)
			}
		}
		return s
	}
	m, n := float64(x.N), float64(y.N)
	return sum(x, x, true)/(m*(m-1)) + sum(y, y, true)/(n*(n-1)) - 2*sum(x, y, false)/(m*n)
}
