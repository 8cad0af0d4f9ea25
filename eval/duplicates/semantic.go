package duplicates

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train/autoencoder"
)

// Threshold is the value above which a code unit gives a 1. The zero value is the paper's
// threshold, 0.
type Threshold struct {
	// Value is the threshold of all units, 0 or more.
	Value float64
	// Mean replaces Value, for each unit, by the unit's mean over training images. The bits
	// then carry nearly as much information as they can, and depend less on brightness.
	Mean bool
}

// ParseThreshold reads a number that is not negative, or "mean". Errors wrap
// ErrOptions.
func ParseThreshold(text string) (Threshold, error) {
	if strings.TrimSpace(text) == "mean" {
		return Threshold{Mean: true}, nil
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 32)
	if err != nil || !(v >= 0) {
		return Threshold{}, fmt.Errorf("%w: threshold %q is neither a number of 0 or more nor \"mean\"", ErrOptions, text)
	}
	return Threshold{Value: v}, nil
}

// String returns the text that ParseThreshold reads.
func (t Threshold) String() string {
	if t.Mean {
		return "mean"
	}
	return strconv.FormatFloat(t.Value, 'g', -1, 64)
}

// meanSample is the largest number of images from which means are computed.
const meanSample = 1 << 16

// Semantic is the binary code of an autoencoder: bit j is 1 if unit j of the code is above its
// threshold.
type Semantic struct {
	mu         sync.Mutex // protects model, which runs one batch at a time
	model      *autoencoder.Model
	thresholds []float32 // one per used unit; the first units are used
}

// NewSemantic makes a hash from the first bits units of a model. If the threshold needs means,
// they are computed from at most 65,536 evenly spaced images of sample [N, H, W, C]; p receives
// the progress.
func NewSemantic(ctx context.Context, m *autoencoder.Model, bits int, t Threshold, sample datasets.Images, p progress.Reporter) (*Semantic, error) {
	if bits < 1 || bits > MaxBits || bits > m.Hidden {
		return nil, fmt.Errorf("%w: %d bits of an autoencoder with %d code units; 1 to %d can be taken",
			ErrOptions, bits, m.Hidden, min(m.Hidden, MaxBits))
	}
	s := &Semantic{model: m, thresholds: make([]float32, bits)}
	if !t.Mean {
		for j := range s.thresholds {
			s.thresholds[j] = float32(t.Value)
		}
		return s, nil
	}
	sums := make([]float64, bits)
	sample = spaced(sample, meanSample)
	task := progress.Or(p).Start("mean codes", int64(sample.N), "images")
	defer task.Done()
	for lo := 0; lo < sample.N; lo += hashBatch {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		codes, err := s.codes(sample.Slice(lo, min(lo+hashBatch, sample.N)))
		if err != nil {
			return nil, err
		}
		task.Add(int64(len(codes) / m.Hidden))
		for i, v := range codes {
			if j := i % m.Hidden; j < bits {
				sums[j] += float64(v)
			}
		}
	}
	for j, sum := range sums {
		s.thresholds[j] = float32(sum / float64(max(1, sample.N)))
	}
	return s, nil
}

// Bits returns the number of units used.
func (s *Semantic) Bits() int { return len(s.thresholds) }

// Hash writes the code of each image, which is reduced to 32×32 if it is larger; see Hasher.
func (s *Semantic) Hash(dst []Code, im datasets.Images) error {
	codes, err := s.codes(im)
	if err != nil {
		return err
	}
	for i := range im.N {
		dst[i] = Code{}
		units := codes[i*s.model.Hidden:]
		for j, t := range s.thresholds {
			if units[j] > t {
				dst[i].set(j)
			}
		}
	}
	return nil
}

func (s *Semantic) codes(im datasets.Images) ([]float32, error) {
	im = reduce(im)
	if s.model.C == 3 && im.C == 1 {
		im = colour(im)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.model.Codes(im)
}

// colour repeats grey values as RGB.
func colour(im datasets.Images) datasets.Images {
	out := im
	out.C = 3
	out.Data = make([]uint8, 0, 3*len(im.Data))
	for _, v := range im.Data {
		out.Data = append(out.Data, v, v, v)
	}
	return out
}

// spaced returns at most limit of the images, evenly spaced; all images if there are not more.
func spaced(im datasets.Images, limit int) datasets.Images {
	if im.N <= limit {
		return im
	}
	out := im
	out.N = limit
	out.Data = make([]uint8, 0, limit*im.Stride())
	for i := range limit {
		out.Data = append(out.Data, im.At(int(int64(i)*int64(im.N)/int64(limit)))...)
	}
	return out
}
