package figures

import (
	"math"
	"strings"
	"testing"
)

// Each point has its name and stands at its cost; what has no cost or no value is left out; names do not
// cover one another.
func TestCosts(t *testing.T) {
	nan := math.NaN()
	points := []CostPoint{
		{Label: "large", Cost: 4.1e9, Value: 0.76, Lo: 0.75, Hi: 0.77},
		{Label: "small", Cost: 1.8e9, Value: 0.70, Lo: 0.69, Hi: 0.71},
		{Label: "twin", Cost: 1.8e9, Value: 0.70, Lo: nan, Hi: nan},
		{Label: "free", Cost: 0, Value: 0.5, Lo: nan, Hi: nan},
		{Label: "unknown", Cost: 1e9, Value: nan},
	}
	s := svgOf(t, Costs(points, CostsOptions{Cost: "multiply-adds per image", Value: "accuracy"}))
	for _, want := range []string{">large<", ">small<", ">twin<", ">2G<", "multiply-adds per image", ">accuracy<", "70 %"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, not := range []string{"free", "unknown"} {
		if strings.Contains(s, not) {
			t.Errorf("%q is drawn", not)
		}
	}
	svgOf(t, Costs(nil, CostsOptions{}))
	many := make([]CostPoint, 2*MaxRows)
	for i := range many {
		many[i] = CostPoint{Label: "same", Cost: 1e6, Value: 0.5, Lo: nan, Hi: nan}
	}
	if n := strings.Count(svgOf(t, Costs(many, CostsOptions{})), ">same<"); n != MaxRows {
		t.Errorf("%d names of %d points", n, MaxRows)
	}
}

func TestCostText(t *testing.T) {
	for v, want := range map[float64]string{1.814e9: "1.81G", 1e6: "1M", 5e5: "500k", 2e12: "2T", 12: "12"} {
		if got := costText(v); got != want {
			t.Errorf("%g: %s, want %s", v, got, want)
		}
	}
}
