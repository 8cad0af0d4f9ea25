package shapes

// point is a place in the plane; y runs down.
type point struct{ x, y fixed }

// loop is a closed polygon, the last point joined to the first. A shape is one
// or more loops filled by the even-odd rule.
type loop []point

// arcPoints is the number of sides of a full circle: at 128 pixels, the largest size, it
// deviates from the circle by less than a tenth of a pixel.
const arcPoints = 48

// shapeLoops holds the ten shapes, in the order of Classes, upright, with the unit circle as
// their circumscribed circle. It is read-only.
var shapeLoops = [numClasses][]loop{
	fit(arc(0, 0, fixedOne, 0, fixedOne)),
	fit(arc(0, 0, fixedOne, 0, fixedOne), arc(0, 0, fixedOne*56/100, 0, fixedOne)),
	fit(corners(-1, -1, 1, -1, 1, 1, -1, 1)),
	fit(star(3, fixedHalf)),
	fit(corners(-3, -9, 3, -9, 3, -3, 9, -3, 9, 3, 3, 3, 3, 9, -3, 9, -3, 3, -9, 3, -9, -3, -3, -3)),
	fit(star(5, fixedOne*42/100)),
	fit(crescent()),
	fit(heart()),
	fit(corners(0, -10, 9, -1, 4, -1, 4, 10, -4, 10, -4, -1, -9, -1)),
	fit(corners(-7, -9, 7, -9, 2, 0, 7, 9, -7, 9, -2, 0)),
}

// corners returns the polygon with the small whole coordinates x0, y0, x1, y1, …
func corners(xy ...fixed) loop {
	var l loop
	for i := 0; i < len(xy); i += 2 {
		l = append(l, point{xy[i] << fixedBits, xy[i+1] << fixedBits})
	}
	return l
}

// arc returns a polyline on the circle of radius r about (cx, cy), from one angle to the other
// in turns (clockwise from the right); a full turn gives the circle.
func arc(cx, cy, r, from, to fixed) loop {
	n := max((to-from)*arcPoints/fixedOne, 1)
	last := n
	if to-from == fixedOne {
		last-- // the end equals the start
	}
	var l loop
	for i := fixed(0); i <= last; i++ {
		sin, cos := sincos(from + (to-from)*i/n)
		l = append(l, point{cx + mul(r, cos), cy + mul(r, sin)})
	}
	return l
}

// star returns a star with n tips at radius 1, the first one up, and corners at radius inner
// between them. Three tips with inner = 1/2 form a triangle.
func star(n, inner fixed) loop {
	var l loop
	for i := range 2 * n {
		r := fixedOne
		if i%2 == 1 {
			r = inner
		}
		sin, cos := sincos(i*fixedOne/(2*n) - fixedOne/4)
		l = append(l, point{mul(r, cos), mul(r, sin)})
	}
	return l
}

// crescent is the unit disc minus a disc of radius 0.8 about (0.45, 0). The two circles meet at
// (0.625, ±0.7806): 0.1425 turns seen from the centre of the first, 0.2149 from the centre of
// the second.
func crescent() loop {
	const tip, bite = fixedOne * 1425 / 10000, fixedOne * 2149 / 10000
	outer := arc(0, 0, fixedOne, tip, fixedOne-tip)
	inner := arc(fixedOne*45/100, 0, fixedOne*80/100, bite, fixedOne-bite)
	for i := len(inner) - 1; i >= 0; i-- {
		outer = append(outer, inner[i])
	}
	return outer
}

// heart is the curve x = 16 sin³t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t (y up). The
// circle of radius 17 about the origin just about encloses it.
func heart() loop {
	var l loop
	for i := range fixed(arcPoints) {
		t := i * fixedOne / arcPoints
		s, c := sincos(t)
		_, c2 := sincos(2 * t)
		_, c3 := sincos(3 * t)
		_, c4 := sincos(4 * t)
		l = append(l, point{16 * mul(s, mul(s, s)), -(13*c - 5*c2 - 2*c3 - c4)})
	}
	return l
}

// fit scales loops about the origin so that their farthest point is at distance 1.
func fit(loops ...loop) []loop {
	far := fixed(1)
	for _, l := range loops {
		for _, p := range l {
			far = max(far, sqrtFixed(mul(p.x, p.x)+mul(p.y, p.y)))
		}
	}
	for _, l := range loops {
		for i, p := range l {
			l[i] = point{p.x * fixedOne / far, p.y * fixedOne / far}
		}
	}
	return loops
}
