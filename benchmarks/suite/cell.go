package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"repbench/benchmarks/ledger"
)

// Cell is a line of a plan: one evaluation.
type Cell struct {
	// Index is its place in the plan, which never changes.
	Index int `json:"index"`
	// ID is the identity of the work: the first 16 hexadecimal digits of a SHA-256 over all that
	// decides the result.
	ID string `json:"id"`
	// Encoder, Data and Protocol are names of the suite.
	Encoder  string `json:"encoder"`
	Data     string `json:"data"`
	Protocol string `json:"protocol"`
	// Seed is the seed of the training, or of random weights; nil where nothing is random.
	Seed *uint64 `json:"seed,omitempty"`
	// Training is the identity of the training that the cell needs; "": none.
	Training string `json:"training,omitempty"`
}

// String names the cell for people: "dcgan seed 3, shapes, linear".
func (c Cell) String() string {
	if c.Seed == nil {
		return fmt.Sprintf("%s, %s, %s", c.Encoder, c.Data, c.Protocol)
	}
	return fmt.Sprintf("%s seed %d, %s, %s", c.Encoder, *c.Seed, c.Data, c.Protocol)
}

// Key is equal for the same cell of different commits, so that their results can be compared.
func (c Cell) Key(suite string) ledger.Key {
	return ledger.Key{Suite: suite, Encoder: c.Encoder, Data: c.Data, Protocol: c.Protocol, Seed: c.Seed}
}

// work is a cell with what its names mean.
type work struct {
	Cell
	encoder  *Encoder
	data     *Data
	protocol *Protocol
}

// identity is the first 16 hexadecimal digits of the SHA-256 of canonical JSON: structs have their
// fields in the order of their definition, maps in alphabetical order.
func identity(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// encoderIdentity is what decides an encoder, without its seed.
type encoderIdentity struct {
	Spec    string    `json:"spec,omitempty"`
	Weights string    `json:"weights_hash,omitempty"`
	Train   *Training `json:"train,omitempty"`
	// TrainingData is the hash of the set that it is trained on.
	TrainingData string   `json:"training_data_hash,omitempty"`
	Features     Features `json:"features"`
}

// encoderIdentity is the identity of an encoder of the suite.
func (s *Suite) encoderIdentity(e *Encoder, f *facts) encoderIdentity {
	id := encoderIdentity{Spec: e.Spec, Features: e.Features, Weights: f.encoder(e.Name).WeightsHash}
	if e.Train != nil {
		t := e.Train.deciding()
		id.Train, id.TrainingData = &t, f.hash(s.trainingData(e))
	}
	return id
}

// trainingID is the identity of the training of an encoder with a seed.
func (s *Suite) trainingID(e *Encoder, seed *uint64, f *facts) (string, error) {
	id := s.encoderIdentity(e, f)
	id.Features = Features{}
	return identity(struct {
		Encoder encoderIdentity `json:"encoder"`
		Seed    *uint64         `json:"seed"`
	}{id, seed})
}

// options are the options of a cell as its line in a ledger has them.
type options struct {
	Encoder  encoderIdentity `json:"encoder"`
	Kind     string          `json:"kind"`
	Protocol Options         `json:"protocol"`
}

// cell is the cell of an encoder, a data set and a protocol, without its index.
func (s *Suite) cell(e *Encoder, seed *uint64, d *Data, p *Protocol, f *facts) (work, error) {
	w := work{Cell{Encoder: e.Name, Data: d.Name, Protocol: p.Name, Seed: seed}, e, d, p}
	var err error
	if e.Train != nil {
		if w.Training, err = s.trainingID(e, seed, f); err != nil {
			return w, err
		}
	}
	w.ID, err = identity(struct {
		Key  ledger.Key `json:"key"`
		Data string     `json:"data_hash"`
		options
	}{w.Key(s.Name), f.hash(d, f.size(e)), s.options(w, f)})
	return w, err
}

// options are the options of a cell.
func (s *Suite) options(w work, f *facts) options {
	return options{s.encoderIdentity(w.encoder, f), w.protocol.Kind, w.protocol.Options}
}

// expand lists the cells of a suite in their order: by encoder, seed, data set and protocol.
func (s *Suite) expand(f *facts) ([]work, error) {
	var all []work
	for i := range s.Encoders {
		e := &s.Encoders[i]
		for _, seed := range e.Seeds.each() {
			for d := range s.Data {
				for p := range s.Protocols {
					take, err := s.takes(e, &s.Data[d], &s.Protocols[p])
					if err != nil {
						return nil, err
					}
					if !take {
						continue
					}
					w, err := s.cell(e, seed, &s.Data[d], &s.Protocols[p], f)
					if err != nil {
						return nil, err
					}
					if all = append(all, w); len(all) > maxCells {
						return nil, fmt.Errorf("more than %d cells; make several suites", maxCells)
					}
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, errNothing
	}
	return all, nil
}

// takes reports whether a combination is a cell.
func (s *Suite) takes(e *Encoder, d *Data, p *Protocol) (bool, error) {
	c := Cell{Encoder: e.Name, Data: d.Name, Protocol: p.Name}
	own, trains := p.Options.(*Supervised)
	if trained := isSupervised(e); trained || trains {
		if !trained || !trains || own.encoder() != e.Name {
			return false, nil
		}
	}
	for _, m := range s.Skip {
		if m.matches(c) {
			return false, nil
		}
	}
	for i, m := range s.Only {
		if m.matches(c) {
			break
		}
		if i == len(s.Only)-1 {
			return false, nil
		}
	}
	return true, fits(e, p)
}
