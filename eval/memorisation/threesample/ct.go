package threesample

import (
	"fmt"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/ranks"
)

// CT is the three-sample test by cells of the feature space, the mean of the cells' z weighted by
// their shares of held-out rows: C. Meehan, K. Chaudhuri and S. Dasgupta, AISTATS 2020, section
// 3.2. Far below 0 it says that generated rows are nearer to the training rows than held-out ones
// are. It is wrong where ThreeSample is not valid, and cannot see rare copies.
type CT struct {
	// Value is the weighted mean, TieCorrected the same of the z corrected for ties.
	Value float64 `json:"c_t"`
	// TieCorrected is the mean of the z corrected for ties.
	TieCorrected float64 `json:"c_t_tie_corrected"`
	// Tau is the share of generated rows that a cell must exceed to count.
	Tau float64 `json:"tau"`
	// Z is the z of each cell, 0 where it has no generated rows; TieCorrectedZ the same corrected
	// for ties.
	Z []float64 `json:"z_per_cell"`
	// TieCorrectedZ is the z of each cell corrected for ties.
	TieCorrectedZ []float64 `json:"z_tie_corrected_per_cell"`
	// ShareOfGenerated and ShareOfHeldOut are the shares of the rows that lie in each cell.
	ShareOfGenerated []float64 `json:"share_of_generated"`
	// ShareOfHeldOut is the share of held-out rows in each cell.
	ShareOfHeldOut []float64 `json:"share_of_held_out"`
	// CellsUsed are the numbers of the cells that count.
	CellsUsed []int `json:"cells_used"`
	// Given says that the cells were given; else k-means made them of the training rows.
	Given bool `json:"cells_given,omitempty"`
	// Swap is the same with training and generated rows exchanged, Mode with the two halves of
	// the held-out rows as training and held-out rows; nil: not done. Both are as in dgm-eval.
	Swap *CT `json:"swap,omitempty"`
	// Mode is C_T with the halves of the held-out rows.
	Mode *CT `json:"mode,omitempty"`
	// Warnings say why Swap or Mode could not be computed.
	Warnings []string `json:"warnings,omitempty"`
}

// InCell are the distances of the rows of one cell from the nearest training row of the cell.
type InCell struct {
	// Generated and HeldOut are the distances of the generated and of the held-out rows.
	Generated []float64
	// HeldOut are the distances of the held-out rows.
	HeldOut []float64
	// Train is the number of training rows of the cell.
	Train int
}

// leastInCell is the number of generated rows that a cell must exceed by default.
const leastInCell = 20

// CombineCells is C_T of cells whose distances are known. tau is the share of generated rows
// that a cell must exceed; 0: 20 of all of them.
func CombineCells(cells []InCell, tau float64) (CT, error) {
	m, n := 0, 0
	for i, c := range cells {
		if c.Train == 0 || len(c.HeldOut) == 0 {
			return CT{}, fmt.Errorf("C_T: cell %d holds %d training and %d held-out rows; it needs both: take fewer cells than %d: %w",
				i, c.Train, len(c.HeldOut), len(cells), faults.ErrCells)
		}
		m += len(c.Generated)
		n += len(c.HeldOut)
	}
	if m == 0 {
		return CT{}, fmt.Errorf("C_T: there are no generated rows: %w", faults.ErrFewRows)
	}
	byNumber := tau == 0
	if byNumber {
		tau = leastInCell / float64(m)
	}
	t := CT{Tau: tau, CellsUsed: []int{}}
	weight := 0.0
	for i, c := range cells {
		z, tied := 0.0, 0.0
		if len(c.Generated) > 0 {
			z, tied, _ = ranks.ZU(c.Generated, c.HeldOut)
		}
		shareGenerated, shareHeldOut := float64(len(c.Generated))/float64(m), float64(len(c.HeldOut))/float64(n)
		t.Z, t.TieCorrectedZ = append(t.Z, z), append(t.TieCorrectedZ, tied)
		t.ShareOfGenerated, t.ShareOfHeldOut = append(t.ShareOfGenerated, shareGenerated), append(t.ShareOfHeldOut, shareHeldOut)
		if shareGenerated > tau {
			t.CellsUsed = append(t.CellsUsed, i)
			t.Value += shareHeldOut * z
			t.TieCorrected += shareHeldOut * tied
			weight += shareHeldOut
		}
	}
	switch {
	case len(t.CellsUsed) == 0 && byNumber:
		return CT{}, fmt.Errorf("C_T: no cell holds more than %d of the %d generated rows", leastInCell, m)
	case len(t.CellsUsed) == 0:
		return CT{}, fmt.Errorf("C_T: no cell holds more than %g of the %d generated rows", tau, m)
	}
	t.Value /= weight
	t.TieCorrected /= weight
	return t, nil
}
