package explore

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"repbench/internal/webpage"
	"repbench/vis/forget"
	"repbench/vis/latent"
)

// errChoice is the kind of errors about what the user chose on the page.
var errChoice = errors.New("choice of the user")

// modelAnswer describes the model to the page.
type modelAnswer struct {
	Spec     string       `json:"spec"`
	Origin   string       `json:"origin"`
	Arch     string       `json:"arch"`
	Width    int          `json:"width"`
	Size     int          `json:"size"`     // side of the images in pixels
	Channels int          `json:"channels"` // of the images
	Prior    string       `json:"prior"`
	ZDim     int          `json:"zdim"`
	Samples  int          `json:"samples"` // in the pool
	Source   string       `json:"source"`  // of the pool
	Page     int          `json:"page"`    // samples that are shown at once
	Path     string       `json:"path"`    // of walks
	Layers   []layerModel `json:"layers"`
	Layer    string       `json:"layer"` // that forgetting takes by itself
	File     string       `json:"file"`  // of boxes, "" for none
	Boxes    []forget.Box `json:"boxes"` // of the file
	State    string       `json:"state"` // of the file
	Finds    bool         `json:"finds"` // boxes can be found
}

// layerModel describes a hidden layer of the generator.
type layerModel struct {
	Name string `json:"name"`
	Side int    `json:"side"`
	Maps int    `json:"maps"`
}

// model handles api/model. It neither waits nor generates.
func (e *Explorer) model(http.ResponseWriter, *http.Request) (any, error) {
	file, err := e.readBoxes()
	if err != nil {
		return nil, webpage.Errorf(http.StatusUnprocessableEntity, "%v", err)
	}
	a := e.o.Generator.Model.Arch
	m := modelAnswer{
		Spec: e.o.Command.Spec, Origin: e.o.Generator.Model.Origin, Arch: a.Name, Width: a.Width, Size: a.ImageSize, Channels: a.Channels,
		Prior: string(a.Prior), ZDim: a.ZDim, Samples: e.o.Pool.N, Source: e.o.Pool.Name, Page: e.o.Samples, Path: string(latent.PathFor(a.Prior)),
		File: e.o.Boxes, Boxes: file.boxes, State: file.state, Finds: e.o.Reader != nil,
	}
	layers := a.HiddenLayers()
	for _, l := range layers {
		m.Layers = append(m.Layers, layerModel{l.Name, l.Side, l.Maps})
	}
	if i, err := forget.ParseLayer(a, ""); err == nil {
		m.Layer = layers[i].Name
	} else {
		m.Layer = layers[len(layers)-1].Name
	}
	return m, nil
}

// samplesRequest asks for the samples from First on, as many as a page holds, with maps of a layer
// set to 0 where Maps has any.
type samplesRequest struct {
	First int    `json:"first"`
	Layer string `json:"layer,omitempty"`
	Maps  []int  `json:"maps,omitempty"`
}

// samplesAnswer has the samples as PNG.
type samplesAnswer struct {
	First   int      `json:"first"`
	Images  [][]byte `json:"images"`
	Command string   `json:"command"`
}

// samples handles api/samples.
func (e *Explorer) samples(ctx context.Context, in samplesRequest) (samplesAnswer, error) {
	out := samplesAnswer{First: in.First}
	p := e.o.Pool
	if in.First < 0 || in.First >= p.N {
		return out, webpage.Errorf(http.StatusUnprocessableEntity, "there is no sample %d: they are numbered 0 to %d", in.First, p.N-1)
	}
	last := min(in.First+e.o.Samples, p.N)
	z := p.Z[in.First*p.Dim : last*p.Dim]
	out.Command = e.o.Command.line("grid", 0, "--out", "grid.png")
	if e.o.Command.Z == "" {
		out.Command = e.o.Command.line("grid", 0, "--n", strconv.Itoa(max(last, 2)), "--out", "grid.png")
	}
	if len(in.Maps) == 0 {
		im, err := e.o.Generator.Images(ctx, z, last-in.First)
		if err != nil {
			return out, err
		}
		out.Images, err = generated(im)
		return out, err
	}
	d, err := e.dropperOf(in.Layer)
	if err != nil {
		return out, err
	}
	if err := forget.CheckMaps(in.Maps, d.Maps()); err != nil {
		return out, err
	}
	im, err := d.Images(ctx, z, last-in.First, in.Maps)
	if err != nil {
		return out, err
	}
	out.Images, err = generated(im)
	return out, err
}
