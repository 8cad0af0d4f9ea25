package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"repbench/internal/jsonfile"
	"repbench/internal/measure"
)

// Raw is the result of a record that was read, as its JSON.
type Raw struct {
	kind         string
	measurements []measure.Measurement
	details      json.RawMessage
}

// Kind implements Result.
func (r *Raw) Kind() string { return r.kind }

// Measurements implements Result: the measurements that the record was stored with; records
// of older versions have none.
func (r *Raw) Measurements() []measure.Measurement { return r.measurements }

// MarshalJSON returns the JSON that was read.
func (r *Raw) MarshalJSON() ([]byte, error) { return r.details, nil }

// Decode returns the result of a record as a T: itself, or what its JSON says.
func Decode[T any](r Record) (*T, error) {
	switch v := r.Result.(type) {
	case nil:
		return nil, fmt.Errorf("record %q has no result", r.ID)
	case *Raw:
		t, err := jsonfile.Decode[T](v.details)
		if err != nil {
			return nil, fmt.Errorf("record %q: %w", r.ID, err)
		}
		return &t, nil
	default:
		if t, ok := v.(any).(*T); ok {
			return t, nil
		}
		return nil, fmt.Errorf("record %q of kind %q holds a %T and no %T", r.ID, r.Kind(), v, (*T)(nil))
	}
}

// plain is a Record without its methods.
type plain Record

// envelope is a record's JSON without the details, which stand under their kind.
type envelope struct {
	Kind string `json:"kind"`
	plain
	Measurements []measure.Measurement `json:"measurements,omitempty"`
}

// field is the name under which a record holds details of a kind.
func field(kind string) string { return strings.ReplaceAll(kind, "-", "_") }

// MarshalJSON writes the envelope and the details.
func (r Record) MarshalJSON() ([]byte, error) {
	if r.Result == nil {
		return nil, fmt.Errorf("record %q has no result", r.ID)
	}
	out, err := json.Marshal(envelope{r.Kind(), plain(r), r.Measurements()})
	if err != nil {
		return nil, err
	}
	details, err := json.Marshal(r.Result)
	if err != nil {
		return nil, err
	}
	out = fmt.Appendf(out[:len(out)-1], ",%q:", field(r.Kind()))
	return append(append(out, details...), '}'), nil
}

// UnmarshalJSON reads the envelope and keeps the details as they are; Check reports whether
// there are any. Other fields are ignored.
func (r *Record) UnmarshalJSON(b []byte) error {
	e, err := jsonfile.Decode[envelope](b)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	*r = Record(e.plain)
	r.Result = &Raw{e.Kind, e.Measurements, bytes.ToValidUTF8(fields[field(e.Kind)], []byte("\ufffd"))}
	return nil
}

// envelopeFields are the names that details cannot stand under.
var envelopeFields = []string{"kind", "id", "encoder", "data", "protocol", "seed", "training_seed", "backend", "versions", "fingerprint",
	"inputs", "notes", "costs", "measurements"}
