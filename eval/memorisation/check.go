package memorisation

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/search"
	"repbench/features/matrix"
	"repbench/internal/equalrows"
	"repbench/internal/errkind"
)

// ErrInputs is wrapped by errors about sets that do not fit together.
var ErrInputs = errors.New("sets that do not fit together")

// check says why the sets cannot be compared, or nil.
func (in Inputs) check(o Options) error {
	if err := o.Score.CheckTrain(in.Train.Len()); err != nil {
		return errkind.Errorf(faults.ErrFewRows, "%w", err)
	}
	for _, s := range []struct {
		what string
		set  Set
	}{{"generated", in.Generated}, {"held-out", in.HeldOut}, {"negative", in.Negative}} {
		if s.set.Len() == 0 && s.what != "negative" {
			return errkind.Errorf(faults.ErrFewRows, "there are no %s images", s.what)
		}
		if s.set.Len() > 0 {
			if err := errors.Join(s.set.fits(s.what, in.Train), s.set.finite(s.what)); err != nil {
				return err
			}
		}
	}
	return errors.Join(in.checkMetric(o), in.Train.finite("training"))
}

// finite names the first element of a set of features that is NaN or infinite.
func (s Set) finite(what string) error {
	row := make([]float32, s.Features.D)
	for i := range s.Features.N {
		for j, v := range s.Features.Row(i, row) {
			if v-v != 0 {
				return errkind.Errorf(matrix.ErrNotFinite, "%s rows (%s): row %d, column %d is %v", what, s.Name, i, j, v)
			}
		}
	}
	return nil
}

// fits says how the images of a set differ in form from training images, or nil.
func (s Set) fits(what string, train Set) error {
	a, b := s.Images, train.Images
	switch {
	case (a.N == 0) != (b.N == 0):
		return errkind.Errorf(ErrInputs, "%s and training images must be both images or both features; %s holds %s and %s %s",
			what, s.Name, s.form(), train.Name, train.form())
	case a.N > 0 && (a.H != b.H || a.W != b.W || a.C != b.C):
		return errkind.Errorf(ErrInputs, "%s images are %d×%d×%d, training images %d×%d×%d", what, a.H, a.W, a.C, b.H, b.W, b.C)
	case a.N == 0 && s.Features.D != train.Features.D:
		return errkind.Errorf(ErrInputs, "%s rows have %d features, training rows %d", what, s.Features.D, train.Features.D)
	case s.IDs != nil && len(s.IDs) != s.Len():
		return errkind.Errorf(ErrInputs, "%s: %d names for %d images", s.Name, len(s.IDs), s.Len())
	}
	return nil
}

// form is what the set holds in words.
func (s Set) form() string {
	if s.Images.N == 0 {
		return fmt.Sprintf("%d rows of %d features", s.Features.N, s.Features.D)
	}
	return fmt.Sprintf("%d images of %d×%d×%d", s.Images.N, s.Images.H, s.Images.W, s.Images.C)
}

// checkMetric refuses a metric that does not fit what is compared.
func (in Inputs) checkMetric(o Options) error {
	features := in.Encoder != nil || in.Train.Images.N == 0
	m := o.withDefaults(features).Metric
	switch {
	case features && !m.OfFeatures():
		return errkind.Errorf(ErrInputs, "features are compared by %s or %s, not by %s", search.Euclidean, search.Cosine, m)
	case !features && m.OfFeatures():
		return errkind.Errorf(ErrInputs, "images are compared by %s, %s, %s, %s or %s; %s compares features: name an encoder",
			search.Correlation, search.Pixels, search.Mirror, search.Shift, search.MirrorShift, m)
	case in.With != nil && in.Train.Images.N == 0:
		return errkind.Errorf(ErrInputs, "a second test in an encoder's features needs images; these are features")
	}
	for _, f := range []*Features{in.Encoder, in.With} {
		if f == nil {
			continue
		}
		if f.Generated.N != in.Generated.Len() || f.Train.N != in.Train.Len() || f.HeldOut.N != in.HeldOut.Len() || f.Negative.N != in.Negative.Len() {
			return errkind.Errorf(ErrInputs, "the features of %s have %d, %d, %d and %d rows for %d generated, %d training, %d held-out and %d negative images",
				f.Encoder, f.Generated.N, f.Train.N, f.HeldOut.N, f.Negative.N, in.Generated.Len(), in.Train.Len(), in.HeldOut.Len(), in.Negative.Len())
		}
	}
	return nil
}

// checkShared is an error if a held-out or negative image is a training image.
func (in Inputs) checkShared(ctx context.Context) error {
	for _, s := range []Set{in.HeldOut, in.Negative} {
		same, err := equalrows.Compare(ctx, in.Train.reader(), s.reader(), nil)
		if err != nil {
			return err
		}
		if same.Rows == 0 {
			continue
		}
		more := ""
		if same.Rows > 1 {
			more = fmt.Sprintf(", and %d more", same.Rows-1)
		}
		return errkind.Errorf(ErrInputs, "the null and the training split share image %s (same %s): it is %s%s; the null needs images that were not trained on: "+
			"leave them out with a keep-list of \"repbench data dedup\" (--keep), or name other images with --null",
			s.ID(same.B), s.pixelsOrFeatures(), in.Train.ID(same.A), more)
	}
	return nil
}

func (s Set) pixelsOrFeatures() string {
	if s.Images.N == 0 {
		return "features"
	}
	return "pixels"
}

// reader gives the bytes of the set's images or rows.
func (s Set) reader() equalrows.Set {
	if s.Images.N > 0 {
		return equalrows.Set{N: s.Images.N, Open: func() equalrows.Reader {
			rows := make([][]byte, equalrows.Block)
			return func(lo, hi int) [][]byte {
				for i := lo; i < hi; i++ {
					rows[i-lo] = s.Images.At(i)
				}
				return rows[:hi-lo]
			}
		}}
	}
	return equalrows.Set{N: s.Features.N, Open: func() equalrows.Reader { return floatReader(s.Features) }}
}

// floatReader gives the bytes of rows of features; 0 and -0 are the same.
func floatReader(x matrix.View) equalrows.Reader {
	row, rows := make([]float32, x.D), make([][]byte, equalrows.Block)
	return func(lo, hi int) [][]byte {
		for i := lo; i < hi; i++ {
			rows[i-lo] = rows[i-lo][:0]
			for _, v := range x.Row(i, row) {
				rows[i-lo] = binary.LittleEndian.AppendUint32(rows[i-lo], math.Float32bits(v+0))
			}
		}
		return rows[:hi-lo]
	}
}
