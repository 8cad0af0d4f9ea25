// Package testcheck holds comparisons that the tests of many packages make, and that
// have tests of their own: a wrong value, a NaN, a missing value and a wrong error must
// fail. In particular NaN > tolerance is false, so that a comparison that hands NaN on
// would take it for right.
package testcheck

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// Relative is |got-want|/|want|; 0 where both are equal, and +Inf where want is 0 and
// got is not, or where one of them is NaN, or infinite alone.
func Relative(got, want float64) float64 {
	if got == want {
		return 0
	}
	r := math.Abs(got-want) / math.Abs(want)
	if math.IsNaN(r) {
		return math.Inf(1)
	}
	return r
}

// Float is a type of floating-point numbers.
type Float interface{ float32 | float64 }

// Difference is max|got-want| / max|want|, 0 where all values are equal. It ends the
// test where the lengths differ, or a value of either is NaN or infinite.
func Difference[A, B Float](t testing.TB, got []A, want []B) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	var difference, largest float64
	for i := range got {
		a, b := float64(got[i]), float64(want[i])
		d := math.Abs(a - b)
		if math.IsNaN(d) || math.IsInf(d, 0) {
			t.Fatalf("value %d is %g, want %g", i, a, b)
		}
		difference, largest = max(difference, d), max(largest, math.Abs(b))
	}
	if difference == 0 {
		return 0
	}
	return difference / largest
}

// Error fails the test where err is nil, does not wrap target (nil: any error will
// do), or does not say each of the parts.
func Error(t testing.TB, err, target error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", parts)
	}
	if target != nil && !errors.Is(err, target) {
		t.Errorf("error %q is not %q", err, target)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}
