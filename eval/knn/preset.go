package knn

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval/neighbours"
)

// The presets, from the code of the programs (docs/knn.md names the files). None
// of the originals says what happens to ties (top-k and sort of PyTorch leave it
// open); here they are resolved as everywhere in this package.
var presets = map[string]struct {
	rule Rule
	note string
}{
	"instdisc": {
		Rule{K: []int{200}, Votes: Exponential, Temperature: 0.07},
		"Wu et al. 2018, arXiv:1805.01978, section 3.4",
	},
	"dinov2": {
		Rule{K: []int{10, 20, 100, 200}, Votes: Exponential, Temperature: 0.07},
		"the softmax over the largest k of the original differs by a factor common to all classes",
	},
	"solo": {
		Rule{K: []int{20}, Votes: Exponential, Temperature: 0.07},
		"distance_fx cosine, on normalised features",
	},
	"solo-euclidean": {
		Rule{K: []int{20}, Metric: neighbours.Metric{Kind: neighbours.Euclidean}, Votes: Inverse, Epsilon: 1e-5},
		"distance_fx euclidean",
	},
	"vissl": {
		Rule{K: []int{200}, Metric: neighbours.Metric{Kind: neighbours.Dot}, Votes: Exponential, Temperature: 0.1},
		"L2_NORM_FEATS is off by default there",
	},
	"lightly": {
		Rule{K: []int{200}, Votes: Exponential, Temperature: 0.1},
		"knn_t 0.1 (its ViT benchmarks use 0.07)",
	},
}

// Presets returns the names that Preset takes, sorted.
func Presets() []string {
	names := make([]string, 0, len(presets))
	for name := range presets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Preset returns the convention of a program by its name. Its fields may be
// changed; the rule then no longer carries the name.
func Preset(name string) (Rule, error) {
	p, ok := presets[name]
	if !ok {
		return Rule{}, fmt.Errorf("no preset %q: choose %s", name, strings.Join(Presets(), ", "))
	}
	r := p.rule
	r.K = slices.Clone(r.K)
	r.preset = name
	return r, nil
}

// Name returns the preset that the rule is, or "" for one that was changed or
// made without a preset.
func (r Rule) Name() string {
	p, ok := presets[r.preset]
	if !ok {
		return ""
	}
	a, b := r.withDefaults(), p.rule.withDefaults()
	same := slices.Equal(a.K, b.K) && a.Metric == b.Metric && a.Votes == b.Votes &&
		(a.Votes != Exponential || a.Temperature == b.Temperature) && (a.Votes != Inverse || a.Epsilon == b.Epsilon)
	if !same {
		return ""
	}
	return r.preset
}
