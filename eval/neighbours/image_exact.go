package neighbours

import "math"

// moments are the sums of a window of bytes.
type moments struct {
	// sum is Σx, square Σx², spread nΣx²−(Σx)².
	sum, square, spread int64
}

// momentsOf returns the sums of x.
func momentsOf(x []uint8) moments {
	var m moments
	for _, v := range x {
		m.sum += int64(v)
		m.square += int64(v) * int64(v)
	}
	m.spread = int64(len(x))*m.square - m.sum*m.sum
	return m
}

// correlationDistance returns √max(2−2c, 0) for the correlation c of two windows of n bytes with
// the product Σxy. Integers go to float64 once each, so an image and its copy have distance 0.
func correlationDistance(n, product int64, a, b moments) float64 {
	c := 0.0
	if a.spread > 0 && b.spread > 0 {
		c = float64(n*product-a.sum*b.sum) / math.Sqrt(float64(a.spread)*float64(b.spread))
	}
	return math.Sqrt(max(2-2*c, 0))
}

// nearerMatch orders matches of one metric: the smaller distance first, of equal ones the lower row.
func nearerMatch(a, b Match) int {
	switch {
	case a.Square < b.Square, a.Square == b.Square && a.Distance < b.Distance:
		return -1
	case a.Square > b.Square, a.Distance > b.Distance:
		return 1
	}
	return int(a.Row) - int(b.Row)
}
