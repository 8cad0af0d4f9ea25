package filters

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train/dcgan"
)

// controlStream tells the seed of the random network from others, so that random:ARCH of the same
// seed is not its own control.
const controlStream = 0xf117e5

// RandomNetwork makes the control of a network: the same architecture with weights N(0, 0.02). Its
// statistics are for the caller to gather, on the images on which the statistics of the network were gathered.
func RandomNetwork(m *dcgan.Model, seed uint64) *dcgan.Model {
	random := dcgan.NewModel(m.Arch, rand.New(rand.NewPCG(seed, controlStream)).Uint64())
	random.Lowering = m.Lowering
	return random
}

// Shown is a map of a network with its pictures.
type Shown struct {
	// Map is its number.
	Map int
	// Pictures are the pictures of its top images, the largest response first; empty where the map does
	// not respond to any image.
	Pictures []Picture
}

// Picture is a unit of a map in the image in which its response is largest.
type Picture struct {
	// Image is the number of the image, Row and Column the position of the unit in the map.
	Image, Row, Column int
	// Response is the unit's output after the activation.
	Response float32
	// Gradient is the gradient of the response with respect to the image, [H, W, C].
	Gradient []float32
	// Correlation is the correlation of the gradient with the contrast of the image; NaN where one of them is
	// constant.
	Correlation float64
}

// Side is what is seen of one network.
type Side struct {
	// Shown are the maps to show, in the order asked for.
	Shown []Shown
	// Scores are the network's.
	Scores Scores
}

// Figure is the result.
type Figure struct {
	// Layer is the layer's name, Maps the number of its maps, Field the receptive field of its units.
	Layer string
	Maps  int
	Field dcgan.Field
	// Rule is the rule of the gradients, Top the most images of a map.
	Rule dcgan.Rule
	Top  int
	// Images are the images that were looked at, Numbers what they are called; nil: 0, 1 and so on.
	Images  datasets.Images
	Numbers []int
	// Network and Control are the two networks.
	Network, Control Side
	// Silent are the maps to show that respond to no image.
	Silent []int
}

// Run looks at the images with a network and its control. It is an error if the images do not fit,
// or if none of the maps to show responds to any. Once ctx is done the error wraps its cause.
func Run(ctx context.Context, network, control Network, images datasets.Images, o Options, b *backends.Backend, p progress.Reporter) (*Figure, error) {
	a := network.Model.Arch
	r, err := o.resolve(a)
	if err != nil {
		return nil, err
	}
	if images.N == 0 {
		return nil, fmt.Errorf("filters: no images")
	}
	f := &Figure{Layer: r.Layer, Maps: r.maps, Field: r.field, Rule: r.Rule, Top: r.Top, Images: images, Numbers: o.Numbers}
	if o.Numbers != nil && len(o.Numbers) != images.N {
		return nil, fmt.Errorf("%w: %d numbers for %d images", ErrOptions, len(o.Numbers), images.N)
	}
	contrasts := &contrasts{images: images, known: map[int][]float32{}}
	for _, side := range []struct {
		of   Network
		name string
		into *Side
	}{{network, "network", &f.Network}, {control, "random weights", &f.Control}} {
		probe := probe{Network: side.of, resolved: r, images: images}
		if *side.into, err = probe.look(ctx, b, contrasts, side.name, progress.Or(p)); err != nil {
			return nil, fmt.Errorf("%s: %w", side.name, err)
		}
		if side.name == "network" {
			if err := f.silence(); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// silence finds the maps to show without a picture.
func (f *Figure) silence() error {
	for _, s := range f.Network.Shown {
		if len(s.Pictures) == 0 {
			f.Silent = append(f.Silent, s.Map)
		}
	}
	if len(f.Silent) == len(f.Network.Shown) {
		return fmt.Errorf("%s: their largest response is not above 0, so there is nothing to show; choose others of the %d maps with --maps, or other images", SilentText(f.Silent), f.Maps)
	}
	return nil
}

// SilentText says which maps have no pictures: "map 3 does not respond to these images".
func SilentText(maps []int) string {
	if len(maps) == 1 {
		return fmt.Sprintf("map %d does not respond to these images", maps[0])
	}
	return fmt.Sprintf("maps %s do not respond to these images", strings.Trim(strings.ReplaceAll(fmt.Sprint(maps), " ", ", "), "[]"))
}

// look takes the responses and the gradients of one network.
func (p probe) look(ctx context.Context, b *backends.Backend, of *contrasts, name string, to progress.Reporter) (Side, error) {
	task := to.Start("responses of "+name, int64(p.images.N), "images")
	p.tell = func(n int) { task.Add(int64(n)) }
	peaks, err := p.peaks(ctx, b)
	task.Done()
	if err != nil {
		return Side{}, err
	}
	s := Side{Scores: p.responseScores(peaks)}
	units, shown := p.units(peaks)
	task = to.Start("gradients of "+name, int64(len(units)), "units")
	defer task.Done()
	p.tell = func(n int) { task.Add(int64(n)) }
	pictures := make([]Picture, len(units))
	err = p.gradients(ctx, b, units, func(i int, gradient []float32) {
		u := units[i]
		pictures[i] = Picture{Image: u.image, Row: u.at / p.side, Column: u.at % p.side, Response: u.value}
		pictures[i].Correlation = correlation(p.seen(gradient, u, p.images.C), p.seen(of.of(u.image), u, 1))
		if shown[u.Map] {
			pictures[i].Gradient = slices.Clone(gradient)
		}
	})
	if err != nil {
		return Side{}, err
	}
	p.sort(&s, units, pictures)
	return s, nil
}

// units are the units of all maps that are shown or scored, map by map, and which maps are shown.
func (p probe) units(peaks []peak) (units []unit, shown map[int]bool) {
	shown = map[int]bool{}
	for _, m := range p.Maps {
		shown[m] = true
	}
	maps := append(slices.Clone(p.Maps), p.scored()...)
	slices.Sort(maps)
	for _, m := range slices.Compact(maps) {
		units = append(units, p.top(peaks, m)...)
	}
	return units, shown
}

// top are the units of a map in the images with its largest responses, of which only those above 0
// count. Of equal ones the first image comes first.
func (p probe) top(peaks []peak, m int) []unit {
	var units []unit
	for i := range p.images.N {
		if at := peaks[i*p.maps+m]; at.value > 0 {
			units = append(units, unit{m, i, at})
		}
	}
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(b.value, a.value) })
	return units[:min(p.Top, len(units))]
}

// sort gives the pictures to the maps that are shown, and the correlations to the scores.
func (p probe) sort(s *Side, units []unit, pictures []Picture) {
	of := map[int][]Picture{}
	for i, u := range units {
		of[u.Map] = append(of[u.Map], pictures[i])
	}
	for _, m := range p.Maps {
		s.Shown = append(s.Shown, Shown{m, of[m]})
	}
	var maps [][]Picture
	for _, m := range p.scored() {
		maps = append(maps, of[m])
	}
	s.Scores.correlate(maps)
}

// seen cuts a map of one value per channel of an image to the receptive field of a unit, and sums
// the absolute values of the channels.
func (p probe) seen(values []float32, u unit, channels int) []float64 {
	y0, y1 := p.field.Of(u.at/p.side, p.images.H)
	x0, x1 := p.field.Of(u.at%p.side, p.images.W)
	out := make([]float64, 0, (y1-y0)*(x1-x0))
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			sum := 0.0
			for _, v := range values[(y*p.images.W+x)*channels:][:channels] {
				sum += max(float64(v), -float64(v))
			}
			out = append(out, sum)
		}
	}
	return out
}
