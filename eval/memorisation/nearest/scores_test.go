package nearest

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/pvalues"
)

func TestScoreNames(t *testing.T) {
	for s := range ScoreCount {
		text, _ := s.MarshalText()
		var back Score
		if err := back.UnmarshalText(text); err != nil || back != s || s.Formula() == "" {
			t.Errorf("%v reads as %v, %v", s, back, err)
		}
	}
	if s, err := ParseScore(""); err != nil || s != Ratio {
		t.Errorf("the default is %v, %v", s, err)
	}
	if _, err := ParseScore("ratios"); err == nil || !strings.Contains(err.Error(), "ratio, distance, carlini, carlini-train, authenticity") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(Score(99).String(), "99") {
		t.Error(Score(99).String())
	}
}

func TestCheckTrain(t *testing.T) {
	for s, need := range map[Score]int{Distance: 1, Ratio: 2, Authenticity: 2, Carlini: 51, CarliniTrain: 51} {
		if err := s.CheckTrain(need); err != nil {
			t.Errorf("%v with %d: %v", s, need, err)
		}
		if err := s.CheckTrain(need - 1); err == nil {
			t.Errorf("%v with %d: no error", s, need-1)
		}
	}
	if got, want := Ratio.CheckTrain(1).Error(), "ratio needs at least 2 training images, carlini 51; there are 1"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

// TestScoresByHand: two queries whose scores can be computed by hand; the second is an exact copy of
// a training image that is there twice.
func TestScoresByHand(t *testing.T) {
	near := Near{K: 50}
	for j := range 50 {
		near.Rows, near.Distances = append(near.Rows, int32(j)), append(near.Distances, float64(2+j))
	}
	for j := range 50 {
		near.Rows, near.Distances = append(near.Rows, int32(10+j)), append(near.Distances, float64(max(0, j-1)))
	}
	own := TrainNear{K: 50, Distances: map[int32][]float64{0: slices.Repeat([]float64{4}, 50), 10: append([]float64{0}, slices.Repeat([]float64{1}, 49)...)}}
	for s, want := range map[Score][]float64{
		Distance:     {2, 0},
		Ratio:        {2.0 / 3, 0},
		Carlini:      {2 / (0.5 * 26.5), 0},
		CarliniTrain: {2 / (0.5 * 4), 0},
		Authenticity: {0.5, 0},
	} {
		got, err := Scores(s, near, own)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			oracle.Within(t, s.String(), got.Values[i], w, oracle.Exact)
		}
		undecided := s == Ratio || s == Authenticity
		if (got.Undecided == 1) != undecided || undecided != slices.Equal(got.Duplicates, []int32{10}) {
			t.Errorf("%v: %+v", s, got)
		}
		if w := got.Warning(s, nil); undecided && (!strings.Contains(w, "row 10") || !strings.Contains(w, "repbench data dedup")) || !undecided && w != "" {
			t.Errorf("%v: warning %q", s, w)
		}
	}
	share, err := AuthenticShare(near, own)
	if err != nil || share != 0 {
		t.Errorf("authentic: %v, %v", share, err)
	}
}

func TestWarningNamesRows(t *testing.T) {
	s := Scored{Undecided: 9, Duplicates: []int32{1, 2, 3, 4, 5, 6, 7}}
	w := s.Warning(Ratio, func(row int32) string { return "train/" + string('0'+row) })
	if !strings.Contains(w, "train/1, train/2, train/3, train/4, train/5 and 2 more") || !strings.Contains(w, "9 images") {
		t.Error(w)
	}
}

// TestScoresFromOneOfTwoEqualRows: an image at some distance from one of two equal training images
// is authentic, and no suspicious one.
func TestScoresFromOneOfTwoEqualRows(t *testing.T) {
	near := Near{K: 1, Rows: []int32{3}, Distances: []float64{0.25}}
	got, err := Scores(Authenticity, near, TrainNear{K: 1, Distances: map[int32][]float64{3: {0}}})
	if err != nil || !math.IsInf(got.Values[0], 1) || got.Undecided != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if p := pvalues.PValues([]float64{1, 2}, got.Values); p[0] != 1 {
		t.Errorf("p = %v", p)
	}
}

func TestScoresErrors(t *testing.T) {
	near := Near{K: 1, Rows: []int32{3}, Distances: []float64{1}}
	for _, s := range []Score{Ratio, Carlini, CarliniTrain, Authenticity} {
		if _, err := Scores(s, near, TrainNear{}); !errors.Is(err, faults.ErrNeighbours) {
			t.Errorf("%v: %v", s, err)
		}
	}
	if _, err := AuthenticShare(near, TrainNear{}); !errors.Is(err, faults.ErrNeighbours) {
		t.Errorf("authentic: %v", err)
	}
	if _, err := AuthenticShare(Near{K: 1}, TrainNear{}); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("authentic of none: %v", err)
	}
	if s, err := Scores(Ratio, Near{K: 2}, TrainNear{}); err != nil || len(s.Values) != 0 {
		t.Errorf("of none: %+v, %v", s, err)
	}
}

func TestNearValidate(t *testing.T) {
	good := Near{K: 2, Rows: []int32{0, 1, 1, 0}, Distances: []float64{0, 2, 1, 1}}
	if err := good.Validate(2); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		near Near
		rows int
		want error
	}{
		"no neighbours":      {Near{}, 2, faults.ErrNeighbours},
		"odd length":         {Near{K: 2, Rows: []int32{0}, Distances: []float64{1}}, 2, faults.ErrNeighbours},
		"unequal lengths":    {Near{K: 1, Rows: []int32{0, 1}, Distances: []float64{1}}, 2, faults.ErrNeighbours},
		"row outside":        {good, 1, faults.ErrNeighbours},
		"negative row":       {Near{K: 1, Rows: []int32{-1}, Distances: []float64{1}}, 2, faults.ErrNeighbours},
		"NaN":                {Near{K: 1, Rows: []int32{0}, Distances: []float64{math.NaN()}}, 2, faults.ErrNotFinite},
		"infinite":           {Near{K: 1, Rows: []int32{0}, Distances: []float64{math.Inf(1)}}, 2, faults.ErrNotFinite},
		"negative distance":  {Near{K: 1, Rows: []int32{0}, Distances: []float64{-1e-9}}, 2, faults.ErrNeighbours},
		"descending":         {Near{K: 2, Rows: []int32{0, 1}, Distances: []float64{2, 1}}, 2, faults.ErrNeighbours},
		"no training images": {good, 0, faults.ErrNeighbours},
	} {
		if err := c.near.Validate(c.rows); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if n := (Near{}).N(); n != 0 {
		t.Errorf("N = %d", n)
	}
	if d := good.First(); !slices.Equal(d, []float64{0, 1}) || !slices.Equal(good.NearestRows(), []int32{0, 1}) || good.Distinct() != 2 || good.NEff() != 2 {
		t.Errorf("first %v, rows %v", d, good.NearestRows())
	}
}
