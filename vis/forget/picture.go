package forget

import (
	"fmt"
	"image"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"repbench/train/dcgan"
	"repbench/vis/sheet"
)

// leastScale is the least change that is shown as black and white.
const leastScale = 1e-6

// Measures of a picture.
const (
	shown     = 8   // most images of a picture
	shownSide = 128 // least side of an enlarged image in pixels
)

// Draw draws the rows of a figure with its scores above them.
func (o *Outcome) Draw() (image.Image, error) {
	rows, err := o.Rows()
	if err != nil {
		return nil, err
	}
	return sheet.DrawRows(rows, sheet.RowOptions{Title: o.title(), Note: o.note(), Scale: 1})
}

// Rows are a figure: up to 8 images that have a box, in rows before the drop, after it, with the
// same number of random maps dropped, and the changes of both, with the boxes.
func (o *Outcome) Rows() ([]sheet.Row, error) {
	by := map[bool]string{true: "found by the detector", false: "given"}[o.Found]
	rows := []struct {
		label []string
		of    func(i int) pixels
		boxed bool
	}{
		{[]string{"before", fmt.Sprintf("%d boxes in all, %s", len(o.Boxes), by)}, pixelsOf(o.Before), true},
		{[]string{"after", fmt.Sprintf("%d of %d maps of layer %s set to 0", len(o.Maps), o.Layer.Maps, o.Layer.Name)}, pixelsOf(o.After), false},
		{[]string{"change", fmt.Sprintf("after less before; grey: none, black and white: %.2f and more, the largest 1 %% (images have -1 to 1)", o.scale())}, o.changeOf(o.After), true},
		{[]string{"random maps", fmt.Sprintf("%d random maps set to 0, the first of the draws", len(o.RandomMaps))}, pixelsOf(o.Random), false},
		{[]string{"change, random", "random maps less before, on the same scale"}, o.changeOf(o.Random), true},
	}
	var out []sheet.Row
	images := o.shown()
	for k, r := range rows {
		row := sheet.Row{Label: r.label}
		for _, i := range images {
			im := r.of(i).enlarged(max(1, (shownSide+o.Before.H-1)/o.Before.H))
			if r.boxed {
				im.frame(o.boxesOf(i), im.w/o.Before.W)
			}
			row.Images.N, row.Images.H, row.Images.W, row.Images.C = row.Images.N+1, im.h, im.w, 3
			row.Images.Data = append(row.Images.Data, im.rgb...)
			if k == 0 {
				row.Captions = append(row.Captions, fmt.Sprintf("image %d", i))
			}
		}
		out = append(out, row)
	}
	out[0].Heading = o.heading(len(images))
	return out, nil
}

// heading says which images are shown; "" where all with a box are.
func (o *Outcome) heading(shown int) string {
	if all := len(Masks(o.Boxes, o.Before.H, o.Before.W)); shown < all {
		return fmt.Sprintf("The first %d of %d images with a box", shown, all)
	}
	return ""
}

// title stands above the picture.
func (o *Outcome) title() string {
	of := ""
	if o.Spec != "" {
		of = " in images of " + o.Spec
	}
	return fmt.Sprintf("Forgetting%s: %d of %d maps set to 0 (layer %s, %d×%d)", of, len(o.Maps), o.Layer.Maps, o.Layer.Name, o.Layer.Side, o.Layer.Side)
}

// Caption says what is seen in the picture of a figure of what spec names.
func (o *Outcome) Caption(spec string) string {
	return fmt.Sprintf("Images of %s before and after %d of %d maps of layer %s were set to 0, and with as many random maps set to 0; frames are the boxes of the object.",
		spec, len(o.Maps), o.Layer.Maps, o.Layer.Name)
}

// note says the scores in a few words.
func (o *Outcome) note() []string {
	r := o.Result
	ratio, known := r.Score("ratio")
	if !known {
		return nil
	}
	line := fmt.Sprintf("|change| inside / outside boxes: %.2f; random maps: %.2f", ratio.Value, *ratio.Control)
	if sd, ok := r.Score("ratio_control_sd"); ok {
		line += fmt.Sprintf(" ± %.2f", sd.Value)
	}
	if z, ok := r.Score("z"); ok {
		line += fmt.Sprintf(" (z = %.1f)", z.Value)
	}
	lines := []string{line}
	if rest, ok := r.Score("rest_change_rms"); ok && rest.Control != nil {
		lines = append(lines, fmt.Sprintf("change of the rest, root mean square: %.2f; random maps: %.2f", rest.Value, *rest.Control))
	}
	after, ok := r.Score("second_object_after")
	before, _ := r.Score("second_object_before")
	if kept, also := r.Score("shape_kept"); ok && also {
		lines = append(lines, fmt.Sprintf("second object in %.0f %% of the images before, %.0f %% after (random: %.0f %%); shape kept in %.0f %% (random: %.0f %%)",
			100*before.Value, 100*after.Value, 100**after.Control, 100*kept.Value, 100**kept.Control))
	}
	return lines
}

