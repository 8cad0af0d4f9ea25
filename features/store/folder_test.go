package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// must ends the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// writeFolder writes a folder of 4 training and 2 test rows of 3 columns; the test split has no
// labels.
func writeFolder(t testing.TB) (dir string, m *Meta) {
	t.Helper()
	dir = t.TempDir()
	m = &Meta{
		Key:     Key{Version: Version, Encoder: "pixels", DType: "float32", Layers: []matrix.Layer{{Name: "pixels", Columns: [2]int{0, 3}}}},
		Dim:     3,
		Classes: []string{"a", "b"},
		Splits:  []SplitMeta{{Name: "train", Rows: 4, Labelled: true}, {Name: "test", Rows: 2}},
	}
	for _, s := range m.Splits {
		rows, ids := make([]float32, s.Rows*m.Dim), ""
		for i := range rows {
			rows[i] = float32(i) + float32(len(s.Name))
		}
		for i := range s.Rows {
			ids += fmt.Sprintf("%s-%d\n", s.Name, i)
		}
		must(t, npy.Write(FeaturesPath(dir, s.Name), []int{s.Rows, m.Dim}, rows))
		must(t, os.WriteFile(IDsPath(dir, s.Name), []byte(ids), 0o644))
	}
	must(t, npy.Write(LabelsPath(dir, "train"), []int{4}, []int32{0, 1, 1, 0}))
	must(t, jsonfile.Write(filepath.Join(dir, MetaFile), m))
	return dir, m
}

// cut removes the last bytes of a file.
func cut(t *testing.T, path string, bytes int64) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()-bytes))
}

// add appends to a file.
func add(t *testing.T, path, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, append(b, text...), 0o644))
}

// damages change a whole folder; Check and Split find each, or are right to find nothing.
var damages = []struct {
	name   string
	damage func(t *testing.T, dir string)
	check  []string // in the error of Check, nil: there is none
	split  []string // in the error of opening the training split, nil: there is none
}{
	{"none", func(*testing.T, string) {}, nil, nil},
	{"matrix missing", func(t *testing.T, dir string) { must(t, os.Remove(FeaturesPath(dir, "train"))) },
		[]string{"train_features.npy", "no such file"}, []string{"train_features.npy", "no such file"}},
	{"matrix truncated", func(t *testing.T, dir string) { cut(t, FeaturesPath(dir, "train"), 1) },
		[]string{"train_features.npy", "47 of 48 data bytes"}, []string{"train_features.npy", "copy or make it again"}},
	{"matrix with a tail", func(t *testing.T, dir string) { add(t, FeaturesPath(dir, "train"), "x") },
		[]string{"train_features.npy", "1 bytes after"}, []string{"train_features.npy", "make it again"}},
	{"matrix empty", func(t *testing.T, dir string) { must(t, os.WriteFile(FeaturesPath(dir, "train"), nil, 0o644)) },
		[]string{"train_features.npy"}, []string{"train_features.npy"}},
	{"fewer rows", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{3, 3}, make([]float32, 9)))
	}, []string{"float32 of shape [3 3], meta.json says float32 [4 3]"}, []string{"train_labels.npy has 4 labels", "train_features.npy has 3 rows"}},
	{"fewer columns", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{4, 2}, make([]float32, 8)))
	}, []string{"float32 of shape [4 2], meta.json says float32 [4 3]"}, []string{"train_features.npy has 2 columns, meta.json says 3"}},
	{"rows and columns exchanged", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{3, 4}, make([]float32, 12)))
	}, []string{"shape [3 4], meta.json says float32 [4 3]"}, []string{"3 rows"}},
	{"a vector", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{12}, make([]float32, 12)))
	}, []string{"shape [12], meta.json says float32 [4 3]"}, []string{"shape [12], want a matrix of rows and features"}},
	{"three axes", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{4, 3, 1}, make([]float32, 12)))
	}, []string{"shape [4 3 1], meta.json says"}, []string{"shape [4 3 1], want a matrix"}},
	{"another type of the same shape", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{4, 3}, make([]uint16, 12)))
	}, []string{"holds float16 of shape [4 3], meta.json says float32 [4 3]"}, nil},
	{"whole numbers", func(t *testing.T, dir string) {
		must(t, npy.Write(FeaturesPath(dir, "train"), []int{4, 3}, make([]int32, 12)))
	}, []string{"holds int32"}, []string{"holds int32, want float32 or float16: convert it with x.astype('float32')"}},
	{"labels missing", func(t *testing.T, dir string) { must(t, os.Remove(LabelsPath(dir, "train"))) },
		[]string{"train_labels.npy", "no such file"}, []string{"train_labels.npy", "no such file"}},
	{"labels truncated", func(t *testing.T, dir string) { cut(t, LabelsPath(dir, "train"), 4) },
		[]string{"train_labels.npy", "12 of 16 data bytes"}, []string{"train_labels.npy", "12 of 16"}},
	{"a label too many", func(t *testing.T, dir string) {
		must(t, npy.Write(LabelsPath(dir, "train"), []int{5}, make([]int32, 5)))
	}, []string{"train_labels.npy holds int32 of shape [5]"}, []string{"train_labels.npy has 5 labels", "train_features.npy has 4 rows"}},
	{"labels of another integer type", func(t *testing.T, dir string) {
		must(t, npy.Write(LabelsPath(dir, "train"), []int{4}, make([]int64, 4)))
	}, nil, nil},
	{"labels of a split without", func(t *testing.T, dir string) {
		must(t, os.WriteFile(LabelsPath(dir, "test"), []byte("rubbish"), 0o644))
	}, nil, nil},
	{"test matrix missing", func(t *testing.T, dir string) { must(t, os.Remove(FeaturesPath(dir, "test"))) },
		[]string{"test_features.npy"}, nil},
	{"names missing", func(t *testing.T, dir string) { must(t, os.Remove(IDsPath(dir, "train"))) },
		[]string{"train_ids.txt", "no such file"}, nil},
	{"a name missing", func(t *testing.T, dir string) { cut(t, IDsPath(dir, "train"), 8) },
		[]string{"train_ids.txt has 3 lines, meta.json says 4 rows"}, nil},
	{"no line end at the end", func(t *testing.T, dir string) { cut(t, IDsPath(dir, "train"), 1) }, nil, nil},
	{"a name too many", func(t *testing.T, dir string) { add(t, IDsPath(dir, "train"), "x") },
		[]string{"train_ids.txt has 5 lines, meta.json says 4 rows"}, nil},
}

