package reports

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
	"repbench/eval/memorisation/threesample"
	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/reports/record"
)

// fakeImage is a 32×32 picture that seed chooses, moved by dx columns.
func fakeImage(seed uint64, dx int) datasets.Images {
	const side = 32
	rng := rand.New(rand.NewPCG(seed, 6))
	a, b, hue := rng.Float64(), rng.Float64(), rng.Float64()
	im := datasets.Images{N: 1, H: side, W: side, C: 3}
	for y := range side {
		for x := range side {
			for c := range 3 {
				v := math.Sin(0.6*(a*float64(x-dx)+b*float64(y)) + 2*math.Pi*(hue+float64(c)/3))
				im.Data = append(im.Data, uint8(127+120*v))
			}
		}
	}
	return im
}

// fakeCounts are n scores around a middle, in 60 bins of [0, 1].
func fakeCounts(n int, middle, width float64, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 7))
	counts := make([]int, 60)
	for range n {
		counts[min(59, max(0, int(60*(middle+width*rng.NormFloat64()))))]++
	}
	return counts
}

// fakeExample is an example of a group with five neighbours.
func fakeExample(group, name string, i, rank int, p float64) memorisation.Example {
	pair := memorisation.Pair{Image: i, Train: int32(100 + i), TrainID: fmt.Sprintf("train/%04d", 100+i), Score: round(0.2 + 20*p), Distance: round(2 + 50*p),
		GreyLevels: round(3 + 100*p), Mirrored: i%3 == 1, Offset: [2]int{i%3 - 1, -(i % 2)}}
	e := memorisation.Example{Group: group, Name: name, Image: fakeImage(uint64(i), 0), Flag: memorisation.Flag{Pair: pair, P: p}, Rank: rank, Of: 1500, Source: -1}
	for j := range 5 {
		n := pair
		n.Train += int32(1000 * j)
		if j > 0 {
			n.Mirrored, n.Offset = false, [2]int{0, 0}
		}
		e.Nearest = append(e.Nearest, memorisation.NearImage{Pair: n, Image: fakeImage(uint64(i+17*j), j)})
	}
	return e
}

