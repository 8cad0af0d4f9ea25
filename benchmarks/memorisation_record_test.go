package benchmarks

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/eval/memorisation"
	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/reports"
	"repbench/reports/record"
)

// noise writes n random images of 16×16×3 to a file, the first copies of them taken from, and
// returns the file and the pixels.
func noise(t *testing.T, name string, n int, seed uint64, copies []uint8) (string, []uint8) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	px := slices.Clone(copies)
	for len(px) < n*16*16*3 {
		px = append(px, uint8(rng.IntN(256)))
	}
	path := filepath.Join(t.TempDir(), name)
	if err := npy.Write(path, []int{n, 16, 16, 3}, px); err != nil {
		t.Fatal(err)
	}
	return path, px
}

// A run of memorisation is stored with its inputs, their hashes and pictures of pairs; a report
// is made of the file, and the same work has the same name.
func TestMemorisationRecord(t *testing.T) {
	train, px := noise(t, "train.npy", 200, 1, nil)
	null, _ := noise(t, "null.npy", 120, 2, nil)
	images, _ := noise(t, "images.npy", 60, 3, px[:2*16*16*3])
	path, cache := filepath.Join(t.TempDir(), record.FileName), t.TempDir()
	work := func(seed uint64, images string) *record.Record {
		o := Memorisation{Generated: Generated{Path: images}, Train: train, Null: null}
		o.Control, o.Seed = 5, seed
		out, err := Run(context.Background(), Cell{Protocol: o, Records: path}, Machine{Catalog: catalog.Options{CacheDir: cache, Offline: true}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Records[0]
	}
	first := work(1, images)
	if again := work(1, images); again.ID != first.ID {
		t.Errorf("the same work is named %s and %s", first.ID, again.ID)
	}
	other, _ := noise(t, "images.npy", 60, 4, nil)
	if r := work(1, other); r.ID == first.ID {
		t.Error("other images have the same name")
	}
	all, err := record.Read(path)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d records, %v", len(all), err)
	}
	stored, err := record.Decode[memorisation.Stored](*first)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored.Pairs) < 20 || len(stored.Pairs[0].PNG) == 0 || stored.Histogram == nil || stored.Pairs[0].Score != 0 {
		t.Errorf("%d pairs, the first %+v, histogram %v", len(stored.Pairs), stored.Pairs[0], stored.Histogram != nil)
	}
	checkInputs(t, first, []string{"generated images.npy 60", "train train.npy 200", "held-out null.npy 120"})
	if len(first.Costs) != 1 || first.Costs[0].Stage != "compare" || first.Fingerprint == nil || first.Versions.Go == "" {
		t.Errorf("costs %v, fingerprint %v, versions %v", first.Costs, first.Fingerprint, first.Versions)
	}
	in, err := reports.Load([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := reports.Write(in, dir, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	md, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil || !strings.Contains(string(md), "These are small numbers: 60 generated images") {
		t.Errorf("the report does not warn of small numbers (%v)", err)
	}
}

// checkInputs compares roles, file names and sizes, and asks for a hash of each.
func checkInputs(t *testing.T, r *record.Record, want []string) {
	t.Helper()
	var got []string
	seen := map[string]bool{}
	for _, in := range r.Inputs {
		got = append(got, in.Role+" "+filepath.Base(in.Name)+" "+strconv.Itoa(in.Rows))
		if len(in.Hash) != 64 || seen[in.Hash] {
			t.Errorf("%s has the hash %q", in.Role, in.Hash)
		}
		seen[in.Hash] = true
	}
	if !slices.Equal(got, want) {
		t.Errorf("inputs %q, want %q", got, want)
	}
}

// A hash depends on the shape and on every value, not on how a matrix is stored.
func TestHashRows(t *testing.T) {
	view := func(n, d int, values ...float32) matrix.View {
		v, err := matrix.New(values, n, d)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	base := HashRows(view(2, 2, 1, 2, 3, 4))
	half, err := matrix.NewHalf([]uint16{0x3c00, 0x4000, 0x4200, 0x4400}, 2, 2) // 1, 2, 3, 4
	if err != nil {
		t.Fatal(err)
	}
	if got := HashRows(half); got != base {
		t.Error("the same values as float16 have another hash")
	}
	for _, v := range []matrix.View{view(1, 4, 1, 2, 3, 4), view(2, 2, 1, 2, 3, 5), view(2, 2, 2, 1, 3, 4), {}} {
		if HashRows(v) == base {
			t.Errorf("%d×%d rows have the hash of others", v.N, v.D)
		}
	}
	im := datasets.Images{N: 1, H: 2, W: 2, C: 1, Data: []uint8{1, 2, 3, 4}}
	if moved := (datasets.Images{N: 1, H: 1, W: 4, C: 1, Data: im.Data}); hashImages(im) == hashImages(moved) {
		t.Error("images of another shape have the same hash")
	}
}

// The record of a comparison of files names and hashes them.
func TestQualityRecord(t *testing.T) {
	rows := func(n int, first float32) matrix.View {
		values := make([]float32, 2*n)
		for i := range values {
			values[i] = first + float32(i%7)
		}
		v, err := matrix.New(values, n, 2)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	sets := QualitySets{Real: "real.npy", Generated: "gen.npy", Test: "test.npy", Inputs: quality.Inputs{Real: rows(9, 0), Generated: rows(8, 1), Test: rows(7, 2)}}
	result := &quality.Result{Metrics: map[string]quality.Number{metric.NameKID: {Value: 1}}, RealRows: 9, GeneratedRows: 8, TestRows: 7, Dim: 2, Seed: 3, Seconds: 2}
	r, err := QualityRecord(result, sets, "kid")
	if err != nil {
		t.Fatal(err)
	}
	checkInputs(t, r, []string{"generated gen.npy 8", "train real.npy 9", "held-out test.npy 7"})
	if !strings.HasPrefix(r.ID, "quality-gen-npy-real-npy-") || r.Seed != 3 || r.Costs[0].Seconds != 2 || r.Protocol.Name != "quality" {
		t.Errorf("record %+v", r)
	}
	sets.Test = ""
	alone, err := QualityRecord(result, sets, "kid")
	if err != nil || len(alone.Inputs) != 2 || alone.ID == r.ID {
		t.Errorf("without a second real sample: %+v, %v", alone, err)
	}
	sets.Real = filepath.Join(t.TempDir(), "missing") + ":train"
	if r, err := QualityRecord(result, sets); err != nil || r.Data.Name != sets.Real {
		t.Errorf("a name with a colon that is no folder: %v, %v", r, err)
	}
}
