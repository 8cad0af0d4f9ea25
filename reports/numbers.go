package reports

import (
	"strconv"

	"repbench/reports/internal/format"
)

// orZero is count for tables in which 0 is a finding.
func orZero(n int) string {
	if n == 0 {
		return "0"
	}
	return format.Count(n)
}

// threeDigits keeps three significant digits.
func threeDigits(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}
