package datasets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// cifarRecordOf returns a record whose pixel i is (seed+i, seed+2i, seed+3i).
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

// cifarFiles returns the files of the official layout with n records each.
func cifarFiles(n int) []datatest.File {
	const dir = "cifar-10-batches-bin/"
	files := []datatest.File{
		{Name: dir},
		{Name: dir + "batches.meta.txt", Body: []byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")},
		{Name: dir + "readme.html", Body: []byte("<html>")},
	}
	for k, name := range cifar10.batches {
		var data []byte
		for i := range n {
			data = append(data, cifarRecordOf((k+i)%10, 10*k+i)...)
		}
		files = append(files, datatest.File{Name: dir + name, Body: data})
	}
	return files
}

func TestCIFARBinary(t *testing.T) {
	files := cifarFiles(3)
	slices.Reverse(files) // test_batch.bin first: the order of packing does not matter
	archive := mustOpen(t, "cifar10="+datatest.Write(t, "small.tar.gz", datatest.Gzip(datatest.Tar(files...))), Options{})
	folder := mustOpen(t, "cifar10="+datatest.Unpack(t, files...), Options{Threads: 1})
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
	d := mustOpen(t, "cifar10="+datatest.Unpack(t, cifarFiles(1)[3:]...), Options{})
	if !slices.Equal(d.Classes, cifar10.classes) {
		t.Fatal(d.Classes)
	}
}

func TestCIFARAsImages(t *testing.T) {
	d := mustOpen(t, "cifar10="+datatest.Write(t, "x.tar", datatest.Tar(cifarImages("x/")...)), Options{})
	if d.Name != "cifar10" || !slices.Equal(d.Classes, cifar10.classes) {
		t.Fatal(d.Name, d.Classes)
	}
	if got := strings.Join(d.Notes, "\n"); !strings.Contains(got, "10 training and 10 test images, and CIFAR-10 has 50000 and 10000") || !strings.Contains(got, "2×2 pixels") {
		t.Errorf("notes %q", got)
	}
}

// cifarImages returns a training and a test picture of each class of CIFAR-10.
func cifarImages(root string) []datatest.File {
	var names []string
	for _, split := range []string{"train", "test"} {
		for _, class := range cifar10.classes {
			names = append(names, root+split+"/"+class+"/1.png")
		}
	}
	return datatest.Dots(names...)
}

// TestCIFARInsistsOnItsClasses: images and records of other classes are not opened as CIFAR-10.
func TestCIFARInsistsOnItsClasses(t *testing.T) {
	names := cifarFiles(1)
	names[1].Body = []byte("a b c d e f g h i j")
	for name, tt := range map[string]struct {
		files []datatest.File
		want  string
	}{
		"images of two classes":     {datatest.Dots("train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png"), "the class airplane is missing"},
		"images of an eleventh one": {append(cifarImages(""), datatest.Dots("train/zebra/1.png")...), "is zebra"},
		"records":                   {names, "is a,"},
	} {
		path := datatest.Write(t, "x.tar", datatest.Tar(tt.files...))
		_, err := Open(context.Background(), "cifar10="+path, Options{})
		datatest.WantError(t, err, path, tt.want, "airplane, automobile", "folder:"+path)
		if _, err := NewPlan(context.Background(), "cifar10="+path, Options{}); err == nil {
			t.Errorf("%s: planned", name)
		}
	}
}

// TestCIFARSizeNotes: cut-down sets have a note, whole ones do not.
func TestCIFARSizeNotes(t *testing.T) {
	for _, spec := range []string{"cifar10=" + datatest.Unpack(t, cifarFiles(1)...), "cifar100=" + datatest.Unpack(t, cifar100Files(1)...)} {
		if d := mustOpen(t, spec, Options{}); len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "not comparable") {
			t.Errorf("%s: notes %q", spec, d.Notes)
		}
	}
	whole := []*Split{{Name: Train, IDs: make([]string, 50_000)}, {Name: Test, IDs: make([]string, 10_000)}}
	if n := cifar10.sizeNotes(whole); n != nil {
		t.Errorf("the official sizes give %q", n)
	}
}

// lfsPointer is what a clone without Git LFS leaves in place of a file.
const lfsPointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"

