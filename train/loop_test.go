package train

import (
	"errors"
	"strings"
	"testing"
)

func TestCollapseStops(t *testing.T) {
	s := &session{Loop: Loop{Collapse: func(losses map[string]float64) string {
		if losses["d_real"] == 1 {
			return "D won"
		}
		return ""
	}}}
	sure := map[string]float64{"d_real": 1}
	if err := s.checkCollapse(sure, collapseSteps-1); err != nil {
		t.Fatalf("after %d steps: %v", collapseSteps-1, err)
	}
	if err := s.checkCollapse(sure, 1); !errors.Is(err, ErrCollapsed) || !strings.Contains(err.Error(), "for 1000 steps D won") {
		t.Errorf("after %d steps: error %v, want ErrCollapsed", collapseSteps, err)
	}
	if err := s.checkCollapse(map[string]float64{"d_real": 0.9}, 1); err != nil || s.collapsed != 0 {
		t.Errorf("a line on which D errs must reset the count: %v, %d", err, s.collapsed)
	}
}
