package onnx

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// What a small file may cost before it is refused or built: the bytes of all allocations, and
// time (generous, for a machine that does other things too).
const (
	explodeBytes = 3 << 29
	explodeTime  = 30 * time.Second
)

// chain applies step n times: step i takes the value before and gives the next.
func chain(n int, step func(i int, from, to string) []byte) [][]byte {
	var nodes [][]byte
	last := "x"
	for i := range n {
		to := fmt.Sprint("v", i)
		if i == n-1 {
			to = "y"
		}
		nodes, last = append(nodes, step(i, last, to)), to
	}
	return nodes
}

// hostChain begins with the vector "start" of one number, and casts and adds the end to x.
func hostChain(n int, step func(i int, from, to string) [][]byte, weights ...[]byte) file {
	f := image(17)
	last := "start"
	for i := range n {
		to := fmt.Sprint("v", i)
		f.nodes, last = append(f.nodes, step(i, last, to)...), to
	}
	f.nodes = append(f.nodes, nodeBytes("Cast", []string{last}, []string{"f"}, attrs{"to": int(Float32)}), nodeBytes("ReduceMax", []string{"f"}, []string{"m"}, attrs{"keepdims": 0}),
		nodeBytes("Add", []string{"x", "m"}, []string{"y"}, nil))
	f.weights = append(weights, intTensor("start", []int{1}, 1))
	return f
}

// doubling is n functions of which each calls the one before k times.
func doubling(n, k int) file {
	f := image(17, local(fmt.Sprint("F", n-1), []string{"x"}, []string{"y"}, nil))
	for i := range n {
		inner := chain(k, func(_ int, from, to string) []byte {
			if i == 0 {
				return nodeBytes("Relu", []string{from}, []string{to}, nil)
			}
			return local(fmt.Sprint("F", i-1), []string{from}, []string{to}, nil)
		})
		f.functions = append(f.functions, functionBytes(fmt.Sprint("F", i), 17, []string{"x"}, []string{"y"}, nil, inner...))
	}
	return f
}

func nestedIf(depth int) inner {
	if depth == 0 {
		return branch("Relu", "x")
	}
	return inner{nodes: [][]byte{nodeBytes("If", []string{"c"}, []string{"i"}, attrs{"then_branch": nestedIf(depth - 1), "else_branch": branch("Neg", "x")})}, outputs: [][]byte{valueBytes("i", Float32)}}
}

// withWeights adds weights to a file.
func withWeights(f file, weights ...[]byte) file {
	f.weights = append(f.weights, weights...)
	return f
}

const twoTo22 = 1 << 22

