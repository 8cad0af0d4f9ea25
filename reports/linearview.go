package reports

// linear is what the report shows of a linear result, apart from the result's own
// layout; a number that is not known is NaN, a count 0.
type linear struct {
	protocol               string
	c                      float64
	train                  float64
	test, testLo, testHi   float64
	selectedOn, reportedOn string
	objective, gap         float64
	iterations             int
	converged              bool
	fitSeconds             float64
	selectSeconds          float64
	peakBytes              int64
	warnings               []string
	grid                   []gridPoint
	layers                 []layer
	confusion              [][]int
	classes                []string
	nTrain, nTest, dim     int
}

// layer is the result on one layer's features alone.
type layer struct {
	name         string
	dim          int
	c            float64
	test, lo, hi float64
	train        float64
	seconds      float64
}

// gridPoint is one candidate of the search over C.
type gridPoint struct {
	c, value, lo, hi float64
	selected         bool
}

// linear is the view of the record's linear result.
func (r Record) linear() linear {
	s := r.Linear
	l := linear{
		protocol: s.Protocol, c: s.C, train: s.TrainAccuracy,
		test: s.TestAccuracy, testLo: s.TestCI95[0], testHi: s.TestCI95[1],
		selectedOn: s.SelectedOn, reportedOn: s.ReportedOn,
		objective: s.Objective, gap: s.DualityGap, iterations: s.Iterations, converged: s.Converged,
		fitSeconds: s.FitSeconds, selectSeconds: s.SelectSeconds, peakBytes: s.PeakRSSBytes, warnings: s.Warnings,
		confusion: s.Confusion, classes: s.Classes,
		nTrain: s.NTrain, nTest: s.NTest, dim: s.Dim,
	}
	for _, g := range s.Grid {
		l.grid = append(l.grid, gridPoint{c: g.C, value: g.Accuracy, lo: g.CI95[0], hi: g.CI95[1], selected: g.C == s.C})
	}
	for _, y := range s.Layers {
		l.layers = append(l.layers, layer{
			name: y.Name, dim: y.Dim, c: y.C, test: y.TestAccuracy,
			lo: y.TestCI95[0], hi: y.TestCI95[1],
			train: y.TrainAccuracy, seconds: y.FitSeconds,
		})
	}
	return l
}

// class is the name of class i, its number where it has none.
func (l linear) class(i int) string {
	if i < len(l.classes) && l.classes[i] != "" {
		return text(l.classes[i], 40)
	}
	return itoa(i)
}
