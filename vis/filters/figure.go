package filters

import (
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// Result is the figure as a command gives it, with its scores.
func (f *Figure) Result() *vis.Result {
	r := vis.NewResult("filters")
	n, c := f.Network.Scores, f.Control.Scores
	spread := ""
	if n.CorrelatedMaps > 1 && c.CorrelatedMaps > 1 {
		spread = fmt.Sprintf(" (standard error %.3f; control %.3f)", n.StdError, c.StdError)
	}
	random := "the same network with weights N(0, 0.02)"
	r.Add(vis.Score{Name: "correlation", Value: n.Correlation, Control: &c.Correlation, CI95: n.CorrelationCI, N: n.Pictures, Better: measure.Higher,
		Of: fmt.Sprintf("mean correlation of |gradient| with the local contrast inside the receptive field, of %d maps%s",
			n.CorrelatedMaps, spread), Against: random})
	r.Add(vis.Score{Name: "selectivity", Value: n.Selectivity, Control: &c.Selectivity, CI95: n.SelectivityCI, N: n.Responding,
		Of: fmt.Sprintf("the top %d responses lie that many standard deviations above the mean of the images, mean of the maps", f.Top), Against: random})
	r.Add(vis.Score{Name: "kurtosis", Value: n.Kurtosis, Control: &c.Kurtosis, CI95: n.KurtosisCI, N: n.Responding,
		Of: "kurtosis of the responses of a map to the images (Gaussian: 3), mean of the maps", Against: random})
	r.Set("layer", f.Layer)
	r.Set("maps", strings.ReplaceAll(strings.Trim(fmt.Sprint(f.numbers()), "[]"), " ", ","))
	r.Set("rule", string(f.Rule))
	r.Set("top", f.Top)
	r.Set("images_seen", f.Images.N)
	r.Set("receptive_field", fmt.Sprintf("%d×%d", f.Field.Size, f.Field.Size))
	r.Says = f.says()
	if len(f.Silent) > 0 {
		r.Warn("%s: no picture is shown", SilentText(f.Silent))
	}
	return r
}

// numbers are the maps that are shown.
func (f *Figure) numbers() []int {
	var maps []int
	for _, s := range f.Network.Shown {
		maps = append(maps, s.Map)
	}
	return maps
}

// telling is the correlation from which on pictures follow what stands out in the images: random
// weights stay below a third of it.
const telling = 0.15

// says puts the scores in words.
func (f *Figure) says() string {
	n, c := f.Network.Scores, f.Control.Scores
	switch {
	case n.Pictures == 0:
		return "What the maps see of the images is of one grey, or their gradients are: there is no correlation with contrast. Give images that show something."
	case c.Pictures == 0:
		return fmt.Sprintf("Correlation with contrast %.3f; the maps of random weights respond to no image, so there is nothing to compare it with.", n.Correlation)
	}
	verdict := "the pictures follow what stands out in the images, the pictures of random weights do not"
	switch clear := n.Correlation-c.Correlation > 2*(n.StdError+c.StdError); {
	case !clear || n.Correlation < telling:
		verdict = "the pictures tell little more of the images than the pictures of random weights"
		if f.Rule == dcgan.Deconvnet || f.Rule == dcgan.Saliency {
			verdict += "; the rules deconvnet and saliency seldom do, relu and leaky can"
		}
	case c.Correlation > 0.05:
		verdict = "the pictures follow what stands out in the images more than the pictures of random weights, which do so, too"
	}
	return fmt.Sprintf("Correlation with contrast %.3f, with random weights %.3f: %s.", n.Correlation, c.Correlation, verdict)
}

// Rows are the figure for sheet.DrawRows: for each map what the strongest units see of the images
// above their gradients, and the same of random weights below.
func (f *Figure) Rows() []sheet.Row {
	var rows []sheet.Row
	for i, s := range f.Network.Shown {
		if len(s.Pictures) == 0 {
			continue
		}
		row := f.row(s, "network")
		row.Heading = fmt.Sprintf("Map %d of %s", s.Map, f.Layer)
		rows = append(rows, row)
		if random := f.Control.Shown[i]; len(random.Pictures) > 0 {
			rows = append(rows, f.row(random, "random weights"))
		}
	}
	return rows
}

// number is what image i is called.
func (f *Figure) number(i int) int {
	if f.Numbers != nil {
		return f.Numbers[i]
	}
	return i
}

// row is a map of one network.
func (f *Figure) row(s Shown, of string) sheet.Row {
	size := f.Field.Size
	row := sheet.Row{Label: []string{of}}
	row.Images = datasets.Images{H: 2*size + 1, W: size, C: f.Images.C}
	var scores Scores
	scores.correlate([][]Picture{s.Pictures})
	if scores.Pictures > 0 {
		row.Label = append(row.Label, fmt.Sprintf("correlation %.2f", scores.Correlation))
	}
	row.Label = append(row.Label, "above: the image", "below: "+string(f.Rule)+", 0 is grey")
	for _, p := range s.Pictures {
		row.Images.Data = append(row.Images.Data, f.Pair(p).Data...)
		row.Images.N++
		row.Captions = append(row.Captions, fmt.Sprintf("%d: %.3g", f.number(p.Image), p.Response))
	}
	return row
}
