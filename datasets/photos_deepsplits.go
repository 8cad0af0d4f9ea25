package datasets

import (
	"path"
	"strings"

	"repbench/datasets/internal/content"
)

// checkDeepSplits returns an error if folders of splits lie below several folders (a/train,
// b/test), since the test images would become training images. A folder named train below the
// classes is no fault if nothing else is named like a split.
func (l *listing) checkDeepSplits() error {
	first, other, second := "", "", "" // a folder of a split, one in another folder, one of another split
	inSplits, onlyTrain := 0, true
	for _, it := range l.items {
		dir := deepSplit(dirsOf(it.name), l.common+1)
		if dir == "" {
			continue
		}
		inSplits++
		onlyTrain = onlyTrain && splitOfDir(dir) == Train
		switch {
		case first == "":
			first = dir
		case other == "" && path.Dir(dir) != path.Dir(first):
			other = dir
		}
		if second == "" && splitOfDir(dir) != splitOfDir(first) {
			second = dir
		}
	}
	if inSplits == 0 || second == "" && (onlyTrain || inSplits < len(l.items)) {
		return nil
	}
	if other == "" {
		other = second
	}
	return content.Bad(l.src.Path(), "", "folders of splits lie in it below other folders (%s and %s), so which images are for training is not clear; "+
		"open one of the folders above them alone (unpack an archive first), or move the folders of splits to the top, as train/CLASS/… and test/CLASS/…",
		content.Shown(first), content.Shown(other))
}

// deepSplit returns the path of the first folder at this depth or below that is named like a
// split; "" if there is none.
func deepSplit(dirs []string, depth int) string {
	for i := depth; i < len(dirs); i++ {
		if splitOf[strings.ToLower(dirs[i])] != "" {
			return strings.Join(dirs[:i+1], "/")
		}
	}
	return ""
}

// splitOfDir returns the split that the last folder of a path is named after.
func splitOfDir(dir string) string { return splitOf[strings.ToLower(path.Base(dir))] }
