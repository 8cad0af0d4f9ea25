package nnc

import (
	"errors"
	"fmt"
)

// ErrInput is wrapped by errors about images or labels that cannot be classified.
var ErrInput = errors.New("unfit images")

// Set are labelled images of one size: bytes, or floats in [0, 1].
type Set struct {
	// N is the number of images, Pixels the number of values of each.
	N, Pixels int
	// Bytes or Floats hold N·Pixels values, row-major; the other is nil.
	Bytes  []uint8
	Floats []float32
	// Labels are the classes of the images, from 0 on.
	Labels []int32
}

// Rows returns the images [lo, hi), in place.
func (s Set) Rows(lo, hi int) Set {
	out := Set{N: hi - lo, Pixels: s.Pixels, Labels: s.Labels[lo:hi]}
	if s.Bytes != nil {
		out.Bytes = s.Bytes[lo*s.Pixels : hi*s.Pixels]
	} else {
		out.Floats = s.Floats[lo*s.Pixels : hi*s.Pixels]
	}
	return out
}

// Check returns an error wrapping ErrInput about a set, which it calls what, that is empty, has labels
// outside 0 … classes-1 or another number of them, or values that are no pixels. first is the number
// of its first image, for the error.
func (s Set) Check(what string, classes, first int) error {
	switch {
	case s.N < 1 || s.Pixels < 1:
		return fmt.Errorf("%w: %s: %d images of %d pixels", ErrInput, what, s.N, s.Pixels)
	case len(s.Labels) != s.N:
		return fmt.Errorf("%w: %s: %d labels for %d images; each image needs its class", ErrInput, what, len(s.Labels), s.N)
	case len(s.Bytes)+len(s.Floats) != s.N*s.Pixels:
		return fmt.Errorf("%w: %s: %d values for %d images of %d pixels", ErrInput, what, len(s.Bytes)+len(s.Floats), s.N, s.Pixels)
	}
	for i, l := range s.Labels {
		if l < 0 || int(l) >= classes {
			return fmt.Errorf("%w: %s: the label of image %d is %d; the classes are 0 to %d", ErrInput, what, first+i, l, classes-1)
		}
	}
	for i, v := range s.Floats {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("%w: %s: pixel %d of image %d is %g; pixels are bytes, or floats from 0 to 1 (images in [-1, 1] become (x+1)/2)", ErrInput, what, i%s.Pixels, first+i/s.Pixels, v)
		}
	}
	return nil
}

// floats are the pixels in [0, 1]; of bytes b/255 in float32.
func (s Set) floats() []float32 {
	if s.Floats != nil {
		return s.Floats
	}
	out := make([]float32, len(s.Bytes))
	for i, b := range s.Bytes {
		out[i] = float32(b) / 255
	}
	return out
}

// bytes are the pixels as bytes; of floats 255·x rounded, halves to even.
func (s Set) bytes() []uint8 {
	if s.Bytes != nil {
		return s.Bytes
	}
	out := make([]uint8, len(s.Floats))
	for i, v := range s.Floats {
		out[i] = toByte(v)
	}
	return out
}
