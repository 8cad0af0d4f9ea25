package suite

import (
	"fmt"

	"repbench/benchmarks"
	"repbench/features"
	"repbench/features/store"
)

// onFeatures is the cell of a protocol that evaluates features.
func (s subject) onFeatures(p benchmarks.Protocol) (benchmarks.Cell, error) {
	seed := uint64(1)
	if s.seed != nil {
		seed = *s.seed
	}
	source := benchmarks.Source{Encoder: s.encoder, Name: s.name, Options: s.features.options(seed), Data: s.data, Reading: s.reading}
	return benchmarks.Cell{Source: source, Protocol: p}, nil
}

// seedOf is the seed of the evaluation of a generator. Where its weights are random it is the cell's seed,
// from which weights and images are then both drawn.
func (s subject) seedOf(evaluation uint64) uint64 {
	if s.run == "" && s.seed != nil {
		return *s.seed
	}
	return evaluation
}

// options are the options of an encoder, of which random ones are drawn from a seed.
func (f Features) options(seed uint64) features.Options {
	return features.Options{
		Pooling: store.Pooling(f.Pool), Grid: f.Grid, Layers: f.Layers, BatchNorm: store.BatchNorm(f.BatchNorm), BatchSize: f.Batch,
		Half: f.DType == "float16", Seed: &seed,
	}
}

// check says what is wrong with the options that do not depend on the encoder.
func (f Features) check() error {
	switch {
	case f.DType != "" && f.DType != "float32" && f.DType != "float16":
		return fmt.Errorf("dtype %q is neither float32 nor float16", f.DType)
	case f.Grid < 0:
		return fmt.Errorf("grid %d must be positive", f.Grid)
	case f.Batch < 0:
		return fmt.Errorf("batch %d must be positive", f.Batch)
	}
	return nil
}
