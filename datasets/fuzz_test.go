package datasets

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"reflect"
	"strings"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/datatest"
)

// fuzzBytes limits the memory of a set made from fuzzed input.
const fuzzBytes = 1 << 20

// checkSet fails if the result of a reader is not consistent.
func checkSet(t *testing.T, d *Dataset) {
	t.Helper()
	if len(d.Splits) == 0 {
		t.Fatal("a set without splits")
	}
	for _, s := range d.Splits {
		if err := s.check(len(d.Classes)); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzImageArchive: any tar or tar.gz gives a consistent set, which does not depend on the
// number of goroutines, or an error that names the archive.
func FuzzImageArchive(f *testing.F) {
	for _, files := range [][]string{
		{"train/a/1.png", "train/b/1.png", "test/a/1.png"},
		{"x/train/a/1.png", "x/train/b/"},
		{"1.png", "2.png"},
		{"../1.png"},
	} {
		data := datatest.Tar(datatest.Dots(files...)...)
		f.Add(data, false)
		f.Add(datatest.Gzip(data), true)
		f.Add(data[:len(data)-700], false)
	}
	f.Add(datatest.Tar(datatest.File{Name: "train/a/1.jpg", Body: datatest.EncodeJPEG(image.NewGray(image.Rect(0, 0, 3, 3)))}), false)
	f.Add(datatest.Tar(datatest.File{Name: "train/a/1.png", Link: "/etc/passwd"}), false)
	f.Fuzz(func(t *testing.T, data []byte, gz bool) {
		open := func(threads int) (*Dataset, error) {
			o := Options{Threads: threads, MaxBytes: fuzzBytes, Options: catalog.Options{CacheDir: "none"}}
			o, err := o.resolve()
			if err != nil {
				t.Fatal(err)
			}
			return openImages(context.Background(), "folder", []archive.Source{memory{data, gz}}, o)
		}
		one, err1 := open(1)
		two, err2 := open(3)
		if fmt.Sprint(err1) != fmt.Sprint(err2) {
			t.Fatalf("one goroutine: %v; three: %v", err1, err2)
		}
		if err1 != nil {
			if !strings.Contains(err1.Error(), "memory.tar") {
				t.Fatalf("%q does not name the archive", err1)
			}
			return
		}
		checkSet(t, one)
		if one.Hash != two.Hash {
			t.Fatal("the number of goroutines changes the result")
		}
	})
}

// FuzzCIFARBatch: a batch is accepted exactly if it consists of whole records with labels in
// range, and then its pixels can be converted back to the records.
func FuzzCIFARBatch(f *testing.F) {
	f.Add(cifarRecordOf(3, 1), 0)
	f.Add(append(cifarRecordOf(9, 1), cifarRecordOf(10, 2)...), 0)
	f.Add(cifarRecordOf(0, 0), 5)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		data = data[:len(data)-min(max(cut, 0), len(data))]
		if cifar10.check("set", "batch", data) != nil {
			return
		}
		s := cifar10.split(Train, []string{"batch"}, map[string][]byte{"batch": data}, 2)
		if err := s.check(len(cifar10.classes)); err != nil {
			t.Fatal(err)
		}
		var back []byte
		for i := range s.Images.N {
			back = append(back, byte(s.Labels[i]))
			for c := range 3 {
				for p := range cifarPlane {
					back = append(back, s.Images.At(i)[3*p+c])
				}
			}
		}
		if !bytes.Equal(back, data) {
			t.Fatal("records do not come back")
		}
	})
}

// FuzzCIFARArchive feeds whole archives.
func FuzzCIFARArchive(f *testing.F) {
	f.Add(datatest.Tar(cifarFiles(1)...))
	f.Add(datatest.Tar(cifarFiles(1)[:4]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := Options{Threads: 2, MaxBytes: fuzzBytes, Options: catalog.Options{CacheDir: "none"}}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		if d, err := cifar10.read(context.Background(), memory{data: data}, o); err == nil {
			checkSet(t, d)
		}
	})
}

// FuzzIDX: an accepted file has exactly the bytes that its dimensions imply.
func FuzzIDX(f *testing.F) {
	f.Add(idxOf([]byte("abcdef"), 2, 3), 2)
	f.Add(datatest.Gzip(idxOf([]byte("abc"), 3)), 1)
	f.Add(idxOf(nil, 1<<31, 1<<31, 1<<31), 3)
	f.Fuzz(func(t *testing.T, in []byte, ndim int) {
		if ndim < 1 || ndim > 3 {
			return
		}
		dims, data, err := parseIDX(bytes.NewReader(in), ndim)
		if err != nil {
			return
		}
		n := 1
		for _, d := range dims {
			n *= d
		}
		if len(dims) != ndim || n != len(data) {
			t.Fatalf("%d bytes for %v", len(data), dims)
		}
		if !archive.IsGzip(in) && !bytes.Equal(idxOf(data, dims...), in) {
			t.Fatal("the file does not come back")
		}
	})
}

// FuzzParseSpec: an accepted specification parses to the same value when it is written again
// from its parts.
func FuzzParseSpec(f *testing.F) {
	for _, s := range []string{"cifar10", "cifar10=a,b", "folder:x", "shapes:size=64,seed=3", "mnist=", "lsun:bedroom", "lsun:bedroom=a,b", "cifar100:coarse=x=y", "a=b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSpec(text)
		if err != nil {
			return
		}
		again := s.Name
		switch {
		case s.Name == catalog.NameShapes:
			sep := ":"
			for _, o := range []struct {
				key   string
				value int64
			}{{"size", int64(s.Shapes.Size)}, {"train", int64(s.Shapes.Train)}, {"test", int64(s.Shapes.Test)}, {"seed", s.Shapes.Seed}} {
				if o.value != 0 {
					again += fmt.Sprintf("%s%s=%d", sep, o.key, o.value)
					sep = ","
				}
			}
		case s.Variant != "":
			again += ":" + s.Variant
		}
		if len(s.Paths) > 0 {
			again += "=" + strings.Join(s.Paths, ",")
		}
		if back, err := ParseSpec(again); err != nil || !reflect.DeepEqual(back, s) {
			t.Fatalf("%q → %+v → %q → %+v, %v", text, s, again, back, err)
		}
	})
}
