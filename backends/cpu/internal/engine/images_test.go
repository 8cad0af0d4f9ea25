package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
)

// imageBatch is the number of images of the tests, which is also a number of channels.
const imageBatch = 8

// imagesCase is a graph of images [8, 20, 20, 3] and the images of each stage that it has.
type imagesCase struct {
	name   string
	stages []int
	graph  func(f compute.Function, x compute.Value) []compute.Value
}

// weights is a constant of random values.
func weights(f compute.Function, seed uint64, dims ...int) compute.Value {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return must(f.Constant(randomFloats(rand.New(rand.NewPCG(seed, 3)), n), dims...))
}

// twoLayers has maps [8, 20, 20, 16].
func twoLayers(f compute.Function, x compute.Value) compute.Value {
	y := rectified(f, along(f, convolve(f, x, weights(f, 1, 3, 3, 3, 16), 1, 1, 1), weights(f, 2, 16)))
	return rectified(f, along(f, convolve(f, y, weights(f, 3, 3, 3, 1, 16), 1, 1, 16), weights(f, 4, 16)))
}

func reshape(f compute.Function, x compute.Value, dims ...int) compute.Value {
	return must(f.Reshape(x, dims...))
}

func spread(f compute.Function, x compute.Value, axes []int, dims ...int) compute.Value {
	return must(f.BroadcastInDim(x, shapes.Make(dtypes.Float32, dims...), axes))
}

var imagesCases = []imagesCase{
	{"all operations", []int{1}, func(f compute.Function, x compute.Value) []compute.Value {
		y := twoLayers(f, x)
		gate := must(f.Mul(must(f.ReduceSum(y, 1, 2)), must(f.Constant([]float32{1e-3}))))
		gate = must(f.Logistic(must(f.DotGeneral(gate, []int{1}, nil, weights(f, 5, 16, 16), []int{0}, nil, compute.DotGeneralConfig{}))))
		y = must(f.Mul(y, spread(f, gate, []int{0, 3}, 8, 20, 20, 16)))
		turned := must(f.Transpose(reshape(f, y, 8, 400, 2, 8), 0, 1, 3, 2))
		y = must(f.Concatenate(3, y, reshape(f, turned, 8, 20, 20, 16)))
		y = must(f.Slice(y, []int{0, 1, 0, 4}, []int{8, 20, 20, 20}, []int{1, 1, 1, 1}))
		y = must(f.Pad(y, must(f.Constant([]float32{-3})), compute.PadAxis{}, compute.PadAxis{Start: 1}))
		y = must(f.ReduceWindow(y, compute.ReduceOpMax, []int{1, 2, 2, 1}, []int{1, 2, 2, 1}, nil, nil, nil))
		rows := reshape(f, y, 8*100, 16)
		other := must(f.Mul(rows, spread(f, weights(f, 6, 1, 16), []int{0, 1}, 8*100, 16)))
		squares := must(f.DotGeneral(reshape(f, rows, 8, 100, 16), []int{1}, []int{0}, reshape(f, other, 8, 100, 16), []int{1}, []int{0}, compute.DotGeneralConfig{}))
		squares = must(f.Mul(squares, must(f.Constant([]float32{1e-6})))) // e^x multiplies the rounding error of x by x
		return []compute.Value{must(f.FusedSoftmax(squares, 2)), other}
	}},
	{"weights that are heavy for few rows", []int{1, 2}, func(f compute.Function, x compute.Value) []compute.Value {
		y := twoLayers(f, x)
		z := rectified(f, convolve(f, y, weights(f, 7, 5, 5, 16, 64), 2, 1, 1)) // 100 KiB, 400 rows of an image
		z = rectified(f, convolve(f, z, weights(f, 8, 7, 7, 64, 32), 0, 1, 1))  // 196 rows of an image
		z = rectified(f, convolve(f, z, weights(f, 9, 3, 3, 32, 64), 1, 1, 1))
		z = rectified(f, convolve(f, z, weights(f, 10, 3, 3, 64, 64), 1, 2, 1)) // 49 rows
		y = must(f.Slice(y, []int{0, 0, 0, 0}, []int{8, 7, 7, 16}, []int{1, 1, 1, 1}))
		return []compute.Value{must(f.Concatenate(3, z, y))}
	}},
	{"images that meet", []int{1}, func(f compute.Function, x compute.Value) []compute.Value {
		y := twoLayers(f, x)
		small := must(f.ReduceWindow(y, compute.ReduceOpMax, []int{1, 4, 4, 1}, []int{1, 4, 4, 1}, nil, nil, nil))
		return []compute.Value{
			must(f.ReduceSum(y, 0)), must(f.ReduceMax(y, 0, 1, 2, 3)), must(f.Transpose(small, 3, 1, 2, 0)),
			must(f.Concatenate(0, small, small)), must(f.Reverse(small, 0)), must(f.Slice(small, []int{1, 0, 0, 0}, []int{8, 5, 5, 16}, []int{1, 1, 1, 1})),
			must(f.Mul(small, weights(f, 5, 8, 5, 5, 16))), must(f.Mul(small, spread(f, weights(f, 5, 8), []int{0}, 8, 5, 5, 16))),
			reshape(f, small, 5, 80, 8), must(f.FusedSoftmax(small, 0)),
			must(f.DotGeneral(small, []int{0}, nil, weights(f, 6, 8, 3), []int{0}, nil, compute.DotGeneralConfig{})),
			must(f.DotGeneral(small, []int{3}, nil, small, []int{3}, nil, compute.DotGeneralConfig{})),
			must(f.ReduceWindow(small, compute.ReduceOpMax, []int{2, 1, 1, 1}, []int{1, 1, 1, 1}, nil, nil, nil)),
			must(f.Pad(small, must(f.Constant([]float32{1})), compute.PadAxis{End: 1})),
		}
	}},
	{"one layer", nil, func(f compute.Function, x compute.Value) []compute.Value {
		return []compute.Value{rectified(f, convolve(f, x, weights(f, 1, 3, 3, 3, 16), 1, 1, 1))}
	}},
}

