// Package testcheck holds comparisons that the tests of many packages use. Its own tests show
// that a wrong value, a NaN, a missing value and a wrong error fail. NaN needs care: NaN >
// tolerance is false, so that a comparison that passes NaN on would accept it.
package testcheck

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// Relative returns |got-want|/|want|. It is 0 if both are equal. It is +Inf if only want is 0,
// if one of them is NaN, or if only one is infinite.
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

// Difference returns max|got-want| / max|want|, 0 if all values are equal. It ends the test if
// the lengths differ, or if a value of either is NaN or infinite.
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

// Error fails the test if err is nil, does not wrap target (nil accepts any error), or does not
// contain each of the parts.
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
