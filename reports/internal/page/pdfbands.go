package page

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"slices"
)

// Pictures with words are figures of rows of images with labels. They are as wide as the text, and where
// they do not fit the page with what leads to them, they are cut between two of their rows.
const (
	// blankRows is the least number of rows of pixels without content at which a picture may be cut.
	blankRows = 7
	// headingRows is the height of content in pixels below which it is a heading, which stays with the
	// content below it.
	headingRows = 40
	// leastWords is the part of its size down to which a picture with words shrinks.
	leastWords = 0.85
)

// bands are the parts that a picture is cut into, from the top down, each with the blank rows below it.
// The title is no band of its own.
func bands(img image.Image) []image.Rectangle {
	b := img.Bounds()
	var out []image.Rectangle
	top, from, blanks := b.Min.Y, b.Min.Y, 0 // of the band, of its last content; blank rows until here
	for y := b.Min.Y; y < b.Max.Y; y++ {
		if blank(img, y) {
			blanks++
			continue
		}
		if blanks >= blankRows && y > b.Min.Y+blanks {
			if content := y - blanks - from; content >= headingRows && (len(out) > 0 || from > top) {
				out, top = append(out, image.Rect(b.Min.X, top, b.Max.X, y)), y
			}
			from = y
		}
		blanks = 0
	}
	return append(out, image.Rect(b.Min.X, top, b.Max.X, b.Max.Y))
}

// blank reports whether a row of pixels has nothing but the colour of the upper left corner.
func blank(img image.Image, y int) bool {
	b := img.Bounds()
	r, g, bl, a := img.At(b.Min.X, b.Min.Y).RGBA()
	for x := b.Min.X; x < b.Max.X; x++ {
		if r2, g2, bl2, a2 := img.At(x, y).RGBA(); r != r2 || g != g2 || bl != bl2 || a != a2 {
			return false
		}
	}
	return true
}

// part is a part of a picture.
func part(img image.Image, r image.Rectangle) image.Image {
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(r)
}

// wordPictures are the bands of pictures with words, each picture with its label, and the caption.
func (p *pdf) wordPictures(b Pictures) (flow, error) {
	var f flow
	for _, it := range b.Items {
		img, err := png.Decode(bytes.NewReader(it.PNG))
		if err != nil {
			return flow{}, fmt.Errorf("picture %s: %w", it.Name, err)
		}
		all := bands(img)
		highest := slices.MaxFunc(all, func(a, b image.Rectangle) int { return a.Dy() - b.Dy() }).Dy()
		scale := min(textW/float64(img.Bounds().Dx()), (body-p.pictureText(b))*0.9/float64(highest))
		for i, r := range all {
			h := scale * float64(r.Dy())
			f.pieces = append(f.pieces, piece{h: h, shrink: (1 - leastWords) * h, keep: i == len(all)-1, draw: func(y, h float64) {
				p.image(enlarge(part(img, r)), marginX, y, h*float64(r.Dx())/float64(r.Dy()), h)
			}})
		}
		f.pieces = append(f.pieces, piece{h: pictureLabel(), keep: b.Caption != "", draw: func(y, _ float64) {
			p.write(p.fit(it.Label, captionStyle, textW), captionStyle, marginX, y+2+captionStyle.size)
		}})
	}
	f.pieces = closed(append(f.pieces, p.lines(b.Caption, captionStyle, 0, textW, true)...))
	return f, nil
}

// opening joins the flows of a section up to its last picture with words: nothing from below moves
// before the pictures, and what leads to the first one stands on its page. As a whole they stand on one
// page where they fit, else the pictures are cut. Without such a picture the flows stay as they are.
func opening(flows []flow, blocks []Block) []flow {
	first, last := -1, -1
	for i, b := range blocks {
		if pictures, ok := b.(Pictures); ok && pictures.Words {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if last < 0 || slices.ContainsFunc(flows[:last+1], func(f flow) bool { return f.again.h > 0 }) {
		return flows
	}
	out := flow{section: true}
	lead := 0
	for i, f := range flows[:last+1] {
		if i > 0 {
			out.pieces = append(out.pieces, space(blockGap))
		}
		if i == first {
			lead = len(out.pieces)
		}
		out.pieces, out.kinds = append(out.pieces, f.pieces...), append(out.kinds, f.kinds...)
	}
	if whole := kept(out, len(out.pieces)-1); whole.need() <= body {
		out = whole
	} else {
		out = steady(out)
		if led := kept(out, lead); led.need() <= body {
			out = led
		}
	}
	return append([]flow{out}, flows[last+1:]...)
}

// kept is a flow whose first n pieces stay with the piece below each.
func kept(f flow, n int) flow {
	f.pieces = slices.Clone(f.pieces)
	for i := range f.pieces[:n] {
		f.pieces[i].keep = true
	}
	return f
}

// steady is a flow whose pieces do not shrink, so that the bands of a picture on two pages have one scale.
func steady(f flow) flow {
	f.pieces = slices.Clone(f.pieces)
	for i := range f.pieces {
		f.pieces[i].shrink = 0
	}
	return f
}
