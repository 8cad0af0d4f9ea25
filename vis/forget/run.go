package forget

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

	"repbench/datasets"
	"repbench/internal/errkind"
	"repbench/internal/measure"
	"repbench/internal/progress"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
)

// Reader says where the second object is in images, and which shape they have: a scene.Reader.
type Reader interface {
	// Look reads images of the reader's size.
	Look(ctx context.Context, im datasets.Images) ([]scene.Seen, error)
	// Quality says how well it reads held-out drawn images.
	Quality() scene.Quality
}

// Options are the settings of Run. The zero value has the defaults.
type Options struct {
	// Layer is the number of the hidden layer, see ParseLayer.
	Layer int
	// C is the cost of the logistic regression; 0: DefaultC.
	C float64
	// Next says which statistics the layers after the drop use; "": Kept.
	Next Next
	// Negatives says where negative cells are drawn; "": Outside.
	Negatives Negatives
	// Maps are dropped instead of those with a positive weight; nil: those are.
	Maps []int
	// Draws is the number of draws of random maps; 0: DefaultDraws. Two or more are needed.
	Draws int
	// Seed draws the negative cells and the random maps.
	Seed uint64
	// Boxes say where the object is; nil: Reader finds them in the images.
	Boxes []Box
	// Reader reads images of a model of the set shapes; nil for other models.
	Reader Reader
	// Progress receives the progress.
	Progress progress.Reporter
}

func (o Options) withDefaults() Options {
	if o.C == 0 {
		o.C = DefaultC
	}
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	if o.Next == "" {
		o.Next = Kept
	}
	if o.Negatives == "" {
		o.Negatives = Outside
	}
	return o
}

// Check says what is wrong with the options; zero values are the defaults.
func (o Options) Check() error {
	o = o.withDefaults()
	if err := CheckC(o.C); err != nil {
		return err
	}
	if o.Draws < 2 || o.Draws > MaxDraws {
		return fmt.Errorf("%d draws of random maps: give 2 to %d; their standard deviation needs 2 or more", o.Draws, MaxDraws)
	}
	return nil
}

// Outcome is a figure with all that its picture shows.
type Outcome struct {
	// Result holds scores and settings.
	Result *vis.Result
	// Spec is what the generator was opened with; "": a model that was given.
	Spec string
	// Boxes are the boxes that were used, Found reports that they were found by a reader.
	Boxes []Box
	Found bool
	// Layer is the layer, Maps are its maps that were dropped, RandomMaps the maps of the first draw.
	Layer            dcgan.HiddenLayer
	Maps, RandomMaps []int
	// Before, After and Random are the images without a drop, with the maps dropped, and with the
	// random maps of the first draw dropped.
	Before, After, Random dcgan.Images
}

// run is one call of Run.
type run struct {
	Options
	out    *Outcome
	drop   *Dropper
	z      []float32
	n      int
	before []scene.Seen // nil without a reader
	task   progress.Task
}

// Run finds the maps of a layer that draw an object in the images of n vectors z, drops them, and
// scores what became of the object and of the rest.
func Run(ctx context.Context, g *vis.Generator, z []float32, n int, o Options) (*Outcome, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	if o.Boxes == nil && o.Reader == nil {
		return nil, errkind.Errorf(ErrNeedsBoxes, "nothing says where the object is in images of %s; draw boxes round it and name their file with --boxes (boxes are found only for models trained on the set shapes)", g.Model.Origin)
	}
	next := o.Next
	if o.Layer == len(g.Model.Arch.HiddenLayers())-1 {
		next = Kept // nothing behind the last hidden layer is normalised
	}
	d, err := NewDropper(g, o.Layer, next)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if o.Maps != nil {
		if err := CheckMaps(o.Maps, d.Maps()); err != nil {
			return nil, err
		}
	}
	r := &run{Options: o, drop: d, z: z, n: n, out: &Outcome{Result: vis.NewResult("forget"), Spec: g.Spec, Layer: g.Model.Arch.HiddenLayers()[o.Layer]}}
	if o.Next == Recomputed && next != Recomputed {
		r.out.Result.Warn("%s statistics are the same as %s ones here: no batch normalisation follows the layer %s; choose a layer before it with --layer", Recomputed, Kept, r.out.Layer.Name)
	}
	r.task = progress.Or(o.Progress).Start("forgetting", int64(o.Draws)+2, "drops")
	defer r.task.Done()
	if err := r.choose(ctx); err != nil {
		return nil, err
	}
	if err := r.score(ctx); err != nil {
		return nil, err
	}
	r.settings(g)
	return r.out, nil
}

