package verdicts

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"

	"repbench/benchmarks/gate"
	"repbench/reports/internal/page"
)

// colour is what figures are drawn in.
type colour = color.NRGBA

// Pictures gives the test image of a data set, by the hash of the set and the image's place in the test
// split, and the name of its class; nil where it has none.
type Pictures func(dataHash string, index int) (img image.Image, class string)

// Limits of what is shown of the images that changed.
const (
	shownPictures = 24
	shownNumbers  = 200
)

// discordant shows the test images that only one side gets right: as pictures where there are any,
// else by their numbers.
func discordant(i int, c gate.Cell, pictures Pictures) []page.Block {
	var out []page.Block
	for _, half := range []struct {
		name, words string
		images      []int
	}{
		{"lost", "right in the base and wrong in the head", c.Discordant.Lost},
		{"won", "wrong in the base and right in the head", c.Discordant.Won},
	} {
		n := len(half.images)
		if n == 0 {
			continue
		}
		caption := fmt.Sprintf("%d of %d test images: %s", n, c.Discordant.Images, half.words)
		if g := gallery(i, half.name, c.DataHash, half.images, pictures); len(g.Items) > 0 {
			g.Caption = caption + more(n, len(g.Items)) + "."
			out = append(out, g)
			continue
		}
		out = append(out, page.Text(caption+", by their places in the test split: "+listed(half.images)+more(n, shownNumbers)+"."))
	}
	return out
}

func more(n, shown int) string {
	if n <= shown {
		return ""
	}
	return fmt.Sprintf("; the first %d are shown", shown)
}

// listed are the first numbers of a list.
func listed(images []int) string {
	var out []string
	for _, n := range images[:min(len(images), shownNumbers)] {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

func gallery(i int, name, hash string, images []int, pictures Pictures) page.Gallery {
	var g page.Gallery
	if pictures == nil {
		return g
	}
	for _, n := range images[:min(len(images), shownPictures)] {
		img, class := pictures(hash, n)
		if img == nil {
			continue
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			continue
		}
		g.Items = append(g.Items, page.GalleryItem{
			Picture: page.Picture{Name: fmt.Sprintf("cell-%d-%s-%d", i+1, name, n), Label: class, PNG: b.Bytes(), W: img.Bounds().Dx(), H: img.Bounds().Dy()},
			Detail:  "image " + strconv.Itoa(n),
		})
	}
	return g
}
