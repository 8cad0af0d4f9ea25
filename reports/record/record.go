// Package record has the results that are stored: one Record a line of a
// records.jsonl, each with what it is a result of (format: docs/report.md).
// Add puts records into such a file, Read reads them; package reports makes
// pages of them.
package record

import (
	"encoding/json"

	"repbench/eval"
	"repbench/eval/knn"
)

// FileName is the file of results in a run folder or a features folder.
const FileName = "records.jsonl"

// Kind says what a record holds.
type Kind string

const (
	// Linear is the result of a linear classifier on features.
	Linear Kind = "linear"
	// FewShot is the result of a linear classifier on few labels, drawn often.
	FewShot Kind = "few-shot"
	// KNN is the result of a k-nearest-neighbour classifier on features.
	KNN Kind = "knn"
	// Supervised is the result of a network trained with labels.
	Supervised Kind = "supervised"
	// Training is the summary of a training run.
	Training Kind = "training"
)

// Record is one result with all that is needed to say what it is a result of.
type Record struct {
	Kind Kind `json:"kind"`
	// ID is a stable name, unique among the records of a file; NewID makes one.
	ID string `json:"id"`
	// Encoder is what turned images into features; of a training, with labels or
	// without, the model that was trained.
	Encoder Encoder `json:"encoder"`
	Data    Data    `json:"data"`
	// Seed is the seed of the work that the record reports.
	Seed uint64 `json:"seed"`
	// Backend is the compute backend, for example "cpu" or "xla:cuda".
	Backend  string   `json:"backend,omitempty"`
	Versions Versions `json:"versions"`
	// Notes are caveats in plain words that a reader must know.
	Notes []string `json:"notes,omitempty"`
	// Costs are those of the stages that led to the result, in their order.
	Costs []Cost `json:"costs,omitempty"`
	// The result of the record's kind is set, the others are nil.
	Linear     *eval.LinearResult  `json:"linear,omitempty"`
	FewShot    *eval.FewShotResult `json:"few_shot,omitempty"`
	KNN        *knn.Result         `json:"knn,omitempty"`
	Supervised *SupervisedResult   `json:"supervised,omitempty"`
	Training   *TrainingResult     `json:"training,omitempty"`
}

// Cost is what a stage took.
type Cost struct {
	// Stage is "extract", "select", "fit" or "report".
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
	// PeakRSSBytes is the highest memory of the process up to the end of the
	// stage; 0 where it was not measured (features from a cache, say).
	PeakRSSBytes int64 `json:"peak_rss_bytes,omitempty"`
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

// Versions say which program made the record.
type Versions struct {
	Repbench  string `json:"repbench,omitempty"`
	Go        string `json:"go,omitempty"`
	GitCommit string `json:"git_commit,omitempty"`
}

// SupervisedResult is that of a network trained with labels, the best of a random
// search over hyperparameters, trained again.
type SupervisedResult struct {
	// LabelsPerClass is the number of images of each class with labels; 0: all.
	LabelsPerClass int   `json:"labels_per_class,omitempty"`
	Trials         int   `json:"trials"`
	Steps          int64 `json:"steps"` // minibatches of a trial, and of the final fit
	Batch          int   `json:"batch"`
	// LearningRate, WeightDecay and Dropout are those of the best trial.
	LearningRate float64 `json:"learning_rate"`
	WeightDecay  float64 `json:"weight_decay"`
	Dropout      float64 `json:"dropout"`
	SelectedOn   string  `json:"selected_on"`
	ReportedOn   string  `json:"reported_on"`
	// NFit and NValid are the images of a trial, NTrain those of the final fit.
	NFit   int `json:"n_fit"`
	NValid int `json:"n_valid"`
	NTrain int `json:"n_train"`
	NTest  int `json:"n_test"`
	// ValidAccuracy is that of the best trial, TriedAccuracies those of all in their
	// order; a trial that diverged has 0.
	ValidAccuracy   float64       `json:"valid_accuracy"`
	TriedAccuracies []float64     `json:"tried_valid_accuracies,omitempty"`
	TestAccuracy    float64       `json:"test_accuracy"`
	TestCI95        eval.Interval `json:"test_accuracy_ci95"` // Wilson
	Classes         []string      `json:"classes,omitempty"`
	Warnings        []string      `json:"warnings,omitempty"`
}

// TrainingResult is the summary of a training run. Its means are over the last
// tenth of the logged steps; a number that was never logged is null.
type TrainingResult struct {
	// Config holds every resolved option, as the run's config.json has it.
	Config map[string]any `json:"config"`
	// Logged is the number of logged steps; Step, Images and Seconds are those
	// of the last.
	Logged  int      `json:"logged"`
	Step    int64    `json:"step"`
	Images  *float64 `json:"images"`
	Seconds *float64 `json:"seconds"`
	// ImagesPerSecond is the median of the logged values.
	ImagesPerSecond *float64 `json:"images_per_second"`
	DLoss           *float64 `json:"d_loss"`
	GLoss           *float64 `json:"g_loss"`
	DReal           *float64 `json:"d_real"`
	DFake           *float64 `json:"d_fake"`
}

// Line is the record as one line of JSON, without the line's end: keys in
// the order of the fields, those of a map in alphabetical order.
func (r Record) Line() ([]byte, error) { return json.Marshal(r) }
