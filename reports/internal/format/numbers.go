package format

import (
	"strconv"
)

// CountOrZero is count for tables in which 0 is a finding.
func CountOrZero(n int) string {
	if n == 0 {
		return "0"
	}
	return Count(n)
}

// ThreeDigits keeps three significant digits.
func ThreeDigits(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}