// Layers that run image by image give what the portable backend gives, and the same bits for any
// number of threads.
func TestImages(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	dims := []int{imageBatch, 20, 20, 3}
	x := randomFloats(rand.New(rand.NewPCG(1, 2)), imageBatch*20*20*3)
	for _, tt := range imagesCases {
		t.Run(tt.name, func(t *testing.T) {
			run := func(b compute.Backend) [][]float32 {
				e := build(t, b, [][]int{dims}, func(f compute.Function, in []compute.Value) []compute.Value { return tt.graph(f, in[0]) })
				if ours, ok := e.(*Executable); ok {
					if stages := stagesOf(ours); !slices.Equal(stages, tt.stages) {
						t.Errorf("stages of %v images, want %v", stages, tt.stages)
					}
				}
				var out [][]float32
				for range 2 { // memory of the first run is used again
					out = nil
					for _, o := range must(e.Execute([]compute.Buffer{buffer(b, x, dims...)}, []bool{true}, 0)) {
						out = append(out, slices.Clone(floats(o)))
					}
				}
				return out
			}
			sameForThreads(t, run, run(portable), 1, 3, 20)
		})
	}
}

// stagesOf lists the images of the stages of a computation.
func stagesOf(e *Executable) (images []int) {
	for _, op := range e.fn.ops {
		if op.stage != nil {
			images = append(images, op.stage.images)
		}
	}
	return images
}

// Weights that a stage and the rest of a function read, and weights that are parameters.
func TestImagesShareWeights(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	x := randomFloats(rand.New(rand.NewPCG(1, 2)), imageBatch*20*20*3)
	graph := func(f compute.Function, in []compute.Value) []compute.Value {
		large := weights(f, 9, 1, 1, 16, foldLimit/16)
		y := convolve(f, twoLayers(f, in[0]), large, 0, 1, 1)
		mixed := must(f.Reverse(must(f.Slice(twoLayers(f, in[0]), []int{0, 0, 0, 0}, []int{8, 2, 20, 16}, []int{1, 1, 1, 1})), 0))
		return []compute.Value{must(f.ReduceSum(y, 1, 2)), convolve(f, mixed, large, 0, 1, 1)}
	}
	run := func(b compute.Backend) (out [][]float32) {
		e := build(t, b, [][]int{{imageBatch, 20, 20, 3}}, graph)
		for _, o := range must(e.Execute([]compute.Buffer{buffer(b, x, imageBatch, 20, 20, 3)}, nil, 0)) {
			out = append(out, slices.Clone(floats(o)))
		}
		return out
	}
	want := run(portable)
	for i, got := range run(open(t)) {
		compareFloats(t, got, want[i])
	}
	b := open(t)
	e := build(t, b, [][]int{{imageBatch, 20, 20, 3}, {16}}, func(f compute.Function, in []compute.Value) []compute.Value {
		return []compute.Value{along(f, twoLayers(f, in[0]), in[1])}
	})
	if stages := stagesOf(e.(*Executable)); stages != nil {
		t.Errorf("stages of %v images in a function of several parameters", stages)
	}
}
