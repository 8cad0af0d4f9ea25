package shapes

// Split is a part of the set.
type Split uint8

// The splits. Their images come from different streams, so neither depends on
// how many the other has.
const (
	Train Split = iota
	Test
)

// At returns the factors of image index of a split, as Generate draws it at that
// size: any image of a set of any length, without the others. The size decides
// nothing but the boxes. index is 0 … 2^31-1.
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

// classAt deals the classes: each block of ten images holds each class once, in
// an order of its own. So the classes are balanced, whatever the length, and the
// class says nothing about the other factors, which come from another stream.
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

// noiseSeed gives every image of both splits a noise seed of its own: splits and
// indices make different numbers, and each step after that is a bijection of the
// 32-bit numbers (the finaliser of MurmurHash3). So no two images of a set have
// the same factors.
func noiseSeed(seed int64, split Split, index int) uint32 {
	h := uint32(index)<<1 | uint32(split)
	h ^= newStream(seed, noiseStream, 0, 0).uint32()
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// object draws size, place and turn. The circumscribed circle lies inside the
// image.
func (s *stream) object(f *Factors) {
	size := s.within(toSteps(MinSize, lengthSteps), toSteps(MaxSize, lengthSteps))
	radius := (size + 1) / 2
	f.Size = float64(size) / lengthSteps
	shift := min(toSteps(MaxShift, lengthSteps), lengthSteps/2-radius)
	f.X = float64(lengthSteps/2+s.within(-shift, shift)) / lengthSteps
	f.Y = float64(lengthSteps/2+s.within(-shift, shift)) / lengthSteps
	f.Rotation = s.steps(-MaxRotation, MaxRotation, angleSteps)
}

// texture draws a background but for its colours.
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

// windowChance is the share of images with a window, in percent.
const windowChance = 40

// clearance is how near a window may come to the centre of the object, in its
// radii (percent). A line at this distance cuts a sixth off a disc, so most of
// the object stays in sight.
const clearance = 60

// window draws the second object, somewhere in the image but clear of the middle
// of the object. All is drawn even when there is none, so that a window changes
// nothing else.
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

// place tries places for the window until one is clear of the object, and takes
// the farthest corner when none is: that one always is.
func (s *stream) place(w *Window, f *Factors) {
	const tries = 20
	// The conversions keep the halves out of fused products.
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

// outside is how far a place lies beyond an interval of that width about 0.
func outside(d, width float64) fixed {
	v := toFixed(d)
	return max(v, -v, toFixed(width)/2) - toFixed(width)/2
}

// corner is the centre of an interval of that width at the end of [0, 1] that is
// farther from v.
func corner(v, width float64) float64 {
	half := float64(toSteps(width/2, lengthSteps)) / lengthSteps
	if v < 0.5 {
		return 1 - half
	}
	return half
}
