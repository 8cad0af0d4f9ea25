package figures

import (
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette. Blue and Orange are Okabe and Ito's (2008) blue and vermilion,
// which differ for every kind of colour vision and in grey print too; Green and
// Purple are theirs, darkened so that text in them can be read.
var (
	Ink    = color.NRGBA{0x1F, 0x23, 0x28, 255} // text
	Muted  = color.NRGBA{0x59, 0x63, 0x6E, 255} // axis labels, lesser text
	Rule   = color.NRGBA{0xD1, 0xD9, 0xE0, 255} // grid lines, frames
	Blue   = color.NRGBA{0x00, 0x72, 0xB2, 255} // first series; what is right
	Orange = color.NRGBA{0xD5, 0x5E, 0x00, 255} // second series; what is wrong
	Green  = color.NRGBA{0x00, 0x80, 0x5C, 255} // third series
	Purple = color.NRGBA{0xA8, 0x4A, 0x82, 255} // fourth series
	Quoted = color.NRGBA{0x7A, 0x84, 0x8E, 255} // quoted, not measured
	Paper  = color.NRGBA{0xFF, 0xFF, 0xFF, 255} // the ground of a file of its own
)

// Text sizes in points.
const (
	small  = 7.5
	normal = 8.5
)

// fade is c with the opacity a in [0, 1].
func fade(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(math.Round(255 * min(max(a, 0), 1)))
	return c
}

// label is a text style, left and vertically centred.
func label(size float64, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)},
		XAlign:  draw.XLeft,
		YAlign:  draw.YCenter,
		Handler: handler,
	}
}

// bold makes a style bold.
func bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

// line is a plain line.
func line(w float64, c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(w)}
}

// dashed is a dashed line.
func dashed(w float64, c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(w), Dashes: []vg.Length{3, 2}}
}

// newPlot is an empty plot in the manner of this package: no background, thin
// axes, small grey numbers.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = handler
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle = line(0.6, Rule)
		a.Padding = 2
		a.Tick.LineStyle = line(0.6, Rule)
		a.Tick.Length = 3
		a.Tick.Label = label(small, Muted)
		a.Label.TextStyle = label(normal, Muted)
		a.Label.Padding = 3
	}
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XCenter, draw.YTop
	p.Y.Tick.Label.XAlign = draw.XRight
	p.X.Label.TextStyle.XAlign, p.X.Label.TextStyle.YAlign = draw.XCenter, draw.YBottom
	p.Y.Label.TextStyle.XAlign, p.Y.Label.TextStyle.YAlign = draw.XCenter, draw.YBottom
	return p
}

// shorten cuts s in its middle so that it fits into w when drawn in style sty;
// both ends stay, for names mostly differ there.
func shorten(s string, sty text.Style, w vg.Length) string {
	if sty.Width(s) <= w {
		return s
	}
	r := []rune(s)
	for keep := len(r) - 1; keep > 1; keep-- {
		head, tail := string(r[:(keep+1)/2]), string(r[len(r)-keep/2:])
		if strings.Contains(s, "U+") {
			head, tail = partAtEnd.ReplaceAllString(head, ""), partAtBegin.ReplaceAllString(tail, "$1")
		}
		cut := head + "…" + tail
		if sty.Width(cut) <= w {
			return cut
		}
	}
	return "…"
}

// Where a cut went through a code point, "U+0E17": its part at the end of the text before
// the cut, and at the beginning of the text behind it.
var (
	partAtEnd   = regexp.MustCompile(`U\+?[0-9A-F]*$|U$`)
	partAtBegin = regexp.MustCompile(`^\+?[0-9A-F]{1,6}([ )])`)
)

// Percent writes the fraction v as percent with the given number of decimals:
// "69.7 %".
func Percent(v float64, decimals int) string {
	return strconv.FormatFloat(100*v, 'f', decimals, 64) + " %"
}
