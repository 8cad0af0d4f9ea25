package neighbours

import "math"

// moments are the sums of a window of bytes.
type moments struct {
	// sum is Σx, square Σx², spread nΣx²−(Σx)².
	sum, square, spread int64
}

// correlation returns the correlation of two windows of n bytes with the product Σxy, 0 if one of
// them is constant. Integers go to float64 once each, so an image and its copy have 1.
func correlation(n, product int64, a, b moments) float64 {
	if a.spread <= 0 || b.spread <= 0 {
		return 0
	}
	return float64(n*product-a.sum*b.sum) / math.Sqrt(float64(a.spread)*float64(b.spread))
}

// correlationDistance returns the distance of a correlation.
func correlationDistance(c float64) float64 { return math.Sqrt(max(2-2*c, 0)) }

// nearerMatch orders matches of one metric: the smaller distance first, of equal ones the lower row.
func nearerMatch(a, b Match) int {
	switch {
	case a.Square < b.Square:
		return -1
	case a.Square > b.Square:
		return 1
	case a.Square == 0 && a.Distance != b.Distance: // by correlation
		if a.Distance < b.Distance {
			return -1
		}
		return 1
	}
	return int(a.Row) - int(b.Row)
}
