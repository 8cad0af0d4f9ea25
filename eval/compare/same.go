package compare

import (
	"fmt"
	"os"
	"slices"
)

// DistinctFiles returns an error wrapping ErrSame if two files of predictions are the same
// file, also under another name or through a link, or if one of them is the file of the true
// classes. Folders stand for the files in them, as in LoadLabels and LoadPredictions.
func DistinctFiles(truth string, predictions ...string) error {
	name, own, err := stat(truth, LabelsFile())
	if err != nil {
		return err
	}
	names, infos := make([]string, len(predictions)), make([]os.FileInfo, len(predictions))
	for i, p := range predictions {
		if names[i], infos[i], err = stat(p, PredictionsFile); err != nil {
			return err
		}
		if os.SameFile(infos[i], own) {
			return fmt.Errorf("%s (true classes) and %s (predictions) %w: the true classes would be compared with themselves; give what the encoder predicted, as eval linear --predictions writes it", name, names[i], ErrSame)
		}
		for j := range i {
			if os.SameFile(infos[i], infos[j]) {
				return fmt.Errorf("%s (number %d) and %s (number %d) %w: one list of predictions would count twice; give each seed of each encoder once", names[j], j+1, names[i], i+1, ErrSame)
			}
		}
	}
	return nil
}

// stat returns the name of a file, or of the named file in a folder, and its file information.
func stat(path, name string) (string, os.FileInfo, error) {
	path, err := inFolder(path, name)
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, err
	}
	return path, info, nil
}

// EqualLists returns warnings about predictions that equal the true classes, or other
// predictions of the comparison, for every image, as copies of a file do. encoders[e] holds the
// lists of the seeds of encoder e. Good encoders may agree on few images by chance, and so
// these are only warnings.
func EqualLists(encoders [][][]int32, truth []int32) []string {
	warnings := []string{}
	for e, seeds := range encoders {
		if n, first := count(seeds, func(s int) bool { return slices.Equal(seeds[s], truth) }); n > 0 {
			warnings = append(warnings, fmt.Sprintf("%d of %d lists of predictions of encoder %d equal the true classes for every image (the first: seed %d): make sure that they are not a copy of the file of --truth", n, len(seeds), e+1, first+1))
		}
		warnings = append(warnings, equalSeeds(e+1, seeds)...)
		for o, others := range encoders[:e] {
			n, first := count(seeds, func(s int) bool { return earlier(others, seeds[s]) >= 0 })
			if n > 0 {
				warnings = append(warnings, fmt.Sprintf("%d of %d lists of predictions of encoder %d equal one of encoder %d for every image (the first: seed %d of encoder %d equals seed %d): a model that counts for both encoders hides their difference",
					n, len(seeds), e+1, o+1, first+1, e+1, earlier(others, seeds[first])+1))
			}
		}
	}
	return warnings
}

// equalSeeds returns warnings about seeds of an encoder with equal predictions.
func equalSeeds(encoder int, seeds [][]int32) []string {
	n, first := count(seeds, func(s int) bool { return earlier(seeds[:s], seeds[s]) >= 0 })
	switch {
	case n == 0:
		return nil
	case n == len(seeds)-1:
		return []string{fmt.Sprintf("the %d seeds of encoder %d predict the same for every image: the variance between them is 0 and says nothing of another seed", len(seeds), encoder)}
	}
	return []string{fmt.Sprintf("%d of %d seeds of encoder %d predict the same for every image as an earlier one (the first: seed %d as seed %d): a copy lowers the variance between seeds; give each seed once",
		n, len(seeds), encoder, first+1, earlier(seeds, seeds[first])+1)}
}

// count returns the number of seeds for which so is true, and the first of them.
func count(seeds [][]int32, so func(s int) bool) (n, first int) {
	for s := range seeds {
		if !so(s) {
			continue
		}
		if n == 0 {
			first = s
		}
		n++
	}
	return n, first
}

// earlier returns the index of the first list that equals p, or -1.
func earlier(lists [][]int32, p []int32) int {
	return slices.IndexFunc(lists, func(q []int32) bool { return slices.Equal(q, p) })
}
