package explore

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"repbench/internal/errkind"
	"repbench/internal/npy"
	"repbench/internal/webpage"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/invert"
	"repbench/vis/sheet"
)

// invertAnswer is a picture beside the nearest image that the generator makes of some z.
type invertAnswer struct {
	figure
	// Array is the picture as the command reads it, a NumPy file of bytes.
	Array []byte `json:"array"`
}

// arrayFile is the file of the picture that the page offers; the others are limits of the query.
const (
	arrayFile = "picture.npy"
	maxSteps  = 3000
	maxStarts = 16
)

// invert handles api/invert: the body is a picture, the query may give steps and restarts.
func (e *Explorer) invert(_ http.ResponseWriter, r *http.Request) (any, error) {
	data, err := webpage.Body(r)
	if err != nil {
		return nil, err
	}
	o := invert.Options{Steps: invert.DefaultSteps, Restarts: invert.DefaultRestarts, Seed: e.o.Seed}
	for _, q := range []struct {
		name string
		most int
		into *int
	}{{"steps", maxSteps, &o.Steps}, {"restarts", maxStarts, &o.Restarts}} {
		if text := r.URL.Query().Get(q.name); text != "" {
			if *q.into, err = strconv.Atoi(text); err != nil || *q.into < 1 || *q.into > q.most {
				return nil, errkind.Errorf(errChoice, "%s is %.20q; give a number from 1 to %d", q.name, text, q.most)
			}
		}
	}
	a := e.o.Generator.Model.Arch
	im, err := uploaded(data, a.ImageSize, a.Channels)
	if err != nil {
		return nil, err
	}
	x := dcgan.Images{N: 1, H: im.H, W: im.W, C: im.C}
	for _, v := range im.Data {
		x.Data = append(x.Data, float32(v)/127.5-1)
	}
	out, err := e.inverted(r.Context(), x, o)
	if err != nil {
		return nil, err
	}
	var array bytes.Buffer
	err = npy.Encode(&array, []int{1, im.H, im.W, im.C}, im.Data)
	out.Array = array.Bytes()
	return out, err
}

// inverted inverts a picture, and beside it the first sample as a control.
func (e *Explorer) inverted(ctx context.Context, x dcgan.Images, o invert.Options) (invertAnswer, error) {
	var out invertAnswer
	g := e.o.Generator
	own, err := g.Images(ctx, e.o.Pool.Z[:e.o.Pool.Dim], 1)
	if err != nil {
		return out, err
	}
	both := x
	both.N, both.Data = 2, append(append([]float32{}, x.Data...), own.Data...)
	found, err := invert.Run(ctx, g, both, "your picture and sample 0", o, e.progress)
	if err != nil {
		return out, err
	}
	made, err := g.Images(ctx, append(append([]float32{}, found[0].Z...), found[1].Z...), 2)
	if err != nil {
		return out, err
	}
	command := e.o.Command.join([]string{"repbench", "vis", "invert", e.o.Command.Spec},
		[]string{"--images", arrayFile, "--steps", strconv.Itoa(o.Steps), "--restarts", strconv.Itoa(o.Restarts), "--out", "invert.png"})
	rows, err := invertRows(both, made, found)
	if err != nil {
		return out, err
	}
	out.figure, err = newFigure(invertResult(g, found, o), rows, command)
	return out, err
}

// invertResult has the scores of both images.
func invertResult(g *vis.Generator, found []invert.Found, o invert.Options) *vis.Result {
	r := vis.NewResult("invert")
	r.Set("steps", o.Steps)
	r.Set("restarts", o.Restarts)
	r.Set("lambda", float64(invert.DefaultLambda))
	r.Add(vis.Score{Name: "psnr", Value: found[0].PSNR, Control: &found[1].PSNR, N: 1,
		Of: "decibels between your picture and the image found; 20 is coarse, 40 is nearly the same", Against: "sample 0 of this generator"})
	r.Add(vis.Score{Name: "norm", Value: found[0].Norm, Control: new(invert.PriorNorm(g.Model.Arch)), N: 1,
		Of: "length of the z found", Against: "typical length of z of the prior"})
	r.Says = fmt.Sprintf("The nearest image found has a PSNR of %.1f dB to your picture, and of %.1f dB to this generator's own sample 0. The lower it is, the less the generator can make the picture.", found[0].PSNR, found[1].PSNR)
	return r
}

// invertRows are the picture and the control with what was found.
func invertRows(x, made dcgan.Images, found []invert.Found) ([]sheet.Row, error) {
	size := x.H * x.W * x.C
	var rows []sheet.Row
	for i, label := range []string{"Your picture", "Control: sample 0"} {
		pair := append(append([]float32{}, x.Data[i*size:(i+1)*size]...), made.Data[i*size:(i+1)*size]...)
		shown, err := sheet.FromFloat(pair, 2, x.H, x.W, x.C)
		if err != nil {
			return nil, err
		}
		rows = append(rows, sheet.Row{Label: []string{label, fmt.Sprintf("%.1f dB", found[i].PSNR)}, Captions: []string{"given", "found"}, Images: shown})
	}
	return rows, nil
}
