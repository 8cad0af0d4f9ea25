package quality

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"repbench/eval/quality/metric"
	"repbench/eval/quality/nearest"
	"repbench/internal/errkind"
)

// Names of the programs whose settings a metric takes.
const (
	torchFidelity = "torch-fidelity"
	pytorchFID    = "pytorch-fid"
	cleanFID      = "clean-fid"
	dgmEval       = "dgm-eval"
	fldProgram    = "fld"
	clovaai       = "clovaai"
	kynkaanniemi  = "kynkaanniemi"
	mchong6       = "mchong6"

	stablePretraining = "stable-pretraining"

	// ownDefault stands in a pair for the settings that a metric has without a convention.
	ownDefault = "default"
)

// programs are the names that each family of metrics knows.
var programs = map[string][]string{
	metric.NameFrechet:         {torchFidelity, pytorchFID, cleanFID, dgmEval},
	metric.NameFDInfinity:      {dgmEval, mchong6},
	metric.NameKID:             {torchFidelity, cleanFID, dgmEval, fldProgram},
	metric.NamePRDC:            {clovaai, dgmEval, torchFidelity, fldProgram, kynkaanniemi},
	metric.NameClassifierScore: {torchFidelity, dgmEval},
	metric.NameMIND:            {torchFidelity},
	metric.NameSWApprox:        {dgmEval},
	metric.NameVendi:           {dgmEval},
	metric.NameRankMe:          {stablePretraining},
	metric.NameFLD:             {fldProgram},
}

// Conventions say whose settings metrics take. The zero value: each its default.
type Conventions struct {
	// All is a program for every metric that knows it; "": none.
	All string
	// Of are programs for single families of metrics, by name; "": the family's default,
	// whatever All says.
	Of map[string]string
}

// ParseConventions reads a program, "dgm-eval", or pairs of a metric and a program
// separated by commas, "kid=fld,prdc=clovaai". Names of numbers stand for their family. In a
// pair "default" stands for the settings without a convention.
func ParseConventions(text string) (Conventions, error) {
	c := Conventions{Of: map[string]string{}}
	if text == "" {
		return c, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, program, pair := strings.Cut(strings.TrimSpace(part), "=")
		if !pair {
			program = name
			if c.All != "" || !slices.ContainsFunc(slices.Collect(maps.Values(programs)), func(known []string) bool { return slices.Contains(known, program) }) {
				return c, errkind.Errorf(metric.ErrOptions, "convention %q: choose one of %s, or METRIC=NAME for single metrics", program, programNames())
			}
			c.All = program
			continue
		}
		family := familyOf(name)
		if program == ownDefault && len(programs[family]) > 0 {
			c.Of[family] = ""
			continue
		}
		if !slices.Contains(programs[family], program) {
			return c, errkind.Errorf(metric.ErrOptions, "convention %q of %s: choose %s", program, name, knownPrograms(family))
		}
		c.Of[family] = program
	}
	return c, nil
}

// programNames lists all programs.
func programNames() string {
	all := slices.Concat(slices.Collect(maps.Values(programs))...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// knownPrograms lists the programs of a family.
func knownPrograms(family string) string {
	if len(programs[family]) == 0 {
		return "none, it has one definition"
	}
	return strings.Join(programs[family], ", ") + ", " + ownDefault
}

// with is the text that ParseConventions reads as c with another program for a family.
func (c Conventions) with(family, program string) string {
	of := maps.Clone(c.Of)
	if of == nil {
		of = map[string]string{}
	}
	of[family] = program
	var parts []string
	if c.All != "" {
		parts = append(parts, c.All)
	}
	for _, f := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, f+"="+cmp.Or(of[f], ownDefault))
	}
	return strings.Join(parts, ",")
}

// of is the program for a family of metrics; "": its default.
func (c Conventions) of(family string) string {
	if p, found := c.Of[family]; found {
		return p
	}
	if slices.Contains(programs[family], c.All) {
		return c.All
	}
	return ""
}

// familyOf is the name of the family of metrics that a number is computed with.
func familyOf(name string) string {
	switch name {
	case metric.NamePrecision, metric.NameRecall, metric.NameDensity, metric.NameCoverage, metric.NameFScore:
		return metric.NamePRDC
	case metric.NameVendiQ2, metric.NameVendiQInf:
		return metric.NameVendi
	case metric.NameFLDGap:
		return metric.NameFLD
	case metric.NameSlicedW2:
		return metric.NameMIND
	}
	return name
}

// prdcOptions are the settings of precision and recall of a program.
func prdcOptions(program string) nearest.PRDCOptions {
	switch program {
	case torchFidelity, kynkaanniemi:
		return nearest.PRDCOptions{K: 3, Closed: true}
	case fldProgram:
		return nearest.PRDCOptions{K: 4, Self: true}
	}
	return nearest.PRDCOptions{K: 5}
}

// kidSubsets are the number of subsets and of their rows of a program, of sets of at least
// n rows; 0, 0 for all rows.
func kidSubsets(program string, n int) (subsets, rows int) {
	switch program {
	case torchFidelity:
		return 100, 1000
	case cleanFID, dgmEval:
		return 100, min(n, 1000)
	case fldProgram:
		return 100, min(n/2, 1000)
	}
	return 0, 0
}
