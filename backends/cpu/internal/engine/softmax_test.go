package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// A softmax along any axis agrees with the portable backend, which runs those along an axis that
// is not the last.
func TestSoftmax(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	b := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		dims  []int
		axis  int
		local bool
	}{{[]int{7}, 0, true}, {[]int{3, 1}, 0, true}, {[]int{3, 1}, 1, true}, {[]int{2, 3, 197, 197}, 3, true}, {[]int{5, 20000}, 1, true}, {[]int{4, 5, 6}, 1, false}} {
		t.Run(fmt.Sprintf("%v/%d", tt.dims, tt.axis), func(t *testing.T) {
			n := 1
			for _, d := range tt.dims {
				n *= d
			}
			x := randomFloats(r, n)
			var results [2][]float32
			for i, on := range []compute.Backend{b, portable} {
				e := build(t, on, [][]int{tt.dims}, func(f compute.Function, in []compute.Value) []compute.Value {
					return []compute.Value{must(f.Neg(must(f.FusedSoftmax(must(f.Neg(in[0])), tt.axis))))}
				})
				if ours, ok := e.(*Executable); ok {
					if got := slices.ContainsFunc(ours.program.steps, func(s step) bool { return s.name == "FusedSoftmax" }); got != tt.local {
						t.Errorf("computed here: %t, want %t", got, tt.local)
					}
				}
				results[i] = slices.Clone(floats(must(e.Execute([]compute.Buffer{buffer(on, x, tt.dims...)}, nil, 0))[0]))
			}
			compareFloats(t, results[0], results[1])
		})
	}
}
