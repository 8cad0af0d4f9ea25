package duplicates

import (
	"context"
	"testing"
)

// TestPlantedRecall: on the built-in set the perceptual hash finds changes that affect few of
// its signs, and mirror images only if Mirror is set; nothing is counted twice.
func TestPlantedRecall(t *testing.T) {
	ds := shapes(t, 100, 1, 32)
	out, err := Evaluate(context.Background(), t.TempDir(), ds, cpu(t), 40, small())
	if err != nil {
		t.Fatal(err)
	}
	find := func(method Method, radius int, mirror bool) Score {
		for _, s := range out.Scores {
			if s.Method == method && s.Radius == radius && s.Mirror == mirror {
				return s
			}
		}
		t.Fatalf("no score of %s with radius %d", method, radius)
		return Score{}
	}
	for _, s := range out.Scores {
		if s.All.Of != 40 || s.Recall[Crop].Of != 10 {
			t.Fatalf("%s: %d planted, %d cropped; want 40, 10", s.Name(), s.All.Of, s.Recall[Crop].Of)
		}
		if s.Removed != s.Precision.Of || s.Precision.Found > s.Precision.Of {
			t.Errorf("%s: %d removed, %d judged, %d of them true", s.Name(), s.Removed, s.Precision.Of, s.Precision.Found)
		}
	}
	plain, mirrored := find(MethodPHash, 0, false), find(MethodPHash, 0, true)
	if mirrored.Recall[Flip].Rate() != 1 {
		t.Errorf("mirrored too, %d of %d flips are found; a mirror image has the very code", mirrored.Recall[Flip].Found, mirrored.Recall[Flip].Of)
	}
	if plain.Recall[Flip].Rate() > 0.5 {
		t.Errorf("not mirrored, %d of %d flips are found", plain.Recall[Flip].Found, plain.Recall[Flip].Of)
	}
	for k := range kinds { // a greater radius finds no less
		if a, b := find(MethodPHash, 0, false).Recall[k].Found, find(MethodPHash, 4, false).Recall[k].Found; b < a {
			t.Errorf("%s: radius 0 finds %d, radius 4 finds %d", k, a, b)
		}
	}
	if s := find(MethodPHash, 4, true); s.Recall[JPEG].Rate() < 0.9 {
		t.Errorf("radius 4 finds %d of %d JPEG copies", s.Recall[JPEG].Found, s.Recall[JPEG].Of)
	}
}

// TestJudge counts by hand: group 0 holds a kept image, its planted copy, another image of the
// set, and the planted copy of that image.
func TestJudge(t *testing.T) {
	e := &evaluation{base: 2, truth: []int{0, 1, 0, 1}}
	var s Score
	e.judge([]int{0, 1, 2, 3}, &s)
	if want := (Share{2, 3}); s.Precision != want || s.Others.Found != 1 {
		t.Errorf("precision %v, others %d; want %v, 1", s.Precision, s.Others.Found, want)
	}
}
