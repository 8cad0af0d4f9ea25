package term

import (
	"strings"
	"testing"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/threesample"
)

// The line of C_T says how many of the cells count: z of the others is 0 and says nothing.
func TestMemorisationCells(t *testing.T) {
	r := &memorisation.Result{CT: &threesample.CT{Value: -14.69, Z: []float64{0, 0, -14.69}, CellsUsed: []int{2}}}
	r.ThreeSample.Valid = true
	if text := Memorisation("run", "", r, nil); !strings.Contains(text, "-14.69, 1 of 3 cells count\n") {
		t.Errorf("no line of C_T in\n%s", text)
	}
}
