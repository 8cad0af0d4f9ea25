package eval

import (
	"slices"
	"testing"

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
