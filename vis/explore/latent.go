package explore

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"repbench/internal/errkind"
	"repbench/internal/webpage"
	"repbench/train/dcgan"
	"repbench/vis/latent"
)

// Limits of what can be picked at once.
const (
	maxPicks  = 64
	maxFrames = 2048 // of a walk
)

// walkRequest is a walk through samples.
type walkRequest struct {
	Points []int `json:"points"`
	Steps  int   `json:"steps"`
}

// frameRequest asks for one frame of a walk.
type frameRequest struct {
	walkRequest
	Frame int `json:"frame"`
}

// frameAnswer is one frame beside the pixel blend at the same place.
type frameAnswer struct {
	Frame   int    `json:"frame"`
	Image   []byte `json:"image"`
	Blend   []byte `json:"blend"`
	Segment int    `json:"segment"` // from 0
	Step    int    `json:"step"`    // in the segment
}

// check says what is wrong with a walk.
func (w walkRequest) check() error {
	if err := (latent.WalkOptions{Steps: w.Steps}).Validate(len(w.Points)); err != nil {
		return err
	}
	if frames := (len(w.Points)-1)*w.Steps + 1; len(w.Points) > maxPicks || frames > maxFrames {
		return errkind.Errorf(errChoice, "%d points with %d steps are %d frames; at most %d points and %d frames can be shown here", len(w.Points), w.Steps, frames, maxPicks, maxFrames)
	}
	return nil
}

// frame handles api/frame. It generates the frame and both ends of its segment alone.
func (e *Explorer) frame(ctx context.Context, in frameRequest) (frameAnswer, error) {
	out := frameAnswer{Frame: in.Frame}
	if err := in.check(); err != nil {
		return out, err
	}
	last := (len(in.Points) - 1) * in.Steps
	if in.Frame < 0 || in.Frame > last {
		return out, webpage.Errorf(http.StatusUnprocessableEntity, "the walk has no frame %d: they are numbered 0 to %d", in.Frame, last)
	}
	out.Segment = min(in.Frame/in.Steps, len(in.Points)-2)
	out.Step = in.Frame - out.Segment*in.Steps
	ends, err := e.o.Pool.Take(in.Points[out.Segment : out.Segment+2])
	if err != nil {
		return out, err
	}
	dim := e.o.Pool.Dim
	z := latent.PathFor(e.o.Generator.Model.Arch.Prior).Frames(ends, 2, dim, in.Steps)
	z = append(slices.Clone(z[out.Step*dim:(out.Step+1)*dim]), ends...)
	im, err := e.o.Generator.ImagesBeyond(ctx, z, 3)
	if err != nil {
		return out, err
	}
	mixed, err := generated(mix(im, float64(out.Step)/float64(in.Steps)))
	if err != nil {
		return out, err
	}
	out.Image, out.Blend = mixed[0], mixed[1]
	return out, nil
}

// mix replaces the second image by the blend of the second and the third, a share t of the third.
func mix(im dcgan.Images, t float64) dcgan.Images {
	size := im.H * im.W * im.C
	a, b := im.Data[size:2*size], im.Data[2*size:]
	for i, v := range b {
		a[i] = float32(float64(a[i]) + t*(float64(v)-float64(a[i])))
	}
	im.N, im.Data = 2, im.Data[:2*size]
	return im
}

// walk handles api/walk: all frames with their scores.
func (e *Explorer) walk(ctx context.Context, in walkRequest) (figure, error) {
	if err := in.check(); err != nil {
		return figure{}, err
	}
	z, err := e.o.Pool.Take(in.Points)
	if err != nil {
		return figure{}, err
	}
	w, err := latent.Go(ctx, e.o.Generator, z, len(in.Points), latent.WalkOptions{Steps: in.Steps, Seed: e.o.Seed,
		Through: latent.SourceOf(in.Points), From: e.o.Pool.Origin(), Progress: e.progress})
	if err != nil {
		return figure{}, err
	}
	rows, err := w.Rows()
	if err != nil {
		return figure{}, err
	}
	return newFigure(w.Result, rows, e.o.Command.line("walk", slices.Max(in.Points),
		"--through", latent.List(in.Points), "--steps", strconv.Itoa(in.Steps), "--snap", "0", "--out", "walk.png"))
}

