package page

import (
	"image"
	"image/color"
)

// enlarge repeats the pixels of a small picture so that it is at least 900
// pixels wide: PDF viewers smooth what they enlarge, and samples of 32×32
// pixels would look better than they are.
func enlarge(img image.Image) image.Image {
	b := img.Bounds()
	k := (900 + b.Dx() - 1) / max(1, b.Dx())
	if k <= 1 {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()*k, b.Dy()*k))
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
			for i := range k * k {
				out.SetRGBA(x*k+i%k, y*k+i/k, c)
			}
		}
	}
	return out
}
