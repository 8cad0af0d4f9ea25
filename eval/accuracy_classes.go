package eval

import (
	"fmt"
	"math"

	"repbench/internal/measure"
)

// TopClasses is the number of classes among which top-5 accuracy looks for the true one. With no more
// classes than that it says nothing and is not reported.
const TopClasses = 5

// Rank writes the classes of the largest scores to dst, the largest first, of equals the lowest class
// first; -1 where there are fewer. Scores that are not above least are left out.
func Rank(dst []int32, scores []float64, least float64) {
	n := 0
	for k, v := range scores {
		if !(v > least) || n == len(dst) && !(v > scores[dst[n-1]]) {
			continue
		}
		at := min(n, len(dst)-1)
		for ; at > 0 && v > scores[dst[at-1]]; at-- {
			dst[at] = dst[at-1]
		}
		dst[at] = int32(k)
		n = min(n+1, len(dst))
	}
	for i := n; i < len(dst); i++ {
		dst[i] = -1
	}
}

// Shares are further accuracies on a test split, as fractions with 95 % intervals. They are nil in
// records from before they were reported.
type Shares struct {
	// Top5 is the share of rows whose class is among the five classes of largest score, with its
	// Wilson interval; nil with five classes or fewer.
	Top5     *float64  `json:"test_top5_accuracy,omitempty"`
	Top5CI95 *Interval `json:"test_top5_accuracy_ci95,omitempty"`
	// ClassMean is the mean over the classes that have test rows of the share of a class's rows that
	// got their class; see ClassMean for its interval.
	ClassMean     *float64  `json:"test_mean_class_accuracy,omitempty"`
	ClassMeanCI95 *Interval `json:"test_mean_class_accuracy_ci95,omitempty"`
}

// Shares compares ranked classes, TopClasses for each row as Rank writes them, with the true classes;
// confusion is the confusion matrix of the predicted classes.
func (s ReportSplit) Shares(ranked []int32, confusion [][]int) Shares {
	var out Shares
	mean, ci := ClassMean(confusion)
	out.ClassMean, out.ClassMeanCI95 = &mean, &ci
	n := len(s.report.Y)
	if len(confusion) <= TopClasses || n == 0 {
		return out
	}
	found := 0
	for i, truth := range s.report.Y {
		for _, k := range ranked[i*TopClasses:][:TopClasses] {
			if k == truth {
				found++
			}
		}
	}
	top, wilson := float64(found)/float64(n), Wilson(found, n)
	out.Top5, out.Top5CI95 = &top, &wilson
	return out
}

// ClassMean returns the mean accuracy per class, over the K classes that have rows, and its 95 %
// interval: with the shares p_k and their Wilson intervals [l_k, u_k],
//
//	mean - √Σ(p_k - l_k)² / K  to  mean + √Σ(u_k - p_k)² / K,
//
// the method of variance estimates recovery (Zou and Donner, Statistics in Medicine 27, 2008), which
// holds where classes have few rows, too. Of one class it is Wilson's interval.
func ClassMean(confusion [][]int) (mean float64, ci Interval) {
	sum, below, above, classes := 0.0, 0.0, 0.0, 0.0
	for k, row := range confusion {
		rows := 0
		for _, n := range row {
			rows += n
		}
		if rows == 0 {
			continue
		}
		p, wilson := float64(row[k])/float64(rows), Wilson(row[k], rows)
		sum += p
		below += (p - wilson[0]) * (p - wilson[0])
		above += (wilson[1] - p) * (wilson[1] - p)
		classes++
	}
	if classes == 0 {
		return 0, Interval{0, 1}
	}
	mean = sum / classes
	return mean, Interval{max(0, mean-math.Sqrt(below)/classes), min(1, mean+math.Sqrt(above)/classes)}
}

// Measurements are these accuracies in the form of a record, of that many rows.
func (s Shares) Measurements(rows int, on *measure.Selection, reportedOn string) []measure.Measurement {
	var out []measure.Measurement
	add := func(name string, value *float64, ci *Interval) {
		if value == nil {
			return
		}
		m := measure.Measurement{Name: name, Value: *value, Cases: rows, Unit: measure.Images, Better: measure.Higher, SelectedOn: on, ReportedOn: reportedOn}
		if ci != nil {
			m.CI95 = new([2]float64(*ci))
		}
		out = append(out, m)
	}
	add(measure.Top5Accuracy, s.Top5, s.Top5CI95)
	add(measure.MeanClassAccuracy, s.ClassMean, s.ClassMeanCI95)
	return out
}

// String is one line for people: "top-5 92.10 % [91.2, 93.0], mean per class 70.2 % [69, 71.4]".
func (s Shares) String() string {
	text := ""
	if s.Top5 != nil && s.Top5CI95 != nil {
		text = fmt.Sprintf("top-5 %.2f %%  [%.2f, %.2f], ", 100**s.Top5, 100*s.Top5CI95[0], 100*s.Top5CI95[1])
	}
	if s.ClassMean != nil && s.ClassMeanCI95 != nil {
		text += fmt.Sprintf("mean per class %.2f %%  [%.2f, %.2f]", 100**s.ClassMean, 100*s.ClassMeanCI95[0], 100*s.ClassMeanCI95[1])
	}
	return text
}
