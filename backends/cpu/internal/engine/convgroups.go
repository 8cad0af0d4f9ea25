package engine

import (
	"slices"

	"github.com/gomlx/compute"
)

// ConvGeneral implements compute.Function. A convolution with batch groups that has to run on
// the portable backend is split into one convolution per group: with several groups, compute
// v0.1.3 gives wrong results, or reads outside its arrays in another goroutine, which ends the
// process.
func (f *Function) ConvGeneral(input, kernel compute.Value, axes compute.ConvolveAxesConfig, strides []int, paddings [][2]int,
	inputDilations, kernelDilations []int, channelGroups, batchGroups int) (compute.Value, error) {
	axes, strides, paddings = axes.Clone(), slices.Clone(strides), slices.Clone(paddings)
	inputDilations, kernelDilations = slices.Clone(inputDilations), slices.Clone(kernelDilations)
	conv := func(t compute.Function, x, w compute.Value, batchGroups int) (compute.Value, error) {
		return t.ConvGeneral(x, w, axes, strides, paddings, inputDilations, kernelDilations, channelGroups, batchGroups)
	}
	whole := func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		return list1(conv(t, in[0], in[1], batchGroups))
	}
	grouped := func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		parts := make([]compute.Value, batchGroups)
		for g := range parts {
			x, err := part(t, in[0], axes.InputBatch, g, batchGroups)
			if err != nil {
				return nil, err
			}
			w, err := part(t, in[1], axes.KernelOutputChannels, g, batchGroups)
			if err != nil {
				return nil, err
			}
			if parts[g], err = conv(t, x, w, 1); err != nil {
				return nil, err
			}
		}
		return list1(t.Concatenate(axes.OutputChannels, parts...))
	}
	op := &Op{kind: compute.OpTypeConvGeneral, replay: whole,
		args: []any{axes, strides, paddings, inputDilations, kernelDilations, channelGroups, batchGroups}}
	if batchGroups > 1 {
		op.replay = grouped
	}
	return one(f.recordOp(op, []compute.Value{input, kernel}, whole))
}

// part returns the i-th of n equal parts of a value along an axis.
func part(t compute.Function, v compute.Value, axis, i, n int) (compute.Value, error) {
	s, err := t.Shape(v)
	if err != nil {
		return nil, err
	}
	starts, limits, steps := make([]int, s.Rank()), slices.Clone(s.Dimensions), make([]int, s.Rank())
	for a := range steps {
		steps[a] = 1
	}
	each := s.Dimensions[axis] / n
	starts[axis], limits[axis] = i*each, (i+1)*each
	return t.Slice(v, starts, limits, steps)
}
