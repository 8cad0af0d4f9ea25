package datasets

import (
	"os"
	"path"
	"slices"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/picture"
	"repbench/internal/outputs"
)

// Reads are the files and folders that Open reads for a specification, so that no output replaces
// one of them: archives, keep-lists, and the files of a folder that belong to its set. Nothing of a
// specification that is wrong.
func Reads(spec string, o Options) outputs.Reads {
	r := outputs.Reads{Files: o.Keep}
	s, err := ParseSpec(spec)
	if err != nil {
		return r
	}
	paths := s.Paths
	if len(paths) == 0 {
		paths = []string{catalog.Find(s.key(), o.Options)}
	}
	for _, p := range paths {
		switch info, err := os.Stat(p); {
		case err != nil:
		case info.IsDir():
			r.Folders = append(r.Folders, outputs.Folder{Path: p, Kind: "data set", Owns: partOf(s.Name)})
		default:
			r.Files = append(r.Files, p)
		}
	}
	return r
}

// written are the ends of the names of files that this program writes beside data: they are no
// files of a set that is not prepared.
var written = []string{".npy", ".json", ".jsonl"}

// partOf says which files of a folder are parts of a set of this name. A picture that is added to
// a set of pictures becomes one of its images.
func partOf(name string) func(file string, there bool) bool {
	pictures := slices.Contains([]string{catalog.NameFolder, catalog.NameImageNet, catalog.NameTinyImageNet, catalog.NameFaces}, name)
	return func(file string, there bool) bool {
		end := strings.ToLower(path.Ext(file))
		isPicture := picture.KindOf(file) == picture.ReadImage
		switch {
		case name == catalog.NamePrepared:
			return file == ManifestFile || strings.HasSuffix(file, "_images.npy") || strings.HasSuffix(file, "_labels.npy") || strings.HasSuffix(file, "_ids.txt")
		case isPicture && pictures:
			return true
		case isPicture: // sheets stand beside arrays; pictures of a set lie in folders
			return there && strings.Contains(file, "/")
		}
		return there && !slices.Contains(written, end)
	}
}