// shown are the first images that have a box.
func (o *Outcome) shown() []int {
	var images []int
	for i := range o.Before.N {
		if len(o.boxesOf(i)) > 0 && len(images) < shown {
			images = append(images, i)
		}
	}
	return images
}

func (o *Outcome) boxesOf(image int) []Box {
	var boxes []Box
	for _, b := range o.Boxes {
		if b.Image == image {
			boxes = append(boxes, b)
		}
	}
	return boxes
}

// pixels is one image, RGB.
type pixels struct {
	h, w int
	rgb  []uint8
}

// toPixels maps the values of image i to bytes.
func toPixels(im dcgan.Images, i int, level func(float32) float64) pixels {
	p := pixels{h: im.H, w: im.W}
	at := i * im.H * im.W * im.C
	for k := range im.H * im.W {
		for c := range 3 {
			v := level(im.Data[at+k*im.C+min(c, im.C-1)])
			p.rgb = append(p.rgb, uint8(math.Round(min(max(v, 0), 255))))
		}
	}
	return p
}

func pixelsOf(im dcgan.Images) func(i int) pixels {
	return func(i int) pixels {
		return toPixels(im, i, func(v float32) float64 { return (float64(v) + 1) * 127.5 })
	}
}

// changeOf shows the change from before to an image, 0 as grey, on one scale for the picture.
func (o *Outcome) changeOf(after dcgan.Images) func(i int) pixels {
	scale := o.scale()
	change := after
	change.Data = make([]float32, len(after.Data))
	for i, v := range after.Data {
		change.Data[i] = v - o.Before.Data[i]
	}
	return func(i int) pixels {
		return toPixels(change, i, func(v float32) float64 { return 128 + float64(v)/scale*127 })
	}
}

// scale is the |change| that 99 % of the values of the images that are shown lie below: the largest ones
// are often single rows at the edge.
func (o *Outcome) scale() float64 {
	var all []float64
	stride := o.Before.H * o.Before.W * o.Before.C
	for _, im := range []dcgan.Images{o.After, o.Random} {
		for _, i := range o.shown() {
			for k := i * stride; k < (i+1)*stride; k++ {
				all = append(all, math.Abs(float64(im.Data[k]-o.Before.Data[k])))
			}
		}
	}
	if len(all) == 0 {
		return leastScale
	}
	slices.Sort(all)
	return max(leastScale, stat.Quantile(0.99, stat.Empirical, all, nil))
}

// enlarged repeats every pixel by× each way.
func (p pixels) enlarged(by int) pixels {
	q := pixels{h: p.h * by, w: p.w * by, rgb: make([]uint8, 0, len(p.rgb)*by*by)}
	for y := range q.h {
		for x := range q.w {
			at := 3 * (y/by*p.w + x/by)
			q.rgb = append(q.rgb, p.rgb[at:at+3]...)
		}
	}
	return q
}

// frame draws boxes, in pixels of an image that was enlarged by a factor: a bright line on the
// outermost pixels, with a dark one inside, so that it stands out on any picture.
func (p pixels) frame(boxes []Box, by int) {
	for _, b := range boxes {
		for i, colour := range [][3]uint8{{255, 221, 0}, {0, 0, 0}} {
			x0, y0, x1, y1 := b.X0*by+i, b.Y0*by+i, b.X1*by-1-i, b.Y1*by-1-i
			for x := x0; x <= x1; x++ {
				p.set(x, y0, colour)
				p.set(x, y1, colour)
			}
			for y := y0; y <= y1; y++ {
				p.set(x0, y, colour)
				p.set(x1, y, colour)
			}
		}
	}
}

func (p pixels) set(x, y int, colour [3]uint8) {
	if x >= 0 && y >= 0 && x < p.w && y < p.h {
		copy(p.rgb[3*(y*p.w+x):], colour[:])
	}
}
