package term

import (
	"fmt"
	"strings"
	"testing"

	"repbench/benchmarks/suite"
)

// Orphans take a line for each encoder, which claims results only where there are records.
func TestPlanOrphans(t *testing.T) {
	o := &suite.Overview{Suite: "small", Dir: "out", Kept: []int{1}}
	for i, e := range []string{"dcgan", "dcgan", "dcgan", "pixels"} {
		o.Orphans = append(o.Orphans, suite.Cell{Index: i, Encoder: e, Data: "shapes", Protocol: "near"})
	}
	want := `small: 0 cells in out; 0 done
  encoder  data  protocol  done  result
  orphans of dcgan: 3 cells (0-2), 1 with results, which stay in cells/ID
  orphans of pixels: 1 cell (3), none has a result
  orphans are planned cells that the suite has no longer: an option or a data set changed, or an entry was removed
  nothing is left to do
`
	compareText(t, Plan(o, suite.Change{}), want)
	for i := range shownCells + 3 {
		o.Orphans = append(o.Orphans, suite.Cell{Index: 4 + i, Encoder: fmt.Sprint("e", i)})
	}
	if text := Plan(o, suite.Change{}); !strings.Contains(text, "  … and orphans of 5 encoders more\n") {
		t.Errorf("of many encoders it says\n%s", text)
	}
}
