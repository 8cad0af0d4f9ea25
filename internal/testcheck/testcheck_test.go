package testcheck

import (
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"testing"
)

// recorder is a test that records whether it failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

// failed reports whether check fails the test that it receives.
func failed(t *testing.T, check func(testing.TB)) bool {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(r)
	}()
	<-done
	return r.failed
}

var nan, inf = math.NaN(), math.Inf(1)

func TestRelative(t *testing.T) {
	for _, tt := range []struct{ got, want, relative float64 }{
		{3, 3, 0}, {0, 0, 0}, {inf, inf, 0},
		{3, 4, 0.25}, {5, 4, 0.25}, {-4, 4, 2}, {4, -4, 2}, {0, 4, 1},
		{1e-300, 0, inf}, {nan, 4, inf}, {4, nan, inf}, {nan, nan, inf}, {inf, 4, inf}, {4, inf, inf}, {inf, -inf, inf},
	} {
		if got := Relative(tt.got, tt.want); got != tt.relative {
			t.Errorf("Relative(%g, %g) is %g, want %g", tt.got, tt.want, got, tt.relative)
		}
	}
}

func TestDifference(t *testing.T) {
	for _, tt := range []struct {
		name       string
		got        []float32
		want       []float64
		difference float64
		fails      bool
	}{
		{"equal", []float32{1, -2, 4}, []float64{1, -2, 4}, 0, false},
		{"nothing", nil, nil, 0, false},
		{"zeros", []float32{0, 0}, []float64{0, 0}, 0, false},
		{"first wrong", []float32{2, -2, 4}, []float64{1, -2, 4}, 0.25, false},
		{"last wrong", []float32{1, -2, 3}, []float64{1, -2, 4}, 0.25, false},
		{"largest is negative", []float32{1, -4}, []float64{2, -4}, 0.25, false},
		{"two wrong", []float32{2, -2, 2}, []float64{1, -2, 4}, 0.5, false},
		{"zeros wanted", []float32{0, 1e-30}, []float64{0, 0}, inf, false},
		{"one too few", []float32{1, -2}, []float64{1, -2, 4}, 0, true},
		{"one too many", []float32{1, -2, 4, 4}, []float64{1, -2, 4}, 0, true},
		{"NaN", []float32{1, float32(nan), 4}, []float64{1, -2, 4}, 0, true},
		{"NaN wanted", []float32{1, -2, 4}, []float64{1, nan, 4}, 0, true},
		{"infinite", []float32{float32(inf), -2, 4}, []float64{1, -2, 4}, 0, true},
		{"infinite wanted", []float32{1, -2, 4}, []float64{1, -2, inf}, 0, true},
		{"both infinite", []float32{float32(inf)}, []float64{inf}, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := -1.0
			fails := failed(t, func(t testing.TB) { got = Difference(t, tt.got, tt.want) })
			if fails != tt.fails || !fails && got != tt.difference {
				t.Errorf("difference %g, failed %v; want %g, %v", got, fails, tt.difference, tt.fails)
			}
		})
	}
}

func TestError(t *testing.T) {
	err := fmt.Errorf("file x: %w", io.ErrUnexpectedEOF)
	for _, tt := range []struct {
		name        string
		err, target error
		parts       []string
		fails       bool
	}{
		{"target and parts", err, io.ErrUnexpectedEOF, []string{"file x", "EOF"}, false},
		{"any error", err, nil, nil, false},
		{"no error", nil, nil, nil, true},
		{"no error, target", nil, io.EOF, nil, true},
		{"another target", err, io.EOF, []string{"file x"}, true},
		{"same text, another error", err, errors.New("unexpected EOF"), nil, true},
		{"first part missing", err, nil, []string{"file y", "EOF"}, true},
		{"last part missing", err, nil, []string{"file x", "record"}, true},
	} {
		if fails := failed(t, func(t testing.TB) { Error(t, tt.err, tt.target, tt.parts...) }); fails != tt.fails {
			t.Errorf("%s: failed is %v, want %v", tt.name, fails, tt.fails)
		}
	}
}
