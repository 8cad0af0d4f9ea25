package linear

import (
	"context"

	"repbench/eval/linear/internal/passes"
)

// native reports whether the passes are made on the CPU.
func (s *newton) native() bool { return s.products == passes.Passes(s.sweep) }

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
	if err := s.evaluate(ctx, s.classes); err != nil {
		return err
	}
	for _, b := range s.classes {
		switch {
		case b.gap <= s.o.Tolerance*b.objective:
			b.state = solved
		case b.state != open:
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
