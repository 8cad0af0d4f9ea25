package duplicates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/train/autoencoder"
)

func mustRun(t *testing.T, dir string, ds, against *datasets.Dataset, o Options) *Outcome {
	t.Helper()
	out, err := Run(context.Background(), dir, ds, against, cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// groupsIn reads groups.jsonl as text: "test:0 train:1=" for an exact group.
func groupsIn(t *testing.T, dir string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, GroupsFile))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range bytes.Lines(b) {
		var g Group
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range g.Images {
			ids = append(ids, r.ID)
		}
		s := strings.Join(ids, " ")
		if g.Exact {
			s += "="
		}
		out = append(out, s)
	}
	return out
}

func keepIn(t *testing.T, dir, split string) []string {
	t.Helper()
	k, err := datasets.ReadKeepList(filepath.Join(dir, KeepFile(split)))
	if err != nil {
		t.Fatal(err)
	}
	if k.Split != split {
		t.Errorf("the keep-list of %s names split %s", split, k.Split)
	}
	return k.IDs
}

// TestExactDuplicates: images of the test split take precedence over images of the training
// split, and earlier images over later ones.
func TestExactDuplicates(t *testing.T) {
	im := trainSplit(t, shapes(t, 10, 1, 16)).Images
	ds := setOf(im, map[string][]int{"train": {0, 1, 0, 2, 1, 5}, "test": {3, 1, 3, 4}})
	dir := t.TempDir()
	out := mustRun(t, dir, ds, nil, Options{Method: MethodExact})
	if want := []string{"test:0 test:2=", "test:1 train:1 train:4=", "train:0 train:2="}; !reflect.DeepEqual(groupsIn(t, dir), want) {
		t.Errorf("groups %q, want %q", groupsIn(t, dir), want)
	}
	if got, want := keepIn(t, dir, "train"), []string{"train:0", "train:3", "train:5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept of train %q, want %q", got, want)
	}
	if got, want := keepIn(t, dir, "test"), []string{"test:0", "test:1", "test:3"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept of test %q, want %q", got, want)
	}
	if out.Images != 10 || out.Groups != 3 || out.Removed != 4 {
		t.Errorf("%d images, %d groups, %d removed; want 10, 3, 4", out.Images, out.Groups, out.Removed)
	}
	want := []Overlap{{A: "copies/test", B: "copies/train", ExactA: 1, ExactB: 2, NearA: 1, NearB: 2}}
	if !reflect.DeepEqual(out.Overlaps, want) {
		t.Errorf("overlaps %+v, want %+v", out.Overlaps, want)
	}
}

// TestAgainst: images that are also in a second set are removed from the first set only.
func TestAgainst(t *testing.T) {
	im := trainSplit(t, shapes(t, 10, 1, 16)).Images
	ds := setOf(im, map[string][]int{"train": {0, 1, 2}})
	other := setOf(im, map[string][]int{"train": {7, 1}, "test": {2}})
	dir := t.TempDir()
	out := mustRun(t, dir, ds, other, Options{Method: MethodPHash})
	if got, want := keepIn(t, dir, "train"), []string{"train:0"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, KeepFile("test"))); err == nil {
		t.Error("the second set has a keep-list")
	}
	var names []string
	for _, v := range out.Overlaps {
		names = append(names, v.A+"&"+v.B)
	}
	if want := []string{"copies (2)/test&copies/train", "copies (2)/train&copies/train"}; !reflect.DeepEqual(names, want) {
		t.Errorf("overlaps %q, want %q", names, want)
	}
}

// small is an autoencoder with a very short training.
func small() Options {
	return Options{Bits: 32, Seed: new(uint64(2)), Train: autoencoder.Options{Steps: 60, Batch: 32}}
}

// TestRoundTrip: the set that the keep-lists leave has no duplicates.
func TestRoundTrip(t *testing.T) {
	for _, o := range []Options{{Method: MethodPHash, Mirror: true}, {Method: MethodDHash}, small()} {
		t.Run(string(o.withDefaults().Method), func(t *testing.T) {
			ds := shapes(t, 150, 50, 16)
			split := trainSplit(t, ds)
			ds = setOf(split.Images, map[string][]int{"train": append(rows(150), 3, 4, 5), "test": {3, 9}})
			dir := t.TempDir()
			first := mustRun(t, dir, ds, nil, o)
			if first.Removed < 5 {
				t.Fatalf("%d removed; the set has 5 exact duplicates", first.Removed)
			}
			var lists []datasets.KeepList
			for _, split := range []string{"train", "test"} {
				lists = append(lists, datasets.KeepList{Split: split, IDs: keepIn(t, dir, split)})
			}
			kept, err := datasets.Restrict(ds, lists...)
			if err != nil {
				t.Fatal(err)
			}
			if first.Run != "" {
				o.Run = first.Run
			}
			if again := mustRun(t, t.TempDir(), kept, nil, o); again.Removed != 0 || again.Images != first.Images-first.Removed {
				t.Errorf("of %d kept images %d are removed again", again.Images, again.Removed)
			}
		})
	}
}

