package signs

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/datatest"
)

// seen returns what is known after these files.
func seen(names ...string) *Seen {
	var s Seen
	for _, n := range names {
		s.See(n)
	}
	return &s
}

// TestNextOfOneFile: the whole end of the error for one file of each form, as the readers of
// other sets print it.
func TestNextOfOneFile(t *testing.T) {
	const (
		idx    = "it is not read; get the idx files (…-images-idx3-ubyte.gz, …-labels-idx1-ubyte.gz) of the set"
		export = "it is not read; export the images as PNG files in train/CLASS/… and test/CLASS/…"
		unpack = "give the path of the archive, or unpack it"
		lsun   = "open its folder (unpacked, or as a zip file) as lsun:CATEGORY=FOLDER"
		kaggle = `it is not read; get the whole set with "repbench data fetch cifar10"`
	)
	for _, tt := range []struct{ name, what, next string }{
		{"cifar-10-batches-bin/data_batch_1.bin", "a batch of CIFAR-10", "open it as cifar10=/sets/x"},
		{"data_batch_5", "a batch of CIFAR-10", "open it as cifar10=/sets/x"},
		{"test_batch", "a batch of CIFAR-10", "open it as cifar10=/sets/x"},
		{"train.bin", "a file of CIFAR-100", "open it as cifar100=/sets/x"},
		{"cifar-100-python/meta", "a file of CIFAR-100", "open it as cifar100=/sets/x"},
		{"coarse_label_names.txt", "a file of CIFAR-100", "open it as cifar100=/sets/x"},
		{"train", "a file of CIFAR-100", "open it as cifar100=/sets/x"},
		{"gzip/emnist-letters-train-images-idx3-ubyte.gz", "a file of EMNIST", "open it as emnist:letters=/sets/x"},
		{"emnist-balanced-test-labels-idx1-ubyte", "a file of EMNIST", "open it as emnist:balanced=/sets/x"},
		{"t10k-images-idx3-ubyte", "a file in MNIST's form", "open it as mnist=/sets/x"},
		{"train-labels.idx1-ubyte.gz", "a file in MNIST's form", "open it as mnist=/sets/x"},
		{"extra_32x32.mat", "a file of SVHN", "open it as svhn=/sets/x"},
		{"stl10_binary/unlabeled_X.bin", "a file of STL-10", "open it as stl10=/sets/x"},
		{"test_y.bin", "a file of STL-10", "open it as stl10=/sets/x"},
		{"bedroom_val_lmdb/data.mdb", "an LMDB database", lsun},
		{"trainLabels.csv", Kaggle, kaggle},
		{"Fashion-MNIST_train.CSV", "a table of pixels", idx},
		{"emnist-letters-train.csv", "a table of pixels", idx},
		{"train-00000-of-00001.parquet", "an array file of another program", export},
		{"weights.PTH", "an array file of another program", export},
		{"images.tar.gz", "an archive inside", unpack},
		{"a/b/Photos.ZIP", "an archive inside", unpack},
		{"cat.jpeg", "an image file", "open it as folder:/sets/x"},
		{"a/cat.PNG", "an image file", "open it as folder:/sets/x"},
	} {
		want := fmt.Sprintf("; %s is %s: %s", tt.name, tt.what, tt.next)
		if got := seen(tt.name).Next("", "/sets/x"); got != want {
			t.Errorf("%s\n got %q\nwant %q", tt.name, got, want)
		}
	}
}

// TestUnknownNames: names that are close to a sign, but not one, say nothing.
func TestUnknownNames(t *testing.T) {
	for _, name := range []string{
		"", "readme.html", "data_batch_6", "data_batch_1.bin.part", "my_data_batch_1", "validation", "meta.json",
		"emnist-letters-mapping.txt", "EMNIST-letters-train-images", "train-images-idx2-ubyte", "train_64x64.mat",
		"train_Z.bin", "lock.mdb", "trainLabels.csv.txt", "labels.csv", "parquet", "notes.ptx",
		"train/readme.txt", "data.mdb/readme.txt", "images.zip/readme.txt", // the sign is in a folder's name
	} {
		s := seen(name)
		if got := s.Next("", "x"); got != "" || len(s.found) != 0 {
			t.Errorf("%q: %q", name, got)
		}
	}
	if got := new(Seen).Next("folder", "x"); got != "" {
		t.Errorf("nothing was seen: %q", got)
	}
}

// TestPrecedence: a form of a set is named before an image or archive beside it, whatever was
// seen first, and the first file of the form is the example.
func TestPrecedence(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{[]string{"cover.png", "more.zip", "train_32x32.mat"}, "; train_32x32.mat is a file of SVHN"},
		{[]string{"cover.png", "more.zip"}, "; more.zip is an archive inside"},
		{[]string{"a.npz", "trainLabels.csv"}, "; trainLabels.csv is " + Kaggle},
		{[]string{"train", "test_batch"}, "; test_batch is a batch of CIFAR-10"},
		{[]string{"b/2.png", "a/1.png"}, "; b/2.png is an image file"},
		{[]string{"test_X.bin", "train_X.bin", "data.mdb"}, "; test_X.bin is a file of STL-10"},
	} {
		if got := seen(tt.names...).Next("", "x"); !strings.HasPrefix(got, tt.want+": ") {
			t.Errorf("%v: %q, want %q", tt.names, got, tt.want)
		}
	}
}

