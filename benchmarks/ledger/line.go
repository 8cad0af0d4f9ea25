// Package ledger has the history of results: one line per cell of a suite and per commit of the
// program, in files that only grow (format: docs/suites.md).
//
// A line is a record made fit for joining and for git: it has the measurements and one bit per test
// image, and no pictures. Lines are joined by the names that a suite gives its cells.
package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"repbench/internal/measure"
	"repbench/internal/version"
	"repbench/reports/record"
)

// Line is the result of one cell.
type Line struct {
	Key
	// Cell is the identity of the work: the first 16 hexadecimal digits of a SHA-256 over all that
	// decides the result, see package suite.
	Cell string `json:"cell"`
	// Record is the ID of the record that the line was made from.
	Record string `json:"record"`
	// Options are the encoder's and the protocol's options as the suite resolved them, without the
	// seed: what differs here between two lines of one Key is a changed recipe.
	Options json.RawMessage `json:"options,omitempty"`
	// EvaluationSeed is the seed of the evaluation: of folds, draws and held-out rows.
	EvaluationSeed uint64 `json:"evaluation_seed"`
	// DataHash is the SHA-256 of the decoded data set, WeightsHash of the encoder's weights; "" where
	// there is none.
	DataHash    string `json:"data_hash,omitempty"`
	WeightsHash string `json:"weights_hash,omitempty"`
	// Fingerprint is what can change the last digits, Machine where the cell ran.
	Fingerprint record.Fingerprint `json:"fingerprint"`
	Machine     Machine            `json:"machine"`
	// Measurements are the numbers of the record, the most important first.
	Measurements []measure.Measurement `json:"measurements"`
	// Correct has one bit per test image; nil for protocols that do not classify each test image once.
	Correct *Bits `json:"correct,omitempty"`
	// Diverged says why the training of the cell has no encoder: a loss or a parameter that is not
	// finite. It is "" for a cell with a result; else there are no measurements.
	Diverged string `json:"diverged,omitempty"`
	// Seconds is what the cell took, without the training that it shares with other cells.
	Seconds float64 `json:"seconds"`
	// Finished is when; the zero time where it is not known. Trends without git are in its order.
	Finished time.Time `json:"finished,omitzero"`
}

// Commit is the commit of the program that made the line, with version.Modified for changed sources.
func (l *Line) Commit() string {
	if l.Fingerprint.Modified {
		return l.Fingerprint.Commit + version.Modified
	}
	return l.Fingerprint.Commit
}

// UnknownCommit stands for the commit of a program that does not know its own: it was built outside git, or
// without the commit (go build -buildvcs=false).
const UnknownCommit = "unknown"

// UnknownCommitHint says what an unknown commit means for a ledger, and what to do.
const UnknownCommitHint = `the program was built without its commit, so its results stand under the commit "unknown", where results of ` +
	`other sources cannot be told from them; "make build" in a git checkout sets the commit: build so, and run the suite again in a new folder`

// Key is what joins the lines of two commits: the names of a suite.
type Key struct {
	Suite    string `json:"suite"`
	Encoder  string `json:"encoder"`
	Data     string `json:"data"`
	Protocol string `json:"protocol"`
	// Seed is the seed of the training or of the random weights; nil where nothing is random.
	Seed *uint64 `json:"seed,omitempty"`
}

// String is the key as text, for messages.
func (k Key) String() string {
	s := k.Suite + ": " + k.Encoder + " / " + k.Data + " / " + k.Protocol
	if k.Seed != nil {
		s += fmt.Sprintf(", seed %d", *k.Seed)
	}
	return s
}

// Machine is where a cell ran. Times are compared between equal machines only.
type Machine struct {
	// Class names machines whose results are kept in one file; the suite's user may choose it.
	Class string `json:"class"`
	// CPU is the processor's name, Threads how many were used, GPU the name of the accelerator.
	CPU     string `json:"cpu,omitempty"`
	Threads int    `json:"threads"`
	GPU     string `json:"gpu,omitempty"`
}

// String is the machine as text: its class, the processor and the accelerator.
func (m Machine) String() string {
	s := m.Class
	for _, part := range []string{m.CPU, m.GPU} {
		if part != "" && part != m.Class {
			s += ", " + part
		}
	}
	return strings.TrimPrefix(s, ", ")
}

// Value is the measurement of a name; ok is false where the line has none.
func (l *Line) Value(name string) (m measure.Measurement, ok bool) {
	for _, m := range l.Measurements {
		if m.Name == name {
			return m, true
		}
	}
	return measure.Measurement{}, false
}