// fakeMemorisation is a result with copies, or without.
func fakeMemorisation(t testing.TB, copies bool) *memorisation.Stored {
	t.Helper()
	bound := 0.0021
	r := &memorisation.Result{
		Metric: "correlation", TrainRows: 20000, Null: memorisation.Null{Kind: "cifar10/test", Rows: 2000}, Generated: 1500, FDR: 0.05, SmallestFindable: 15,
		Flagged: []memorisation.Flag{}, FlaggedAt1: 0.006, FlaggedAt5: 0.051, CopyRate: pvalues.Rate{Hi: 0.0021}, UpperBound95: &bound,
		FalseAlarms: &memorisation.FalseAlarms{Nominal: 0.01, Measured: 0.011, Lo: 0.0061, Hi: 0.0196, N: 1000},
		OwnNull:     &pvalues.OwnNull{Folds: 5, Rows: 4000, FlaggedAt1: 0.006, FlaggedAt5: 0.054, Selected: []int{0, 0, 0, 0, 0}, SmallestFindable: 20},
		ZU:          1.93, ThreeSample: threesample.ThreeSample{ZU: 1.93, ZUTieCorrected: 1.94, Why: "the nearest training images of the 2000 held-out images count as 940 independent ones, not more than half"},
		CT:      &threesample.CT{Value: 1.2, Z: make([]float64, 3), CellsUsed: []int{0, 1, 2}},
		AuthPct: &memorisation.Beside{Generated: 90.1, HeldOut: 91.4}, YoonShare: &memorisation.Beside{Generated: 0.0007, HeldOut: 0.001},
		TargetDecoy:      &nearest.TargetDecoy{Share: 0.826, Expected: 0.8333, Z: -0.7, NEff: 947},
		DiscriminatorGap: &ranks.Gap{AUC: 0.531, Lo: 0.518, Hi: 0.544, Train: 2000, HeldOut: 2000},
		NND: &nearest.NND{HeldOut: 2000, Generated: []nearest.NNDPoint{{Images: 1000, Distance: 21.4, GreyLevels: 49.2}},
			Training: []nearest.NNDPoint{{Images: 1000, Distance: 21.15, GreyLevels: 48.6}}},
		NEff: 947, Warnings: []string{"this setting cannot see blend7030: of 200 training images blended with three tenths of another image, 47 % were detected"},
		GeneratedName: "dcgan:runs/svhn32-cifar10", Seed: 1, Seconds: 95, PeakRSSBytes: 1 << 30,
	}
	fakeControls(r)
	r.Verdict = memorisation.Verdict{Finding: memorisation.NoneFound, Null: memorisation.HeldOutNull, Blind: []string{"blend7030"},
		Sees:     []string{"exact", "jpeg75", "mirror", "noise1", "shift12", "shiftmirror"},
		Sentence: "No copies were found among 1500 generated images of the kinds that this setting sees; it cannot see blend7030."}
	if copies {
		for i := range 15 {
			r.Flagged = append(r.Flagged, fakeExample("", "", i, 0, 0.0005).Flag)
		}
		r.Verdict.Finding, r.Verdict.Sentence = memorisation.Copies, "15 of 1500 generated images are copies; this setting cannot see blend7030."
		r.OwnNull = nil
		bound = 0.0156
		r.FlaggedAt1, r.CopyRate = 0.019, pvalues.Rate{Estimate: 0.0091, Lo: 0.0039, Hi: 0.0171}
	}
	for i := range 10 {
		r.Examples = append(r.Examples, fakeExample(memorisation.GroupSuspicious, fmt.Sprintf("generated/%04d", 37*i), i, i+1, 0.0005*float64(i+1)))
		r.Examples = append(r.Examples, fakeExample(memorisation.GroupSpaced, fmt.Sprintf("generated/%04d", 41*i), 20+i, 140*i+11, round(0.1*float64(i)+0.05)))
	}
	for i, k := range plant.CopyKinds() {
		e := fakeExample(string(k), "copy of train/0777", 40+i, 0, 0.0005)
		e.Of, e.Source = 0, e.Train
		r.Examples = append(r.Examples, e)
	}
	s, err := memorisation.Store(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fakeControls adds planted copies and the histogram of all scores.
func fakeControls(r *memorisation.Result) {
	r.Controls = map[string]memorisation.Control{}
	series := []memorisation.Series{
		{Name: memorisation.SeriesGenerated, Counts: fakeCounts(1500, 0.86, 0.06, 1)}, {Name: memorisation.SeriesNull, Counts: fakeCounts(2000, 0.84, 0.07, 2)},
		{Name: memorisation.SeriesNegative, Counts: fakeCounts(1000, 0.84, 0.07, 3)}, {Name: memorisation.SeriesOwnNull, Counts: fakeCounts(1500, 0.9, 0.05, 4)},
		{Name: memorisation.SeriesFolds, Counts: fakeCounts(7500, 0.9, 0.05, 5)},
	}
	for i, k := range plant.CopyKinds() {
		c := memorisation.Control{AUC: 1, Detected: 1, SourceFound: 1, DetectedCI95: eval.Interval{0.981, 1}, N: 200}
		middle := 0.04 * float64(i)
		if k == plant.CopyBlend7030 {
			c, middle = memorisation.Control{AUC: 0.977, Detected: 0.47, SourceFound: 0.99, DetectedCI95: eval.Interval{0.402, 0.539}, N: 200}, 0.62
		}
		r.Controls[string(k)] = c
		series = append(series, memorisation.Series{Name: string(k), Counts: fakeCounts(200, middle, 0.03, uint64(10+i))})
	}
	series[0].Counts[3]++ // a single image apart from the others
	r.Histogram = &memorisation.Histogram{Width: 1. / 60, Series: series}
}

// fakeQuality is a result with every metric.
func fakeQuality() *quality.Result {
	q := &quality.Result{Metrics: map[string]quality.Number{}, RealRows: 10000, GeneratedRows: 10000, TestRows: 10000, Dim: 2048, FloorRows: [2]int{10000, 10000},
		Halves: 30, Seed: 1, Seconds: 240, PeakRSSBytes: 1 << 31, Warnings: []string{"the sets have 10000 rows of 2048 features: the Fréchet distance is biased upwards"}}
	for i, name := range metric.Names() {
		v := round(math.Pow(10, float64(i%6)-3) * (1.2345 + float64(i)))
		sd, floor := round(0.05*v), round(0.4*v)
		q.Metrics[name] = quality.Number{Value: v, SD: &sd, CI95: &[2]float64{round(v - 2*sd), round(v + 2*sd)}, Floor: &floor, Convention: "k = 5, ≤, distances in float64"}
	}
	f := q.Metrics[metric.NameFrechet]
	f.Parts, f.Warnings = map[string]float64{"mean term": 3.25, "covariance term": 9.5}, []string{"covariance of 10 rows has rank 9 of 16; Fréchet is biased and depends on n"}
	q.Metrics[metric.NameFrechet] = f
	v := q.Metrics[metric.NameVendi]
	v.SD, v.CI95, v.Floor = nil, nil, nil
	q.Metrics[metric.NameVendi] = v
	return q
}

// fakeGenerated is a record about generated images.
func fakeGenerated(spec string, result record.Result) record.Record {
	seed := uint64(1)
	r := record.Record{
		Seed: 1, Backend: "cpu", Data: record.Data{Name: "cifar10", Source: "data/cifar10-jpeg.tar.gz", Hash: strings.Repeat("3c", 32)},
		Versions: record.Versions{Repbench: "0.1.0", Go: "go1.26.8", GitCommit: "4b62044"}, Result: result,
		Inputs: []record.Input{
			{Role: record.GeneratedInput, Name: spec, Hash: strings.Repeat("0f", 32), Rows: 1500, Seed: &seed},
			{Role: record.TrainInput, Name: "cifar10/train", Hash: strings.Repeat("3c", 32), Rows: 20000},
			{Role: record.HeldOutInput, Name: "cifar10/test", Hash: strings.Repeat("5d", 32), Rows: 10000},
		},
		Costs: []record.Cost{{Stage: "compare", Seconds: 95, PeakRSSBytes: 1 << 30}},
	}
	return named(r, "test")
}
