package suite

import (
	"context"
	"strings"
	"testing"

	"repbench/benchmarks"
	"repbench/datasets/catalog"
)

// small is a suite of eight cells whose trainings take no time.
const small = `
suite = "small"
seeds = "1..2"

[[encoder]]
name = "dcgan"
train = { arch = "svhn32", width = 2, data = "shapes", steps = 4, batch = 8, samples = 4 }
[[encoder]]
name = "pixels"
spec = "pixels"

[[data]]
name = "shapes"
spec = "shapes:train=60,test=20"

[[protocol]]
name = "linear"
[[protocol]]
name = "near"
kind = "knn"
k = [1, 5]
`

// read is Parse of a suite that is right.
func read(t *testing.T, text string) *Suite {
	t.Helper()
	s, err := Parse([]byte(text), "suite.toml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// machine is a machine with a cache of its own.
func machine(t *testing.T) benchmarks.Machine {
	t.Helper()
	return benchmarks.Machine{Backend: "cpu", Catalog: catalog.Options{CacheDir: t.TempDir(), Offline: true}}
}

// prepare is Prepare of a suite in a folder.
func prepare(t *testing.T, text, dir string) (*Folder, Change) {
	t.Helper()
	f, change, err := Prepare(context.Background(), read(t, text), dir, machine(t))
	if err != nil {
		t.Fatal(err)
	}
	return f, change
}

// changed is a text with one part replaced, which has to be there.
func changed(t *testing.T, text, old, by string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is no part of the suite", old)
	}
	return strings.Replace(text, old, by, 1)
}

// cellOf is the first cell of an encoder and a protocol.
func cellOf(t *testing.T, f *Folder, encoder, protocol string) Cell {
	t.Helper()
	for _, c := range f.Cells() {
		if c.Encoder == encoder && c.Protocol == protocol && !f.Orphan(c) {
			return c
		}
	}
	t.Fatalf("no cell %s, %s", encoder, protocol)
	return Cell{}
}
