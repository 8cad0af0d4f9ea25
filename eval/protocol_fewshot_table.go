package eval

import (
	"fmt"
	"slices"
	"strings"

	"repbench/internal/errkind"
	"repbench/internal/released"
)

// FewShotProtocol names a few-shot protocol: a row of the table below.
type FewShotProtocol string

// The protocols.
const (
	// FewShotN has no number of labels of its own.
	FewShotN FewShotProtocol = "few-shot"
	// SVHN1000 is that of the released DCGAN code (svhn_semisup_analysis.py): 100
	// labels per class, 10,000 rows of train to choose on, seven C, ten draws of
	// their own for each C, then a hundred draws.
	SVHN1000 FewShotProtocol = "svhn-1000"
	// CIFAR400 has 400 labels per class and ten draws.
	CIFAR400 FewShotProtocol = "cifar10-400"
)

// protocol is what a name stands for. Zero values of labels, selectDraws, grid and
// setAside leave these to the caller.
type protocol struct {
	name        FewShotProtocol
	labels      int       // per class
	draws       int       // to report, where the caller gives no number
	selectDraws int       // to choose C on
	grid        []float64 // the costs to choose from
	setAside    int       // rows of train, the first in the released code's order, instead of a share of each class
	drawPerCost bool      // labels are drawn anew for each cost
	// releasedStatistics: batch-norm statistics are those of the released code.
	releasedStatistics bool
}

// protocols is the table of protocols; the first is the default.
var protocols = []protocol{
	{name: FewShotN, draws: 10},
	{name: SVHN1000, labels: 100, draws: 100, selectDraws: 10, grid: ReleasedC(), setAside: released.Validation, drawPerCost: true, releasedStatistics: true},
	{name: CIFAR400, labels: 400, draws: 10},
}

// ReleasedC returns the costs among which the released DCGAN code chooses.
func ReleasedC() []float64 { return []float64{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2} }

// ParseFewShotProtocol returns the protocol of a name.
func ParseFewShotProtocol(name string) (FewShotProtocol, error) {
	p := FewShotProtocol(name)
	if p.row() == nil {
		names := FewShotProtocols()
		last := len(names) - 1
		return "", fmt.Errorf("there is no protocol %q: choose %s or %s", name, strings.Join(names[:last], ", "), names[last])
	}
	return p, nil
}

// FewShotProtocols returns the names of the protocols.
func FewShotProtocols() []string {
	names := make([]string, len(protocols))
	for i, p := range protocols {
		names[i] = string(p.name)
	}
	return names
}

// NeedsLabels reports whether the protocol leaves the number of labels to the caller.
func (p FewShotProtocol) NeedsLabels() bool { r := p.row(); return r != nil && r.labels == 0 }

// ReleasedStatistics reports whether the protocol is one of features whose batch-norm
// statistics the released code made.
func (p FewShotProtocol) ReleasedStatistics() bool {
	r := p.row()
	return r != nil && r.releasedStatistics
}

// row is the protocol's place in the table, the first of ""; nil: there is none.
func (p FewShotProtocol) row() *protocol {
	if p == "" {
		return &protocols[0]
	}
	if i := slices.IndexFunc(protocols, func(q protocol) bool { return q.name == p }); i >= 0 {
		return &protocols[i]
	}
	return nil
}

// refuses says what in the options, with their defaults set, contradicts the protocol:
// its result must not be called by the name of another.
func (p *protocol) refuses(o FewShotOptions) error {
	switch {
	case p.labels != 0 && o.Labels != p.labels:
		return errkind.Errorf(ErrOptions, "%d labels per class are not the protocol %s, which has %d; use %s", o.Labels, p.name, p.labels, FewShotN)
	case p.grid != nil && !slices.Equal(o.C, p.grid):
		return errkind.Errorf(ErrOptions, "C = %v is not the grid of %s, %v; use %s", o.C, p.name, p.grid, FewShotN)
	case p.selectDraws != 0 && o.SelectDraws != p.selectDraws:
		return errkind.Errorf(ErrOptions, "%d draws to choose C on: %s has %d; use %s", o.SelectDraws, p.name, p.selectDraws, FewShotN)
	case p.setAside != 0 && *o.HoldOut != 0 && *o.HoldOut != DefaultHoldOut:
		return errkind.Errorf(ErrOptions, "a held-out share of %v: %s sets %d rows aside instead; use %s", *o.HoldOut, p.name, p.setAside, FewShotN)
	}
	return nil
}

// refusesValid says that a validation split is not that of the protocol.
func (p *protocol) refusesValid(valid SelectSplit) error {
	if n := valid.selection.X.N; p.setAside != 0 && valid.Given() && n != p.setAside {
		return fmt.Errorf("a validation split of %d rows: %s has %d; use %s", n, p.name, p.setAside, FewShotN)
	}
	return nil
}
