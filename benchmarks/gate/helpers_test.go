package gate

import (
	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// line is a line of an accuracy, a fraction, with a seed.
func line(encoder string, seed uint64, accuracy float64) ledger.Line {
	return ledger.Line{
		Key:         ledger.Key{Suite: "test", Encoder: encoder, Data: "shapes", Protocol: "linear", Seed: &seed},
		DataHash:    "d",
		WeightsHash: encoder,
		Fingerprint: record.Fingerprint{Commit: "c", Backend: "cpu", SIMD: "avx512"},
		Machine:     ledger.Machine{Class: "m"},
		Measurements: []measure.Measurement{
			{Name: measure.TestAccuracy, Value: accuracy, Better: measure.Higher},
		},
	}
}

// fixedLine is a line without seed whose test images are right as the bits say.
func fixedLine(encoder string, correct []bool) ledger.Line {
	bits := ledger.Bits(correct)
	l := line(encoder, 0, float64(bits.Count())/float64(len(bits)))
	l.Seed, l.Correct = nil, &bits
	return l
}

// lines are the lines of seeds 1, 2, … with values in points.
func lines(encoder string, points ...float64) []ledger.Line {
	var out []ledger.Line
	for i, v := range points {
		out = append(out, line(encoder, uint64(i+1), v/100))
	}
	return out
}
