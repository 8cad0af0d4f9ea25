package eval

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"repbench/eval/linear"
	"repbench/internal/released"
)

// TestProtocolTable: the names are distinct, each row is found by its name, and the
// defaults are those of docs/protocols.md.
func TestProtocolTable(t *testing.T) {
	for _, tt := range []struct {
		name                       FewShotProtocol
		labels, draws, selectDraws int
		needsLabels, released      bool
	}{
		{"", 0, 10, 10, true, false},
		{FewShotN, 0, 10, 10, true, false},
		{SVHN1000, 100, 100, 10, false, true},
		{CIFAR400, 400, 10, 10, false, false},
		{"mnist-10", 0, 0, 0, false, false},
	} {
		o := FewShotOptions{Protocol: tt.name}.withDefaults()
		if o.Labels != tt.labels || o.Draws != tt.draws || o.SelectDraws != tt.selectDraws {
			t.Errorf("%q: %d labels, %d draws, %d to choose", tt.name, o.Labels, o.Draws, o.SelectDraws)
		}
		if tt.name.NeedsLabels() != tt.needsLabels || tt.name.ReleasedStatistics() != tt.released {
			t.Errorf("%q: needs labels %v, released statistics %v", tt.name, tt.name.NeedsLabels(), tt.name.ReleasedStatistics())
		}
	}
	names := FewShotProtocols()
	if slices.Sort(names); len(slices.Compact(names)) != len(protocols) {
		t.Errorf("names %q of %d protocols", names, len(protocols))
	}
	if SVHN1000.row().setAside != released.Validation || !SVHN1000.row().drawPerCost {
		t.Errorf("row %+v", SVHN1000.row())
	}
}

// TestCheck: what is wrong with the options is said without any split, and is an error
// of the command line.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		kind error
		says string
	}{
		{"linear", LinearOptions{}.Check(), nil, ""},
		{"no cost", LinearOptions{C: []float64{1, 0}}.Check(), ErrOptions, "C = 0"},
		{"tolerance", LinearOptions{Tolerance: 2}.Check(), ErrOptions, "2"},
		{"folds", LinearOptions{Folds: 1}.Check(), ErrOptions, "1 folds"},
		{"hold-out", LinearOptions{HoldOut: 2}.Check(), ErrHoldOut, "held-out share of 2"},
		{"memory of no device", LinearOptions{Device: linear.Device{Memory: 1}}.Check(), ErrOptions, "1 bytes of device memory without a device"},
		{"few labels", FewShotOptions{Labels: 3}.Check(), nil, ""},
		{"no labels", FewShotOptions{}.Check(), ErrOptions, "0 labels"},
		{"no protocol", FewShotOptions{Protocol: "mnist-10"}.Check(), ErrOptions, `"mnist-10"`},
		{"another grid", FewShotOptions{Protocol: SVHN1000, C: []float64{1}}.Check(), ErrOptions, "not the grid"},
		{"few labels at no cost", FewShotOptions{Labels: 3, C: []float64{-1}}.Check(), ErrOptions, "C = -1"},
	} {
		if tt.kind == nil && tt.err != nil || tt.kind != nil && (!errors.Is(tt.err, tt.kind) || !strings.Contains(tt.err.Error(), tt.says)) {
			t.Errorf("%s: %v, want %v that says %q", tt.name, tt.err, tt.kind, tt.says)
		}
	}
}