// TestPointersAsBatches names a Git LFS pointer in place of a batch of every form.
func TestPointersAsBatches(t *testing.T) {
	replaced := func(files []datatest.File, end string) []datatest.File {
		for i := range files {
			if strings.HasSuffix(files[i].Name, end) {
				files[i].Body = []byte(lfsPointer)
			}
		}
		return files
	}
	for spec, files := range map[string][]datatest.File{
		"cifar10=data_batch_2.bin": replaced(cifarFiles(1), "data_batch_2.bin"),
		"cifar10=batches.meta.txt": replaced(cifarFiles(1), "batches.meta.txt"),
		"cifar10=data_batch_2":     {{Name: "x/data_batch_2", Body: []byte(lfsPointer)}},
		"cifar10=batches.meta":     {{Name: "x/batches.meta", Body: []byte(lfsPointer)}, {Name: "x/data_batch_1", Body: []byte(lfsPointer)}},
		"cifar100=train.bin":       replaced(cifar100Files(1), "train.bin"),
		"cifar100=train":           {{Name: "x/train", Body: []byte(lfsPointer)}},
		"stl10=train_X.bin":        {{Name: "x/train_X.bin", Body: []byte(lfsPointer)}},
		"stl10=unlabeled_X.bin":    {{Name: "x/unlabeled_X.bin", Body: []byte(lfsPointer)}},
	} {
		set, file, _ := strings.Cut(spec, "=")
		for _, path := range []string{datatest.Unpack(t, files...), datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(files...)))} {
			_, err := Open(context.Background(), set+"="+path, Options{})
			datatest.WantError(t, err, path, file+": it is a Git LFS pointer", "git lfs pull")
		}
	}
}

// TestCIFAR100AsCIFAR10 names the specification that opens either form.
func TestCIFAR100AsCIFAR10(t *testing.T) {
	for form, files := range map[string][]datatest.File{
		"Python":              {{Name: "p/meta", Body: []byte("x")}, {Name: "p/test", Body: []byte("x")}, {Name: "p/train", Body: []byte("x")}, {Name: "p/file.txt~", Body: []byte("x")}},
		"Python without meta": {{Name: "p/test", Body: []byte("x")}, {Name: "p/train", Body: []byte("x")}},
		"Python, text beside": {{Name: "p/a.tar.gz", Body: []byte("x")}, {Name: "p/train", Body: []byte("x")}},
		"binary":              cifar100Files(1),
	} {
		for _, path := range []string{datatest.Unpack(t, files...), datatest.Write(t, "x.tar", datatest.Tar(files...))} {
			for _, spec := range []string{"cifar10=", "folder:"} {
				_, err := Open(context.Background(), spec+path, Options{})
				if err == nil || !strings.Contains(err.Error(), "cifar100="+path) {
					t.Errorf("%s: %v", form, err)
				}
			}
		}
	}
}

