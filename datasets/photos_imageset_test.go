package datasets

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
	"repbench/internal/progress"
)

// openMemory opens archives in memory as one set.
func openMemory(o Options, archives ...[]byte) (*Dataset, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	var sources []archive.Source
	for _, a := range archives {
		sources = append(sources, memory{data: a})
	}
	return openImages(context.Background(), "folder", sources, o)
}

func TestArchivesAreMergedInOrder(t *testing.T) {
	a := datatest.Tar(datatest.File{Name: "train/b/2.png", Body: datatest.Dot(1)}, datatest.File{Name: "train/a/9.png", Body: datatest.Dot(2)})
	b := datatest.Tar(datatest.File{Name: "train/a/1.png", Body: datatest.Dot(3)}, datatest.File{Name: "train/c/1.png", Body: datatest.Dot(4)}, datatest.File{Name: "test/b/1.png", Body: datatest.Dot(5)})
	d, err := openMemory(Options{}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	train := d.Splits[0]
	var reds []uint8
	for i := range train.Images.N {
		reds = append(reds, train.Images.At(i)[0])
	}
	got := fmt.Sprint(d.Classes, train.IDs, train.Labels, reds)
	want := "[a b c] [train/a/9.png train/b/2.png train/a/1.png train/c/1.png] [0 1 0 2] [2 1 3 4]"
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	if d.Source != "memory.tar,memory.tar" || len(d.Splits) != 2 || d.Splits[1].Labels[0] != 1 {
		t.Fatalf("%+v", d)
	}
}

// TestThreadsChangeNothing decodes a set with different numbers of goroutines.
func TestThreadsChangeNothing(t *testing.T) {
	var files []datatest.File
	for i := range 100 {
		files = append(files, datatest.File{Name: fmt.Sprintf("train/%d/%d.png", i%7, (i*37)%100), Body: datatest.Dot(uint8(i))})
	}
	data := datatest.Tar(files...)
	var hashes []string
	for _, threads := range []int{1, 2, 16} {
		d, err := openMemory(Options{Threads: threads}, data)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, d.Hash)
	}
	if hashes[0] != hashes[1] || hashes[0] != hashes[2] {
		t.Fatalf("hashes %v", hashes)
	}
}

func TestGreyAndColour(t *testing.T) {
	grey := func(v uint8) []byte { return datatest.PNG(1, 1, color.NRGBA{R: v}, true) }
	colour := datatest.PNG(1, 1, color.NRGBA{1, 2, 3, 255}, false)
	tests := []struct {
		name  string
		files [][]byte
		want  []uint8
	}{
		{"all grey", [][]byte{grey(5), grey(6)}, []uint8{5, 6}},
		{"colour first", [][]byte{colour, grey(6)}, []uint8{1, 2, 3, 6, 6, 6}},
		{"grey first", [][]byte{grey(5), colour}, []uint8{5, 5, 5, 1, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var files []datatest.File
			for i, f := range tt.files {
				files = append(files, datatest.File{Name: fmt.Sprintf("%d.png", i), Body: f})
			}
			d, err := openMemory(Options{}, datatest.Tar(files...))
			if err != nil {
				t.Fatal(err)
			}
			if im := d.Splits[0].Images; !slices.Equal(im.Data, tt.want) || im.C != len(tt.want)/2 {
				t.Fatalf("%d channels %v, want %v", im.C, im.Data, tt.want)
			}
			if d.Splits[0].Labels != nil || d.Classes != nil {
				t.Fatal("images without folders have labels")
			}
		})
	}
}

