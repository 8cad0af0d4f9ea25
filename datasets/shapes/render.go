package shapes

// Render draws f into dst: size×size×3 values, row-major RGB. The Factors of an image give
// exactly its pixels; the same factors at another size give the same scene. Render accepts any
// factors: extreme numbers are clamped, and parts outside the image are cut off. It panics if
// dst is shorter than size·size·3.
//
// From back to front it draws background, object, window and noise. Edges are anti-aliased by
// their coverage of the pixel, except for the window, whose edges are on whole pixels so that
// its thin bars stay crisp. All arithmetic is in whole numbers (see fixed), so that the bytes
// do not depend on the machine.
func Render(dst []uint8, size int, f Factors) {
	if size <= 0 {
		return
	}
	dst = dst[:size*size*3]
	r := renderer{
		size:  size,
		f:     f,
		back:  newPainter(size, f.Background),
		shape: newOutline(size, f),
		pane:  newPane(size, f.Window),
		noise: newGrain(f.Noise),
		cover: make([]fixed, size),
		row:   make([]fixed, size*3),
	}
	for y := range size {
		r.drawRow(y)
		r.noise.add(dst[y*size*3:(y+1)*size*3], r.row, y*size)
	}
}

// renderer holds the values common to all rows of one image.
type renderer struct {
	size  int
	f     Factors
	back  painter
	shape *outline
	pane  pane
	noise grain
	cover []fixed // size, coverage of the row by the object
	row   []fixed // size×3, the row before the noise
}

// drawRow draws row y without its noise.
func (r *renderer) drawRow(y int) {
	for x := range r.size {
		t := r.back.level(r.middle(x), r.middle(y))
		for c := range 3 {
			r.row[3*x+c] = mix(toLevel(r.f.Background.A[c]), toLevel(r.f.Background.B[c]), t)
		}
	}
	if r.shape.cover(r.cover, y) {
		r.drawShape()
	}
	if r.f.Window.Present {
		r.pane.drawRow(r.row, y)
	}
}

// middle returns the middle of pixel i, relative to the side.
func (r *renderer) middle(i int) fixed { return (2*fixed(i) + 1) * fixedHalf / fixed(r.size) }

// drawShape draws the object over the row.
func (r *renderer) drawShape() {
	for x, t := range r.cover {
		if t == 0 {
			continue
		}
		for c := range 3 {
			r.row[3*x+c] = mix(r.row[3*x+c], toLevel(r.f.Color[c]), t)
		}
	}
}

// toLevel converts a grey level to a fixed number.
func toLevel(v uint8) fixed { return fixed(v) << fixedBits }

// grain is the noise of an image.
type grain struct {
	scale fixed // of the sum of two bytes less 255
	key   uint64
}

// byteSumSigma is the standard deviation of the sum of two independent uniform bytes,
// √(2·(256²-1)/12); the sum has a triangular distribution.
const byteSumSigma = 104.51156

func newGrain(n Noise) grain {
	sigma := clampFixed(toFixed(n.Sigma), 0, 255*fixedOne)
	return grain{scale: sigma * 100000 / int64(byteSumSigma*100000), key: scramble(uint64(n.Seed))}
}

// add writes the row with its noise to dst. first is the number of its first pixel; each pixel
// has 64 random bits, two bytes per value.
func (g *grain) add(dst []uint8, row []fixed, first int) {
	for x := range len(row) / 3 {
		bits := scramble(g.key + uint64(first+x))
		for c := range 3 {
			n := fixed(bits&255+bits>>8&255) - 255
			bits >>= 16
			v := (row[3*x+c] + n*g.scale + fixedHalf) >> fixedBits
			dst[3*x+c] = uint8(clampFixed(v, 0, 255))
		}
	}
}
