package reports

import (
	"fmt"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/train/runfolder"
)

// runSection is all about one training.
func runSection(r Run, n int) page.Section {
	s := page.Section{ID: fmt.Sprintf("run-%d", n), Title: "Training of " + format.Text(r.Name, 80)}
	add := func(bs ...page.Block) { s.Blocks = append(s.Blocks, bs...) }
	t := results.TrainingOf(r.Record)
	add(runTiles(t))
	if notes := shortened(r.Record.Notes); len(notes) > 0 {
		add(page.Callout{Kind: page.Note, Items: notes})
	}
	add(curveBlocks(s.ID, r)...)
	add(measuredBlocks(s.ID, r)...)
	add(sampleBlocks(s.ID, r.Samples)...)
	add(runFacts(r.Record))
	return s
}

// runTiles are the extent of the training and what it cost.
func runTiles(t *runfolder.Summary) page.Tiles {
	logged := "none of them logged"
	if t.Logged > 0 {
		logged = format.Count(t.Logged) + " of them logged"
	}
	return page.Tiles{
		{Label: "Steps", Value: format.Count(t.Step), Detail: logged},
		{Label: "Images seen", Value: countOf(t.Images)},
		{Label: "Time", Value: secondsOf(t.Seconds)},
		{Label: "Speed", Value: countOf(t.ImagesPerSecond), Detail: "images per second, median"},
	}
}

// countOf writes a whole number that may be missing.
func countOf(v *float64) string {
	if v == nil || *v > 1e15 {
		return format.OptionalNumber(v)
	}
	if *v < 100 {
		return format.Number(*v)
	}
	return format.Count(int64(*v + 0.5))
}

func secondsOf(v *float64) string {
	if v == nil {
		return format.None
	}
	return format.Seconds(*v)
}

// curveBlocks draw the losses and the discriminator's answers.
func curveBlocks(id string, r Run) []page.Block {
	if len(r.Metrics) == 0 {
		return []page.Block{page.Text("No step was logged, so there are no training curves.")}
	}
	var xs []float64
	for _, m := range r.Metrics {
		xs = append(xs, float64(m.Step))
	}
	column := func(name string, get func(runfolder.Metrics) float64) figures.Series {
		s := figures.Series{Name: name}
		for _, m := range r.Metrics {
			s.Y = append(s.Y, get(m))
		}
		return s
	}
	losses := []figures.Series{
		column("D loss", func(m runfolder.Metrics) float64 { return m.Get("d_loss") }),
		column("G loss", func(m runfolder.Metrics) float64 { return m.Get("g_loss") }),
	}
	answers := []figures.Series{
		column("D(x)", func(m runfolder.Metrics) float64 { return m.Get("d_real") }),
		column("D(G(z))", func(m runfolder.Metrics) float64 { return m.Get("d_fake") }),
	}
	var out []page.Block
	if anyKnown(losses) {
		out = append(out, page.Figure{Name: id + "-losses", Caption: lossCaption(r, losses),
			Drawing: figures.Curves(xs, losses, figures.CurvesOptions{Axis: "loss"})})
	}
	if anyKnown(answers) {
		out = append(out, page.Figure{Name: id + "-answers", Caption: answerCaption(r),
			Drawing: figures.Curves(xs, answers, figures.CurvesOptions{
				Axis: "probability “real”", Share: true, Reference: 0.5})})
	}
	return out
}

func anyKnown(series []figures.Series) bool {
	for _, s := range series {
		for _, y := range s.Y {
			if y == y {
				return true
			}
		}
	}
	return false
}

// smoothing says what the faint and the strong line are.
func smoothing(r Run) string {
	w := figures.Window(len(r.Metrics))
	if w == 1 {
		return " Each point is one logged step."
	}
	return fmt.Sprintf(" Faint: every logged step. Strong: the median of %d neighbouring logged steps.", w)
}

func lossCaption(r Run, losses []figures.Series) string {
	c := "Losses of the discriminator D and the generator G. The two work against each other, so neither has to fall: " +
		"steady curves are the good sign, and a D loss near 0 means that G no longer learns anything. " +
		"A D that can only guess has a D loss of 1.386 and gives G a loss of 0.693." + smoothing(r)
	if limit, clipped := figures.ValueLimit(losses); clipped {
		c += fmt.Sprintf(" Values above %s are drawn at the upper edge.", format.Number(limit))
	}
	return c
}

func answerCaption(r Run) string {
	return "How sure the discriminator is that an image is real: D(x) for real images, D(G(z)) for generated ones. " +
		"At 50 % (dashed) it cannot tell them apart; curves far apart mean that it sees through the generator." + smoothing(r)
}

// sampleBlocks show the progress of the samples and the last sheet large.
func sampleBlocks(id string, ss []runfolder.Sample) []page.Block {
	var pics []page.Picture
	for i, s := range ss {
		pics = append(pics, page.Picture{
			Name: fmt.Sprintf("%s-samples-%d", id, i+1), Label: sampleLabel(s), PNG: s.PNG, W: s.W, H: s.H,
		})
	}
	switch len(pics) {
	case 0:
		return nil
	case 1:
		return []page.Block{page.Pictures{Items: pics, Large: true, Caption: "Generated images. No image was chosen by hand."}}
	}
	lastOne := pics[len(pics)-1]
	lastOne.Name += "-large"
	return []page.Block{
		page.Pictures{Items: pics, Caption: "Generated images in the course of the training, each cell from the same z in every sheet."},
		page.Pictures{Items: []page.Picture{lastOne}, Large: true, Caption: "The last sheet, large. No image was chosen by hand."},
	}
}

func sampleLabel(s runfolder.Sample) string {
	switch {
	case s.Step < 0:
		return "step not known"
	case s.Step == 0:
		return "before training"
	}
	return "step " + format.Count(s.Step)
}
