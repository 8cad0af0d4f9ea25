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

// The table for a paper has the mean ± the standard deviation and the interval of each row.
func TestTable(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	o := &suite.Overview{Rows: []suite.Row{
		{Encoder: "dcgan", Data: "shapes", Protocol: "linear", Metric: "test_accuracy", Seeded: true, Counts: suite.Counts{Total: 5, Failed: 1},
			Values: make([]float64, 3), Mean: number(0.34914), SD: number(0.014), CI95: &[2]float64{0.3144, 0.3839}, Diverged: 1},
		{Encoder: "pixels", Data: "shapes", Protocol: "linear", Metric: "test_accuracy", Counts: suite.Counts{Total: 1},
			Values: make([]float64, 1), Mean: number(0.25), CI95: &[2]float64{0.2, 0.3}},
		{Encoder: "dcgan", Data: "shapes", Protocol: "quality", Metric: "fid", Seeded: true, Counts: suite.Counts{Total: 2},
			Values: make([]float64, 2), Mean: number(31.2345), SD: number(1.5), CI95: &[2]float64{17.8, 44.7}},
		{Encoder: "late", Data: "shapes", Protocol: "linear", Seeded: true, Counts: suite.Counts{Total: 2}},
	}}
	text, _, _ := strings.Cut(Table(o), "\n\n")
	compareText(t, text+"\n", `| encoder | data | protocol | measurement | seeds | mean ± sd | 95 % interval |
|---|---|---|---|---:|---:|---:|
| dcgan | shapes | linear | test_accuracy | 3 of 5, 1 diverged, 1 failed | 34.91 ± 1.40 % | 31.44 to 38.39 % |
| pixels | shapes | linear | test_accuracy | – | 25.00 % | 20.00 to 30.00 % |
| dcgan | shapes | quality | fid | 2 | 31.23 ± 1.50 | 17.80 to 44.70 |
| late | shapes | linear | – | 0 of 2 | – | – |
`)
}

// New cells are counted over all seeds, and a run of some seeds says so; saved trainings say how far they are; data sets
// that would be downloaded have their size.
func TestPlanOfSomeSeeds(t *testing.T) {
	seed := uint64(2)
	o := &suite.Overview{Suite: "small", Dir: "out", Counts: suite.Counts{Total: 3, Open: 3}, Trainings: suite.Counts{Total: 1, Interrupted: 1},
		Saved: []suite.SavedTraining{{Encoder: "dcgan", Seed: &seed, Step: 50, Steps: 150}}}
	c := suite.Change{Added: 11, Missing: []suite.Missing{{Data: "photos", Spec: "cifar10", Bytes: 170052171}}}
	for want, text := range map[string]string{
		"small in out: 0 of 3 done, 3 open; 11 new\n":                                     Begin(o, c),
		"  saved: training of dcgan, seed 2: step 50 of 150\n":                            Status(o),
		"  missing: data set \"photos\" (cifar10), 170.1 MB, which bench run downloads\n": Plan(o, c),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nwant %s", text, want)
		}
	}
	o.Partial = true
	if text := Begin(o, c); text != "small in out: 0 of 3 done, 3 open; over all seeds the plan has 11 new cells\n" {
		t.Errorf("of some seeds it says %s", text)
	}
}
