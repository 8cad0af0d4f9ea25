package datasets

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// linkedTree is a set whose class folders are links into another folder, as subsets
// of ImageNet are made, beside the same set without links.
func linkedTree(t *testing.T) (linked, plain string) {
	t.Helper()
	store := unpack(t, packed{name: "b/1.png", body: dot(1)}, packed{name: "b/deep/2.png", body: dot(2)}, packed{name: "x/3.png", body: dot(3)})
	linked = unpack(t,
		packed{name: "train/a", link: filepath.Join(store, "x")}, packed{name: "train/b", link: filepath.Join(store, "b")},
		packed{name: "train/c/4.png", body: dot(4)}, packed{name: "train/c/5.png", link: filepath.Join(store, "x", "3.png")},
		packed{name: "train/c/more", link: "../../aside"}, packed{name: "aside/6.png", body: dot(6)}, packed{name: "test", link: "train"})
	if err := os.Rename(filepath.Join(linked, "aside"), filepath.Join(linked, ".aside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(linked, "train", "c", "more")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../.aside", filepath.Join(linked, "train", "c", "more")); err != nil {
		t.Fatal(err)
	}
	var files []packed
	for _, split := range []string{"train/", "test/"} {
		files = append(files, packed{name: split + "a/3.png", body: dot(3)}, packed{name: split + "b/1.png", body: dot(1)},
			packed{name: split + "b/deep/2.png", body: dot(2)}, packed{name: split + "c/4.png", body: dot(4)},
			packed{name: split + "c/5.png", body: dot(3)}, packed{name: split + "c/more/6.png", body: dot(6)})
	}
	return linked, unpack(t, files...)
}

// A set of links is the set that its targets would be in the places of the links.
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
	wantError(t, err, linked, "test", "link to a folder", "--follow-links")
}

// Every set that is read from a folder of images follows them.
func TestFollowLinksInEverySet(t *testing.T) {
	store := unpack(t, packed{name: "n01440764/n01440764_1.JPEG", body: dot(1)})
	link := func(split string) packed {
		return packed{name: split + "/n01440764", link: filepath.Join(store, "n01440764")}
	}
	train, both := unpack(t, link("train")), unpack(t, link("train"), link("test"))
	for spec, n := range map[string]int{
		"folder:" + train: 1, "imagenet=" + train: 1, "tiny-imagenet=" + train: 1, "faces=" + train: 1, "lsun:bedroom=" + train: 1, "cifar10=" + both: 2,
	} {
		p, err := NewPlan(context.Background(), spec, Options{FollowLinks: true})
		if err != nil || p.Count() != n {
			t.Errorf("%s: %v", spec, err)
		}
		_, err = NewPlan(context.Background(), spec, Options{})
		wantError(t, err, "--follow-links")
	}
}

func TestFollowLinksRefuses(t *testing.T) {
	image := packed{name: "train/a/1.png", body: dot(1)}
	for _, tt := range []struct {
		name string
		link packed
		want []string
	}{
		{"itself", packed{name: "train/b", link: "b"}, []string{"train/b", "a loop"}},
		{"the folder it is in", packed{name: "train/b", link: "."}, []string{"train/b", "a loop"}},
		{"the root", packed{name: "train/b", link: ".."}, []string{"train/b", "a loop"}},
		{"a folder beside it that leads back", packed{name: "train/a/b", link: "../../train"}, []string{"train/a/b", "to ../../train", "a loop"}},
		{"nothing", packed{name: "train/b", link: "/nowhere/at/all"}, []string{"train/b", "to /nowhere/at/all", "cannot be reached"}},
		{"a device", packed{name: "train/b", link: os.DevNull}, []string{"train/b", "neither a file nor a folder"}},
		{"another file system", packed{name: "train/b", link: "/proc/self/task"}, []string{"train/b", "another file system"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "another file system" {
				if _, err := os.Stat(tt.link.link); err != nil {
					t.Skip("no /proc here")
				}
			}
			root := unpack(t, image, tt.link)
			_, err := Open(context.Background(), "folder:"+root, Options{FollowLinks: true})
			wantError(t, err, append(tt.want, root)...)
		})
	}
}

func TestFollowLinksToAnotherUser(t *testing.T) {
	linked, _ := linkedTree(t)
	d := linkedFolder{folder: folder(linked), uid: os.Geteuid() + 1}
	o, err := Options{}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	_, err = openImages(context.Background(), nameFolder, []source{d}, o)
	wantError(t, err, linked, "test", "belongs to another user")
}

// Links in folders that links lead to double the number of paths with each level,
// without any loop.
func TestFollowLinksEnds(t *testing.T) {
	root := unpack(t, packed{name: "z/1.png", body: dot(1)})
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
	wantError(t, err, "ninth link")
}