func rows(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestDeterministic: the same files, byte for byte, except the seconds.
func TestDeterministic(t *testing.T) {
	ds := shapes(t, 120, 40, 16)
	o := small()
	o.Threshold, o.Radius = Threshold{Mean: true}, 2
	a, b := t.TempDir(), t.TempDir()
	mustRun(t, a, ds, nil, o)
	mustRun(t, b, ds, nil, o)
	for _, name := range []string{GroupsFile, KeepFile("train"), KeepFile("test")} {
		x, _ := os.ReadFile(filepath.Join(a, name))
		y, _ := os.ReadFile(filepath.Join(b, name))
		if len(x) == 0 && name != GroupsFile || !bytes.Equal(x, y) {
			t.Errorf("%s has %d and %d bytes, or other ones", name, len(x), len(y))
		}
	}
}

// TestSemanticBits: bits are code > threshold, as documented, and the mean is the mean of the
// given images.
func TestSemanticBits(t *testing.T) {
	ds := shapes(t, 80, 1, 16)
	im := trainSplit(t, ds).Images
	o := small().withDefaults()
	m, _, err := model(context.Background(), t.TempDir(), ds, trainSplit(t, ds), cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	units, err := m.Codes(im)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		threshold string
		of        func(j int) float64
	}{
		{"0", func(int) float64 { return 0 }},
		{"0.25", func(int) float64 { return 0.25 }},
		{"mean", func(j int) float64 {
			sum := 0.0
			for i := range im.N {
				sum += float64(units[i*m.Hidden+j])
			}
			return float64(float32(sum / float64(im.N)))
		}},
	} {
		t.Run(tt.threshold, func(t *testing.T) {
			threshold, err := ParseThreshold(tt.threshold)
			if err != nil {
				t.Fatal(err)
			}
			h, err := NewSemantic(context.Background(), m, 20, threshold, im, nil)
			if err != nil {
				t.Fatal(err)
			}
			codes := make([]Code, im.N)
			if err := h.Hash(codes, im); err != nil {
				t.Fatal(err)
			}
			ones := 0
			for i, c := range codes {
				var want Code
				for j := range 20 {
					if float64(units[i*m.Hidden+j]) > tt.of(j) {
						want.set(j)
						ones++
					}
				}
				if c != want {
					t.Fatalf("image %d has code %x, want %x", i, c[0], want[0])
				}
			}
			if ones == 0 || ones == 20*im.N {
				t.Errorf("%d ones of %d: the threshold decides nothing", ones, 20*im.N)
			}
		})
	}
}

// TestCancelled: an interrupted training resumes in the same folder.
func TestCancelled(t *testing.T) {
	ds := shapes(t, 120, 1, 16)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, dir, ds, nil, cpu(t), Options{Method: MethodPHash}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if _, err := os.Stat(filepath.Join(dir, SummaryFile)); err == nil {
		t.Error("a cancelled search has a summary")
	}
	if _, err := Evaluate(ctx, dir, ds, cpu(t), 8, small()); !errors.Is(err, context.Canceled) {
		t.Errorf("evaluation: error %v, want context.Canceled", err)
	}
	mustRun(t, dir, ds, nil, small())
}

func TestOptions(t *testing.T) {
	ds := shapes(t, 40, 1, 16)
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"method", Options{Method: "md5"}, `"md5"`},
		{"bits", Options{Bits: 257}, "257 bits"},
		{"radius", Options{Method: MethodPHash, Radius: 64}, "radius 64"},
		{"negative radius", Options{Radius: -1}, "radius -1"},
		{"exact radius", Options{Method: MethodExact, Radius: 1}, "exact"},
		{"threshold", Options{Threshold: Threshold{Value: -1}}, "threshold -1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Run(context.Background(), t.TempDir(), ds, nil, cpu(t), tt.o)
			if !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want ErrOptions naming %s", err, tt.want)
			}
		})
	}
	for _, text := range []string{"", "-1", "NaN", "median", "1e400"} {
		if _, err := ParseThreshold(text); !errors.Is(err, ErrOptions) {
			t.Errorf("threshold %q: error %v, want ErrOptions", text, err)
		}
	}
}

// Flat pictures of different colours are not duplicates of each other with any method; flat
// pictures of one colour are, by their pixels. A group that spans classes is counted and named.
func TestFlatPicturesAndClasses(t *testing.T) {
	colours := [][3]uint8{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {128, 128, 128}, {0, 255, 0}}
	im := datasets.Images{N: len(colours), H: 32, W: 32, C: 3}
	var ids []string
	for i, c := range colours {
		im.Data = append(im.Data, bytes.Repeat(c[:], 32*32)...)
		ids = append(ids, string(rune('a'+i)))
	}
	ds := &datasets.Dataset{Name: "flat", Classes: []string{"bright", "grey"}, Hash: "00", Splits: []*datasets.Split{
		{Name: datasets.Train, Images: im, IDs: ids, Labels: []int32{0, 0, 0, 1, 1, 1, 1}}}}
	for _, m := range []Method{MethodPHash, MethodDHash} {
		dir := t.TempDir()
		out := mustRun(t, dir, ds, nil, Options{Method: m, Mirror: true, Radius: 2})
		if got, want := groupsIn(t, dir), []string{"b g="}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: groups %v, want %v", m, got, want)
		}
		if out.AcrossClasses != 1 {
			t.Errorf("%s: %d groups across classes, want 1", m, out.AcrossClasses)
		}
		b, err := os.ReadFile(filepath.Join(dir, GroupsFile))
		if err != nil || !strings.Contains(string(b), `"classes":["bright","grey"]`) {
			t.Errorf("%s: %s, error %v, want a line that names both classes", m, b, err)
		}
	}
}
