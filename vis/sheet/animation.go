package sheet

import (
	"bytes"
	"fmt"
	"image"

	"github.com/HugoSmits86/nativewebp"
	scale "golang.org/x/image/draw"

	"repbench/datasets"
	"repbench/internal/atomicfile"
	"repbench/internal/raster"
)

// AnimationOptions say how an animation is shown. The zero value shows each image for 80 ms,
// enlarged to about 192 pixels.
type AnimationOptions struct {
	// Milliseconds is how long an image is shown; 0: 80.
	Milliseconds int
	// Scale enlarges each image by this whole factor; 0: until its larger side has at least 192
	// pixels.
	Scale int
	// Back shows the images forth and then back, so that the end joins the beginning.
	Back bool
}

const (
	animationSide   = 192
	animationPause  = 80
	maxAnimation    = 2000      // images
	maxAnimationSum = 256 << 20 // pixels
)

// Animate encodes images, one after the other and over again, as an animated WebP without losses:
// every pixel has its exact colour.
func Animate(im datasets.Images, o AnimationOptions) ([]byte, error) {
	if err := check(im); err != nil {
		return nil, fmt.Errorf("animation: %w", err)
	}
	k := o.Scale
	if k == 0 {
		k = max(1, (animationSide+max(im.H, im.W)-1)/max(im.H, im.W))
	}
	pause := o.Milliseconds
	if pause == 0 {
		pause = animationPause
	}
	if k < 0 || pause < 0 || im.N > maxAnimation || int64(im.N)*int64(im.H*k)*int64(im.W*k) > maxAnimationSum {
		return nil, fmt.Errorf("animation: %d images of %d×%d at scale %d, %d ms each; at most %d images of %d pixels together can be animated",
			im.N, im.H, im.W, k, pause, maxAnimation, maxAnimationSum)
	}
	a := &nativewebp.Animation{BackgroundColor: 0xffffffff}
	for i := range im.N {
		img := image.NewNRGBA(image.Rect(0, 0, im.W*k, im.H*k))
		one := raster.Picture(im.At(i), im.H, im.W, im.C)
		scale.NearestNeighbor.Scale(img, img.Bounds(), one, one.Bounds(), scale.Src, nil)
		a.Images = append(a.Images, img)
	}
	for i := im.N - 2; o.Back && i > 0; i-- {
		a.Images = append(a.Images, a.Images[i])
	}
	for range a.Images {
		a.Durations, a.Disposals = append(a.Durations, uint(pause)), append(a.Disposals, 0)
	}
	var b bytes.Buffer
	if err := nativewebp.EncodeAll(&b, a, nil); err != nil {
		return nil, fmt.Errorf("animation: %w", err)
	}
	return b.Bytes(), nil
}

// WriteAnimation writes an animation to path atomically.
func WriteAnimation(path string, im datasets.Images, o AnimationOptions) error {
	b, err := Animate(im, o)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteFile(path, b, 0o644); err != nil {
		return fmt.Errorf("write animation: %w", err)
	}
	return nil
}
