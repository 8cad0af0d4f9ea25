package datasets

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/datatest"
)

// stlPixel returns the value of a test image.
func stlPixel(n, y, x, c int) uint8 { return uint8(31*n + 3*y + 2*x + 40*c) }

// stlBytes returns n images in the order of the files: planes, each by columns.
func stlBytes(n int) []byte {
	data := make([]byte, 0, n*stlImage)
	for i := range n {
		for c := range 3 {
			for x := range stlSide {
				for y := range stlSide {
					data = append(data, stlPixel(i, y, x, c))
				}
			}
		}
	}
	return data
}

// stlFiles returns the files of the official layout, in the order of the archive.
func stlFiles() []datatest.File {
	const dir = "stl10_binary/"
	return []datatest.File{
		{Name: dir},
		{Name: dir + "test_X.bin", Body: stlBytes(2)},
		{Name: dir + "test_y.bin", Body: []byte{10, 1}},
		{Name: dir + "train_X.bin", Body: stlBytes(3)},
		{Name: dir + "train_y.bin", Body: []byte{2, 3, 4}},
		{Name: dir + "unlabeled_X.bin", Body: stlBytes(4)},
		{Name: dir + "class_names.txt", Body: []byte("airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n")},
		{Name: dir + "fold_indices.txt", Body: []byte("0 1 2\n")},
	}
}

func TestSTL10(t *testing.T) {
	d := mustOpen(t, "stl10="+datatest.Write(t, "stl10_binary.tar.gz", datatest.Gzip(datatest.Tar(stlFiles()...))), Options{})
	if folder := mustOpen(t, "stl10="+datatest.Unpack(t, stlFiles()...), Options{}); folder.Hash != d.Hash {
		t.Fatal("archive and folder differ")
	}
	got := ""
	for _, s := range d.Splits {
		got += fmt.Sprintln(s.Name, s.Labels, s.IDs)
		for i := range s.Images.N {
			for _, at := range [][3]int{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {95, 95, 2}, {17, 60, 1}} {
				y, x, c := at[0], at[1], at[2]
				if v := s.Images.At(i)[(y*stlSide+x)*3+c]; v != stlPixel(i, y, x, c) {
					t.Fatalf("%s %d, row %d, column %d, channel %d: %d", s.Name, i, y, x, c, v)
				}
			}
		}
	}
	want := "train [1 2 3] [train_X.bin:0 train_X.bin:1 train_X.bin:2]\n" +
		"test [9 0] [test_X.bin:0 test_X.bin:1]\n" +
		"extra [] [unlabeled_X.bin:0 unlabeled_X.bin:1 unlabeled_X.bin:2 unlabeled_X.bin:3]\n"
	if got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	if d.Splits[2].Labels != nil || d.Classes[9] != "truck" {
		t.Fatal("unlabelled images have labels, or the classes are wrong")
	}
	small := mustOpen(t, "stl10="+datatest.Unpack(t, stlFiles()[1:5]...), Options{})
	if len(small.Splits) != 2 || small.Classes[7] != "monkey" {
		t.Fatalf("without the unlabelled images: %d splits, %v", len(small.Splits), small.Classes)
	}
}

func TestSTL10Errors(t *testing.T) {
	with := func(name string, body []byte) []datatest.File {
		files := stlFiles()
		for i := range files {
			if files[i].Name == "stl10_binary/"+name {
				files[i].Body = body
			}
		}
		return files
	}
	tests := []struct {
		name  string
		files []datatest.File
		o     Options
		want  []string
	}{
		{"cut", with("train_X.bin", stlBytes(1)[:1000]), Options{}, []string{"train_X.bin", "image 0 has 1000 of 27648 bytes"}},
		{"empty", with("test_X.bin", []byte{}), Options{}, []string{"test_X.bin", "empty"}},
		{"label 0", with("train_y.bin", []byte{1, 0, 2}), Options{}, []string{"train_y.bin", "record 1: the label is 0"}},
		{"label 11", with("test_y.bin", []byte{11, 2}), Options{}, []string{"the label is 11"}},
		{"no labels", with("test_y.bin", []byte{}), Options{}, []string{"test_y.bin", "empty"}},
		{"counts", with("train_y.bin", []byte{1}), Options{}, []string{"1 labels", "3 images"}},
		{"names", with("class_names.txt", []byte("a b")), Options{}, []string{"class_names.txt", "2 class names"}},
		{"missing", stlFiles()[:4], Options{}, []string{"train_y.bin is missing"}},
		{"no images", stlFiles()[6:], Options{}, []string{"train_X.bin is missing"}},
		{"too large", stlFiles(), Options{MaxBytes: 6 * stlImage}, []string{"unlabeled_X.bin", "limit of 0 MB", "leave unlabeled_X.bin out"}},
		{"twice", append(stlFiles(), datatest.File{Name: "x/train_y.bin", Body: []byte{1}}), Options{}, []string{"x/train_y.bin", "two files"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.tar", datatest.Tar(tt.files...))
			_, err := Open(context.Background(), "stl10="+path, tt.o)
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	// A header that claims 20 GB of images in an archive of a few bytes.
	claim := datatest.Tar(datatest.File{Name: "train_X.bin", Body: []byte{}})
	copy(claim[124:], fmt.Sprintf("%011o", int64(stlImage)*723380))
	copy(claim[148:], "        ")
	sum := 0
	for _, b := range claim[:512] {
		sum += int(b)
	}
	copy(claim[148:], fmt.Sprintf("%06o\x00 ", sum))
	_, err := Open(context.Background(), "stl10="+datatest.Write(t, "x.tar", bytes.Clone(claim)), Options{MaxBytes: 1 << 50})
	datatest.WantError(t, err, "train_X.bin")
}

// FuzzSTL10: any archive gives a consistent set or an error.
func FuzzSTL10(f *testing.F) {
	f.Add(datatest.Tar(stlFiles()...), true)
	f.Add(datatest.Tar(stlFiles()[:5]...), false)
	f.Add(datatest.Tar(datatest.File{Name: "train_X.bin", Body: stlBytes(1)}, datatest.File{Name: "train_y.bin", Body: []byte{1}}), false)
	f.Fuzz(func(t *testing.T, data []byte, gz bool) {
		o, err := Options{Threads: 2, MaxBytes: fuzzBytes, Options: catalog.Options{CacheDir: "none"}}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		if d, err := readSTL10(context.Background(), memory{data, gz}, o); err == nil {
			checkSet(t, d)
		}
	})
}
