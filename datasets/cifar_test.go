package datasets

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
)

// cifarRecordOf makes a record whose pixel i is (seed+i, seed+2i, seed+3i).
func cifarRecordOf(label, seed int) []byte {
	r := make([]byte, cifar10.record())
	r[0] = byte(label)
	for i := range cifarPlane {
		for c := range 3 {
			r[1+c*cifarPlane+i] = byte(seed + (c+1)*i)
		}
	}
	return r
}

// cifarFiles are the files of the official layout with n records each.
func cifarFiles(n int) []packed {
	const dir = "cifar-10-batches-bin/"
	files := []packed{
		{name: dir},
		{name: dir + "batches.meta.txt", body: []byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")},
		{name: dir + "readme.html", body: []byte("<html>")},
	}
	for k, name := range cifar10.batches {
		var data []byte
		for i := range n {
			data = append(data, cifarRecordOf((k+i)%10, 10*k+i)...)
		}
		files = append(files, packed{name: dir + name, body: data})
	}
	return files
}

func TestCIFARBinary(t *testing.T) {
	files := cifarFiles(3)
	slices.Reverse(files) // test_batch.bin first: the order of packing does not matter
	archive := mustOpen(t, "cifar10="+writeTemp(t, "small.tar.gz", gzipOf(tarOf(files...))), Options{})
	folder := mustOpen(t, "cifar10="+unpack(t, files...), Options{Threads: 1})
	if archive.Hash != folder.Hash {
		t.Fatal("archive and folder differ")
	}
	if got := fmt.Sprint(archive.Name, archive.Classes); got != "cifar10[airplane automobile bird cat deer dog frog horse ship truck]" {
		t.Fatal(got)
	}
	train, test := archive.Splits[0], archive.Splits[1]
	if got := fmt.Sprintln(train.Name, train.Images.N, test.Name, test.Images.N); got != "train 15 test 3\n" {
		t.Fatal(got)
	}
	if got := fmt.Sprintln(train.Labels, test.Labels, train.IDs[4], test.IDs[0]); got !=
		"[0 1 2 1 2 3 2 3 4 3 4 5 4 5 6] [5 6 7] data_batch_2.bin:1 test_batch.bin:0\n" {
		t.Fatal(got)
	}
	for i, want := range []uint8{11, 11, 11, 12, 13, 14} { // data_batch_2.bin:1 has seed 10·1+1
		if got := train.Images.At(4)[i]; got != want {
			t.Fatalf("byte %d is %d, want %d", i, got, want)
		}
	}
}

func TestCIFARWithoutMeta(t *testing.T) {
	d := mustOpen(t, "cifar10="+unpack(t, cifarFiles(1)[3:]...), Options{})
	if !slices.Equal(d.Classes, cifar10.classes) {
		t.Fatal(d.Classes)
	}
}

func TestCIFARAsImages(t *testing.T) {
	d := mustOpen(t, "cifar10="+writeTemp(t, "x.tar", tarOf(names("train/cat/1.png", "train/bird/1.png", "test/cat/1.png")...)), Options{})
	if got := fmt.Sprint(d.Name, d.Classes); got != "cifar10[bird cat]" {
		t.Fatal(got)
	}
}

func TestCIFARErrors(t *testing.T) {
	with := func(name string, body []byte) []packed {
		files := cifarFiles(2)
		for i := range files {
			if files[i].name == "cifar-10-batches-bin/"+name {
				files[i].body = body
			}
		}
		return files
	}
	twoRecords := append(cifarRecordOf(1, 0), cifarRecordOf(10, 0)...)
	tests := []struct {
		name  string
		files []packed
		o     Options
		want  []string
	}{
		{"cut record", with("data_batch_3.bin", twoRecords[:cifar10.record()+100]), Options{},
			[]string{"data_batch_3.bin: record 1", "100 of 3073 bytes"}},
		{"label", with("test_batch.bin", twoRecords), Options{}, []string{"test_batch.bin: record 1", "label is 10 of 10"}},
		{"empty batch", with("data_batch_2.bin", []byte{}), Options{}, []string{"data_batch_2.bin", "empty"}},
		{"missing batch", cifarFiles(1)[:5], Options{}, []string{"data_batch_3.bin is missing"}},
		{"two of a name", append(cifarFiles(1), packed{name: "x/test_batch.bin", body: cifarRecordOf(1, 1)}), Options{},
			[]string{"x/test_batch.bin", "two files of that name"}},
		{"nine classes", with("batches.meta.txt", []byte("a\nb\nc")), Options{}, []string{"batches.meta.txt", "3 class names"}},
		{"class twice", with("batches.meta.txt", []byte("a b c d e f g h i a")), Options{}, []string{`"a" comes twice`}},
		{"too large", cifarFiles(2), Options{MaxBytes: 5000}, []string{"data_batch_1.bin", "larger than"}},
		{"all too large", cifarFiles(2), Options{MaxBytes: 10000}, []string{"data_batch_2.bin", "larger than the limit"}},
		{"Python's form", []packed{{name: "cifar-10-batches-py/data_batch_1", body: []byte("\x80\x02")}}, Options{},
			[]string{"data_batch_1", "get cifar-10-binary.tar.gz"}},
		{"neither", []packed{{name: "a.txt", body: []byte("x")}}, Options{}, []string{"no JPEG, PNG or WebP images"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := writeTemp(t, "set.tar", tarOf(tt.files...))
			_, err := Open(context.Background(), "cifar10="+path, tt.o)
			wantError(t, err, append(tt.want, path)...)
		})
	}
	a := writeTemp(t, "a.tar", tarOf(cifarFiles(1)...))
	_, err := Open(context.Background(), "cifar10="+a+","+a, Options{})
	wantError(t, err, "cannot be merged")
}

func TestInParallelVisitsAllOnce(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100} {
		for _, threads := range []int{1, 3, 16} {
			seen := make([]byte, n)
			inParallel(threads, n, func(i int) { seen[i]++ })
			if !bytes.Equal(seen, bytes.Repeat([]byte{1}, n)) {
				t.Fatalf("n %d threads %d: %v", n, threads, seen)
			}
		}
	}
}
