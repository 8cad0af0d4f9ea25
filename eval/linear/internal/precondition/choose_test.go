package precondition

import "testing"

// TestChoose: each kind from the first state on in which it pays, and no other one
// after it has been built.
func TestChoose(t *testing.T) {
	large := State{N: 50_000, D: 7168, Classes: 10, Condition: 1e4, Costly: true}
	few := State{N: 1000, D: 7168, Classes: 10, Condition: 1e4, Costly: true}
	for _, tt := range []struct {
		name  string
		s     State
		apply func(*State)
		want  Kind
	}{
		{"at first", large, func(*State) {}, FromSample},
		{"a twelfth of the columns in iterations of ten classes", large, func(s *State) { s.Spent = 60 }, FromAllRows},
		{"one less", large, func(s *State) { s.Spent = 59 }, FromSample},
		{"on a device", large, func(s *State) { s.Spent, s.Costly = 5000, false }, FromSample},
		{"more columns than rows", few, func(s *State) { s.Spent = 5000 }, FromSample},
		{"too many columns", large, func(s *State) { s.Spent, s.D = 5000, fullMost }, FromSample},
		{"few rows", few, func(s *State) { s.Spent, s.Latest = 7, 2 }, OfEachClass},
		{"few rows, a short last step", few, func(s *State) { s.Spent, s.Latest = 7, 1 }, FromSample},
		{"few rows, many classes", few, func(s *State) { s.Spent, s.Latest, s.N, s.Classes = 70, 20, 4096, 60 }, FromSample},
		{"small and ill-conditioned", few, func(s *State) { s.Condition, s.D = 2*ExactAbove, 50 }, OfEachClassExact},
		{"large and ill-conditioned", large, func(s *State) { s.Condition = 2 * ExactAbove }, FromSample},
		{"built from all rows", large, func(s *State) { s.Built[FromAllRows] = true }, FromAllRows},
		{"built for each class", few, func(s *State) { s.Built[OfEachClass] = true }, OfEachClass},
		{"exact, the others built", few, func(s *State) { s.Condition, s.D, s.Built = 2*ExactAbove, 50, [kinds]bool{true, true, true} }, OfEachClassExact},
	} {
		s := tt.s
		tt.apply(&s)
		if got := Choose(s); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
