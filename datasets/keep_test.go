package datasets

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

func TestKeepListRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keep.txt")
	for _, k := range []KeepList{
		{Train, []string{"train/a/1.png", "#2.png", " spaced .png"}},
		{Test, []string{"test_batch.bin:17"}},
	} {
		if err := WriteKeepList(path, k); err != nil {
			t.Fatal(err)
		}
		got, err := ReadKeepList(path)
		if err != nil || !reflect.DeepEqual(got, k) {
			t.Errorf("wrote %v, read %v, %v", k, got, err)
		}
	}
	for _, id := range []string{"", "a\nb", "a\r", strings.Repeat("x", maxKeepID+1)} {
		if err := WriteKeepList(path, KeepList{Train, []string{id}}); !errors.Is(err, ErrKeep) {
			t.Errorf("id %.10q: error %v, want ErrKeep", id, err)
		}
	}
}

func TestParseKeepList(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       KeepList
		err        string
	}{
		{"plain list", "a\nb\n", KeepList{Train, []string{"a", "b"}}, ""},
		{"no last line break", "a", KeepList{Train, []string{"a"}}, ""},
		{"Windows", "# keep-list of split valid\r\na\r\n\r\nb\r\n", KeepList{Valid, []string{"a", "b"}}, ""},
		{"header only first", "a\n# keep-list of split test\n", KeepList{Train, []string{"a", "# keep-list of split test"}}, ""},
		{"other split", "# keep-list of split dev\na\n", KeepList{}, `split "dev"`},
		{"nothing", "# keep-list of split test\n\n", KeepList{}, "names no image"},
		{"twice", "a\nb\na\n", KeepList{}, `line 3: "a" is on line 1`},
		{"long", strings.Repeat("x", maxKeepID+1), KeepList{}, "line 1 has 4097 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseKeepList([]byte(tt.text))
			if tt.err != "" {
				datatest.WantError(t, err, tt.err)
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("read %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func kept(t *testing.T, ds *Dataset, lists ...KeepList) *Dataset {
	t.Helper()
	out, err := Restrict(ds, lists...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRestrict(t *testing.T) {
	ds := mustOpen(t, "shapes:size=16,train=8,test=3", Options{})
	before := *ds
	got := kept(t, ds, KeepList{Train, []string{"train:5", "train:1"}})
	s, all := got.Splits[0], ds.Splits[0]
	if !reflect.DeepEqual(s.IDs, []string{"train:1", "train:5"}) || s.Images.N != 2 || len(s.Factors) != 2 {
		t.Fatalf("kept %q, %d images, %d factors", s.IDs, s.Images.N, len(s.Factors))
	}
	for i, row := range []int{1, 5} {
		if !bytes.Equal(s.Images.At(i), all.Images.At(row)) || s.Labels[i] != all.Labels[row] || !reflect.DeepEqual(s.Factors[i], all.Factors[row]) {
			t.Errorf("row %d is not row %d of the whole set", i, row)
		}
	}
	if got.Splits[1] != ds.Splits[1] {
		t.Error("the test split has no list and is not the same")
	}
	if !strings.Contains(got.Source, "2 of 8 images of train kept") {
		t.Errorf("source %q does not say what was kept", got.Source)
	}
	if !reflect.DeepEqual(*ds, before) {
		t.Error("the whole set was changed")
	}
	if same := kept(t, ds); same != ds {
		t.Error("no list gives another set")
	}
}

// TestRestrictHash: the hash depends only on which images are kept.
func TestRestrictHash(t *testing.T) {
	ds := mustOpen(t, "shapes:size=16,train=8,test=3", Options{})
	one := kept(t, ds, KeepList{Train, []string{"train:1", "train:5"}}).Hash
	for _, tt := range []struct {
		name string
		list KeepList
		same bool
	}{
		{"other order", KeepList{Train, []string{"train:5", "train:1"}}, true},
		{"other image", KeepList{Train, []string{"train:1", "train:6"}}, false},
		{"more", KeepList{Train, []string{"train:1", "train:5", "train:6"}}, false},
		{"other split", KeepList{Test, []string{"test:1"}}, false},
	} {
		if h := kept(t, ds, tt.list).Hash; (h == one) != tt.same {
			t.Errorf("%s: same hash is %v, want %v", tt.name, h == one, tt.same)
		}
	}
	if one == ds.Hash {
		t.Error("a restricted set has the hash of the whole one")
	}
	other := mustOpen(t, "shapes:size=16,train=8,test=3,seed=9", Options{})
	if h := kept(t, other, KeepList{Train, []string{"train:1", "train:5"}}).Hash; h == one {
		t.Error("the same list of another set gives the same hash")
	}
}

func TestRestrictErrors(t *testing.T) {
	ds := mustOpen(t, "shapes:size=16,train=8,test=3", Options{})
	for _, tt := range []struct {
		name  string
		lists []KeepList
		want  []string
	}{
		{"unknown ids", []KeepList{{Train, []string{"a", "train:1", "b", "c", "d"}}}, []string{"4 of the 5 ids", `"a", "b", "c", …`, "split train"}},
		{"no such split", []KeepList{{Valid, []string{"a"}}}, []string{`no split "valid"`}},
		{"two lists", []KeepList{{Train, []string{"train:1"}}, {Train, []string{"train:2"}}}, []string{"two lists"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Restrict(ds, tt.lists...)
			datatest.WantError(t, err, tt.want...)
			if !errors.Is(err, ErrKeep) {
				t.Errorf("%v is not ErrKeep", err)
			}
		})
	}
}

func TestOpenKeeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keep.txt")
	if err := os.WriteFile(path, []byte("train:2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ds := mustOpen(t, "shapes:size=16,train=8,test=3", Options{Keep: []string{path}})
	if n := ds.Splits[0].Images.N; n != 1 {
		t.Errorf("%d training images, want 1", n)
	}
	_, err := Open(t.Context(), "shapes", Options{Keep: []string{path + "x"}})
	if !errors.Is(err, ErrKeep) {
		t.Errorf("a list that does not exist: error %v, want ErrKeep", err)
	}
}

// FuzzKeepList: any bytes give a list that is unchanged by writing and reading, or an error.
func FuzzKeepList(f *testing.F) {
	f.Add([]byte("a\nb\n"))
	f.Add([]byte("# keep-list of split test\r\n1\r\n"))
	f.Add([]byte("# keep-list of split \n"))
	f.Add([]byte("\n\n\x00\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parseKeepList(b)
		if err != nil {
			return
		}
		text, err := k.encode()
		if err != nil {
			return // an id with a carriage return inside
		}
		again, err := parseKeepList(text)
		if err != nil || !reflect.DeepEqual(again, k) {
			t.Fatalf("%q became %q, %v", k, again, err)
		}
	})
}
