package gate_test

import (
	"fmt"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// Five seeds of a head against twenty of a base.
func ExampleCompare() {
	lines := func(n int, shift float64) (out []ledger.Line) {
		for i := range n {
			l := ledger.Line{Key: ledger.Key{Suite: "s", Encoder: "dcgan", Data: "shapes", Protocol: "linear", Seed: new(uint64(i))}}
			l.Measurements = []measure.Measurement{{Name: measure.TestAccuracy, Value: 0.7 + shift + 0.003*float64(i*7%5), Better: measure.Higher}}
			out = append(out, l)
		}
		return out
	}
	base, head := lines(20, 0), lines(5, -0.02)
	c, err := gate.Compare(base, head, gate.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Verdict, c.ExitCode())
	fmt.Println(c.Cells[0].Reason)
	// Output:
	// regressed 3
	// 2.00 points worse over 5 pairs of seeds (paired by seed; means 70.60 → 68.60 of 20 + 5 seeds); p < 0.0001, the level is 0.017
}
