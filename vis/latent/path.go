package latent

import (
	"fmt"
	"math"

	"repbench/train/dcgan"
)

// Path is the way from one point of a walk to the next.
type Path string

// Paths.
const (
	// Lerp goes straight. With a Gaussian prior it passes through z that are shorter than those
	// that the generator was trained with, whose images are blurred.
	Lerp Path = "lerp"
	// Slerp goes along the arc of the great circle between the directions of both z.
	Slerp Path = "slerp"
)

// PathFor returns the path that suits a prior: slerp for a Gaussian one, lerp, as in the paper,
// for a uniform one, whose range an arc could leave.
func PathFor(p dcgan.Prior) Path {
	if p == dcgan.Gaussian {
		return Slerp
	}
	return Lerp
}

// ParsePath reads the name of a path.
func ParsePath(s string) (Path, error) {
	switch p := Path(s); p {
	case Lerp, Slerp:
		return p, nil
	}
	return "", fmt.Errorf("%w: unknown path %q: use %s or %s", ErrOptions, s, Lerp, Slerp)
}

// Frames returns the z of a walk through n points of dim values, steps for each segment, and the
// last point once: (n-1)·steps + 1 vectors.
func (p Path) Frames(points []float32, n, dim, steps int) []float32 {
	out := make([]float32, 0, ((n-1)*steps+1)*dim)
	for i := range n - 1 {
		a, b := points[i*dim:(i+1)*dim], points[(i+1)*dim:(i+2)*dim]
		for k := range steps {
			if p == Slerp {
				out = arc(out, a, b, float64(k)/float64(steps))
				continue
			}
			t := float32(float64(k) / float64(steps))
			for j := range dim {
				out = append(out, a[j]+float32(t*(b[j]-a[j]))) // the conversion keeps both roundings
			}
		}
	}
	return append(out, points[(n-1)*dim:n*dim]...)
}

// leastAngle is the angle between two directions, also to the opposite one, below which the arc is
// not determined by them; the path is straight there.
const leastAngle = 1e-6

// arc appends the vector at t of the arc from a to b.
func arc(dst, a, b []float32, t float64) []float32 {
	var ab, aa, bb float64
	for j := range a {
		ab += float64(a[j]) * float64(b[j])
		aa += float64(a[j]) * float64(a[j])
		bb += float64(b[j]) * float64(b[j])
	}
	wa, wb := 1-t, t
	if aa > 0 && bb > 0 {
		w := math.Acos(min(max(ab/math.Sqrt(aa)/math.Sqrt(bb), -1), 1))
		if w > leastAngle && w < math.Pi-leastAngle {
			wa, wb = math.Sin((1-t)*w)/math.Sin(w), math.Sin(t*w)/math.Sin(w)
		}
	}
	for j := range a {
		dst = append(dst, float32(wa*float64(a[j])+wb*float64(b[j])))
	}
	return dst
}