func TestDamages(t *testing.T) {
	for _, tt := range damages {
		t.Run(tt.name, func(t *testing.T) {
			dir, m := writeFolder(t)
			tt.damage(t, dir)
			if err := m.Check(dir); tt.check != nil {
				testcheck.Error(t, err, ErrDamaged, append([]string{"the folder of features is damaged"}, tt.check...)...)
			} else if err != nil {
				t.Errorf("Check: %v", err)
			}
			for _, o := range []ReadOptions{{MaxMemory: MapAll}, {MaxMemory: 1 << 20}} {
				f, err := o.OpenFolder(dir)
				must(t, err) // the description is whole
				defer f.Close()
				if _, err := f.Split("train"); tt.split != nil {
					testcheck.Error(t, err, nil, tt.split...)
				} else if err != nil {
					t.Errorf("MaxMemory %d: Split: %v", o.MaxMemory, err)
				}
			}
		})
	}
}

// CheckNames finds what Check finds in the names, and lets their absence pass.
func TestCheckNames(t *testing.T) {
	for _, tt := range []struct {
		name, ids string // of the 4 training images
		want      string // in the error, "": there is none
	}{
		{"whole", "a\nb\nc\nd\n", ""},
		{"no last line end", "a\nb\nc\nd", ""},
		{"windows line ends", "a\r\nb\r\nc\r\nd\r\n", ""},
		{"an empty name", "a\n\nc\nd\n", ""},
		{"no names, 4 lines", "\n\n\n\n", ""},
		{"no names, no lines", "", ""},
		{"no names, other lines", "\n \n\r\n", ""},
		{"too few", "a\nb\nc\n", "train_ids.txt has 3 lines, meta.json says 4 rows"},
		{"cut in the second name", "a\nb", "train_ids.txt has 2 lines"},
		{"too many", "a\nb\nc\nd\ne\n", "train_ids.txt has 5 lines"},
		{"an empty line too many", "a\nb\nc\nd\n\n", "train_ids.txt has 5 lines"},
		// Beyond the 4096 bytes that a buffered reader holds.
		{"a long name", "a\n" + strings.Repeat("b", 10_000) + "\nc\nd\n", ""},
		{"a long name without line end", "a\nb\nc\n" + strings.Repeat("d", 10_000), ""},
		{"names of a buffer's length", strings.Repeat(strings.Repeat("b", 4095)+"\n", 4), ""},
		{"too few, long", strings.Repeat(strings.Repeat("b", 4096)+"\n", 3), "train_ids.txt has 3 lines"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, m := writeFolder(t)
			must(t, os.WriteFile(IDsPath(dir, "train"), []byte(tt.ids), 0o644))
			if err := m.CheckNames(dir); tt.want != "" {
				testcheck.Error(t, err, ErrDamaged, tt.want, "restore the file, or remove "+filepath.Join(dir, MetaFile)+" and extract again")
			} else if err != nil {
				t.Error(err)
			}
			if err := m.Check(dir); (err != nil) != (tt.want != "") {
				t.Errorf("Check: %v", err)
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		dir, m := writeFolder(t)
		must(t, os.Remove(IDsPath(dir, "train")))
		must(t, m.CheckNames(dir))
	})
	t.Run("a folder in its place", func(t *testing.T) {
		dir, m := writeFolder(t)
		must(t, os.Remove(IDsPath(dir, "test")))
		must(t, os.Mkdir(IDsPath(dir, "test"), 0o755))
		testcheck.Error(t, m.CheckNames(dir), ErrDamaged, "test_ids.txt", "is a directory")
	})
}

// Discard leaves results, kept files and splits that the description does not name.
func TestDiscard(t *testing.T) {
	dir, m := writeFolder(t)
	others := []string{".pca-0.npy", "extra_features.npy", "records.jsonl"}
	for _, name := range others {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644))
	}
	must(t, os.WriteFile(FactorsPath(dir, "train"), []byte("{}\n"), 0o644))
	for range 2 { // the second time there is nothing left to remove
		must(t, m.Discard(dir))
		entries, err := os.ReadDir(dir)
		must(t, err)
		var left []string
		for _, e := range entries {
			left = append(left, e.Name())
		}
		if !slices.Equal(left, others) {
			t.Errorf("left are %v, want %v", left, others)
		}
	}
	if Is(dir) {
		t.Error("the folder still holds features")
	}
}

