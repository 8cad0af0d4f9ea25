package compare

import (
	"slices"
	"strings"
	"testing"
)

// TestCompare: the numbers of encoders and seeds decide what is compared, and a warning points
// out a single seed.
func TestCompare(t *testing.T) {
	truth := make([]int32, 40)
	seed := func(wrong int) []int32 { // the first rows are wrong
		y := slices.Clone(truth)
		for i := range wrong {
			y[i] = 1
		}
		return y
	}
	one, two := [][]int32{seed(4)}, [][]int32{seed(4), seed(9)}
	for _, tt := range []struct {
		name     string
		encoders [][][]int32
		valid    []float64
		want     string
		oneSeed  bool
	}{
		{"one seed", [][][]int32{one}, nil, "single", true},
		{"two encoders", [][][]int32{one, {seed(12)}}, nil, "pair", true},
		{"seeds", [][][]int32{two}, nil, "seeds", false},
		{"seeds of two", [][][]int32{two, {seed(1), seed(2)}}, nil, "seed pair", false},
		{"seeds and a choice", [][][]int32{two}, []float64{0.9, 0.8}, "seeds choice", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Compare(tt.encoders, truth, tt.valid, Bootstrap{Resamples: 100, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for name, there := range map[string]bool{"single": c.Single != nil, "pair": c.Pair != nil, "seeds": c.Seeds != nil, "seed pair": c.SeedPair != nil, "choice": c.Choice != nil} {
				if there {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			want := strings.Fields(tt.want)
			if tt.want == "seed pair" {
				want = []string{tt.want}
			}
			slices.Sort(want)
			if !slices.Equal(got, want) || c.N != len(truth) {
				t.Errorf("%v of %d rows, want %v", got, c.N, want)
			}
			if said := slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, "one seed of an encoder") }); said != tt.oneSeed {
				t.Errorf("warnings %q", c.Warnings)
			}
			if c.Choice != nil && c.Choice.Chosen != 0 {
				t.Errorf("chose %d, want the first", c.Choice.Chosen)
			}
		})
	}
	if _, err := Compare([][][]int32{two}, truth, []float64{0.9}, Bootstrap{Resamples: 100}); err == nil {
		t.Error("one validation accuracy of two seeds was accepted")
	}
	if _, err := Compare([][][]int32{{seed(4)[:30]}}, truth, nil, Bootstrap{Resamples: 100}); err == nil {
		t.Error("30 predictions of 40 rows were accepted")
	}
}

func TestChiSquareFits(t *testing.T) {
	if NewMcNemar(ChiSquareMin-1, 0).ChiSquareFits() || !NewMcNemar(ChiSquareMin-5, 5).ChiSquareFits() {
		t.Errorf("the chi-square must fit from %d discordant rows on", ChiSquareMin)
	}
}
