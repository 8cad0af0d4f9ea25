package outputs

import (
	"path/filepath"
	"strings"
	"testing"
)

// Of what is read nothing is replaced: no file, by any way to it, and no part of a folder. Two
// outputs have two names.
func TestCheck(t *testing.T) {
	dir := folder(t, "in.npy", "set/a/0.png", "set/notes.txt", "old.npy")
	at := func(name string) string { return filepath.Join(dir, name) }
	symbolic, hard := link(t, dir, at("old.npy"))
	r := Reads{Files: []string{"", at("in.npy")}, Folders: []Folder{{Path: at("set"), Kind: "data set", Owns: func(name string, there bool) bool {
		return name == "a/new.png" && !there || name == "a/0.png" && there
	}}}}
	for _, tt := range []struct {
		name string
		outs []File
		want []string
	}{
		{"an input", []File{{"--out", at("x.png")}, {"--npy", at("in.npy")}}, []string{"--npy", "would replace", "which this command reads"}},
		{"a part of a folder", []File{{"--out", at("set/a/0.png")}}, []string{"--out", "would replace", "data set " + at("set"), "outside it"}},
		{"by a way round", []File{{"--out", at("set/../set/a/0.png")}}, []string{"--out"}},
		{"a file that would become a part", []File{{"--out", at("set/a/new.png")}}, []string{"--out"}},
		{"another file of the folder", []File{{"--out", at("set/notes.txt")}, {"--npy", at("set/a/new.npy")}}, nil},
		{"a new name twice", []File{{"--npy", at("x.npy")}, {"--save-z", at("x.npy")}}, []string{"--npy and --save-z name the same file", "give two"}},
		{"a symbolic link", []File{{"--npy", symbolic}, {"--save-z", at("old.npy")}}, []string{"--npy and --save-z"}},
		{"a hard link", []File{{"--npy", hard}, {"--save-z", at("old.npy")}}, []string{"--npy and --save-z"}},
		{"two files and none", []File{{"--npy", at("x.npy")}, {"--save-z", at("y.npy")}, {"--out", ""}, {"--record", ""}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { wantTaken(t, r.Check(tt.outs...), tt.want...) })
	}
	if err := (Reads{}).With(at("in.npy")).And(Reads{}).Check(File{"--out", at("in.npy")}); err == nil || !strings.Contains(err.Error(), "in.npy") {
		t.Errorf("error %v", err)
	}
}
