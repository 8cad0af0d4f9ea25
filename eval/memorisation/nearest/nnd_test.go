package nearest

import (
	"encoding/json"
	"math"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
)

// TestNearest compares means of blocks with the definition on all images at once.
func TestNearest(t *testing.T) {
	rng := oracle.Random(16)
	const queries, images, pixels = 5, 30, 12
	squares := make([][]int64, queries)
	for q := range squares {
		for range images {
			squares[q] = append(squares[q], int64(rng.IntN(100000)))
		}
	}
	for unit, grey := range map[PixelRange]float64{SignedUnit: 127.5, Unit: 255} {
		n, err := NewCollector(queries, pixels, unit, 7, 30)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; n.Next() > 0; {
			block := min(4, n.Next())
			least := make([]int64, queries)
			for q := range least {
				least[q] = math.MaxInt64
				for _, s := range squares[q][at : at+block] {
					least[q] = min(least[q], s)
				}
			}
			if err := n.Add(block, least); err != nil {
				t.Fatal(err)
			}
			at += block
		}
		if len(n.Points()) != 2 {
			t.Fatalf("points %v", n.Points())
		}
		for i, size := range []int{7, 30} {
			want := 0.0
			for q := range squares {
				least := int64(math.MaxInt64)
				for _, s := range squares[q][:size] {
					least = min(least, s)
				}
				want += math.Sqrt(float64(least)) / queries
			}
			p := n.Points()[i]
			oracle.Within(t, "distance", p.Distance, want/grey, oracle.Exact)
			oracle.Within(t, "grey levels", p.GreyLevels, want/math.Sqrt(pixels), oracle.Exact)
			if p.Images != size {
				t.Errorf("%d images, want %d", p.Images, size)
			}
		}
	}
}

func TestNearestErrors(t *testing.T) {
	for _, c := range [][]int{{0, 3, 5}, {3, 0, 5}, {3, 3, 0}, {3, 3, 5, 5}, {3, 3, -1}} {
		if _, err := NewCollector(c[0], c[1], Unit, c[2:]...); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
	n, _ := NewCollector(2, 4, Unit, 5)
	for _, c := range []struct {
		images  int
		squares []int64
	}{{1, []int64{1}}, {0, []int64{1, 1}}, {6, []int64{1, 1}}, {1, []int64{1, -1}}} {
		if err := n.Add(c.images, c.squares); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestPixelRangeText(t *testing.T) {
	b, err := json.Marshal([]PixelRange{SignedUnit, Unit})
	var back []PixelRange
	if err != nil || string(b) != `["[-1, 1]","[0, 1]"]` || json.Unmarshal(b, &back) != nil || back[0] != SignedUnit || back[1] != Unit {
		t.Errorf("%s, %v, %v", b, back, err)
	}
	if json.Unmarshal([]byte(`["[0, 2]"]`), &back) == nil {
		t.Error("an unknown range reads")
	}
}
