package shapes

// hueSteps is the number of hues around the circle: six sectors of 256.
const hueSteps = 6 * 256

// hsv returns the colour of hue 0 … hueSteps-1 (red, yellow, green, cyan, blue,
// magenta at multiples of 256), saturation and value 0 … 255.
func hsv(hue, saturation, value int) RGB {
	sector, part := hue/256, hue%256
	low := value * (255 - saturation) / 255
	rise := low + (value-low)*part/256
	fall := value - (value-low)*part/256
	var c [3]int
	switch sector {
	case 0:
		c = [3]int{value, rise, low}
	case 1:
		c = [3]int{fall, value, low}
	case 2:
		c = [3]int{low, value, rise}
	case 3:
		c = [3]int{low, fall, value}
	case 4:
		c = [3]int{rise, low, value}
	default:
		c = [3]int{value, low, fall}
	}
	return RGB{uint8(c[0]), uint8(c[1]), uint8(c[2])}
}

// Differences in luma between the two colours of a background.
const (
	minTexture = 18
	maxTexture = 90
)

// colors draws the colours of object and background: first the two of the background, then
// colours of the object until one stands out from both.
func (s *stream) colors(f *Factors) {
	const tries = 40
	b := &f.Background
	for range tries {
		b.A, b.B = s.backColor(), s.backColor()
		if d := apart(b.A, b.B); d >= minTexture && d <= maxTexture {
			break
		}
	}
	for range tries {
		f.Color = s.frontColor()
		if apart(f.Color, b.A) >= MinContrast && apart(f.Color, b.B) >= MinContrast {
			return
		}
	}
	f.Color = standOut(b.A, b.B)
}

// apart returns the difference in luma of two colours.
func apart(a, b RGB) int { return max(a.Luma()-b.Luma(), b.Luma()-a.Luma()) }

// standOut returns the grey farthest from both colours: black, white, or the middle between
// them. One of the three gaps is at least a third of 255, so that the distance is at least 63.
func standOut(a, b RGB) RGB {
	grey := func(v int) RGB { return RGB{uint8(v), uint8(v), uint8(v)} }
	best := grey(0)
	for _, c := range []RGB{grey(255), grey((a.Luma() + b.Luma()) / 2)} {
		if min(apart(c, a), apart(c, b)) > min(apart(best, a), apart(best, b)) {
			best = c
		}
	}
	return best
}

// backColor draws a dark to middling colour of any hue.
func (s *stream) backColor() RGB {
	return hsv(s.below(hueSteps), s.within(20, 190), s.within(30, 200))
}

// brightChance is the share of bright objects in percent. If both kinds were equally common,
// the mean image of every class would be flat, and a linear classifier on pixels would be at
// chance.
const brightChance = 85

// frontColor draws a bright or dark colour of any hue.
func (s *stream) frontColor() RGB {
	if s.below(100) < brightChance {
		return hsv(s.below(hueSteps), s.within(60, 230), s.within(190, 255))
	}
	return hsv(s.below(hueSteps), s.within(90, 255), s.within(20, 100))
}

// paneColor draws a bright colour, from warm lamp light to pale sky.
func (s *stream) paneColor() RGB {
	if s.below(2) == 0 {
		return hsv(s.within(100, 250), s.within(60, 150), s.within(235, 255))
	}
	return hsv(s.within(730, 940), s.within(20, 90), s.within(235, 255))
}
