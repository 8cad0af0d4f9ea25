package filters

import (
	"math"
	"slices"

	"repbench/datasets"
	"repbench/eval"
)

// Scores are the numbers of one network, see the package comment.
type Scores struct {
	// Correlation is the mean over Pictures pictures, StdError its standard error from the means of
	// the maps, of which there are CorrelatedMaps.
	Correlation, StdError    float64
	Pictures, CorrelatedMaps int
	// Selectivity and Kurtosis are means over all Responding maps, those whose responses are not
	// all equal.
	Selectivity, Kurtosis float64
	Responding            int
	// CorrelationCI, SelectivityCI and KurtosisCI are Student's 95 % intervals over the maps; nil for
	// fewer than two maps.
	CorrelationCI, SelectivityCI, KurtosisCI *eval.Interval
}

// rounding is the relative difference of responses, which are float32, up to which they are equal.
const rounding = 1e-6

// responseScores are selectivity and kurtosis.
func (p probe) responseScores(peaks []peak) (s Scores) {
	n := p.images.N
	responses := make([]float64, n)
	var selectivity, kurtosis []float64
	for m := range p.maps {
		for i := range responses {
			responses[i] = float64(peaks[i*p.maps+m].value)
		}
		mean, m2, m4 := moments(responses)
		if math.Sqrt(m2) <= rounding*math.Abs(mean) {
			continue
		}
		slices.Sort(responses)
		top, _, _ := moments(responses[max(0, n-p.Top):])
		s.Responding++
		selectivity = append(selectivity, (top-mean)/math.Sqrt(m2))
		kurtosis = append(kurtosis, m4/(m2*m2))
	}
	s.Selectivity, s.SelectivityCI = meanOf(selectivity), eval.MeanInterval(selectivity)
	s.Kurtosis, s.KurtosisCI = meanOf(kurtosis), eval.MeanInterval(kurtosis)
	return s
}

// meanOf is the mean of values; NaN of none.
func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// moments are the mean, the variance (biased) and the fourth central moment. Both are 0 of equal values,
// which the sum for the mean would round.
func moments(v []float64) (mean, m2, m4 float64) {
	if len(v) > 0 && slices.Min(v) == slices.Max(v) {
		return v[0], 0, 0
	}
	n := float64(len(v))
	for _, x := range v {
		mean += x / n
	}
	for _, x := range v {
		d := (x - mean) * (x - mean)
		m2 += d / n
		m4 += d * d / n
	}
	return mean, m2, m4
}

// correlate sets the correlation from the pictures of the scored maps.
func (s *Scores) correlate(maps [][]Picture) {
	var sum float64
	var means []float64
	for _, pictures := range maps {
		mean, n := 0.0, 0
		for _, p := range pictures {
			if !math.IsNaN(p.Correlation) {
				mean += p.Correlation
				n++
			}
		}
		if n > 0 {
			sum += mean
			s.Pictures += n
			means = append(means, mean/float64(n))
		}
	}
	s.CorrelatedMaps, s.CorrelationCI = len(means), eval.MeanInterval(means)
	s.Correlation = sum / float64(s.Pictures)
	_, variance, _ := moments(means)
	s.StdError = math.Sqrt(variance / float64(len(means)-1))
}

// correlation is Pearson's; NaN where one of the two is constant.
func correlation(x, y []float64) float64 {
	mx, vx, _ := moments(x)
	my, vy, _ := moments(y)
	cov := 0.0
	for i := range x {
		cov += (x[i] - mx) * (y[i] - my) / float64(len(x))
	}
	if vx == 0 || vy == 0 {
		return math.NaN()
	}
	return cov / math.Sqrt(vx*vy)
}

// contrasts are the local contrasts of images, each computed when it is first asked for.
type contrasts struct {
	images datasets.Images
	known  map[int][]float32
}

// of is the local contrast of an image, [H, W]: the length of the gradient of its grey level, the
// mean of its channels, by central differences; pixels beyond the edge repeat those at the edge.
func (c *contrasts) of(image int) []float32 {
	if known, ok := c.known[image]; ok {
		return known
	}
	im := c.images
	px := im.At(image)
	grey := func(y, x int) float64 {
		y, x = min(max(y, 0), im.H-1), min(max(x, 0), im.W-1)
		sum := 0
		for _, v := range px[(y*im.W+x)*im.C:][:im.C] {
			sum += int(v)
		}
		return float64(sum) / float64(255*im.C)
	}
	out := make([]float32, 0, im.H*im.W)
	for y := range im.H {
		for x := range im.W {
			out = append(out, float32(math.Hypot((grey(y, x+1)-grey(y, x-1))/2, (grey(y+1, x)-grey(y-1, x))/2)))
		}
	}
	c.known[image] = out
	return out
}
