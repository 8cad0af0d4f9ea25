package datasets

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/datatest"
)

// in puts files into a folder.
func in(dir string, files []datatest.File) []datatest.File {
	var out []datatest.File
	for _, f := range files {
		f.Name = dir + f.Name
		out = append(out, f)
	}
	return out
}

// TestMNISTFolders finds the four files in the folders used by other programs, and in archives.
func TestMNISTFolders(t *testing.T) {
	want := mustOpen(t, "mnist="+datatest.Unpack(t, mnistFiles()...), Options{})
	other := mnistFiles()
	other[1].Body = idxOf([]byte{1, 1, 1}, 3)
	incomplete := other[:2]
	for form, path := range map[string]string{
		"MNIST/raw":                 datatest.Unpack(t, in("MNIST/raw/", mnistFiles())...),
		"FashionMNIST/raw":          datatest.Unpack(t, in("FashionMNIST/raw/", mnistFiles())...),
		"raw":                       datatest.Unpack(t, in("raw/", mnistFiles())...),
		"tar":                       datatest.Write(t, "x.tar", datatest.Tar(in("MNIST/raw/", mnistFiles())...)),
		"tar.gz":                    datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(mnistFiles()...))),
		"zip":                       datatest.Write(t, "archive.zip", datatest.Zip(mnistFiles()...)),
		"beside Fashion-MNIST":      datatest.Unpack(t, append(in("FashionMNIST/raw/", other), in("MNIST/raw/", mnistFiles())...)...),
		"beside part of another":    datatest.Unpack(t, append(in("A/raw/", incomplete), in("B/raw/", mnistFiles())...)...),
		"above another":             datatest.Unpack(t, append(in("sub/", other), mnistFiles()...)...),
		"unpacked and packed files": datatest.Unpack(t, append(mnistFiles(), datatest.File{Name: "train-images-idx3-ubyte", Body: []byte("not read")})...),
	} {
		if got := mustOpen(t, "mnist="+path, Options{}); got.Hash != want.Hash {
			t.Errorf("%s: the content differs", form)
		}
	}
}

