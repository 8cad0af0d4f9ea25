package invert

import (
	"context"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/vis"
)

// solver takes steps of Adam for a batch of problems.
type solver struct {
	g    *vis.Generator
	o    Options
	step *model.Exec
	task progress.Task
}

// solved are the last z and errors of a batch of problems.
type solved struct{ z, mse []float32 }

// newSolver compiles a step. Its inputs behind z and the statistics are the images [n, H, W, C],
// the first and second moments [B, Z], and two numbers that correct these for their start at 0:
// the step size lr/(1-β₁ᵗ) and √(1-β₂ᵗ). It returns z, the moments and the errors [B] of the z that
// came in. All is computed in the type of z.
func newSolver(g *vis.Generator, o Options) (*solver, error) {
	s := &solver{g: g, o: o}
	var err error
	s.step, err = g.Compile(func(z *Node, fixed []*dcgan.Stats, more []*Node) []*Node {
		as := func(x *Node) *Node { return ConvertDType(x, z.DType()) }
		for _, s := range fixed {
			s.Mean, s.Variance = as(s.Mean), as(s.Variance)
		}
		images, m, v, size, root := as(more[0]), more[1], more[2], as(more[3]), as(more[4])
		out := g.Model.GenerateWith(z, fixed, nil)
		mse := ReduceMean(Square(Sub(out.Images, repeat(images, o.Restarts))), 1, 2, 3)
		loss := Add(ReduceAllSum(mse), MulScalar(ReduceAllSum(ReduceMean(Square(z), 1)), *o.Lambda))
		by := g.Model.GradientBy(out, loss, z)[0]
		m = Add(MulScalar(m, beta1), MulScalar(by, 1-beta1))
		v = Add(MulScalar(v, beta2), MulScalar(Square(by), 1-beta2))
		z = Sub(z, Mul(size, Div(m, AddScalar(Div(Sqrt(v), root), epsilon))))
		if g.Model.Arch.Prior == dcgan.Uniform {
			z = ClipScalar(z, -1, 1)
		}
		return []*Node{z, m, v, mse}
	})
	return s, err
}

// repeat gives every image a row for each of its starts.
func repeat(images *Node, restarts int) *Node {
	d := images.Shape().Dimensions
	wide := BroadcastToDims(Reshape(images, d[0], 1, d[1], d[2], d[3]), d[0], restarts, d[1], d[2], d[3])
	return Reshape(wide, d[0]*restarts, d[1], d[2], d[3])
}

func (s *solver) close() { s.step.Finalize() }

// statistics are the statistics of the generator, which stay on the device for all steps.
func (s *solver) statistics() []any {
	var args []any
	for _, v := range dcgan.StatsArgs(s.g.Stats) {
		values := v.([]float32) // as StatsArgs says
		args = append(args, tensors.FromFlatDataAndDimensions(values, len(values)))
	}
	return args
}

// solve solves the problems of n images from their starts z; first is the number of the first.
func (s *solver) solve(ctx context.Context, pixels, z []float32, n, first int) (solved, error) {
	a := s.g.Model.Arch
	b := n * s.o.Restarts
	images := tensors.FromFlatDataAndDimensions(pixels, n, a.ImageSize, a.ImageSize, a.Channels)
	statistics := s.statistics()
	at, m, v := s.state(z, b), s.state(make([]float32, len(z)), b), s.state(make([]float32, len(z)), b)
	for t := 0; ; t++ {
		if ctx.Err() != nil {
			return solved{}, fmt.Errorf("interrupted at step %d of %d; the same command goes on after the last finished images: %w", t, s.o.Steps, context.Cause(ctx))
		}
		k := float64(t + 1)
		size, root := learningRate/(1-math.Pow(beta1, k)), math.Sqrt(1-math.Pow(beta2, k))
		args := append([]any{at}, statistics...)
		out, err := s.step.Call(append(args, images, m, v, size, root)...)
		if err != nil {
			return solved{}, err
		}
		mse, err := s.floats(out[3])
		if err != nil {
			return solved{}, err
		}
		if i := train.NotFinite(mse); i >= 0 {
			return solved{}, fmt.Errorf("the error of start %d is %g at step %d: the weights of the generator are broken (%s)", first+i, mse[i], t, s.g.Model.Origin)
		}
		if s.o.Trace != nil {
			s.o.Trace(t, first, mse)
		}
		if t == s.o.Steps {
			last, err := s.floats(at)
			return solved{last, mse}, err
		}
		for i, old := range []**tensors.Tensor{&at, &m, &v} {
			if err := (*old).FinalizeAll(); err != nil {
				return solved{}, err
			}
			*old = out[i]
		}
		s.task.Add(int64(b))
	}
}

// state are the values of z or of a moment in the type of the computation.
func (s *solver) state(values []float32, b int) *tensors.Tensor {
	if !s.o.Double {
		return tensors.FromFlatDataAndDimensions(values, b, len(values)/b)
	}
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return tensors.FromFlatDataAndDimensions(wide, b, len(values)/b)
}

// floats copies a tensor of that type to the host.
func (s *solver) floats(t *tensors.Tensor) ([]float32, error) {
	if !s.o.Double {
		return tensors.CopyFlatData[float32](t)
	}
	wide, err := tensors.CopyFlatData[float64](t)
	values := make([]float32, len(wide))
	for i, v := range wide {
		values[i] = float32(v)
	}
	return values, err
}
