package page

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

const (
	// pictureGap is between pictures that stand side by side.
	pictureGap = 10
	// largeShare is the part of the text width that a large picture has at most,
	// leastShare the part of its size down to which it shrinks to fit the rest
	// of a page.
	largeShare = 0.66
	leastShare = 0.5
	// mostShare is the part of its size that a large picture grows by at most to fill
	// a page; largeShare leaves room for it.
	mostShare = 0.45
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

// pictures stand side by side or, large ones, below one another; large ones give way,
// down to leastShare and up to the width of the text.
func (p *pdf) pictures(b Pictures) (flow, error) {
	if b.Words {
		return p.wordPictures(b)
	}
	imgs := make([]image.Image, len(b.Items))
	for i, it := range b.Items {
		img, err := png.Decode(bytes.NewReader(it.PNG))
		if err != nil {
			return flow{}, fmt.Errorf("picture %s: %w", it.Name, err)
		}
		imgs[i] = enlarge(img)
	}
	scale, h := p.pictureSize(b)
	c := piece{keep: true, h: h - p.captionHeight(b)}
	tall := c.h - p.pictureText(b) + p.captionHeight(b) // of the pictures alone
	if b.Large && len(b.Items) > 0 {
		c.shrink = (1 - leastShare) * tall
		c.grow = min(mostShare*tall, max(0, body-h))
	}
	c.draw = func(y, h float64) {
		k := scale
		if tall > 0 {
			k *= 1 + (h-c.h)/tall
		}
		p.drawPictures(b, imgs, k, y)
	}
	return flow{pieces: closed(append([]piece{c}, p.lines(b.Caption, captionStyle, 0, textW, true)...)), movable: true}, nil
}

// captionHeight is the height of the caption.
func (p *pdf) captionHeight(b Pictures) float64 {
	return float64(len(p.wrap(b.Caption, captionStyle, textW))) * captionStyle.height()
}

// drawPictures draws pictures at a scale in points a pixel, with their labels.
func (p *pdf) drawPictures(b Pictures, imgs []image.Image, scale, y float64) {
	x := marginX
	for i, it := range b.Items {
		w, h := scale*float64(it.W), scale*float64(it.H)
		p.image(imgs[i], x, y, w, h)
		p.write(p.fit(it.Label, captionStyle, max(w, 40)), captionStyle, x, y+h+2+captionStyle.size)
		if b.Large {
			y += h + pictureLabel()
		} else {
			x += w + pictureGap
		}
	}
}
