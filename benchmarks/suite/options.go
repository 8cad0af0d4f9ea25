package suite

import (
	"cmp"
	"fmt"

	"repbench/benchmarks"
	"repbench/datasets"
)

// Options are the options of one kind of protocol. Their TOML names are the names of the flags of
// the command that does the same.
type Options interface {
	// complete fills in the defaults and says what is wrong with a value.
	complete() error
	// cell is the cell as package benchmarks runs it.
	cell(s subject) (benchmarks.Cell, error)
}

// subject is what a cell evaluates.
type subject struct {
	// encoder is the specification for features, generator the specification for images that are made;
	// of a training both name its run folder. generator is "" where the encoder makes no images.
	encoder, generator string
	// run is the run folder of the encoder's training; "": it was not trained here.
	run string
	// name is what records call an encoder that was trained here, which does not depend on where the
	// suite's folder is; "": its specification.
	name string
	// seed is the cell's; nil: none.
	seed *uint64
	// features are the encoder's options, data and reading the data set.
	features Features
	data     string
	reading  datasets.Options
	// threads and memory are what the cell may use; 0: as the program likes.
	threads int
	memory  int64
}

// need is what a kind of protocol takes of an encoder.
type need int

const (
	needFeatures need = iota
	needGenerator
	needConditional // a run of the conditional model of MNIST
	needNothing     // it trains a network of its own
)

// kind is a kind of protocol.
type kind struct {
	name string
	need need
	new  func() Options
}

// kinds are all kinds of protocol; a new one is one row here.
var kinds = []kind{
	{"linear", needFeatures, func() Options { return &Linear{} }},
	{"fewshot", needFeatures, func() Options { return &FewShot{} }},
	{"knn", needFeatures, func() Options { return &KNN{} }},
	{"supervised", needNothing, func() Options { return &Supervised{} }},
	{"nnc", needConditional, func() Options { return &NNC{} }},
	{"memorization", needGenerator, func() Options { return &Memorization{} }},
	{"quality", needGenerator, func() Options { return &Quality{} }},
}

// kindNames are the names of all kinds.
func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// kindNamed is the kind of a name; ok is false where there is none.
func kindNamed(name string) (kind, bool) {
	if name == "memorisation" {
		name = "memorization"
	}
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// oneOrMore is a list that a file may give as one value.
type oneOrMore[T any] []T

// UnmarshalTOML implements toml.Unmarshaler.
func (l *oneOrMore[T]) UnmarshalTOML(value any) error {
	all, ok := value.([]any)
	if !ok {
		all = []any{value}
	}
	*l = nil
	for _, e := range all {
		v, ok := convert[T](e)
		if !ok {
			var want T
			return fmt.Errorf("%v is no %T", e, want)
		}
		*l = append(*l, v)
	}
	return nil
}

// convert makes a T of a value of a TOML file; whole numbers are numbers with a point, too.
func convert[T any](value any) (T, bool) {
	var out any = value
	if n, ok := value.(int64); ok {
		switch any(*new(T)).(type) {
		case float64:
			out = float64(n)
		case int:
			out = int(n)
		}
	}
	v, ok := out.(T)
	return v, ok
}

// evaluationSeed is the option of all protocols that draws folds, held-out rows and labels.
type evaluationSeed struct {
	// Seed is the seed of the evaluation, not of a training; the default is 1.
	Seed uint64 `toml:"seed" json:"seed"`
}

func (s *evaluationSeed) fill() { s.Seed = cmp.Or(s.Seed, 1) }

// or gives p a value where it has none.
func or[T any](p **T, value T) {
	if *p == nil {
		*p = &value
	}
}
