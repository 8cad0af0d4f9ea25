package benchmarks

import (
	"slices"
	"testing"

	"repbench/eval/memorisation"
)

// The caption of a pair says in words how the training image was shifted and mirrored.
func TestPairCellSaysHowItMatched(t *testing.T) {
	var n, plain memorisation.NearImage
	n.Train, n.Mirrored, n.Offset = 7, true, [2]int{2, -1}
	plain.Train = 7
	c := pairCell(memorisation.Example{Source: -1}, n, true)
	if want := []string{"train 7", "0.0 grey levels", "shift 2 down, 1 left", "mirrored"}; !slices.Equal(c.Caption, want) || !c.Marked {
		t.Errorf("caption %q, marked %v; want %q, marked", c.Caption, c.Marked, want)
	}
	if c := pairCell(memorisation.Example{Source: -1}, plain, true); len(c.Caption) != 2 || c.Marked {
		t.Errorf("an image that matched as it is has the caption %q, marked %v", c.Caption, c.Marked)
	}
}
