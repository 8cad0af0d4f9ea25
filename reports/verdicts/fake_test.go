package verdicts

import (
	"encoding/json"
	"image"
	"image/color"
	"testing"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// fake is one side of a comparison: lines of made-up encoders.
type fake struct {
	commit string
	lines  []ledger.Line
}

func (f *fake) add(encoder, protocol string, seed *uint64, m measure.Measurement, change func(*ledger.Line)) {
	l := ledger.Line{
		Key:      ledger.Key{Suite: "quick", Encoder: encoder, Data: "shapes", Protocol: protocol, Seed: seed},
		DataHash: "d0d0", WeightsHash: f.commit,
		Fingerprint:  record.Fingerprint{Commit: f.commit, Backend: "cpu", Platform: "linux/amd64", SIMD: "avx512"},
		Machine:      ledger.Machine{Class: "ci", CPU: "some CPU"},
		Measurements: []measure.Measurement{m},
	}
	if change != nil {
		change(&l)
	}
	f.lines = append(f.lines, l)
}

// seeds adds accuracies in points of the seeds 1, 2, ….
func (f *fake) seeds(encoder string, change func(*ledger.Line), points ...float64) {
	for i, v := range points {
		f.add(encoder, "linear", new(uint64(i+1)), measure.Measurement{Name: measure.TestAccuracy, Value: v / 100, Better: measure.Higher}, change)
	}
}

// fixed adds a cell without seed, of 1000 test images: the class of the first right images was found, and the changed
// images are the opposite.
func (f *fake) fixed(encoder string, right int, changed ...int) {
	bits := make(ledger.Bits, 1000)
	for i := range right {
		bits[i] = true
	}
	for _, i := range changed {
		bits[i] = !bits[i]
	}
	f.add(encoder, "linear", nil, measure.Measurement{Name: measure.TestAccuracy, Value: float64(bits.Count()) / 1000, Better: measure.Higher}, func(l *ledger.Line) {
		l.Correct = &bits
	})
}

// everything is a comparison in which each verdict and each kind of cell occurs.
func everything(t *testing.T, r gate.Rule) *gate.Comparison {
	t.Helper()
	base, head := &fake{commit: "aaaaaaaaaaaaaaaa"}, &fake{commit: "bbbbbbbbbbbbbbbb"}
	spread := []float64{70.1, 70.6, 69.8, 70.3, 70.2, 69.9, 70.4, 70.0, 70.5, 69.7, 70.3, 70.1, 69.9, 70.6, 70.2, 70.0, 69.8, 70.4, 70.1, 70.3}
	base.seeds("worse<b>", nil, spread...)
	head.seeds("worse<b>", func(l *ledger.Line) { l.Options = json.RawMessage(`{"encoder":{"steps":800}}`) }, 68.9, 69.1, 68.7, 68.8, 69.2)
	for i := range base.lines {
		base.lines[i].Options = json.RawMessage(`{"encoder":{"steps":600}}`)
	}
	base.seeds("same", nil, spread[:8]...)
	head.seeds("same", nil, 70.2, 70.4, 69.9, 70.5, 70.0)
	base.seeds("open", nil, 70, 72, 69, 71, 70.5, 68.8)
	head.seeds("open", nil, 69, 71.8, 70.4, 68.2, 69.5)
	base.seeds("few", nil, 70, 72, 69, 71, 70.5, 68.8)
	head.seeds("few", nil, 69, 71.8)
	base.seeds("gone", nil, 70)
	base.fixed("released", 700)
	head.fixed("released", 700, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 800)
	base.fixed("rounding", 700)
	head.fixed("rounding", 700, 5)
	same := func(l *ledger.Line) { l.WeightsHash = "w" }
	base.add("pixels", "linear", nil, measure.Measurement{Name: measure.TestAccuracy, Value: 0.4, Better: measure.Higher}, same)
	head.add("pixels", "linear", nil, measure.Measurement{Name: measure.TestAccuracy, Value: 0.4, Better: measure.Higher}, same)
	base.add("gan", "quality", nil, measure.Measurement{Name: "fid", Value: 30, Better: measure.Lower}, nil)
	head.add("gan", "quality", nil, measure.Measurement{Name: "fid", Value: 31, Better: measure.Lower}, nil)
	head.seeds("new", nil, 50)
	for i := range head.lines {
		head.lines[i].Fingerprint.SIMD = "avx2"
	}
	c, err := gate.Compare(base.lines, head.lines, r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// somePictures are grey squares with the image's number as their class.
func somePictures(hash string, index int) (image.Image, string) {
	if hash != "d0d0" {
		return nil, ""
	}
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.SetGray(i%8, i/8, color.Gray{Y: uint8(index + i)})
	}
	return img, "square"
}
