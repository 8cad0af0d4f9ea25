package released

// Numbers of the released code's evaluation on SVHN (svhn/svhn_semisup_analysis.py).
const (
	// LabelsPerClass is the number of labelled images per class in each draw.
	LabelsPerClass = 100
	// SelectDraws is the number of draws for each of the values of C that it chooses among.
	SelectDraws = 10
	// ReportDraws is the number of draws that it reports on.
	ReportDraws = 100
)

// Draws are the rows of every draw of the released code, in the order in which it makes them.
type Draws struct {
	// Select holds the draws for each value of C: [C][SelectDraws][row].
	Select [][][]int32
	// Report holds the draws that are reported on: [ReportDraws][row].
	Report [][]int32
}

// DrawAll makes all draws with one Sampler. byClass holds the rows of each class in the order
// of the training images, which must be that of Order for the authors' own draws. Each class
// needs LabelsPerClass rows. A draw takes class after class: its rows are not sorted.
func DrawAll(byClass [][]int32, costs int) Draws {
	s := NewSampler()
	draw := func() []int32 {
		var rows []int32
		for _, class := range byClass {
			rows = append(rows, s.Sample(class, LabelsPerClass)...)
		}
		return rows
	}
	d := Draws{Select: make([][][]int32, costs), Report: make([][]int32, ReportDraws)}
	for i := range d.Select {
		d.Select[i] = make([][]int32, SelectDraws)
		for j := range d.Select[i] {
			d.Select[i][j] = draw()
		}
	}
	for i := range d.Report {
		d.Report[i] = draw()
	}
	return d
}