// arithmeticRequest has the exemplars of three concepts.
type arithmeticRequest struct {
	A    []int `json:"a"`
	B    []int `json:"b"`
	C    []int `json:"c"`
	Clip bool  `json:"clip"`
}

// arithmetic handles api/arithmetic.
func (e *Explorer) arithmetic(ctx context.Context, in arithmeticRequest) (figure, error) {
	z, err := e.take(map[string][]int{"a": in.A, "b": in.B, "c": in.C})
	if err != nil {
		return figure{}, err
	}
	o := latent.ArithmeticOptions{Neighbours: latent.DefaultNeighbours, Spread: latent.DefaultSpread, Clip: in.Clip, Seed: e.o.Seed,
		Exemplars: [3]latent.Source{latent.SourceOf(in.A), latent.SourceOf(in.B), latent.SourceOf(in.C)}, From: e.o.Pool.Origin()}
	s, err := latent.Arithmetic(ctx, e.o.Generator, z["a"], z["b"], z["c"], o)
	if err != nil {
		return figure{}, err
	}
	rows, err := s.Rows()
	if err != nil {
		return figure{}, err
	}
	args := clipped([]string{"--a", latent.List(in.A), "--b", latent.List(in.B), "--c", latent.List(in.C)}, in.Clip)
	return newFigure(s.Result, rows, e.o.Command.line("arithmetic", slices.Max(slices.Concat(in.A, in.B, in.C)), append(args, "--out", "arithmetic.png")...))
}

// turnRequest has the exemplars of both sides and what is turned; without Base the exemplars of the
// right side are.
type turnRequest struct {
	Left  []int `json:"left"`
	Right []int `json:"right"`
	Base  []int `json:"base"`
	Steps int   `json:"steps"`
	Clip  bool  `json:"clip"`
}

// turn handles api/turn.
func (e *Explorer) turn(ctx context.Context, in turnRequest) (figure, error) {
	if len(in.Base) == 0 {
		in.Base = in.Right
	}
	z, err := e.take(map[string][]int{"left": in.Left, "right": in.Right, "base": in.Base})
	if err != nil {
		return figure{}, err
	}
	t, err := latent.DrawTurn(ctx, e.o.Generator, z["left"], z["right"], z["base"], latent.TurnOptions{Steps: in.Steps, Clip: in.Clip, Seed: e.o.Seed,
		LeftOf: latent.SourceOf(in.Left), RightOf: latent.SourceOf(in.Right), BaseOf: latent.SourceOf(in.Base), From: e.o.Pool.Origin()})
	if err != nil {
		return figure{}, err
	}
	rows, err := t.Rows()
	if err != nil {
		return figure{}, err
	}
	args := clipped([]string{"--left", latent.List(in.Left), "--right", latent.List(in.Right), "--base", latent.List(in.Base), "--steps", strconv.Itoa(in.Steps)}, in.Clip)
	return newFigure(t.Result, rows, e.o.Command.line("turn", slices.Max(slices.Concat(in.Left, in.Right, in.Base)), append(args, "--out", "turn.png")...))
}

// take returns the z of groups of picked samples, none of which may be empty.
func (e *Explorer) take(groups map[string][]int) (map[string][]float32, error) {
	out := map[string][]float32{}
	for name, picks := range groups {
		if len(picks) == 0 || len(picks) > maxPicks {
			return nil, errkind.Errorf(errChoice, "group %s has %d samples; pick 1 to %d", name, len(picks), maxPicks)
		}
		var err error
		if out[name], err = e.o.Pool.Take(picks); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func clipped(args []string, clip bool) []string {
	if clip {
		return append(args, "--clip")
	}
	return args
}
