package datasets

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
)

// writePrepared writes a prepared folder of two images of 2×2 pixels; change may modify the
// manifest.
func writePrepared(t testing.TB, change func(*Manifest)) string {
	t.Helper()
	dir := t.TempDir()
	pix := make([]uint8, 2*2*2*3)
	for i := range pix {
		pix[i] = uint8(i)
	}
	labels := []int32{1, 0}
	m := &Manifest{
		Version: ManifestVersion, Name: "folder", Source: "/x", Size: 2, Channels: 3, Filter: "box", Decode: "full",
		Classes: []string{"a", "b"}, Splits: []ManifestSplit{{Name: Train, Images: 2, Labelled: true}},
	}
	m.Hash = ContentHash(m.Classes, []*Split{{Name: Train, Images: Images{Data: pix, N: 2, H: 2, W: 2, C: 3}, Labels: labels}})
	change(m)
	for _, err := range []error{
		npy.Write(filepath.Join(dir, "train_images.npy"), []int{2, 2, 2, 3}, pix),
		npy.Write(filepath.Join(dir, "train_labels.npy"), []int{2}, labels),
		os.WriteFile(filepath.Join(dir, "train_ids.txt"), []byte("b/1.png\na/2.png\n"), 0o644),
		jsonfile.Write(filepath.Join(dir, ManifestFile), m),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpenPrepared(t *testing.T) {
	dir := writePrepared(t, func(*Manifest) {})
	d := mustOpen(t, "prepared:"+dir, Options{})
	s := d.Splits[0]
	if d.Name != "folder" || d.Source != dir || s.IDs[1] != "a/2.png" || s.Labels[0] != 1 || s.Images.At(1)[0] != 12 {
		t.Errorf("%+v, %v %v", d, s.IDs, s.Labels)
	}
	if d.Hash != ContentHash(d.Classes, d.Splits) {
		t.Error("the hash of the files is not that of the set in memory")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, "prepared:"+dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
}

func TestPreparedErrors(t *testing.T) {
	rewrite := func(name string, data []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)-1] ^= 1
			rewrite(name, data)(t, dir)
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, name)) }
	}
	nothing := func(*Manifest) {}
	for _, tt := range []struct {
		name, want string
		change     func(*Manifest)
		damage     func(*testing.T, string)
	}{
		{"no manifest", "no prepared folder", nothing, remove(ManifestFile)},
		{"no JSON", "manifest.json", nothing, rewrite(ManifestFile, []byte("{"))},
		{"no images", "train_images.npy", nothing, remove("train_images.npy")},
		{"no names", "train_ids.txt", nothing, remove("train_ids.txt")},
		{"a pixel", "was changed or damaged", nothing, flip("train_images.npy")},
		{"a name too few", "1 names for 2 images", nothing, rewrite("train_ids.txt", []byte("x\n"))},
		{"a name changed", "train_ids.txt: the names are not those", func(m *Manifest) { m.Splits[0].IDsHash = strings.Repeat("0", 64) }, nil},
		{"labels cut", "truncated", nothing, rewrite("train_labels.npy", npy.EncodeHeader(npy.Int32, []int{2}))},
		{"labels of another number", "[0] for 2 images", nothing, rewrite("train_labels.npy", npy.EncodeHeader(npy.Int32, []int{0}))},
		{"version", "version is 2", func(m *Manifest) { m.Version = 2 }, nil},
		{"no set", "no name of a set", func(m *Manifest) { m.Name = "" }, nil},
		{"size", "the size is 0", func(m *Manifest) { m.Size = 0 }, nil},
		{"another size", "manifest says [2 3 3 3]", func(m *Manifest) { m.Size = 3 }, nil},
		{"channels", "2 channels", func(m *Manifest) { m.Channels = 2 }, nil},
		{"hash", `the hash is "12"`, func(m *Manifest) { m.Hash = "12" }, nil},
		{"another hash", "was changed or damaged", func(m *Manifest) { m.Hash = strings.Repeat("0", 64) }, nil},
		{"no splits", "no splits", func(m *Manifest) { m.Splits = nil }, nil},
		{"a path as split", "is not one of", func(m *Manifest) { m.Splits[0].Name = "../train" }, nil},
		{"a split twice", "not in that order", func(m *Manifest) { m.Splits = append(m.Splits, m.Splits[0]) }, nil},
		{"no images in a split", "0 images", func(m *Manifest) { m.Splits[0].Images = 0 }, nil},
		{"titles", "1 titles for 2 classes", func(m *Manifest) { m.Titles = []string{"x"} }, nil},
		{"no classes", "there are no classes", func(m *Manifest) { m.Classes = nil }, nil},
		{"too few classes", "label 1 of 1 classes", func(m *Manifest) { m.Classes = m.Classes[:1] }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := writePrepared(t, tt.change)
			if tt.damage != nil {
				tt.damage(t, dir)
			}
			_, err := Open(context.Background(), "prepared:"+dir, Options{})
			datatest.WantError(t, err, tt.want, dir)
			if tt.name != "no manifest" {
				datatest.WantError(t, err, "prepare the set again")
			}
		})
	}
}

// FuzzManifest: any manifest with valid files gives a set that fulfils the invariants of Open,
// or an error.
func FuzzManifest(f *testing.F) {
	dir := writePrepared(f, func(*Manifest) {})
	good, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(strings.Replace(string(good), `"images": 2`, `"images": 4000000000`, 1)))
	f.Add([]byte(`{"version":1,"name":"x","size":2,"channels":3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, ManifestFile), data, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(context.Background(), "prepared:"+dir, Options{})
		if err != nil {
			return
		}
		var m Manifest
		if err := json.Unmarshal(data, &m); err != nil || d.Hash != m.Hash || len(d.Splits) != len(m.Splits) {
			t.Fatalf("opened %+v from %s", d, data)
		}
		for _, s := range d.Splits {
			if err := s.check(len(d.Classes)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// For the folder above the sets of several sizes, the error names the sizes and the folders to
// give.
func TestPreparedAtSeveralSizes(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []string{"200", "32"} {
		if err := os.Rename(writePrepared(t, func(*Manifest) {}), filepath.Join(dir, size)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(context.Background(), "prepared:"+dir, Options{})
	datatest.WantError(t, err, "sizes 32, 200", "prepared:"+filepath.Join(dir, "32"))
	if strings.Contains(err.Error(), "no such file") {
		t.Errorf("%q ends with the system's words", err)
	}
	if _, err := Open(context.Background(), "prepared:"+filepath.Join(dir, "32"), Options{}); err != nil {
		t.Error(err)
	}
}
