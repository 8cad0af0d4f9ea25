package datasets

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
)

// facesPartition is the file in which CelebA assigns images to training (0), validation (1) and
// test (2).
const facesPartition = "list_eval_partition.txt"

var facesSplits = map[string]string{"0": Train, "1": Valid, "2": Test}

// planFaces lists images without classes, in any folders. All are training images, unless
// list_eval_partition.txt is among them or next to their archive.
func planFaces(ctx context.Context, paths []string, o Options) (*Plan, error) {
	sources, err := openSources(paths, o)
	if err != nil {
		return nil, err
	}
	var beside []byte
	for _, p := range paths {
		text, err := readBeside(p, facesPartition)
		if err != nil {
			return nil, err
		}
		if text != nil {
			beside = text
		}
	}
	lay := fileLayout{texts: []string{facesPartition}, assign: func(l *listing) error { return l.assignFaces(beside) }}
	return planSources(ctx, catalog.NameFaces, sources, lay, o)
}

// readBeside reads a text file in the folder of an archive; nil if there is none.
func readBeside(archive, name string) ([]byte, error) {
	info, err := os.Stat(archive)
	if err != nil || info.IsDir() {
		return nil, err
	}
	return readText(filepath.Join(filepath.Dir(archive), name))
}

// readText reads a text file of a set; nil if there is none.
func readText(file string) ([]byte, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := archive.ReadLimited([]byte{}, f, maxText)
	if err != nil {
		return nil, content.BadRead(file, "", err)
	}
	return data, nil
}

func (l *listing) assignFaces(partition []byte) error {
	where := facesPartition
	for _, name := range l.textNames() {
		where, partition = name, l.texts[name]
	}
	if partition == nil {
		for i := range l.items {
			l.items[i].split = Train
		}
		return nil
	}
	splits := map[string]string{}
	for n, fields := range textLines(partition) {
		if len(fields) != 2 || facesSplits[fields[1]] == "" {
			return content.Bad(l.src.Path(), lineOf(where, n), "expected are the name of an image and 0, 1 or 2")
		}
		splits[fields[0]] = facesSplits[fields[1]]
	}
	for i := range l.items {
		it := &l.items[i]
		if it.split = splits[path.Base(it.name)]; it.split == "" {
			return content.Bad(l.src.Path(), it.name, "%s does not give its split", where)
		}
	}
	return nil
}
