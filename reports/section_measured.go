package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/train/runfolder"
)

// measuredNumber is a number that was measured in the course of a training, of each kind of images.
type measuredNumber struct {
	steps            []float64
	heldOut, trained []float64 // at each step; NaN where there is none
	real             float64   // NaN where there is none
}

// measuredOf collects a number from the lines that hold it; false: there is none.
func measuredOf(ms []runfolder.Metrics, name func(runfolder.Of) string) (measuredNumber, bool) {
	n := measuredNumber{real: math.NaN()}
	for _, m := range ms {
		held, trained := distanceOf(m, name(runfolder.OfHeldOut)), distanceOf(m, name(runfolder.OfTraining))
		if held != held && trained != trained {
			continue
		}
		n.steps = append(n.steps, float64(m.Step))
		n.heldOut, n.trained = append(n.heldOut, held), append(n.trained, trained)
		if r := distanceOf(m, name(runfolder.OfReal)); r == r {
			n.real = r
		}
	}
	return n, len(n.steps) > 0
}

// distanceOf is a distance in a line; NaN for what can be none.
func distanceOf(m runfolder.Metrics, name string) float64 {
	if v := m.Get(name); v >= 0 && v < 1e15 {
		return v
	}
	return math.NaN()
}

// measuredBlocks draw what was measured of the generator in the course of a training.
func measuredBlocks(id string, r Run) []page.Block {
	settings := measureSettingsOf(r)
	var out []page.Block
	for _, size := range runfolder.NNDSizes() {
		n, ok := measuredOf(r.Metrics, func(of runfolder.Of) string { return runfolder.NND(size, of) })
		if ok {
			out = append(out, measuredFigure(fmt.Sprintf("%s-nnd-%d", id, size), "nnd, "+format.Count(size)+" images", nndCaption(size, n), n, true))
		}
	}
	for _, size := range runfolder.NNDSizes() {
		n, ok := measuredOf(r.Metrics, func(of runfolder.Of) string { return runfolder.NNC(size) + string(of) })
		if ok {
			out = append(out, measuredFigure(fmt.Sprintf("%s-nnc-%d", id, size), "error by the nearest", fmt.Sprintf(
				"Share of validation images whose nearest of %s generated images has another class.", format.Count(size)), n, true))
		}
	}
	if n, ok := measuredOf(r.Metrics, runfolder.Frechet); ok {
		out = append(out, measuredFigure(id+"-frechet", "Fréchet distance", frechetCaption(settings, n), n, false))
	}
	if len(out) == 0 {
		return nil
	}
	return append([]page.Block{page.Text(measuredText(r, settings))}, out...)
}

// measuredFigure draws the curves of a number.
func measuredFigure(name, axis, caption string, n measuredNumber, about bool) page.Figure {
	var series []figures.Series
	for _, s := range []figures.Series{{Name: "held-out images", Y: n.heldOut}, {Name: "training images", Y: n.trained}} {
		if !anyKnown([]figures.Series{s}) {
			s = figures.Series{Y: s.Y} // nothing is drawn, and the other one keeps its colour
		}
		series = append(series, s)
	}
	o := figures.CurvesOptions{Axis: axis, Plain: true, About: about}
	if n.real == n.real {
		o.Reference, o.ReferenceName = n.real, "real images"
	}
	return page.Figure{Name: name, Caption: caption, Drawing: figures.Curves(n.steps, series, o)}
}

// measureSettings are what the run's config.json says of its measurements; 0 and "" where nothing.
type measureSettings struct {
	Images      float64 `json:"images"`
	TrainImages float64 `json:"train_images"`
	HeldOut     string  `json:"held_out"`
	Encoder     string  `json:"encoder"`
	Features    float64 `json:"features"`
}

// measureSettingsOf reads them; what another program wrote and cannot be read is left out.
func measureSettingsOf(r Run) (s measureSettings) {
	b, err := json.Marshal(results.TrainingOf(r.Record).Config["measure"])
	if err != nil || json.Unmarshal(b, &s) != nil {
		return measureSettings{}
	}
	return s
}

// measuredText says what was compared and what it cost.
func measuredText(r Run, s measureSettings) string {
	text := "In the course of the training, generated images were compared with training images and with held-out ones, which the training never saw."
	if s.Images > 0 {
		text = fmt.Sprintf("In the course of the training, %s generated images were compared with %s training images", countOf(&s.Images), countOf(&s.TrainImages))
		if s.HeldOut != "" {
			text += fmt.Sprintf(" and with %s held-out images of %s, which the training never saw", countOf(&s.TrainImages), results.Split(s.HeldOut))
		}
		text += "."
	}
	text += " All real images, and the z of the generated ones, were the same each time. A generator that memorises comes nearer to its training images alone, " +
		"so a gap that opens between the curves is the sign of it."
	times, spent := 0, 0.0
	for _, m := range r.Metrics {
		if v := distanceOf(m, runfolder.MeasureSeconds); v == v {
			times, spent = times+1, spent+v
		}
	}
	if times > 0 {
		text += fmt.Sprintf(" %s took %s in all; the time of the training is without them.", format.Plural(times, "measurement"), format.Seconds(spent))
	}
	return text
}

func nndCaption(size int, n measuredNumber) string {
	c := fmt.Sprintf("Mean distance of an image from the nearest of %s generated ones (nnd; pixels from −1 to 1).", format.Count(size))
	if n.real == n.real {
		c += " Dashed: held-out images from as many training images in place of generated ones, which is what new images of the data give."
	}
	return c + " Lower is nearer; training images far below held-out ones are copied." + gapText(n)
}

func frechetCaption(s measureSettings, n measuredNumber) string {
	c := "Fréchet distance of the generated images"
	if s.Encoder != "" {
		c += fmt.Sprintf(", in the %s features of %s", countOf(&s.Features), format.Text(s.Encoder, 60))
	}
	c += "."
	if n.real == n.real {
		c += " Dashed: between the held-out and the training images, as low as real images come."
	}
	return c + " Lower is more alike; it depends on the numbers of images, which are the same for both curves." + gapText(n)
}

// gapText says how far the curves are apart at their first and last points.
func gapText(n measuredNumber) string {
	var gaps []string
	for i, end := range []int{0, len(n.steps) - 1} {
		gap := n.heldOut[end] - n.trained[end]
		if gap != gap || i == 1 && end == 0 {
			continue
		}
		gaps = append(gaps, fmt.Sprintf("%s at step %s", format.Number(format.ThreeDigits(gap)), format.Count(int64(n.steps[end]))))
	}
	if len(gaps) == 0 {
		return ""
	}
	return " Held-out less training images: " + strings.Join(gaps, ", ") + "."
}
