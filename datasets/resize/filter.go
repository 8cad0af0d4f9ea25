package resize

import (
	"fmt"
	"math"
	"strings"
)

// Filter is a resampling filter. The zero value is Bicubic.
type Filter uint8

// The filters, each in Pillow's form.
const (
	// Bicubic is the cubic convolution of Keys (1981) with a = -0.5, two pixels on each side.
	Bicubic Filter = iota
	// Box averages the pixels that each new pixel covers.
	Box
	// Bilinear is the triangle filter, one pixel on each side.
	Bilinear
	// Lanczos is the sinc windowed by a sinc three times as wide.
	Lanczos
)

// filters holds the name of each filter, its half width in pixels and its value.
var filters = [...]struct {
	name    string
	support float64
	at      func(x float64) float64
}{
	Bicubic:  {"bicubic", 2, bicubic},
	Box:      {"box", 0.5, box},
	Bilinear: {"bilinear", 1, bilinear},
	Lanczos:  {"lanczos", 3, lanczos},
}

// String returns the name that ParseFilter accepts.
func (f Filter) String() string {
	if int(f) >= len(filters) {
		return fmt.Sprintf("Filter(%d)", uint8(f))
	}
	return filters[f].name
}

// Support returns the half width of the filter, in pixels of the larger scale.
func (f Filter) Support() float64 { return filters[f].support }

// At returns the weight of a pixel at distance x from the centre, not divided by the sum
// of all weights.
func (f Filter) At(x float64) float64 { return filters[f].at(x) }

// Names returns the list of filters for help texts.
func Names() string {
	var names []string
	for _, f := range filters {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// ParseFilter reads the name of a filter.
func ParseFilter(name string) (Filter, error) {
	for f := range filters {
		if filters[f].name == name {
			return Filter(f), nil
		}
	}
	return 0, fmt.Errorf("unknown filter %q; use one of %s", name, Names())
}

func box(x float64) float64 {
	if x > -0.5 && x <= 0.5 {
		return 1
	}
	return 0
}

func bilinear(x float64) float64 { return max(0, 1-math.Abs(x)) }

// The conversions in bicubic and lanczos keep a compiler from fusing a product and
// a sum, which would round differently on some machines.
func bicubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64(float64(float64(float64((a+2)*x)-(a+3))*x)*x) + 1
	case x < 2:
		return float64(float64(float64(float64(float64((x-5)*x)+8)*x)-4) * a)
	}
	return 0
}

func lanczos(x float64) float64 {
	if x < -3 || x >= 3 {
		return 0
	}
	return sinc(x) * sinc(x/3)
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	x *= math.Pi
	return math.Sin(x) / x
}
