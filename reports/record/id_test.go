package record

import (
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"theano:runs/SVHN_2015": "theano-runs-svhn-2015", "": "x", "///": "x", "-a-": "a", "é界": "x",
		strings.Repeat("ab", 40): strings.Repeat("ab", 20),
	} {
		if got := slug(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// The name depends on the work alone: on the encoder, the data, the seed and the settings,
// not on the result, the place of the data, the program or the backend.
func TestNewID(t *testing.T) {
	id := func(change func(*Record), settings ...string) string {
		r := Record{Seed: 1, Encoder: Encoder{Spec: "pixels", WeightsHash: "0f", Pooling: "max"}, Data: Data{Name: "cifar10", Source: "here", Hash: "3c"},
			Result: &distance{1, 2}}
		change(&r)
		got, err := NewID(r, settings...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	base := id(func(*Record) {}, "l2svm")
	if !strings.HasPrefix(base, "some-distance-pixels-cifar10-") || len(base) != len("some-distance-pixels-cifar10-")+8 {
		t.Errorf("%s does not say what it is", base)
	}
	for name, got := range map[string]string{
		"the same work":  id(func(*Record) {}, "l2svm"),
		"another result": id(func(r *Record) { r.Result = &distance{0.9, 1} }, "l2svm"),
		"another place":  id(func(r *Record) { r.Data.Source = "elsewhere"; r.Versions.Go = "go2"; r.Backend = "gpu" }, "l2svm"),
	} {
		if got != base {
			t.Errorf("%s is named %s, want %s", name, got, base)
		}
	}
	for name, got := range map[string]string{
		"setting":            id(func(*Record) {}, "logistic"),
		"number of settings": id(func(*Record) {}, "l2svm", "x"),
		"seed":               id(func(r *Record) { r.Seed++ }, "l2svm"),
		"file of weights":    id(func(r *Record) { r.Encoder.WeightsHash = "1" }, "l2svm"),
		"set of images":      id(func(r *Record) { r.Data.Hash = "1" }, "l2svm"),
		"generator":          id(func(r *Record) { r.Inputs = []Input{{Role: GeneratedInput, Name: "pixels"}} }, "l2svm"),
		"pooling":            id(func(r *Record) { r.Encoder.Pooling = "mean" }, "l2svm"),
	} {
		if got == base {
			t.Errorf("another %s gives the same name %s", name, got)
		}
	}
}

// A result on generated images is named by them, and another hash of any input is other work.
func TestNewIDOfGenerated(t *testing.T) {
	r := Record{Data: Data{Name: "cifar10"}, Result: &distance{1, 2},
		Inputs: []Input{{Role: TrainInput, Name: "cifar10/train", Hash: "1"}, {Role: GeneratedInput, Name: "dcgan:runs/x", Hash: "2"}}}
	a, err := NewID(r)
	if err != nil || !strings.HasPrefix(a, "some-distance-dcgan-runs-x-cifar10-") {
		t.Errorf("named %s, %v", a, err)
	}
	r.Inputs[0].Hash = "3"
	if b, err := NewID(r); err != nil || a == b {
		t.Errorf("other training images give the same name %s (%v)", b, err)
	}
	if _, ok := r.Input(HeldOutInput); ok {
		t.Error("an input of a role that is not there")
	}
}