func TestMNISTWrongForms(t *testing.T) {
	letters := emnistFiles("letters", []byte{1, 26})
	tests := []struct {
		name, spec string
		files      []datatest.File
		want       []string
	}{
		{"EMNIST", "mnist=", letters, []string{"train-images-idx3-ubyte.gz is missing", "emnist-letters-test-images-idx3-ubyte.gz is a file of EMNIST: open it as emnist:letters="}},
		{"MNIST", "emnist:letters=", mnistFiles(), []string{"emnist-letters-train-images-idx3-ubyte.gz is missing", "in MNIST's form: open it as mnist="}},
		{"several", "mnist=", append(in("A/raw/", mnistFiles()), in("B/raw/", mnistFiles())...), []string{"several sets", "A/raw/, B/raw/", "as in mnist=", "A/raw"}},
		{"incomplete", "mnist=", in("MNIST/raw/", mnistFiles()[1:]), []string{"MNIST/raw: the file train-images-idx3-ubyte.gz is missing"}},
		{"another split", "emnist:digits=", letters, []string{"emnist-digits-train-images-idx3-ubyte.gz is missing", "of EMNIST's splits there are files of letters: open one as emnist:letters="}},
		{"other splits", "emnist:digits=", append(append(emnistFiles("digits", []byte{1})[1:], letters...), emnistFiles("balanced", []byte{1})...),
			[]string{"emnist-digits-train-images-idx3-ubyte.gz is missing", "there are files of balanced, letters: open one as emnist:balanced="}},
		{"a table", "mnist=", []datatest.File{{Name: "mnist_train.csv", Body: []byte("5,0,0")}}, []string{"mnist_train.csv is a table of pixels: it is not read; get the idx files"}},
		{"images", "mnist=", datatest.Dots("train/0/1.png"), []string{"train/0/1.png is an image file: open it as folder:"}},
		{"tensors", "mnist=", []datatest.File{{Name: "processed/training.pt", Body: []byte("x")}}, []string{"processed/training.pt is an array file of another program"}},
		{"the archive itself", "emnist:letters=", []datatest.File{{Name: "gzip.zip", Body: datatest.Zip(letters...)}}, []string{"gzip.zip is an archive inside: give the path of the archive"}},
		{"SVHN for STL-10", "stl10=", []datatest.File{{Name: "train_32x32.mat", Body: []byte("x")}}, []string{"train_32x32.mat is a file of SVHN: open it as svhn="}},
		{"STL-10 for SVHN", "svhn=", []datatest.File{{Name: "stl10_binary/train_X.bin", Body: []byte("x")}}, []string{"train_X.bin is a file of STL-10: open it as stl10="}},
		{"MNIST for a folder", "folder:", mnistFiles(), []string{"no JPEG, PNG or WebP images", "open it as mnist="}},
		{"Parquet for a folder", "folder:", []datatest.File{{Name: "train.parquet", Body: []byte("x")}}, []string{"train.parquet is an array file", "export the images as PNG"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Unpack(t, tt.files...)
			_, err := Open(context.Background(), tt.spec+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	_, err := Open(context.Background(), "emnist=x", Options{})
	datatest.WantError(t, err, "it needs one of balanced, byclass")
	_, err = Open(context.Background(), "emnist:letters", Options{Options: catalog.Options{CacheDir: t.TempDir()}})
	datatest.WantError(t, err, "gzip.zip", "nist.gov")
}

// emnistFiles returns the four files of a split. The values of each image, of 3×2 pixels as
// stored, count up from ten times its label.
func emnistFiles(split string, labels []byte) []datatest.File {
	var pixels []byte
	for _, l := range labels {
		for i := range byte(6) {
			pixels = append(pixels, 10*l+i)
		}
	}
	stem := "emnist-" + split
	n := len(labels)
	return []datatest.File{
		{Name: stem + "-train-images-idx3-ubyte", Body: idxOf(pixels, n, 2, 3)},
		{Name: stem + "-train-labels-idx1-ubyte.gz", Body: datatest.Gzip(idxOf(labels, n))},
		{Name: stem + "-test-images-idx3-ubyte.gz", Body: datatest.Gzip(idxOf(pixels, n, 2, 3))},
		{Name: stem + "-test-labels-idx1-ubyte", Body: idxOf(labels, n)},
		{Name: stem + "-mapping.txt", Body: []byte("1 65 97\n")},
	}
}

func TestEMNIST(t *testing.T) {
	d := mustOpen(t, "emnist:letters="+datatest.Unpack(t, in("EMNIST/raw/", emnistFiles("letters", []byte{1, 26, 2}))...), Options{})
	train, test := d.Splits[0], d.Splits[1]
	// As stored, image 0 has the rows 10 11 12 and 13 14 15, which become columns.
	got := fmt.Sprintln(d.Name, d.Classes, train.Images.H, train.Images.W, train.Images.At(0), train.Labels, train.IDs[1], test.Name, test.Labels, test.IDs[2])
	want := "emnist:letters [A B C D E F G H I J K L M N O P Q R S T U V W X Y Z] 3 2 [10 13 11 14 12 15] [0 25 1] " +
		"emnist-letters-train-images-idx3-ubyte:1 test [0 25 1] emnist-letters-test-images-idx3-ubyte:2\n"
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	packed := mustOpen(t, "emnist:letters="+datatest.Write(t, "gzip.zip", datatest.Zip(in("gzip/", emnistFiles("letters", []byte{1, 26, 2}))...)), Options{})
	if packed.Hash != d.Hash {
		t.Fatal("the archive and the folder differ")
	}
	for _, bad := range []byte{0, 27} {
		_, err := Open(context.Background(), "emnist:letters="+datatest.Unpack(t, emnistFiles("letters", []byte{1, bad})...), Options{})
		datatest.WantError(t, err, "emnist-letters-train-labels-idx1-ubyte.gz: record 1", fmt.Sprintf("the label is %d of 26 classes, which are 1 … 26", bad))
	}
}

// TestEMNISTSplits: the numbers of classes in table II of the paper, and the label of the class
// "a" of small letters in the mapping files of the set.
func TestEMNISTSplits(t *testing.T) {
	for split, want := range map[string]struct {
		classes int
		last    string
	}{"byclass": {62, "z"}, "bymerge": {47, "t"}, "balanced": {47, "t"}, "letters": {26, "Z"}, "digits": {10, "9"}, "mnist": {10, "9"}} {
		label := byte(want.classes - 1)
		if split == "letters" {
			label++
		}
		d := mustOpen(t, "emnist:"+split+"="+datatest.Unpack(t, emnistFiles(split, []byte{label})...), Options{})
		if len(d.Classes) != want.classes || d.Classes[d.Splits[0].Labels[0]] != want.last || d.Name != "emnist:"+split {
			t.Errorf("%s: %d classes, the last is %s", split, len(d.Classes), d.Classes[len(d.Classes)-1])
		}
		if strings.HasPrefix(split, "by") && d.Classes[36] != "a" {
			t.Errorf("%s: class 36 is %s", split, d.Classes[36])
		}
	}
	all := datatest.Unpack(t, append(in("raw/", emnistFiles("digits", []byte{3})), in("raw/", emnistFiles("letters", []byte{3}))...)...)
	if d := mustOpen(t, "emnist:digits="+all, Options{}); len(d.Classes) != 10 {
		t.Errorf("beside another split: %v", d.Classes)
	}
	if _, err := NewPlan(context.Background(), "emnist:digits="+filepath.Join(all, "raw"), Options{}); err == nil || !strings.Contains(err.Error(), "stored as pixels") {
		t.Error(err)
	}
}
