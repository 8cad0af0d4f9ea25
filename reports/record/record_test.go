package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/measure"
)

// distance is a kind of result that no other package knows.
type distance struct {
	Value float64 `json:"value"`
	Rows  int     `json:"rows"`
}

func (d *distance) Kind() string { return "some-distance" }

func (d *distance) Measurements() []measure.Measurement {
	return []measure.Measurement{{Name: "distance", Value: d.Value, Cases: d.Rows, Better: measure.Lower, ReportedOn: "test"}}
}

func seedOf(n uint64) *uint64 { return &n }

// A kind of result that this package has never heard of is stored, kept beside others and
// read again.
func TestAnyKind(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	r := Record{Encoder: Encoder{Spec: "dcgan:runs/seed0", WeightsHash: "w"}, Data: Data{Name: "set"}, Seed: 0, TrainingSeed: seedOf(0),
		Fingerprint: ThisProgram("cpu"), Result: &distance{1.5, 10}}
	if err := r.Identify("distance", "to train"); err != nil {
		t.Fatal(err)
	}
	const old = `{"kind":"linear","id":"a","linear":{"C":1e-4,"later":[1, {"x":2}]}}`
	if err := os.WriteFile(path, []byte(old+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Add(path, r); err != nil {
		t.Fatal(err)
	}
	rs, err := Read(path)
	if err != nil || len(rs) != 2 {
		t.Fatalf("%d records, %v", len(rs), err)
	}
	got := rs[1]
	if got.Kind() != "some-distance" || got.ID != r.ID || got.TrainingSeed == nil || *got.TrainingSeed != 0 || *got.Fingerprint != *r.Fingerprint ||
		got.Protocol.Name != "distance" || got.Protocol.Settings[0] != "to train" {
		t.Errorf("reads back as %+v", got)
	}
	if m := got.Measurements(); len(m) != 1 || m[0].Value != 1.5 || m[0].Better != measure.Lower || m[0].Cases != 10 {
		t.Errorf("measurements %+v", m)
	}
	if d, err := Decode[distance](got); err != nil || *d != (distance{1.5, 10}) {
		t.Errorf("decoded as %+v, %v", d, err)
	}
	if d, err := Decode[distance](r); err != nil || d != r.Result {
		t.Errorf("%v is not the result itself, %v", d, err)
	}
	line, err := json.Marshal(rs[0])
	if err != nil || !strings.Contains(string(line), `"linear":{"C":1e-4,"later":[1,{"x":2}]}`) || strings.Contains(string(line), "measurements") {
		t.Errorf("the old record becomes %s, %v", line, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	if _, err := Decode[distance](Record{ID: "x"}); err == nil || !strings.Contains(err.Error(), `"x" has no result`) {
		t.Errorf("no result: error %v", err)
	}
	if _, err := Decode[Raw](Record{ID: "x", Result: &distance{}}); err == nil || !strings.Contains(err.Error(), "some-distance") {
		t.Errorf("another type: error %v", err)
	}
	if _, err := json.Marshal(Record{ID: "x"}); err == nil {
		t.Error("a record without a result was written")
	}
}

func TestCheckErrors(t *testing.T) {
	for in, want := range map[string]string{
		`{"kind":"x","id":"a"}`:                                     `must hold "x"`,
		`{"kind":"x","id":"a","x":null}`:                            `must hold "x"`,
		`{"kind":"data","id":"a","data":{}}`:                        `kind "data"; a kind is a word`,
		`{"kind":"training-seed","id":"a","training_seed":1}`:       `kind "training-seed"; a kind is a word`,
		`{"kind":"","id":"a"}`:                                      "a kind is a word",
		`{"id":"a"}`:                                                "a kind is a word",
		`{"kind":"Ü","id":"a"}`:                                     "a kind is a word",
		`{"kind":"x","x":{}}`:                                       `needs an "id"`,
		`{"kind":"x","id":"a","x":{},"measurements":[{"value":1}]}`: `needs a "name"`,
		`{"kind":"x","id":"a","x":{},"measurements":[{"name":"n","ci95":[2,1]}]}`:       "lower end",
		`{"kind":"x","id":"a","x":{},"costs":[{"stage":"fit","seconds":-1}]}`:           "costs[0]: seconds is -1",
		`{"kind":"x","id":"a","x":{},"measurements":[{"name":"n","better":"upwards"}]}`: "upwards",
	} {
		if _, err := Parse(strings.NewReader(in+"\n"), "f"); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f:1: ") {
			t.Errorf("%s: error %v, want %q", in, err, want)
		}
	}
}

// Equal work has one name whatever the seed of the training, whose weights tell it apart.
func TestIdentify(t *testing.T) {
	id := func(change func(*Record)) string {
		r := Record{Encoder: Encoder{Spec: "pixels"}, Result: &distance{1, 2}}
		change(&r)
		if err := r.Identify("distance", "a"); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	base := id(func(*Record) {})
	if !strings.HasPrefix(base, "some-distance-pixels-") {
		t.Errorf("name %s", base)
	}
	if id(func(r *Record) { r.Seed, r.TrainingSeed, r.Fingerprint = 0, seedOf(3), ThisProgram("xla") }) != base {
		t.Error("what leaves the work as it is changes the name")
	}
	if id(func(r *Record) { r.Seed = 1 }) == base || id(func(r *Record) { r.Encoder.Spec = "other" }) == base {
		t.Error("other work has the same name")
	}
	if err := (&Record{}).Identify("x"); err == nil {
		t.Error("a record without a result was named")
	}
}
