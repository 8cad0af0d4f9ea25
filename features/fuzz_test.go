package features

import (
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/npy"
)

// A meta.json of any content beside real matrices is read or refused.
func FuzzMeta(f *testing.F) {
	f.Add([]byte(`{"dim":3,"splits":[{"name":"train","rows":2,"labelled":true}],"layers":[{"name":"a","columns":[0,3]}]}`))
	f.Add([]byte(`{"dim":-1,"splits":[{"name":"../x"}]}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, store.MetaFile), b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(filepath.Join(dir, "train_features.npy"), []int{2, 3}, make([]float32, 6)); err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(filepath.Join(dir, "train_labels.npy"), []int{2}, []int32{0, 1}); err != nil {
			t.Fatal(err)
		}
		folder, err := store.OpenFolder(dir)
		if err != nil {
			return
		}
		defer folder.Close()
		m, err := folder.Split(datasets.Train)
		if err != nil {
			return
		}
		for _, l := range folder.Meta.Layers {
			if l.Columns[0] < 0 || l.Columns[1] > m.D || l.Columns[0] >= l.Columns[1] {
				t.Errorf("layer %+v of a matrix of %d columns was accepted", l, m.D)
			}
		}
	})
}

// Specifications of random encoders are understood or refused.
func FuzzRandomSpec(f *testing.F) {
	f.Add("svhn32")
	f.Add("svhn32,width=4")
	f.Add("svhn32,width=4,")
	f.Add("svhn32,channels=1,width=4")
	f.Add("svhn32,channels=1,channels=3")
	f.Add("dcgan64,width=99999999999")
	f.Fuzz(func(t *testing.T, spec string) {
		a, err := parseRandom(spec)
		if err == nil && (a.Name == "" || a.Width < 1 || a.Width > 4096 || a.Channels != 1 && a.Channels != 3) {
			t.Errorf("%q gave %q, width %d, %d channels", spec, a.Name, a.Width, a.Channels)
		}
	})
}