// choose generates the images, takes or finds the boxes, and fits the regression, which chooses the
// maps.
func (r *run) choose(ctx context.Context) error {
	before, hidden, err := r.drop.Original(ctx, r.z, r.n)
	if err != nil {
		return err
	}
	r.out.Before = before
	r.task.Add(1)
	grid := Grid{Images: r.n, Size: before.H, Cells: r.drop.Side()}
	if r.Reader != nil {
		if r.before, err = look(ctx, r.Reader, before); err != nil {
			return err
		}
	}
	if r.out.Boxes = r.Boxes; r.Boxes == nil {
		r.out.Found = true
		if r.out.Boxes, err = r.found(grid); err != nil {
			return err
		}
	}
	if r.out.Maps = r.Maps; r.Maps != nil {
		return CheckBoxes(r.out.Boxes, r.n, before.H)
	}
	return r.positive(grid, hidden)
}

// positive fits the regression and takes the maps with a positive weight.
func (r *run) positive(grid Grid, hidden []float32) error {
	cells, err := Cells(r.out.Boxes, grid, r.Negatives, r.Seed)
	if err != nil {
		return err
	}
	y := Labels(cells)
	fit, err := Fit(Rows(hidden, r.drop.Side(), r.drop.Maps(), cells), y, r.C)
	if err != nil {
		return err
	}
	if r.out.Maps = fit.Positive(); len(r.out.Maps) == 0 {
		return fmt.Errorf("%w among the %d of layer %s at C = %g, so nothing would be dropped: use a greater --C, another --layer, or more boxes", ErrNoMap, r.drop.Maps(), r.out.Layer.Name, r.C)
	}
	r.out.Result.Set("cells_inside", positives(y))
	r.out.Result.Set("cells_outside", len(y)-positives(y))
	return nil
}

func positives(y []bool) int {
	n := 0
	for _, v := range y {
		if v {
			n++
		}
	}
	return n
}

// found are the boxes of the windows that the reader sees. Those that hold no cell's centre are
// left out with a warning.
func (r *run) found(g Grid) ([]Box, error) {
	boxes, small := g.Holding(BoxesOf(r.before))
	if small > 0 {
		r.out.Result.Warn("%d of the boxes found hold the centre of no cell of the %d×%d maps and are left out", small, g.Cells, g.Cells)
	}
	if len(boxes) == 0 {
		return nil, errkind.Errorf(ErrBox, "the detector found no second object in %d generated images: generate more (--n), or draw boxes and name their file with --boxes", r.n)
	}
	return boxes, nil
}

// fewBoxes is the number of boxes below which a score is taken with care.
const fewBoxes = 10

// score drops the maps, and random ones, and adds the scores.
func (r *run) score(ctx context.Context) error {
	after, err := r.drop.Images(ctx, r.z, r.n, r.out.Maps)
	if err != nil {
		return err
	}
	r.out.After = after
	r.task.Add(1)
	own := ChangesOf(r.out.Before, after, r.out.Boxes, r.out.Found)
	var draws []Changes
	var reads []reading
	for i := range r.Draws {
		maps := r.drop.RandomMaps(len(r.out.Maps), r.Seed, i)
		random, err := r.drop.Images(ctx, r.z, r.n, maps)
		if err != nil {
			return err
		}
		if i == 0 {
			r.out.Random, r.out.RandomMaps = random, maps
		}
		draws = append(draws, ChangesOf(r.out.Before, random, r.out.Boxes, r.out.Found))
		if r.Reader != nil {
			rd, err := r.read(ctx, random)
			if err != nil {
				return err
			}
			reads = append(reads, rd)
		}
		r.task.Add(1)
	}
	r.addRatio(own.Ratio(), ratios(draws))
	r.addRest(own, draws)
	if r.Reader == nil {
		return nil
	}
	rd, err := r.read(ctx, after)
	if err != nil {
		return err
	}
	r.addReading(rd, reads)
	return nil
}

func ratios(all []Changes) []float64 {
	out := make([]float64, len(all))
	for i, c := range all {
		out[i] = c.Ratio()
	}
	return out
}

