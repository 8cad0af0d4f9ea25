package explore

import (
	"bytes"
	"image"
	"image/png"

	"repbench/datasets"
	"repbench/internal/raster"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// figure is the answer to the request of a figure.
type figure struct {
	// Result has scores and settings.
	Result *vis.Result `json:"result"`
	// Rows are the rows of the figure's picture.
	Rows []row `json:"rows"`
	// Command writes the same figure.
	Command string `json:"command"`
}

// row is a sheet.Row with its images as PNG.
type row struct {
	Heading  string   `json:"heading,omitempty"`
	Label    []string `json:"label,omitempty"`
	Captions []string `json:"captions,omitempty"`
	Images   [][]byte `json:"images"`
}

// newFigure makes the rows of a figure fit to be sent.
func newFigure(r *vis.Result, rows []sheet.Row, command string) (figure, error) {
	f := figure{Result: r, Command: command}
	for _, from := range rows {
		images, err := pictures(from.Images)
		if err != nil {
			return f, err
		}
		f.Rows = append(f.Rows, row{from.Heading, from.Label, from.Captions, images})
	}
	return f, nil
}

// pictures encodes each image as PNG.
func pictures(im datasets.Images) ([][]byte, error) {
	out := make([][]byte, im.N)
	for i := range out {
		var err error
		if out[i], err = encode(raster.Picture(im.At(i), im.H, im.W, im.C)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// generated encodes each generated image as PNG.
func generated(im dcgan.Images) ([][]byte, error) {
	shown, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		return nil, err
	}
	return pictures(shown)
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return b.Bytes(), err
}