func TestImageSetErrors(t *testing.T) {
	train := datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}
	cut := datatest.Dot(2)[:60]
	tests := []struct {
		name     string
		o        Options
		archives [][]byte
		want     []string
	}{
		{"other size", Options{}, [][]byte{datatest.Tar(train, datatest.File{Name: "train/a/2.png", Body: datatest.PNG(3, 2, color.NRGBA{}, true)})},
			[]string{"train/a/2.png", "3×2", "train/a/1.png has 2×2", "prepare the set first"}},
		{"bad image", Options{}, [][]byte{datatest.Tar(train, datatest.File{Name: "train/a/2.png", Body: cut}, datatest.File{Name: "train/a/3.png", Body: []byte("x")})},
			[]string{"train/a/2.png", "cannot be read"}},
		{"bad first image", Options{}, [][]byte{datatest.Tar(datatest.File{Name: "train/a/0.png", Body: []byte("x")}, train)},
			[]string{"train/a/0.png", "neither JPEG, PNG nor WebP"}},
		{"empty image", Options{}, [][]byte{datatest.Tar(train, datatest.File{Name: "train/a/2.png", Body: []byte{}})},
			[]string{"train/a/2.png", "empty"}},
		{"same name twice", Options{}, [][]byte{datatest.Tar(train), datatest.Tar(train)}, []string{"train/a/1.png", "the same name is in"}},
		{"labelled in one only", Options{}, [][]byte{datatest.Tar(train), datatest.Tar(datatest.File{Name: "train/1.png", Body: datatest.Dot(1)})},
			[]string{"train/1.png", "classes in one source and not in another"}},
		{"class without training images", Options{}, [][]byte{datatest.Tar(train, datatest.File{Name: "test/b/1.png", Body: datatest.Dot(1)})},
			[]string{"test/b/1.png", `class "b" has no training images`}},
		{"too large", Options{MaxBytes: 11}, [][]byte{datatest.Tar(train)}, []string{"prepare the set"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 3 { // the message does not depend on which goroutine was first
				_, err := openMemory(tt.o, tt.archives...)
				datatest.WantError(t, err, append(tt.want, "memory.tar")...)
				var ce *content.Error
				if !errors.As(err, &ce) {
					t.Fatalf("%T is no ContentError", err)
				}
			}
		})
	}
}

func TestDecodeIsCancelled(t *testing.T) {
	var files []datatest.File
	for i := range 200 {
		files = append(files, datatest.File{Name: fmt.Sprintf("%d.png", i), Body: datatest.Dot(uint8(i))})
	}
	data := datatest.Tar(files...)
	ctx, cancel := context.WithCancel(context.Background())
	o, err := Options{Options: catalog.Options{Progress: cancelAt{50, cancel}}}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openImages(ctx, "folder", []archive.Source{memory{data: data}}, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

// cancelAt is a Reporter that calls a function when the given number of units is done.
type cancelAt struct {
	n      int64
	cancel func()
}

func (c cancelAt) Start(string, int64, string) progress.Task { return &cancelTask{c: c} }

type cancelTask struct {
	c    cancelAt
	done atomic.Int64
}

func (t *cancelTask) Add(n int64) {
	if t.done.Add(n) >= t.c.n {
		t.c.cancel()
	}
}
func (t *cancelTask) Note(string) {}
func (t *cancelTask) Done()       {}

// counting is a Reporter that records the tasks.
type counting struct{ text *strings.Builder }

func (c counting) Start(name string, total int64, unit string) progress.Task {
	fmt.Fprintf(c.text, "%s %d %s;", name, total, unit)
	return progress.Silent.Start(name, total, unit)
}

func TestProgressKnowsTheTotal(t *testing.T) {
	var b strings.Builder
	if _, err := openMemory(Options{Options: catalog.Options{Progress: counting{&b}}}, datatest.Tar(datatest.Dots("a/1.png", "b/1.png", "b/2.png")...)); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "list 0 images;decode 3 images;" {
		t.Fatalf("got %q", got)
	}
}

// changing is a source whose files change on its third walk: after the listing and the check of
// the first image, when the pixels are read.
type changing struct {
	walks         *int
	before, after []datatest.File
}

func (c changing) Path() string { return "changing" }

func (c changing) Walk(ctx context.Context, visit func(archive.Entry) error) error {
	*c.walks++
	files := c.before
	if *c.walks > 2 {
		files = c.after
	}
	return memory{data: datatest.Tar(files...)}.Walk(ctx, visit)
}

func TestFilesThatChange(t *testing.T) {
	two, three := datatest.Dots("a/1.png", "b/1.png"), datatest.Dots("a/1.png", "b/1.png", "c/1.png")
	tests := []struct {
		name, want    string
		before, after []datatest.File
	}{
		{"one is gone", "c/1.png: the file is gone", three, two},
		{"one is new", "c/1.png: the files changed", two, three},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := Options{}.resolve()
			if err != nil {
				t.Fatal(err)
			}
			_, err = openImages(context.Background(), "folder", []archive.Source{changing{new(int), tt.before, tt.after}}, o)
			datatest.WantError(t, err, tt.want)
		})
	}
}
