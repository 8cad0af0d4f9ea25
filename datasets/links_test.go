package datasets

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/datasets/internal/datatest"
)

// linkedTree returns a set whose class folders are links into another folder, as in subsets of
// ImageNet, and the same set without links.
func linkedTree(t *testing.T) (linked, plain string) {
	t.Helper()
	store := datatest.Unpack(t, datatest.File{Name: "b/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "b/deep/2.png", Body: datatest.Dot(2)}, datatest.File{Name: "x/3.png", Body: datatest.Dot(3)})
	linked = datatest.Unpack(t,
		datatest.File{Name: "train/a", Link: filepath.Join(store, "x")}, datatest.File{Name: "train/b", Link: filepath.Join(store, "b")},
		datatest.File{Name: "train/c/4.png", Body: datatest.Dot(4)}, datatest.File{Name: "train/c/5.png", Link: filepath.Join(store, "x", "3.png")},
		datatest.File{Name: "train/c/more", Link: "../../aside"}, datatest.File{Name: "aside/6.png", Body: datatest.Dot(6)}, datatest.File{Name: "test", Link: "train"})
	if err := os.Rename(filepath.Join(linked, "aside"), filepath.Join(linked, ".aside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(linked, "train", "c", "more")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../.aside", filepath.Join(linked, "train", "c", "more")); err != nil {
		t.Fatal(err)
	}
	var files []datatest.File
	for _, split := range []string{"train/", "test/"} {
		files = append(files, datatest.File{Name: split + "a/3.png", Body: datatest.Dot(3)}, datatest.File{Name: split + "b/1.png", Body: datatest.Dot(1)},
			datatest.File{Name: split + "b/deep/2.png", Body: datatest.Dot(2)}, datatest.File{Name: split + "c/4.png", Body: datatest.Dot(4)},
			datatest.File{Name: split + "c/5.png", Body: datatest.Dot(3)}, datatest.File{Name: split + "c/more/6.png", Body: datatest.Dot(6)})
	}
	return linked, datatest.Unpack(t, files...)
}

// A set of links equals the set with the targets in place of the links.
func TestFollowLinks(t *testing.T) {
	linked, plain := linkedTree(t)
	want := mustOpen(t, "folder:"+plain, Options{})
	got := mustOpen(t, "folder:"+linked, Options{FollowLinks: true})
	if got.Hash != want.Hash {
		t.Errorf("hash %s, want %s", got.Hash, want.Hash)
	}
	for i, s := range got.Splits {
		if !slices.Equal(s.IDs, want.Splits[i].IDs) {
			t.Errorf("%s: %v, want %v", s.Name, s.IDs, want.Splits[i].IDs)
		}
	}
	if again := mustOpen(t, "folder:"+plain, Options{FollowLinks: true}); again.Hash != want.Hash {
		t.Error("the option changes a set without links")
	}
	_, err := Open(context.Background(), "folder:"+linked, Options{})
	datatest.WantError(t, err, linked, "test", "link to a folder", "--follow-links")
}

// Every set read from a folder of images follows links.
func TestFollowLinksInEverySet(t *testing.T) {
	store := datatest.Unpack(t, datatest.File{Name: "n01440764/n01440764_1.JPEG", Body: datatest.Dot(1)})
	link := func(split string) datatest.File {
		return datatest.File{Name: split + "/n01440764", Link: filepath.Join(store, "n01440764")}
	}
	train := datatest.Unpack(t, link("train"))
	ten := datatest.Unpack(t, cifarImages("")...)
	both := datatest.Unpack(t, datatest.File{Name: "train", Link: filepath.Join(ten, "train")}, datatest.File{Name: "test", Link: filepath.Join(ten, "test")})
	for spec, n := range map[string]int{
		"folder:" + train: 1, "imagenet=" + train: 1, "tiny-imagenet=" + train: 1, "faces=" + train: 1, "lsun:bedroom=" + train: 1, "cifar10=" + both: 20,
	} {
		p, err := NewPlan(context.Background(), spec, Options{FollowLinks: true})
		if err != nil || p.Count() != n {
			t.Errorf("%s: %v", spec, err)
		}
		_, err = NewPlan(context.Background(), spec, Options{})
		datatest.WantError(t, err, "--follow-links")
	}
}

func TestFollowLinksRefuses(t *testing.T) {
	image := datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}
	for _, tt := range []struct {
		name string
		link datatest.File
		want []string
	}{
		{"itself", datatest.File{Name: "train/b", Link: "b"}, []string{"train/b", "a loop"}},
		{"the folder it is in", datatest.File{Name: "train/b", Link: "."}, []string{"train/b", "a loop"}},
		{"the root", datatest.File{Name: "train/b", Link: ".."}, []string{"train/b", "a loop"}},
		{"a folder beside it that leads back", datatest.File{Name: "train/a/b", Link: "../../train"}, []string{"train/a/b", "to ../../train", "a loop"}},
		{"nothing", datatest.File{Name: "train/b", Link: "/nowhere/at/all"}, []string{"train/b", "to /nowhere/at/all", "cannot be reached"}},
		{"a device", datatest.File{Name: "train/b", Link: os.DevNull}, []string{"train/b", "neither a file nor a folder"}},
		{"another file system", datatest.File{Name: "train/b", Link: "/proc/self/task"}, []string{"train/b", "another file system"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "another file system" {
				if _, err := os.Stat(tt.link.Link); err != nil {
					t.Skip("no /proc here")
				}
			}
			root := datatest.Unpack(t, image, tt.link)
			_, err := Open(context.Background(), "folder:"+root, Options{FollowLinks: true})
			datatest.WantError(t, err, append(tt.want, root)...)
		})
	}
}

// Even without the option, a link that could lead to an image or a class is never left out as a
// file that is not an image: otherwise the class would be missing without a message.
func TestLinksThatLeadNowhere(t *testing.T) {
	image := datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}
	for _, tt := range []struct {
		name string
		link datatest.File
		want []string // nil: opens
	}{
		{"a class", datatest.File{Name: "train/b", Link: "/nowhere/at/all"}, []string{"train/b", "to /nowhere/at/all", "cannot be reached", "mend or remove"}},
		{"a class with a dot", datatest.File{Name: "train/v1.5", Link: "../gone"}, []string{"train/v1.5", "to ../gone", "cannot be reached"}},
		{"an image", datatest.File{Name: "train/a/2.png", Link: "gone.png"}, []string{"train/a/2.png", "to gone.png", "cannot be reached"}},
		{"a text", datatest.File{Name: "train/a/notes.txt", Link: "gone.txt"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := datatest.Unpack(t, image, tt.link)
			_, err := Open(context.Background(), "folder:"+root, Options{})
			if tt.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			datatest.WantError(t, err, append(tt.want, root)...)
		})
	}
	tarred := datatest.Write(t, "set.tar", datatest.Tar(image, datatest.File{Name: "train/b", Link: "/nowhere/at/all"}))
	_, err := Open(context.Background(), "folder:"+tarred, Options{})
	datatest.WantError(t, err, "train/b", "a folder of images may be missing")
}

// Links in folders that are reached by links double the number of paths with each level, even
// without loops.
func TestFollowLinksEnds(t *testing.T) {
	root := datatest.Unpack(t, datatest.File{Name: "z/1.png", Body: datatest.Dot(1)})
	for level := range 40 {
		dir, below := filepath.Join(root, "."+string(rune('A'+level))), "../."+string(rune('A'+level-1))
		if level == 0 {
			below = "../z"
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"p", "q"} {
			if err := os.Symlink(below, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Symlink("."+string(rune('A'+39)), filepath.Join(root, "a")); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), "folder:"+root, Options{FollowLinks: true})
	datatest.WantError(t, err, "ninth link")
}
