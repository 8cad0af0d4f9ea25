// Package record has the results that are stored: one Record per line of a
// records.jsonl, each with its origin (format: docs/report.md).
// Add puts records into such a file, Read reads them; package reports makes
// pages of them.
//
// The package knows no kind of result. Whatever has a Kind and Measurements can be
// stored; a record that was read holds its result as Raw until Decode gives it its type.
package record

import (
	"fmt"

	"repbench/internal/measure"
)

// FileName is the file of results in a run folder or a features folder.
const FileName = "records.jsonl"

// Result is what a record reports. It is a pointer to a structure whose JSON stands in
// the record, or Raw.
type Result interface {
	// Kind names the kind of result: lower-case letters, digits and "-".
	Kind() string
	// Measurements are the numbers of the result, the most important first.
	Measurements() []measure.Measurement
}

// Record is one result with its origin: encoder, data, protocol, seeds and program.
type Record struct {
	// ID is a stable name, unique among the records of a file; NewID makes one.
	ID string `json:"id"`
	// Encoder is what turned images into features; of a training, with labels or
	// without, the model that was trained; of images that a generator made and that are compared as
	// they are, the generator (empty in older records, and where the images are files). Spec is as its user named it,
	// also where the same features were in the cache already under another name.
	Encoder Encoder `json:"encoder"`
	Data    Data    `json:"data"`
	// Inputs are the sets of images or rows that a result on generated images compares;
	// none of other results.
	Inputs []Input `json:"inputs,omitempty"`
	// Protocol says what was done with them.
	Protocol *Protocol `json:"protocol,omitempty"`
	// Seed is the seed of the work that the record reports, TrainingSeed the seed of the
	// encoder's training or random weights; nil: not known, or there was none.
	Seed         uint64  `json:"seed"`
	TrainingSeed *uint64 `json:"training_seed,omitempty"`
	// Backend is the compute backend, for example "cpu" or "xla:cuda".
	Backend  string   `json:"backend,omitempty"`
	Versions Versions `json:"versions"`
	// Fingerprint is what can change a number's last digits; nil in older records.
	Fingerprint *Fingerprint `json:"fingerprint,omitempty"`
	// Notes are caveats in plain words that a reader must know.
	Notes []string `json:"notes,omitempty"`
	// Costs are the costs of the stages that led to the result, in the order of the stages.
	Costs []Cost `json:"costs,omitempty"`
	// Result stands in the JSON under its kind, its measurements beside it.
	Result Result `json:"-"`
}

// Kind returns the kind of the result; "" if there is none.
func (r Record) Kind() string {
	if r.Result == nil {
		return ""
	}
	return r.Result.Kind()
}

// Measurements returns the numbers of the result, the most important first.
func (r Record) Measurements() []measure.Measurement {
	if r.Result == nil {
		return nil
	}
	return r.Result.Measurements()
}

// Cost is what a stage took.
type Cost struct {
	// Stage is "extract", "select", "fit", "compare" or "report".
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	// PeakRSSBytes is the highest memory of the process up to the end of the
	// stage; 0 where it was not measured (features from a cache, say).
	PeakRSSBytes int64 `json:"peak_rss_bytes,omitempty"`
	// MultiplyAdds is the number of multiply-adds per image of an extraction,
	// ImagesPerSecond and GFLOPS are its speed, Batch the images in one run; 0 where
	// they are not known.
	MultiplyAdds    int64   `json:"multiply_adds,omitempty"`
	ImagesPerSecond float64 `json:"images_per_second,omitempty"`
	// GFLOPS counts two operations for each multiply-add.
	GFLOPS float64 `json:"gflops,omitempty"`
	Batch  int     `json:"batch,omitempty"`
}

// Encoder says what turned images into features.
type Encoder struct {
	// Spec is the encoder as the command line takes it: "dcgan:runs/x",
	// "random:svhn32", "theano:weights", "pixels".
	Spec         string `json:"spec"`
	Architecture string `json:"architecture,omitempty"`
	WeightsHash  string `json:"weights_hash,omitempty"`
	// Layers are the layers whose features were used, in order.
	Layers []string `json:"layers,omitempty"`
	// Pooling is "max", "mean" or "none"; Grid the side of the pooled grid.
	Pooling string `json:"pooling,omitempty"`
	Grid    int    `json:"grid,omitempty"`
	// BatchNorm is the mode of batch normalisation: "fixed", "running", "batch".
	BatchNorm string `json:"batch_norm,omitempty"`
	// DType is the type of the stored features: "float32", "float16".
	DType string `json:"dtype,omitempty"`
}

// Data says which images were used.
type Data struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty"`
	// Hash is the SHA-256 of the decoded content.
	Hash string `json:"hash,omitempty"`
}

// Roles of inputs.
const (
	// GeneratedInput are the images of a generator that the result is about.
	GeneratedInput = "generated"
	// TrainInput are the images that the generator was trained on, or the real rows.
	TrainInput = "train"
	// HeldOutInput are real images that the generator was not trained on.
	HeldOutInput = "held-out"
)

// Input is one set of images or rows that a result compares.
type Input struct {
	// Role is GeneratedInput, TrainInput or HeldOutInput.
	Role string `json:"role"`
	// Name is the set as the command line names it: "dcgan:runs/x", "cifar10/train", a file.
	Name string `json:"name"`
	// Hash stands for the content: a SHA-256 of the decoded content, or of the weights of a
	// generator.
	Hash string `json:"hash,omitempty"`
	// Rows is the number of images or rows; 0: not known.
	Rows int `json:"rows,omitempty"`
	// Seed drew the images of a generator; nil: they were not drawn for this result.
	Seed *uint64 `json:"seed,omitempty"`
}

// Input is the first input of a role; ok is false where there is none.
func (r Record) Input(role string) (in Input, ok bool) {
	for _, in := range r.Inputs {
		if in.Role == role {
			return in, true
		}
	}
	return Input{}, false
}

// Protocol says how the encoder was evaluated.
type Protocol struct {
	// Name is the name of the protocol: "linear", "svhn-1000", "knn".
	Name string `json:"name"`
	// Settings are the options that set this evaluation apart from others of the same
	// protocol, in the protocol's order.
	Settings []string `json:"settings,omitempty"`
}

// Versions say which program made the record.
type Versions struct {
	Repbench  string `json:"repbench,omitempty"`
	Go        string `json:"go,omitempty"`
	GitCommit string `json:"git_commit,omitempty"`
}

// Identify sets the protocol and the ID of a record: the same encoder, data, seed and
// settings always get the same ID. The protocol's name is not part of it; where it sets
// results apart it is one of the settings, too.
func (r *Record) Identify(protocol string, settings ...string) error {
	if r.Result == nil {
		return fmt.Errorf("name record: it has no result")
	}
	r.Protocol = &Protocol{Name: protocol, Settings: settings}
	var err error
	r.ID, err = NewID(*r, settings...)
	return err
}
