package generator

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	scale "golang.org/x/image/draw"

	"repbench/eval/memorisation"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
)

// pairGroups are the groups of pairs in the order of the report, with what their captions say.
var pairGroups = []struct{ group, caption string }{
	{memorisation.GroupSuspicious, "The most suspicious generated images"},
	{memorisation.GroupSpaced, "Generated images evenly spaced over all others, by p-value"},
	{controlGroup, "One planted copy of each kind, for comparison"},
	{memorisation.GroupNull, "Held-out images with a near duplicate among the training images: they make the smallest p-values larger"},
}

// controlGroup stands for all kinds of planted copies.
const controlGroup = "planted"

// groupOf is the group of the report that a pair belongs to.
func groupOf(p memorisation.Shown) string {
	switch p.Group {
	case memorisation.GroupSuspicious, memorisation.GroupSpaced, memorisation.GroupNull:
		return p.Group
	}
	return controlGroup
}

// pairBlocks show the pairs, group by group.
func pairBlocks(id string, s *memorisation.Stored) []page.Block {
	var out []page.Block
	for _, g := range pairGroups {
		strips := page.Strips{Caption: g.caption + "."}
		if len(out) == 0 {
			strips.Caption += " On the left the image, then the training images nearest to it, the nearest first, each moved and mirrored as it matched; " +
				"a frame marks images that were moved or mirrored. Pictures are chosen by their numbers alone."
		}
		for i, p := range s.Pairs {
			if groupOf(p) != g.group {
				continue
			}
			pic, err := pairPicture(p)
			if err != nil {
				continue // the record was checked, so this one has no picture
			}
			pic.Name, pic.Label = fmt.Sprintf("%s-pair-%d", id, i+1), pairLabel(p)
			strips.Items = append(strips.Items, page.Strip{Picture: pic, Words: pairWords(p, s)})
		}
		if len(strips.Items) > 0 {
			out = append(out, strips)
		}
	}
	return out
}

// pairLabel names a pair.
func pairLabel(p memorisation.Shown) string {
	name := format.Text(p.Name, 60)
	switch {
	case groupOf(p) == controlGroup:
		return format.Text(p.Group, 40) + ": " + name
	case p.Rank > 0:
		return fmt.Sprintf("%s of %s: %s", format.Count(p.Rank), format.Count(p.Of), name)
	}
	return name
}

// pairWords are the numbers of a pair and how it matched.
func pairWords(p memorisation.Shown, s *memorisation.Stored) []string {
	numbers := fmt.Sprintf("%s %s, p %s", s.Score, fixed(p.Score, 3), format.Number(format.ThreeDigits(p.P)))
	if p.GreyLevels > 0 || p.Distance == 0 {
		numbers += fmt.Sprintf(", %s grey levels per pixel", fixed(p.GreyLevels, 1))
	}
	near := fmt.Sprintf("nearest: %s", trainName(p.Pair))
	if m := matched(p.Pair); m != "" {
		near += ", " + m
	}
	if p.Source != nil {
		near += ", " + sourceFound(p)
	}
	return []string{numbers, near}
}

// trainName names the nearest training image.
func trainName(p memorisation.Pair) string {
	if p.TrainID != "" {
		return format.Text(p.TrainID, 60)
	}
	return "training image " + format.Itoa(int(p.Train))
}

// matched says how a training image was shifted and mirrored to match; "" where it was not.
func matched(p memorisation.Pair) string { return memorisation.MatchWords(p.Mirrored, p.Offset) }

// sourceFound says whether the copied training image is the nearest.
func sourceFound(p memorisation.Shown) string {
	if p.Train == *p.Source {
		return "the copied image"
	}
	for _, n := range p.Nearest {
		if n.Train == *p.Source {
			return "the copied image is further back"
		}
	}
	return "not the copied image"
}

// The layout of a strip in pixels: images of about stripTile, with a frame around each, and a
// gap after the first.
const (
	stripTile  = 64
	stripFrame = 2
	stripApart = 8
)

// frameColour marks images that were moved or mirrored.
var frameColour = color.NRGBA{0xD5, 0x5E, 0x00, 255}

// pairPicture draws the stored strip of a pair with gaps and frames.
func pairPicture(p memorisation.Shown) (page.Picture, error) {
	n := 1 + len(p.Nearest)
	img, err := results.CleanStrip(p.PNG, n)
	if err != nil {
		return page.Picture{}, err
	}
	b := img.Bounds()
	w, h := b.Dx()/n, b.Dy()
	k := max(1, stripTile/max(1, w, h))
	cw, ch := k*w+2*stripFrame, k*h+2*stripFrame
	out := image.NewNRGBA(image.Rect(0, 0, n*cw+stripApart, ch))
	for i := range n {
		at := image.Rect(0, 0, cw, ch).Add(image.Pt(i*cw, 0))
		if i > 0 {
			at = at.Add(image.Pt(stripApart, 0))
			if matched(p.Nearest[i-1]) != "" {
				draw.Draw(out, at, image.NewUniform(frameColour), image.Point{}, draw.Src)
			}
		}
		from := image.Rect(b.Min.X+i*w, b.Min.Y, b.Min.X+(i+1)*w, b.Max.Y)
		scale.NearestNeighbor.Scale(out, at.Inset(stripFrame), img, from, draw.Src, nil)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, out); err != nil {
		return page.Picture{}, fmt.Errorf("png: %w", err)
	}
	return page.Picture{PNG: buf.Bytes(), W: out.Bounds().Dx(), H: out.Bounds().Dy()}, nil
}