// addRest adds how much the rest of the images changes: a drop that greys whole images changes the
// object, too.
func (r *run) addRest(own Changes, draws []Changes) {
	rest := make([]float64, len(draws))
	for i, c := range draws {
		rest[i] = c.Rest
	}
	mean, sd := stat.MeanStdDev(rest, nil)
	res := r.out.Result
	res.Add(vis.Score{Name: "rest_change_rms", Value: own.Rest, Control: &mean, N: r.counted(), Better: measure.Lower,
		Of:      "change outside the boxes, root mean square of pixels in [-1, 1]",
		Against: fmt.Sprintf("mean of %d draws of %d random maps", r.Draws, len(r.out.Maps))})
	if math.IsNaN(own.Rest) || len(r.out.Maps) == r.drop.Maps() {
		return
	}
	res.Says += fmt.Sprintf(" The rest changes by %.2f (random maps: %.2f ± %.2f)", own.Rest, mean, sd)
	switch {
	case own.Rest > mean+2*sd:
		res.Says += ": more than with random maps, so these maps draw far more than the object."
	case own.Rest < mean-2*sd:
		res.Says += ": less than with random maps."
	default:
		res.Says += ": as with random maps."
	}
}

// over says which images the changes are of.
func (r *run) over() string {
	if n := r.counted(); n < r.n {
		return fmt.Sprintf("the %d images with a box", n)
	}
	return fmt.Sprintf("%d images", r.n)
}

// counted is the number of images that the changes are of.
func (r *run) counted() int {
	if r.out.Found {
		return r.n
	}
	return len(Masks(r.out.Boxes, r.out.Before.H, r.out.Before.W))
}

// addRatio adds the ratio and z.
func (r *run) addRatio(ratio float64, draws []float64) {
	res := r.out.Result
	mean, sd := stat.MeanStdDev(draws, nil)
	against := fmt.Sprintf("mean of %d draws of %d random maps", r.Draws, len(r.out.Maps))
	res.Add(vis.Score{Name: "ratio", Value: ratio, Control: &mean, N: len(r.out.Boxes), Better: measure.Higher,
		Of: fmt.Sprintf("mean |change| inside %d boxes / outside, over %s", len(r.out.Boxes), r.over()), Against: against})
	if len(r.out.Maps) == r.drop.Maps() {
		res.Warn("all %d maps have a positive weight, so random maps are the same ones and there is no control: use another --C or --layer", r.drop.Maps())
	} else if z := (ratio - mean) / sd; sd > 0 {
		res.Add(vis.Score{Name: "z", Value: z, N: r.Draws, Better: measure.Higher,
			Of: fmt.Sprintf("ratio less the mean of %d draws, in their standard deviation", r.Draws)})
		res.Says = fmt.Sprintf("Dropping %d of %d maps changes the object %.2f times as much as the rest, random maps %.2f ± %.2f times: z = %.1f.",
			len(r.out.Maps), r.drop.Maps(), ratio, mean, sd, z)
	}
	res.Add(vis.Score{Name: "ratio_control_sd", Value: sd, N: r.Draws, Of: "standard deviation of the draws' ratios"})
	if len(r.out.Boxes) < fewBoxes {
		res.Warn("%d boxes are few: the weights depend on each of them; draw %d or more", len(r.out.Boxes), fewBoxes)
	}
	if math.IsNaN(ratio) {
		res.Warn("nothing changes outside the boxes, or the boxes cover their images whole, so the ratio is not known")
	}
}

// settings adds the settings that decide the figure.
func (r *run) settings(g *vis.Generator) {
	res, l := r.out.Result, r.out.Layer
	res.Set("layer", l.Name)
	res.Set("layer_maps", fmt.Sprintf("%d maps of %d×%d", l.Maps, l.Side, l.Side))
	res.Set("next", string(r.Next))
	if r.Maps == nil {
		res.Set("C", r.C)
		res.Set("negatives", string(r.Negatives))
	}
	res.Set("maps_by", map[bool]string{true: "weight", false: "option"}[r.Maps == nil])
	res.Set("bn", string(g.BatchNorm))
	res.Set("n", r.n)
	res.Set("boxes_used", len(r.out.Boxes))
	res.Set("boxes_by", map[bool]string{true: "detector", false: "file"}[r.out.Found])
	res.Set("draws", r.Draws)
	res.Set("seed", r.Seed)
	res.Set("dropped", len(r.out.Maps))
	res.Set("maps", strings.Trim(strings.ReplaceAll(fmt.Sprint(r.out.Maps), " ", ","), "[]"))
}