func TestCIFARErrors(t *testing.T) {
	with := func(name string, body []byte) []datatest.File {
		files := cifarFiles(2)
		for i := range files {
			if files[i].Name == "cifar-10-batches-bin/"+name {
				files[i].Body = body
			}
		}
		return files
	}
	twoRecords := append(cifarRecordOf(1, 0), cifarRecordOf(10, 0)...)
	tests := []struct {
		name  string
		files []datatest.File
		o     Options
		want  []string
	}{
		{"cut record", with("data_batch_3.bin", twoRecords[:cifar10.record()+100]), Options{},
			[]string{"data_batch_3.bin: record 1", "100 of 3073 bytes"}},
		{"label", with("test_batch.bin", twoRecords), Options{}, []string{"test_batch.bin: record 1", "label is 10 of 10"}},
		{"empty batch", with("data_batch_2.bin", []byte{}), Options{}, []string{"data_batch_2.bin", "empty"}},
		{"missing batch", cifarFiles(1)[:5], Options{}, []string{"data_batch_3.bin is missing"}},
		{"two of a name", append(cifarFiles(1), datatest.File{Name: "x/test_batch.bin", Body: cifarRecordOf(1, 1)}), Options{},
			[]string{"x/test_batch.bin", "two files of that name"}},
		{"nine classes", with("batches.meta.txt", []byte("a\nb\nc")), Options{}, []string{"batches.meta.txt", "3 class names"}},
		{"class twice", with("batches.meta.txt", []byte("a b c d e f g h i a")), Options{}, []string{`"a" comes twice`}},
		{"too large", cifarFiles(2), Options{MaxBytes: 5000}, []string{"data_batch_1.bin", "larger than"}},
		{"all too large", cifarFiles(2), Options{MaxBytes: 10000}, []string{"data_batch_2.bin", "larger than the limit"}},
		{"neither", []datatest.File{{Name: "a.txt", Body: []byte("x")}}, Options{}, []string{"no JPEG, PNG or WebP images"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.tar", datatest.Tar(tt.files...))
			_, err := Open(context.Background(), "cifar10="+path, tt.o)
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	a := datatest.Write(t, "a.tar", datatest.Tar(cifarFiles(1)...))
	_, err := Open(context.Background(), "cifar10="+a+","+a, Options{})
	datatest.WantError(t, err, "cannot be merged")
}

// cifar100Files returns the files of CIFAR-100's official layout with n records each: record i
// of file k has the coarse label k+i and the fine label 10k+i.
func cifar100Files(n int) []datatest.File {
	const dir = "cifar-100-binary/"
	files := []datatest.File{
		{Name: dir + "fine_label_names.txt", Body: []byte(strings.Join(cifar100.classes, "\n") + "\n")},
		{Name: dir + "coarse_label_names.txt", Body: []byte(strings.Join(cifar100.coarse().classes, "\n") + "\n")},
	}
	for k, name := range cifar100.batches {
		var data []byte
		for i := range n {
			data = append(data, byte(k+i))
			data = append(data, cifarRecordOf(10*k+i, 10*k+i)...)
		}
		files = append(files, datatest.File{Name: dir + name, Body: data})
	}
	return files
}

func TestCIFAR100(t *testing.T) {
	archive := datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(cifar100Files(3)...)))
	tests := []struct {
		spec    string
		classes int
		first   string
		test    []int32
	}{
		{"cifar100=", 100, "apple", []int32{10, 11, 12}},
		{"cifar100:coarse=", 20, "aquatic_mammals", []int32{1, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			d := mustOpen(t, tt.spec+archive, Options{})
			if folder := mustOpen(t, tt.spec+datatest.Unpack(t, cifar100Files(3)...), Options{}); folder.Hash != d.Hash {
				t.Fatal("archive and folder differ")
			}
			if len(d.Classes) != tt.classes || d.Classes[0] != tt.first || len(d.Splits) != 2 || d.Splits[0].Images.N != 3 {
				t.Fatalf("%d classes from %s, %d splits", len(d.Classes), d.Classes[0], len(d.Splits))
			}
			s := d.Splits[1]
			if !slices.Equal(s.Labels, tt.test) || s.IDs[2] != "test.bin:2" {
				t.Fatal(s.Labels, s.IDs)
			}
			for i, want := range []uint8{11, 11, 11, 12, 13, 14} { // record 1 has the seed 10·1+1
				if got := s.Images.At(1)[i]; got != want {
					t.Fatalf("byte %d is %d, want %d", i, got, want)
				}
			}
		})
	}
	if !slices.IsSorted(cifar100.classes) || !slices.IsSorted(cifar100.coarse().classes) {
		t.Fatal("the official names are in alphabetical order")
	}
}

func TestCIFAR100Errors(t *testing.T) {
	with := func(name string, body []byte) []datatest.File {
		files := cifar100Files(1)
		for i := range files {
			if strings.HasSuffix(files[i].Name, name) {
				files[i].Body = body
			}
		}
		return files
	}
	record := cifar100Files(1)[2].Body
	tests := []struct {
		name  string
		files []datatest.File
		want  []string
	}{
		{"cut", with("train.bin", record[:3000]), []string{"train.bin: record 0", "3000 of 3074 bytes"}},
		{"records of CIFAR-10", with("test.bin", record[1:]), []string{"3073 of 3074"}},
		{"coarse label", with("train.bin", append([]byte{20}, record[1:]...)), []string{"label is 20 of 20"}},
		{"fine label", with("train.bin", append([]byte{0, 100}, record[2:]...)), []string{"label is 100 of 100"}},
		{"missing", cifar100Files(1)[:3], []string{"test.bin is missing"}},
		{"names", with("fine_label_names.txt", []byte("a\nb")), []string{"fine_label_names.txt", "2 class names where 100"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.tar", datatest.Tar(tt.files...))
			_, err := Open(context.Background(), "cifar100="+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
}
