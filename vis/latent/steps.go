package latent

import (
	"fmt"
	"math"

	"repbench/train/dcgan"
)

// Segment says how evenly the images of a segment of a walk change. Differences are root mean
// squares over all values of an image.
type Segment struct {
	// Chord is the difference of the images at both ends.
	Chord float64
	// Largest is the largest difference of two neighbouring frames, and Length the sum of all, both
	// in units of the chord; infinite where the chord is 0.
	Largest, Length float64
}

// label is what the picture says of a segment.
func (s Segment) label() string {
	if s.Chord == 0 {
		return "the same image at both ends"
	}
	return fmt.Sprintf("largest step %.2f of the chord", s.Largest)
}

// Segments measures the segments of a walk, steps frames each.
func Segments(im dcgan.Images, steps int) []Segment {
	out := make([]Segment, (im.N-1)/steps)
	for i := range out {
		first := i * steps
		s := Segment{Chord: rms(at(im, first), at(im, first+steps))}
		for k := range steps {
			d := rms(at(im, first+k), at(im, first+k+1))
			s.Largest = max(s.Largest, d)
			s.Length += d
		}
		s.Largest, s.Length = s.Largest/s.Chord, s.Length/s.Chord
		out[i] = s
	}
	return out
}

// largest and lengths are the numbers of segments that have a chord; none says how many have none.
func largest(all []Segment) (values []float64, none int) {
	for _, s := range all {
		if math.IsInf(s.Largest, 0) || math.IsNaN(s.Largest) {
			none++
			continue
		}
		values = append(values, s.Largest)
	}
	return values, none
}

func lengths(all []Segment) (values []float64) {
	for _, s := range all {
		if !math.IsInf(s.Length, 0) && !math.IsNaN(s.Length) {
			values = append(values, s.Length)
		}
	}
	return values
}

// blend are the frames that mix the pixels of the images at both ends of each segment.
func blend(im dcgan.Images, steps int) dcgan.Images {
	out := im
	out.Data = make([]float32, 0, len(im.Data))
	for i := range im.N {
		first := i / steps * steps
		if i == first {
			out.Data = append(out.Data, at(im, i)...)
			continue
		}
		a, b := at(im, first), at(im, first+steps)
		t := float64(i-first) / float64(steps)
		for j := range a {
			out.Data = append(out.Data, float32(float64(a[j])+t*(float64(b[j])-float64(a[j]))))
		}
	}
	return out
}
