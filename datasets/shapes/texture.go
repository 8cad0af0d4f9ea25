package shapes

// painter draws a background: level returns the share of colour B at a pixel, 0 to fixedOne.
// Positions are relative to the side of the image.
type painter struct {
	kind     Kind
	sin, cos fixed
	freq     fixed // repetitions per side
	cell     fixed // pixels per repetition, for the width of soft edges
	px, py   fixed // phases
	seed     uint64
}

// shortestPeriod is the least period, 1/64 of the side, so that a repetition stays visible.
const shortestPeriod = fixedOne / 64

// gradientSpan is the length, relative to the side, over which a gradient runs.
const gradientSpan = fixedOne * 12 / 10

// dotRadius is the radius of a dot in periods.
const dotRadius = fixedOne * 30 / 100

func newPainter(size int, t Texture) painter {
	period := max(toFixed(t.Period), shortestPeriod)
	p := painter{
		kind: t.Kind,
		freq: fixedOne * fixedOne / period,
		cell: period * fixed(size),
		px:   toFixed(t.PhaseX),
		py:   toFixed(t.PhaseY),
		seed: uint64(t.Seed),
	}
	p.sin, p.cos = sincos(turns(t.Angle))
	return p
}

// level returns the share of colour B at (x, y); an unknown kind is plain.
func (p *painter) level(x, y fixed) fixed {
	switch p.kind {
	case Gradient:
		along := mul(x-fixedHalf, p.cos) + mul(y-fixedHalf, p.sin)
		return clampFixed(fixedHalf+along*fixedOne/gradientSpan, 0, fixedOne)
	case Stripes:
		u, _ := p.turned(x, y)
		return p.band(u)
	case Checks:
		u, v := p.turned(x, y)
		a, b := p.band(u), p.band(v)
		return a + b - 2*mul(a, b)
	case Dots:
		return p.dot(p.turned(x, y))
	case Blobs:
		return p.blob(x, y)
	}
	return 0
}

// turned returns the place in the coordinates of the pattern, in periods.
func (p *painter) turned(x, y fixed) (u, v fixed) {
	u = mul(mul(x, p.cos)+mul(y, p.sin), p.freq) + p.px
	v = mul(mul(y, p.cos)-mul(x, p.sin), p.freq) + p.py
	return u, v
}

// soft converts a distance inside an edge, in periods, to coverage: a ramp one pixel wide.
func (p *painter) soft(inside fixed) fixed {
	return clampFixed(fixedHalf+mul(inside, p.cell), 0, fixedOne)
}

// band is 1 in one half of each period and 0 in the other.
func (p *painter) band(u fixed) fixed {
	u &= fixedOne - 1
	return p.soft(fixedOne/4 - max(u-fixedHalf, fixedHalf-u))
}

// dot is 1 inside a disc in the middle of each cell of the lattice.
func (p *painter) dot(u, v fixed) fixed {
	u, v = u&(fixedOne-1)-fixedHalf, v&(fixedOne-1)-fixedHalf
	return p.soft(dotRadius - sqrtFixed(mul(u, u)+mul(v, v)))
}

// blob is smooth noise of two octaves, scaled so that it reaches both colours.
func (p *painter) blob(x, y fixed) fixed {
	u, v := mul(x, p.freq)+p.px, mul(y, p.freq)+p.py
	coarse, fine := p.noise(u, v, 0), p.noise(2*u, 2*v, 1)
	v = (2*coarse+fine)/3 - fixedHalf
	return clampFixed(fixedHalf+5*v/2, 0, fixedOne)
}

// noise is value noise: random values at whole points, smoothly interpolated.
func (p *painter) noise(u, v fixed, octave uint64) fixed {
	i, j := u>>fixedBits, v>>fixedBits
	s, t := smooth(u&(fixedOne-1)), smooth(v&(fixedOne-1))
	top := mix(p.lattice(i, j, octave), p.lattice(i+1, j, octave), s)
	bottom := mix(p.lattice(i, j+1, octave), p.lattice(i+1, j+1, octave), s)
	return mix(top, bottom, t)
}

// lattice returns the random value in [0, 1) of a whole point.
func (p *painter) lattice(i, j fixed, octave uint64) fixed {
	key := p.seed<<1 | octave
	key = key<<15 ^ uint64(i)*0x9e3779b97f4a7c15 ^ uint64(j)*0xc2b2ae3d27d4eb4f
	return fixed(scramble(key) >> (64 - fixedBits))
}

// smooth is 3t² - 2t³, level at both ends.
func smooth(t fixed) fixed { return mul(mul(t, t), 3*fixedOne-2*t) }
