package outputs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes a folder with files of the given names; each holds its own name.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		path := filepath.Join(dir, n)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// link makes a symbolic and a hard link to the file in dir.
func link(t *testing.T, dir, file string) (symbolic, hard string) {
	t.Helper()
	symbolic, hard = filepath.Join(dir, "symbolic"), filepath.Join(dir, "hard")
	if err := errors.Join(os.Symlink(file, symbolic), os.Link(file, hard)); err != nil {
		t.Skip("this file system has no links: ", err)
	}
	return symbolic, hard
}

// wantTaken fails unless err is ErrTaken and says all words, or is nil where there are none.
func wantTaken(t *testing.T, err error, words ...string) {
	t.Helper()
	if len(words) == 0 {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if !errors.Is(err, ErrTaken) {
		t.Fatalf("error %v, want ErrTaken", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

func TestReplaces(t *testing.T) {
	dir := folder(t, "in.npy", "other.npy")
	in, other := filepath.Join(dir, "in.npy"), filepath.Join(dir, "other.npy")
	symbolic, hard := link(t, dir, in)
	t.Chdir(dir)
	said := []string{"--out", "would replace", "which this command reads", "give another file"}
	for _, tt := range []struct {
		name, path string
		inputs     []string
		taken      bool
	}{
		{"itself", in, []string{in}, true},
		{"by a relative name", "in.npy", []string{in}, true},
		{"by a way round", dir + "/../" + filepath.Base(dir) + "/in.npy", []string{in}, true},
		{"by a symbolic link", symbolic, []string{in}, true},
		{"by a hard link", hard, []string{in}, true},
		{"the second input", other, []string{in, "", other}, true},
		{"neither is there, one name", "new.npy", []string{filepath.Join(dir, "new.npy")}, true},
		{"another file", other, []string{in}, false},
		{"a new file", filepath.Join(dir, "new.npy"), []string{in}, false},
		{"no input", in, nil, false},
		{"an input that is not given", dir, []string{""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Replaces("--out", tt.path, tt.inputs...)
			if !tt.taken {
				wantTaken(t, err)
				return
			}
			wantTaken(t, err, append(said, tt.path)...)
		})
	}
}

func TestBelongs(t *testing.T) {
	dir := folder(t, "meta.json", "train.npy", "notes.txt")
	outside := folder(t, "free.npy")
	symbolic, hard := link(t, outside, filepath.Join(dir, "train.npy"))
	own := func(name string) bool { return name == "meta.json" || strings.HasSuffix(name, ".npy") }
	said := []string{"--out", "would replace a file of the folder of features " + dir, "give a file outside it"}
	for _, tt := range []struct {
		name, path string
		taken      bool
	}{
		{"a file that is there", filepath.Join(dir, "train.npy"), true},
		{"a file that the folder may get", filepath.Join(dir, "test.npy"), true},
		{"a symbolic link from outside", symbolic, true},
		{"a hard link from outside", hard, true},
		{"a file of another kind inside", filepath.Join(dir, "notes.txt"), false},
		{"a new file of another kind inside", filepath.Join(dir, "page.html"), false},
		{"the same name outside", filepath.Join(outside, "train.npy"), false},
		{"a file outside", filepath.Join(outside, "free.npy"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Belongs("--out", tt.path, dir, "folder of features", own)
			if !tt.taken {
				wantTaken(t, err)
				return
			}
			wantTaken(t, err, said...)
		})
	}
	if err := Belongs("--out", filepath.Join(outside, "a.npy"), filepath.Join(dir, "absent"), "folder of features", own); err != nil {
		t.Errorf("a folder that is not there has files: %v", err)
	}
}

func TestSameFile(t *testing.T) {
	dir := folder(t, "a", "b")
	a, b, none := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "none")
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{a, a, true}, {a, filepath.Join(dir, ".", "a"), true}, {dir, dir + "/", true},
		{a, b, false}, {a, dir, false}, {none, none, false}, {a, none, false}, {none, a, false},
	} {
		if got := SameFile(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestForeign(t *testing.T) {
	own := func(name string) bool { return name == "log.txt" || name == "samples" }
	for _, tt := range []struct {
		name  string
		files []string
		found string // "": the folder is fine
	}{
		{"empty", nil, ""},
		{"with the mark, beside other things", []string{"config.json", "thesis.tex"}, ""},
		{"with entries of its own alone", []string{"log.txt", "samples/step-1.png"}, ""},
		{"with another file", []string{"log.txt", "thesis.tex"}, "thesis.tex"},
		{"with a folder of another kind", []string{"photos/cat.png"}, "photos"},
		{"with a hidden file", []string{".bashrc"}, ".bashrc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files...)
			err := Foreign(dir, "a run", own, "config.json", "last.ckpt")
			if tt.found == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			want := "folder " + dir + " holds " + tt.found + ", which is no part of a run; give the name of a new folder"
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

// A folder that is not there is fine; a file in its place is an error that names it.
func TestForeignWithoutAFolder(t *testing.T) {
	dir := folder(t, "file")
	own := func(string) bool { return false }
	if err := Foreign(filepath.Join(dir, "absent"), "a run", own, "config.json"); err != nil {
		t.Errorf("absent: %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := Foreign(file, "a run", own, "config.json"); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file: error %v", err)
	}
	broken := filepath.Join(dir, "config.json")
	if err := os.Symlink("nowhere", broken); err != nil {
		t.Skip("this file system has no links: ", err)
	}
	if err := Foreign(dir, "a run", own, "config.json"); err != nil {
		t.Errorf("a mark that is a link to nothing: %v", err)
	}
}
