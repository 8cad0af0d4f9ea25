package linear

import (
	"context"
	"math"
)

// Limits within which the CPU confirms what a device has found.
const (
	// confirmObjective bounds the difference of the objectives, as a part of the
	// tolerance.
	confirmObjective = 0.1
	// confirmGap bounds the ratio of the duality gaps.
	confirmGap = 1.1
)

// native reports whether the passes are made on the CPU.
func (s *newton) native() bool { return s.products == products(s.sweep) }

// verify evaluates the solutions in float64 on the CPU where a device made the
// products, so that nothing that is reported rests on the device. Problems that
// this does not confirm as solved are solved to the end on the CPU, in what is
// left of the steps.
func (s *newton) verify(ctx context.Context, steps int) error {
	s.refuted = nil
	if s.native() {
		return nil
	}
	device := s.products
	s.products = s.sweep
	defer func() { s.products = device }()
	claimed := make([]binary, len(s.classes))
	for k, b := range s.classes {
		claimed[k] = *b
	}
	if err := s.evaluate(ctx, s.classes); err != nil {
		return err
	}
	for k, b := range s.classes {
		switch {
		case b.gap <= s.o.Tolerance*b.objective:
			b.state = solved
		case b.state != open && !b.confirms(claimed[k], s.o.Tolerance):
			b.state = open
			s.refuted = append(s.refuted, b.class)
		}
	}
	if len(s.refuted) == 0 {
		return nil
	}
	_, err := s.descend(ctx, s.o.Tolerance, steps)
	return err
}

// confirms reports whether b, evaluated on the CPU, is what a device claimed it
// to be.
func (b *binary) confirms(claimed binary, tolerance float64) bool {
	return math.Abs(b.objective-claimed.objective) <= confirmObjective*tolerance*b.objective && b.gap <= confirmGap*claimed.gap
}