// TestOwnFormIsNoSign: a set that reads a form does not advise to open it as that form; the
// next sign is named, if there is one.
func TestOwnFormIsNoSign(t *testing.T) {
	for _, tt := range []struct{ set, file, otherSet string }{
		{catalog.NameCIFAR10, "data_batch_1.bin", catalog.NameCIFAR100},
		{catalog.NameCIFAR100, "train.bin", catalog.NameCIFAR10},
		{catalog.NameEMNIST, "emnist-mnist-train-images-idx3-ubyte", catalog.NameMNIST},
		{catalog.NameMNIST, "train-images-idx3-ubyte", catalog.NameEMNIST},
		{catalog.NameSVHN, "test_32x32.mat", catalog.NameSTL10},
		{catalog.NameSTL10, "train_y.bin", catalog.NameSVHN},
		{catalog.NameFolder, "1.png", catalog.NameMNIST},
		{catalog.NameFaces, "1.png", catalog.NameMNIST},
		{catalog.NameLSUN, "1.webp", catalog.NameMNIST},
		{catalog.NameImageNet, "1.JPEG", catalog.NameMNIST},
		{catalog.NameTinyImageNet, "1.JPEG", catalog.NameMNIST},
	} {
		s := seen(tt.file)
		if got := s.Next(tt.set, "x"); got != "" {
			t.Errorf("%s: %q", tt.set, got)
		}
		if got := s.Next(tt.otherSet, "x"); !strings.Contains(got, tt.file) {
			t.Errorf("%s does not name %s: %q", tt.otherSet, tt.file, got)
		}
	}
	both := seen("train_32x32.mat", "unlabeled_X.bin")
	if got := both.Next(catalog.NameSVHN, "x"); !strings.HasPrefix(got, "; unlabeled_X.bin is") {
		t.Errorf("a second sign: %q", got)
	}
}

// TestPathIsNoFormat: the path in the next step stays as it is, with per cent signs too.
func TestPathIsNoFormat(t *testing.T) {
	if got := seen("1.png").Next("", "/a%20b/%s"); !strings.HasSuffix(got, ": open it as folder:/a%20b/%s") {
		t.Error(got)
	}
	if got := seen("%s.zip").Next("", "/a"); !strings.HasPrefix(got, "; %s.zip is an archive inside: ") {
		t.Error(got)
	}
}

func TestEMNISTSplits(t *testing.T) {
	s := seen("emnist-mnist-test-labels-idx1-ubyte.gz", "d/emnist-byclass-train-images-idx3-ubyte.gz",
		"emnist-mnist-train-images-idx3-ubyte.gz", "emnist-digits-mapping.txt", "train-images-idx3-ubyte.gz")
	if got := s.EMNIST(); !slices.Equal(got, []string{"byclass", "mnist"}) {
		t.Errorf("splits %v", got)
	}
	// The example is the first file, the split that is proposed the first by name.
	if got := s.Next("", "x"); got != "; emnist-mnist-test-labels-idx1-ubyte.gz is a file of EMNIST: open it as emnist:byclass=x" {
		t.Error(got)
	}
	if got := new(Seen).EMNIST(); len(got) != 0 {
		t.Errorf("splits of nothing: %v", got)
	}
}

func TestAt(t *testing.T) {
	s := seen("b/trainLabels.csv", "a/trainLabels.csv")
	if got := s.At(Kaggle); got != "b/trainLabels.csv" {
		t.Errorf("first file %q", got)
	}
	if got := s.At("an image file"); got != "" {
		t.Errorf("a file of a kind that was not seen: %q", got)
	}
}

// TestNextStep looks into each kind of source. Folders are no signs, and what was seen before
// damage is enough.
func TestNextStep(t *testing.T) {
	files := []datatest.File{{Name: "d/train/"}, {Name: "d/test_X.bin", Body: []byte("x")}}
	tar := datatest.Tar(files...)
	inTar := datatest.Write(t, "x.tar", tar)
	cut := datatest.Write(t, "cut.tar", tar[:len(tar)-1024])
	many := []datatest.File{}
	for i := range maxSigns {
		many = append(many, datatest.File{Name: fmt.Sprintf("%05d.txt", i), Body: []byte{}})
	}
	late := append(slices.Clone(many), datatest.File{Name: "test_X.bin", Body: []byte("x")})
	inTime := append(slices.Clone(many[1:]), datatest.File{Name: "test_X.bin", Body: []byte("x")})
	folder := datatest.Unpack(t, files...)
	for _, tt := range []struct{ name, path, want string }{
		{"folder", folder, "; d/test_X.bin is a file of STL-10: open it as stl10=" + folder},
		{"tar", inTar, "; d/test_X.bin is a file of STL-10: open it as stl10=" + inTar},
		{"cut tar", cut, "; d/test_X.bin is a file of STL-10: open it as stl10=" + cut},
		{"only folders", datatest.Unpack(t, files[0], datatest.File{Name: "meta"}), ""},
		{"no archive", datatest.Write(t, "x", []byte("a text")), ""},
		{"absent", filepath.Join(folder, "absent"), ""},
	} {
		if got := NextStep(context.Background(), catalog.NameSVHN, tt.path); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		files []datatest.File
		want  bool
	}{"the last file within the limit": {inTime, true}, "the first file beyond it": {late, false}} {
		path := datatest.Write(t, "many.tar", datatest.Tar(tt.files...))
		if got := NextStep(context.Background(), "", path); (got != "") != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
