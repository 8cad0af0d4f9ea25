package figures

import (
	"math"
	"repbench/reports/internal/format"
	"strconv"

	"gonum.org/v1/plot"
)

// niceStep is the step out of 1, 2, 5 × 10ⁿ that divides span into at most n
// parts.
func niceStep(span float64, n int) float64 {
	if !(span > 0) || math.IsInf(span, 0) {
		return 1
	}
	raw := span / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= raw*(1-1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

// ticks are the multiples of niceStep in [lo, hi], written by format, which
// gets the value and the number of decimals that the step needs.
func ticks(lo, hi float64, n int, format func(v float64, decimals int) string) plot.ConstantTicks {
	step := niceStep(hi-lo, n)
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var ts plot.ConstantTicks
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		v := k*step + 0 // + 0 makes a negative zero positive
		ts = append(ts, plot.Tick{Value: v, Label: format(v, decimals)})
	}
	return ts
}

// percentTicks label fractions as percent.
func percentTicks(lo, hi float64, n int) plot.ConstantTicks {
	return ticks(lo, hi, n, func(v float64, d int) string { return Percent(v, max(0, d-2)) })
}

// numberTicks label plain numbers.
func numberTicks(lo, hi float64, n int) plot.ConstantTicks {
	return ticks(lo, hi, n, func(v float64, d int) string { return format.Minus(strconv.FormatFloat(v, 'f', d, 64)) })
}

// countTicks label counts: 500, 20k, 1.5M.
func countTicks(lo, hi float64, n int) plot.ConstantTicks {
	return ticks(lo, hi, n, func(v float64, _ int) string { return shortCount(v) })
}

// shortCount writes a count of at most 10¹⁵ briefly.
func shortCount(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return format.Minus(strconv.FormatFloat(v/1e6, 'g', 6, 64)) + "M"
	case a >= 1e4:
		return format.Minus(strconv.FormatFloat(v/1e3, 'g', 6, 64)) + "k"
	default:
		return format.Minus(strconv.FormatFloat(v, 'g', 6, 64))
	}
}
