package shapes

// Split is a part of the set.
type Split uint8

// The splits. Their images come from different streams, so that neither depends on the length
// of the other.
const (
	Train Split = iota
	Test
)

// At returns the factors of image index of a split, as Generate draws it at that size, without
// drawing other images. The size affects only the boxes. index is 0 … 2^31-1.
func At(seed int64, split Split, index, size int) Factors {
	s := newStream(seed, imageStream, split, index)
	f := Factors{Class: classAt(seed, split, index)}
	s.object(&f)
	s.colors(&f)
	s.texture(&f.Background)
	s.window(&f)
	f.Noise = Noise{
		Sigma: s.steps(MinNoise, MaxNoise, noiseSteps),
		Seed:  noiseSeed(seed, split, index),
	}
	return f.WithBoxes(size)
}

// classAt returns the class of an image. Each block of ten images holds each class once, in a
// random order. The classes are therefore balanced for any length, and the class is independent
// of the other factors, which come from another stream.
func classAt(seed int64, split Split, index int) int32 {
	var deck [numClasses]int32
	for i := range deck {
		deck[i] = int32(i)
	}
	s := newStream(seed, classStream, split, index/numClasses)
	for i := numClasses - 1; i > 0; i-- {
		j := s.below(i + 1)
		deck[i], deck[j] = deck[j], deck[i]
	}
	return deck[index%numClasses]
}

// noiseSeed gives every image of both splits a different noise seed: splits and indices make
// different numbers, and each step after that is a bijection of the 32-bit numbers (the
// finaliser of MurmurHash3). So no two images of a set have the same factors.
func noiseSeed(seed int64, split Split, index int) uint32 {
	h := uint32(index)<<1 | uint32(split)
	h ^= newStream(seed, noiseStream, 0, 0).uint32()
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// object draws size, position and turn. The circumscribed circle is inside the image.
func (s *stream) object(f *Factors) {
	size := s.within(toSteps(MinSize, lengthSteps), toSteps(MaxSize, lengthSteps))
	radius := (size + 1) / 2
	f.Size = float64(size) / lengthSteps
	shift := min(toSteps(MaxShift, lengthSteps), lengthSteps/2-radius)
	f.X = float64(lengthSteps/2+s.within(-shift, shift)) / lengthSteps
	f.Y = float64(lengthSteps/2+s.within(-shift, shift)) / lengthSteps
	f.Rotation = s.steps(-MaxRotation, MaxRotation, angleSteps)
}

// texture draws a background without its colours.
func (s *stream) texture(t *Texture) {
	t.Kind = Kind(s.below(int(numKinds)))
	t.Angle = s.steps(0, 360, angleSteps)
	t.Period = s.steps(shortPeriod, longPeriod, lengthSteps)
	t.PhaseX = s.steps(0, 1, lengthSteps)
	t.PhaseY = s.steps(0, 1, lengthSteps)
	t.Seed = s.uint32()
}

// Periods of the backgrounds, relative to the side: at 32 pixels, 6 to 13.
const (
	shortPeriod = 0.19
	longPeriod  = 0.42
)

// windowChance is the share of images with a window in percent.
const windowChance = 40

// clearance is the smallest distance of a window from the centre of the object, in percent of
// its radius. A line at this distance cuts a sixth off a disc, so that most of the object stays
// visible.
const clearance = 60

// window draws the second object, anywhere in the image except the middle of the object. All
// numbers are drawn even if there is no window, so that a window does not affect the other
// factors.
func (s *stream) window(f *Factors) {
	present := s.below(100) < windowChance
	w := Window{
		Present: true,
		Width:   s.steps(MinWindow, MaxWindow, lengthSteps),
		Height:  s.steps(MinWindow, MaxWindow, lengthSteps),
		Color:   s.paneColor(),
	}
	s.place(&w, f)
	if present {
		f.Window = w
	}
}

// place tries positions for the window until one is clear of the object, and uses the farthest
// corner if none is; that corner is always clear.
func (s *stream) place(w *Window, f *Factors) {
	const tries = 20
	// The conversions prevent fusing the halves with products.
	across, down := float64(w.Width/2), float64(w.Height/2)
	for range tries {
		w.X = s.steps(across, 1-across, lengthSteps)
		w.Y = s.steps(down, 1-down, lengthSteps)
		if gap(w, f) >= toFixed(f.Size)*clearance/200 {
			return
		}
	}
	w.X, w.Y = corner(f.X, w.Width), corner(f.Y, w.Height)
}

// gap is the distance from the centre of the object to the window.
func gap(w *Window, f *Factors) fixed {
	dx := outside(f.X-w.X, w.Width)
	dy := outside(f.Y-w.Y, w.Height)
	return sqrtFixed(mul(dx, dx) + mul(dy, dy))
}

// outside returns the distance of a position beyond an interval of the given width about 0.
func outside(d, width float64) fixed {
	v := toFixed(d)
	return max(v, -v, toFixed(width)/2) - toFixed(width)/2
}

// corner returns the centre of an interval of the given width at the end of [0, 1] that is
// farther from v.
func corner(v, width float64) float64 {
	half := float64(toSteps(width/2, lengthSteps)) / lengthSteps
	if v < 0.5 {
		return 1 - half
	}
	return half
}