// A folder with a split's file in the place of which there is a folder with something in it.
func TestDiscardFails(t *testing.T) {
	dir, m := writeFolder(t)
	must(t, os.Remove(IDsPath(dir, "train")))
	must(t, os.MkdirAll(filepath.Join(IDsPath(dir, "train"), "mine"), 0o755))
	testcheck.Error(t, m.Discard(dir), nil, "train_ids.txt")
}

func TestFolderSplits(t *testing.T) {
	dir, m := writeFolder(t)
	f, err := OpenFolder(dir)
	must(t, err)
	for split, want := range map[string]bool{"train": true, "test": true, "valid": false, "": false, "trai": false} {
		if f.Has(split) != want {
			t.Errorf("Has(%q) = %v", split, !want)
		}
	}
	_, err = f.Split("valid")
	testcheck.Error(t, err, nil, dir, `no split "valid"`)
	train, err := f.Split("train")
	must(t, err)
	test, err := f.Split("test")
	must(t, err)
	if train.N != 4 || train.D != 3 || train.Float32[0] != 5 || train.Float32[11] != 16 || !slices.Equal(train.Labels, []int32{0, 1, 1, 0}) {
		t.Errorf("training split %+v", train)
	}
	if test.N != 2 || test.D != 3 || test.Float32[5] != 9 || test.Labels != nil || test.File != FeaturesPath(dir, "test") {
		t.Errorf("test split %+v", test)
	}
	if f.Meta.Hash() != m.Hash() {
		t.Error("the description that was read has another key than the one that was written")
	}
	must(t, f.Close())
	must(t, f.Close()) // a second time there is nothing to free
}
