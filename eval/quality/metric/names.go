package metric

import (
	"slices"
	"strings"

	"repbench/internal/errkind"
	"repbench/internal/measure"
)

// Names of the numbers of a Result.
const (
	// NameFrechet is the Fréchet distance of two Gaussians.
	NameFrechet = "frechet"
	// NameKID is the squared maximum mean discrepancy of the cubic kernel.
	NameKID = "kid"
	// NamePrecision is the share of generated rows inside the real manifold.
	NamePrecision = "precision"
	// NameRecall is the share of real rows inside the generated manifold.
	NameRecall = "recall"
	// NameDensity is the mean number of real balls around a generated row, over k.
	NameDensity = "density"
	// NameCoverage is the share of real balls that hold a generated row.
	NameCoverage = "coverage"
	// NameFScore is the harmonic mean of precision and recall.
	NameFScore = "fscore"
	// NameFDInfinity is the Fréchet distance extrapolated to infinitely many rows.
	NameFDInfinity = "fd-infinity"
	// NameVendi is the Vendi score of order 1.
	NameVendi = "vendi"
	// NameVendiQ2 is the Vendi score of order 2.
	NameVendiQ2 = "vendi-q2"
	// NameVendiQInf is the Vendi score of order infinity.
	NameVendiQInf = "vendi-qinf"
	// NameRankMe is the effective rank of the generated rows.
	NameRankMe = "rankme"
	// NameFLD is the feature likelihood divergence.
	NameFLD = "fld"
	// NameFLDGap is the difference of the likelihoods of training and test rows.
	NameFLDGap = "fld-gap"
	// NameMIND is the sliced distance in the scale of the features.
	NameMIND = "mind"
	// NameSlicedW2 is the mean squared sliced Wasserstein distance.
	NameSlicedW2 = "sliced-w2"
	// NameSWApprox is the closed form that approximates the sliced distance.
	NameSWApprox = "sw-approx"
	// NameClassifierScore is the Inception score of any classifier.
	NameClassifierScore = "classifier-score"
	// NameTwoSampleNN is the accuracy of the two-sample test by nearest neighbours.
	NameTwoSampleNN = "two-sample-nn"
	// NamePRDC stands for the five numbers of precision, recall, density and coverage.
	NamePRDC = "prdc"
)

// PRDCNames are what NamePRDC stands for.
var PRDCNames = []string{NamePrecision, NameRecall, NameDensity, NameCoverage, NameFScore}

// directions are the names in the order of tables, with what is better; "": neither.
var directions = []struct {
	name   string
	better measure.Direction
}{
	{NameFrechet, measure.Lower}, {NameFDInfinity, measure.Lower}, {NameKID, measure.Lower},
	{NamePrecision, measure.Higher}, {NameRecall, measure.Higher}, {NameDensity, measure.Higher},
	{NameCoverage, measure.Higher}, {NameFScore, measure.Higher},
	{NameFLD, measure.Lower}, {NameFLDGap, ""},
	{NameMIND, measure.Lower}, {NameSlicedW2, measure.Lower}, {NameSWApprox, measure.Lower},
	{NameTwoSampleNN, ""}, {NameClassifierScore, measure.Higher},
	{NameVendi, ""}, {NameVendiQ2, ""}, {NameVendiQInf, ""}, {NameRankMe, ""},
}

// Names are the names of all numbers, in the order of tables.
func Names() []string {
	names := make([]string, len(directions))
	for i, d := range directions {
		names[i] = d.name
	}
	return names
}

// Better says which values of a number are better; "": neither, or the name is not known.
func Better(name string) measure.Direction {
	for _, d := range directions {
		if d.name == name {
			return d.better
		}
	}
	return ""
}

// ParseNames reads a list of names separated by commas, in which NamePRDC stands for five.
// Each name comes once, in the order of tables.
func ParseNames(list string) ([]string, error) {
	var asked []string
	for name := range strings.SplitSeq(list, ",") {
		switch name = strings.TrimSpace(name); {
		case name == NamePRDC:
			asked = append(asked, PRDCNames...)
		case slices.Contains(Names(), name):
			asked = append(asked, name)
		default:
			return nil, errkind.Errorf(ErrOptions, "metric %q: choose from %s, %s", name, strings.Join(Names(), ", "), NamePRDC)
		}
	}
	return slices.DeleteFunc(Names(), func(name string) bool { return !slices.Contains(asked, name) }), nil
}
