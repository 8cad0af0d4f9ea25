package datasets

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"repbench/datasets/internal/datatest"
)

func TestLayouts(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  []string // split:class of each image, in the order of the archive
	}{
		{"splits and classes", []string{"train/cat/1.png", "train/dog/1.jpg", "test/cat/1.JPEG"},
			[]string{"train:cat", "train:dog", "test:cat"}},
		{"leading folder", []string{"cifar10/train/cat/1.png", "cifar10/train/dog/1.png", "cifar10/test/cat/1.png"},
			[]string{"train:cat", "train:dog", "test:cat"}},
		{"./ before names", []string{"./train/cat/1.png", "./train/dog/1.png"}, []string{"train:cat", "train:dog"}},
		{"other words for splits", []string{"Training/a/1.png", "val/a/1.png", "validation/a/2.png", "extra/a/1.png"},
			[]string{"train:a", "valid:a", "valid:a", "extra:a"}},
		{"train alone", []string{"train/a/1.png", "train/b/1.png"}, []string{"train:a", "train:b"}},
		{"train alone with one class", []string{"x/train/a/1.png", "x/train/a/2.png"}, []string{"train:a", "train:a"}},
		{"a class named train", []string{"train/train/1.png", "train/bus/1.png"}, []string{"train:train", "train:bus"}},
		{"a split's name outside", []string{"test/set/train/a/1.png", "test/set/valid/a/1.png"}, []string{"train:a", "valid:a"}},
		{"a class named test", []string{"train/test/1.png", "train/bus/1.png", "valid/test/1.png", "valid/bus/1.png"},
			[]string{"train:test", "train:bus", "valid:test", "valid:bus"}},
		{"split names below the classes of a split", []string{"train/a/train/1.png", "train/a/test/1.png", "valid/a/test/1.png"},
			[]string{"train:a", "train:a", "valid:a"}},
		{"train below classes", []string{"a/train/1.png", "b/train/1.png"}, []string{"train:a", "train:b"}},
		{"one kind named like a split", []string{"road/bus/1.png", "road/car/1.png", "lab/test/1.png"}, []string{"train:road", "train:road", "train:lab"}},
		{"folders below classes", []string{"train/a/images/1.png", "train/b/images/1.png"}, []string{"train:a", "train:b"}},
		{"classes alone", []string{"a/1.png", "b/1.png"}, []string{"train:a", "train:b"}},
		{"classes in a folder", []string{"photos/a/1.png", "photos/b/deep/1.png"}, []string{"train:a", "train:b"}},
		{"images alone", []string{"1.png", "2.png"}, []string{"train:", "train:"}},
		{"images in one folder", []string{"cats/1.png", "cats/2.png"}, []string{"train:", "train:"}},
		{"unlabelled splits", []string{"train/1.png", "test/1.png"}, []string{"train:", "test:"}},
		{"Tiny ImageNet", []string{"t/train/n1/images/1.JPEG", "t/train/n2/images/1.JPEG", "t/val/images/1.JPEG", "t/test/images/1.JPEG"},
			[]string{"train:n1", "train:n2", "valid:", "test:"}},
		{"what is no image is passed over", []string{"README.md", "train/a/1.png", "train/a/notes.txt", "train/.DS_Store", "__MACOSX/train/a/1.png", "train/a/._1.png"},
			[]string{"train:a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := list(context.Background(), memory{data: datatest.Tar(datatest.Dots(tt.files...)...)}, plainLayout)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, it := range l.items {
				got = append(got, it.split+":"+it.class)
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLayoutErrors(t *testing.T) {
	tests := []struct {
		name  string
		files []datatest.File
		want  []string
	}{
		{"nothing", nil, []string{"no JPEG, PNG or WebP images"}},
		{"no images", datatest.Dots("a/readme.txt", "b/"), []string{"no JPEG, PNG or WebP images"}},
		{"stray beside splits", datatest.Dots("train/a/1.png", "logo/1.png"), []string{"logo/1.png", "beside folders of splits"}},
		{"sets beside each other", datatest.Dots("a/train/cat/1.png", "a/test/cat/1.png", "b/train/cat/1.png", "b/test/cat/1.png"),
			[]string{"a/train and b/train", "open one of", "move the folders of splits to the top"}},
		{"MVTec", datatest.Dots("mv/bottle/train/good/1.png", "mv/bottle/test/good/1.png", "mv/bottle/ground_truth/cut/1.png", "mv/cable/train/good/1.png", "mv/cable/test/cut/1.png"),
			[]string{"mv/bottle/train and mv/cable/train"}},
		{"splits below classes", datatest.Dots("cat/train/1.png", "cat/test/1.png", "dog/Training/1.png"), []string{"cat/train and dog/Training"}},
		{"splits at other depths", datatest.Dots("a/train/cat/1.png", "x/b/test/cat/1.png"), []string{"a/train and x/b/test"}},
		{"splits of one folder of two", datatest.Dots("a/train/1.png", "a/val/1.png", "b/1.png"), []string{"a/train and a/val"}},
		{"test images of two sets", datatest.Dots("a/test/cat/1.png", "b/test/cat/1.png"), []string{"a/test and b/test"}},
		{"sets below the name of a split", datatest.Dots("test/a/train/1.png", "test/a/test/1.png", "test/b/train/1.png"), []string{"test/a/train and test/b/train"}},
		{"half labelled", datatest.Dots("train/a/1.png", "train/1.png"), []string{"train/1.png", "in class folders and some do not"}},
		{"twice", datatest.Dots("train/a/1.png", "train/b/1.png", "train/a/1.png"), []string{"train/a/1.png", "comes twice"}},
		{"empty class", datatest.Dots("train/a/1.png", "train/b/"), []string{"train/b", "no images"}},
		{"empty class without splits", datatest.Dots("x/a/1.png", "x/b/1.png", "x/c/"), []string{"x/c", "no images"}},
		{"other format", datatest.Dots("train/a/1.gif"), []string{"train/a/1.gif", "only JPEG, PNG and WebP"}},
		{"link", []datatest.File{{Name: "train/a/1.png", Link: "/etc/passwd"}}, []string{"train/a/1.png", "it is a link"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := list(context.Background(), memory{data: datatest.Tar(tt.files...)}, plainLayout)
			datatest.WantError(t, err, append(tt.want, "memory.tar")...)
		})
	}
}

// TestFolderEqualsArchive reads the same tree from disk and from an archive.
func TestFolderEqualsArchive(t *testing.T) {
	var files []datatest.File
	for i, split := range []string{"train", "test"} {
		for j, class := range []string{"b", "a", "c"} {
			for k := range 3 {
				files = append(files, datatest.File{Name: fmt.Sprintf("%s/%s/%d.png", split, class, k), Body: datatest.Dot(uint8(20*i + 5*j + k))})
			}
		}
	}
	plain := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{})
	archive := mustOpen(t, "folder:"+datatest.Write(t, "x.tar", datatest.Tar(files...)), Options{})
	slices.Reverse(files) // the order of packing does not matter
	zipped := mustOpen(t, "folder:"+datatest.Write(t, "x.tgz", datatest.Gzip(datatest.Tar(files...))), Options{})
	zip := mustOpen(t, "folder:"+datatest.Write(t, "x.zip", datatest.Zip(files...)), Options{})
	for _, d := range []*Dataset{archive, zipped, zip} {
		if d.Hash != plain.Hash {
			t.Fatalf("%s: hash %s, folder %s", d.Source, d.Hash, plain.Hash)
		}
		for k, s := range d.Splits {
			if !slices.Equal(s.IDs, plain.Splits[k].IDs) || !slices.Equal(s.Labels, plain.Splits[k].Labels) {
				t.Fatalf("%s: split %s differs", d.Source, s.Name)
			}
		}
	}
	if got := fmt.Sprint(plain.Classes, plain.Splits[0].IDs[:4], plain.Splits[0].Labels); got !=
		"[a b c] [train/a/0.png train/a/1.png train/a/2.png train/b/0.png] [0 0 0 1 1 1 2 2 2]" {
		t.Fatalf("got %s", got)
	}
}

func TestFolderLinks(t *testing.T) {
	target := datatest.Write(t, "target.png", datatest.Dot(7))
	root := datatest.Unpack(t, datatest.File{Name: "a/1.png", Link: target}, datatest.File{Name: "b/1.png", Body: datatest.Dot(8)})
	d := mustOpen(t, "folder:"+root, Options{})
	if d.Splits[0].Images.At(0)[0] != 7 {
		t.Fatal("a link to a file is not followed")
	}
	tests := []struct {
		name  string
		extra datatest.File
		want  string
	}{
		{"link to a folder", datatest.File{Name: "c", Link: t.TempDir()}, "link to a folder"},
		{"dangling link", datatest.File{Name: "a/2.png", Link: "nowhere"}, "a/2.png: it is a link"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := datatest.Unpack(t, datatest.File{Name: "a/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "b/1.png", Body: datatest.Dot(8)}, tt.extra)
			_, err := Open(context.Background(), "folder:"+root, Options{})
			datatest.WantError(t, err, tt.want)
		})
	}
}
