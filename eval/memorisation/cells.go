package memorisation

import (
	"context"

	"repbench/eval/memorisation/search"
	"repbench/eval/memorisation/threesample"
	"repbench/features/matrix"
	"repbench/internal/npy"
)

// ctValues bounds the pixels of the training images that C_T is measured on, 2 bytes each: beyond
// it C_T is left to features.
const ctValues = 1 << 29

// ctComponents is the number of principal components that C_T is measured in, where there are rows
// enough to have them.
const ctComponents = 64

// ct adds C_T on the features compared or, of images, on their pixels; where it cannot be
// measured a warning says why.
func (r *run) ct(ctx context.Context, out *Result) error {
	sets := threesample.Sets{Train: r.first.train.Rows, HeldOut: r.first.null.Rows, Generated: r.first.generated.Rows}
	if r.first.train.Images.N > 0 {
		if len(r.in.Train.Images.Data) > ctValues {
			out.Warnings = append(out.Warnings, "C_T is not measured on so many pixels; an encoder's features (--encoder) are smaller")
			return nil
		}
		sets = threesample.Sets{Train: pixelRows(r.first.train), HeldOut: pixelRows(r.first.null), Generated: pixelRows(r.first.generated)}
	}
	o := threesample.CTOptions{Seed: r.o.Seed, Threads: r.o.Threads, Centroids: r.in.Centroids, Variants: true, Components: min(ctComponents, max(sets.Train.N-1, 1))}
	if given := r.in.Cells; given != nil {
		own := *given
		own.HeldOut = make([]int32, len(r.null))
		for i, row := range r.null {
			own.HeldOut[i] = given.HeldOut[row]
		}
		o.Given = &own
	}
	t, err := threesample.MeasureCT(ctx, sets, o)
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		out.Warnings = append(out.Warnings, err.Error())
	default:
		out.CT = &t
	}
	return nil
}

// pixelRows are images as rows of pixels 0 … 255, exact in 16 bits.
func pixelRows(p search.Part) matrix.View {
	values := make([]uint16, 256)
	for v := range values {
		values[v] = npy.Float32ToFloat16(float32(v))
	}
	half := make([]uint16, len(p.Images.Data))
	for i, v := range p.Images.Data {
		half[i] = values[v]
	}
	return matrix.View{Half: half, N: p.Images.N, D: p.Images.Stride()}
}