// Small files that ask for much are refused, or built at small cost.
func TestExplosions(t *testing.T) {
	self := image(17, local("F", []string{"x"}, []string{"y"}, nil))
	self.functions = [][]byte{functionBytes("F", 17, []string{"x"}, []string{"y"}, nil, local("F", []string{"x"}, []string{"a"}, nil), local("F", []string{"a"}, []string{"y"}, nil))}
	large := func(i int, from, to string) [][]byte {
		one := fmt.Sprint("one", i)
		return [][]byte{nodeBytes("ReduceProd", []string{from}, []string{one}, nil), nodeBytes("Expand", []string{one, "n"}, []string{to}, nil)}
	}
	slow := map[string]bool{"functions that call the one before 16 times": true, "integers doubled": true, "many large integer arrays": true,
		"large integer arrays reduced again and again": true, "images resized up and down": true, "images shrunk with wide kernels": true, "large indices again and again": true}
	tests := []struct {
		name  string
		model file
		built bool // it may be built
	}{
		{"functions that call the one before twice, 40 deep", doubling(40, 2), false},
		{"functions that call the one before 16 times", doubling(12, 16), false},
		{"a function that calls itself", self, false},
		{"graphs in graphs", image(17, nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", nil, 1)}),
			nodeBytes("If", []string{"c"}, []string{"y"}, attrs{"then_branch": nestedIf(60), "else_branch": branch("Neg", "x")})), false},
		{"integers doubled", hostChain(50, func(_ int, from, to string) [][]byte {
			return [][]byte{nodeBytes("Concat", []string{from, from}, []string{to}, attrs{"axis": 0})}
		}), false},
		{"many large integer arrays", hostChain(5000, large, intTensor("n", []int{1}, twoTo22)), false},
		{"large integer arrays reduced again and again", hostChain(20000, func(i int, from, to string) [][]byte {
			if i == 0 {
				return append(large(i, from, "big"), nodeBytes("Identity", []string{from}, []string{to}, nil))
			}
			sum := fmt.Sprint("sum", i)
			return [][]byte{nodeBytes("ReduceSum", []string{"big"}, []string{sum}, nil), nodeBytes("Add", []string{from, sum}, []string{to}, nil)}
		}, intTensor("n", []int{1}, twoTo22)), false},
		{"a range without end", hostChain(1, func(_ int, _, to string) [][]byte {
			return [][]byte{nodeBytes("Range", []string{"zero", "end", "one"}, []string{to}, nil)}
		}, intTensor("zero", nil, 0), intTensor("end", nil, 1<<62), intTensor("one", nil, 1)), false},
		{"images expanded on new axes", withWeights(image(17, chain(4, func(i int, from, to string) []byte {
			return nodeBytes("Expand", []string{from, "s"}, []string{to}, nil)
		})...), intTensor("s", []int{7}, 1<<10, 1<<10, 1<<10, 1, 1, 1, 1)), false},
		{"images tiled", withWeights(image(17, chain(20, func(i int, from, to string) []byte {
			return nodeBytes("Tile", []string{from, "s"}, []string{to}, nil)
		})...), intTensor("s", []int{4}, 1, 4, 4, 4)), false},
		{"images joined with themselves", image(17, chain(40, func(i int, from, to string) []byte {
			return nodeBytes("Concat", []string{from, from}, []string{to}, attrs{"axis": 1})
		})...), false},
		{"a large constant", withWeights(image(17, nodeBytes("ConstantOfShape", []string{"s"}, []string{"c"}, nil), nodeBytes("Add", []string{"x", "c"}, []string{"y"}, nil)),
			intTensor("s", []int{4}, 1<<10, 1<<10, 1<<10, 3)), false},
		{"images padded", withWeights(image(17, nodeBytes("Pad", []string{"x", "p"}, []string{"y"}, nil)), intTensor("p", []int{8}, 0, 0, 1<<21, 1<<21, 0, 0, 0, 0)), false},
		{"pools with wide padding", image(17, nodeBytes("AveragePool", []string{"x"}, []string{"y"}, attrs{"kernel_shape": []int{1, 1}, "pads": []int{1 << 20, 1 << 20, 1 << 20, 1 << 20}, "count_include_pad": 1})), false},
		{"images resized up and down", withWeights(image(17, chain(600, func(i int, from, to string) []byte {
			return nodeBytes("Resize", []string{from, "", []string{"up", "down"}[i%2]}, []string{to}, attrs{"mode": "linear"})
		})...), floatTensor("up", []int{4}, 1, 1, 1<<16, 1), floatTensor("down", []int{4}, 1, 1, 1./(1<<16), 1)), false},
		{"images shrunk with wide kernels", withWeights(image(18, append([][]byte{nodeBytes("Tile", []string{"x", "t"}, []string{"l"}, nil)}, nodeBytes("Resize", []string{"l", "", "", "n"}, []string{"y"},
			attrs{"mode": "cubic", "antialias": 1, "keep_aspect_ratio_policy": "not_larger"}))...), intTensor("t", []int{4}, 1, 1, 1<<24, 1), intTensor("n", []int{4}, 1, 2, 1, 1<<12)), true},
		{"an outer product of four images", withWeights(image(17, nodeBytes("Tile", []string{"x", "s"}, []string{"l"}, nil), nodeBytes("Reshape", []string{"l", "v"}, []string{"w"}, nil),
			nodeBytes("Einsum", []string{"w", "w", "w", "w"}, []string{"y"}, attrs{"equation": "a,b,c,d->abcd"})),
			intTensor("s", []int{4}, 1, 1<<8, 1, 1), intTensor("v", []int{1}, -1)), false},
		{"a one of many", withWeights(image(17, nodeBytes("OneHot", []string{"x", "d", "values"}, []string{"y"}, nil)), intTensor("d", nil, 1<<40), floatTensor("values", []int{2}, 0, 1)), false},
		{"a unit matrix", withWeights(hostChain(1, func(_ int, _, to string) [][]byte {
			return [][]byte{nodeBytes("ConstantOfShape", []string{"s"}, []string{"c"}, nil), nodeBytes("EyeLike", []string{"c"}, []string{to}, nil)}
		}), intTensor("s", []int{2}, 1<<15, 1<<15)), false},
		{"sums along a long axis", withWeights(image(17, nodeBytes("Tile", []string{"x", "s"}, []string{"l"}, nil), nodeBytes("CumSum", []string{"l", "a"}, []string{"y"}, nil)),
			intTensor("s", []int{4}, 1, 1, 1<<20, 1), intTensor("a", nil, 2)), false},
		{"many updates of one place", withWeights(hostChain(1, large, intTensor("n", []int{1}, 1<<16)), floatTensor("data", []int{1, 2, 1, 3}, 0, 0, 0, 0, 0, 0)), true},
		{"all updates of one place", func() file {
			f := withWeights(image(18, nodeBytes("Expand", []string{"z", "n"}, []string{"at"}, nil), nodeBytes("Tile", []string{"x", "t"}, []string{"u"}, nil),
				nodeBytes("ScatterElements", []string{"x", "at", "u"}, []string{"y"}, attrs{"axis": 3, "reduction": "add"})),
				intTensor("z", []int{1}, 0), intTensor("n", []int{4}, 1, 2, 1, 3000), intTensor("t", []int{4}, 1, 1, 1, 1000))
			return f
		}(), false},
		{"products of weights again and again", func() file {
			side := 1000
			f := image(17, nodeBytes("ConstantOfShape", []string{"s"}, []string{"zeros"}, nil), nodeBytes("Cos", []string{"zeros"}, []string{"ones"}, nil))
			last := "ones"
			for i := range 3000 {
				to := fmt.Sprint("p", i)
				f.nodes, last = append(f.nodes, nodeBytes("MatMul", []string{last, "ones"}, []string{to}, nil)), to
			}
			f.nodes = append(f.nodes, nodeBytes("ReduceMax", []string{last}, []string{"m"}, attrs{"keepdims": 0}), nodeBytes("Add", []string{"x", "m"}, []string{"y"}, nil))
			return withWeights(f, intTensor("s", []int{2}, int64(side), int64(side)))
		}(), true},
		{"weights put in order again and again", func() file {
			f := hostChain(20000, func(i int, from, to string) [][]byte {
				return [][]byte{nodeBytes("Transpose", []string{"w"}, []string{fmt.Sprint("t", i)}, nil), nodeBytes("Shape", []string{fmt.Sprint("t", i)}, []string{to}, nil)}
			})
			return withWeights(f, floatTensor("w", []int{1000, 100}, make([]float32, 100000)...))
		}(), true},
		{"large indices again and again", withWeights(image(17, append([][]byte{nodeBytes("Expand", []string{"z", "n"}, []string{"at0"}, nil)}, chain(400, func(i int, from, to string) []byte {
			if i%2 == 0 {
				return nodeBytes("Gather", []string{from, "at0"}, []string{to}, attrs{"axis": 3})
			}
			return nodeBytes("ReduceMax", []string{from}, []string{to}, attrs{"axes": []int{3}})
		})...)...), intTensor("z", []int{1}, 0), intTensor("n", []int{1}, twoTo22)), true},
		{"quantised weights decoded again and again", func() file {
			f := image(17)
			last := "x"
			for i := range 3000 {
				q, to := fmt.Sprint("q", i), fmt.Sprint("v", i)
				f.nodes = append(f.nodes, nodeBytes("DequantizeLinear", []string{"w", "s"}, []string{q}, nil), nodeBytes("ReduceMax", []string{q}, []string{q + "m"}, attrs{"keepdims": 0}),
					nodeBytes("Add", []string{last, q + "m"}, []string{to}, nil))
				last = to
			}
			f.nodes = append(f.nodes, nodeBytes("Identity", []string{last}, []string{"y"}, nil))
			return withWeights(f, tensorBytes("w", Int8, []int{1 << 20}, make([]byte, 1<<20)), floatTensor("s", nil, 1))
		}(), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if slow[tt.name] && testing.Short() {
				t.Skip("it takes seconds")
			}
			content := tt.model.bytes()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			err := buildOnly(t, content)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			bytes := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d bytes of file, %s, %d MiB: %.200v", len(content), took, bytes>>20, err)
			if err == nil && !tt.built || err != nil && !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrFormat) {
				t.Errorf("error %v, want one that it is too much", err)
			}
			if bytes > explodeBytes || took > explodeTime {
				t.Errorf("it took %s and allocated %d MiB", took, bytes>>20)
			}
		})
	}
}

// buildOnly reads and builds a network.
func buildOnly(t *testing.T, content []byte) error {
	m, err := parse(content)
	if err != nil {
		return err
	}
	g := graph.NewGraph(backend(t).Compute, "explosion")
	defer g.Finalize()
	_, err = m.Build(graph.Parameter(g, "x", shapes.Make(dtypes.Float32, 1, 1, 3, 2)), Target{})
	return err
}
