package page

import (
	"bytes"
	"fmt"
	"image/png"
)

const (
	// pictureGap is between pictures that stand side by side.
	pictureGap = 10
	// largeShare is the part of the text width that a large picture has at most,
	// leastShare the part of its size down to which it shrinks to fit the rest
	// of a page.
	largeShare = 0.66
	leastShare = 0.7
)

// pictureLabel is the height of the label below a picture.
func pictureLabel() float64 { return captionStyle.height() + 6 }

// pictureSize is the scale in points a pixel and the height of all pictures
// with labels and caption, on a page of their own.
func (p *pdf) pictureSize(b Pictures) (scale, h float64) {
	if len(b.Items) == 0 {
		return 1, p.pictureText(b)
	}
	var wide, high, widest, highest int
	for _, it := range b.Items {
		wide, high = wide+it.W, high+it.H
		widest, highest = max(widest, it.W), max(highest, it.H)
	}
	text := p.pictureText(b)
	if b.Large {
		scale = min(textW*largeShare/float64(widest), (bottom-marginTop-text)*0.9/float64(high))
		return scale, scale*float64(high) + text
	}
	scale = min((textW-pictureGap*float64(len(b.Items)-1))/float64(wide), 300/float64(highest))
	return scale, scale*float64(highest) + text
}

// pictureText is the height of the labels below one another and of the caption.
func (p *pdf) pictureText(b Pictures) float64 {
	labels := min(1, len(b.Items))
	if b.Large {
		labels = len(b.Items)
	}
	caption := len(p.wrap(b.Caption, captionStyle, textW))
	return float64(labels)*pictureLabel() + float64(caption)*captionStyle.height()
}

// shrunk is pictureSize on this page: large pictures give way, down to
// leastShare, when they fit the rest of the page so.
func (p *pdf) shrunk(b Pictures) (scale, h float64) {
	scale, h = p.pictureSize(b)
	text := p.pictureText(b)
	if k := (bottom - p.y - text) / (h - text); b.Large && k < 1 && k >= leastShare {
		return k * scale, bottom - p.y
	}
	return scale, h
}

func (p *pdf) pictures(b Pictures) error {
	scale, h := p.shrunk(b)
	p.ensure(h)
	x := marginX
	for i, it := range b.Items {
		img, err := png.Decode(bytes.NewReader(it.PNG))
		if err != nil {
			return fmt.Errorf("picture %s: %w", it.Name, err)
		}
		w, h := scale*float64(it.W), scale*float64(it.H)
		p.image(enlarge(img), x, p.y, w, h)
		p.write(p.fit(it.Label, captionStyle, max(w, 40)), captionStyle, x, p.y+h+2+captionStyle.size)
		if b.Large || i == len(b.Items)-1 {
			p.y += h + pictureLabel()
		} else {
			x += w + pictureGap
		}
	}
	p.paragraph(b.Caption, captionStyle, 0, textW)
	return p.doc.Error()
}
