package compare

import (
	"errors"
	"math"
	"testing"
)

// Three encoders on four rows. The second is best on the validation split and has 2 of 4 right
// on the test split; the others have 3 and 1.
func TestChoose(t *testing.T) {
	predicted := [][]int32{{0, 0, 0, 1}, {0, 0, 1, 1}, {0, 1, 1, 1}}
	s, err := Choose([]float64{0.5, 0.8, 0.2}, predicted, truth(4))
	if err != nil {
		t.Fatal(err)
	}
	if s.Chosen != 1 || s.TestRank != 2 || !s.Within {
		t.Errorf("%+v", s)
	}
	// The rows of the chosen encoder minus the shares 1, 2/3, 1/3, 0 are 0, 1/3, -1/3, 0. Their
	// variance is (2/9)/3, over 4 rows.
	half := 1.959963984540054 * math.Sqrt(2./27/4)
	for _, tt := range [][2]float64{{s.ValidGain, 0.3}, {s.TestGain, 0}, {s.Optimism, 0.3}, {s.GainInterval[0], -half}, {s.GainInterval[1], half}} {
		if math.Abs(tt[0]-tt[1]) > 1e-9 {
			t.Errorf("%g, want %g: %+v", tt[0], tt[1], s)
		}
	}
}

func TestChooseErrors(t *testing.T) {
	two := [][]int32{{0, 1}, {0, 0}}
	for _, tt := range []struct {
		name  string
		valid []float64
		p     [][]int32
		n     int
		want  error
	}{
		{"one accuracy for two", []float64{0.5}, two, 2, ErrShape},
		{"one encoder", []float64{0.5}, two[:1], 2, ErrSeeds},
		{"per cent", []float64{50, 60}, two, 2, ErrOption},
		{"NaN", []float64{math.NaN(), 0.6}, two, 2, ErrOption},
		{"no rows", []float64{0.5, 0.6}, [][]int32{{}, {}}, 0, ErrShape},
	} {
		if _, err := Choose(tt.valid, tt.p, truth(tt.n)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
