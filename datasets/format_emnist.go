package datasets

import (
	"strings"

	"repbench/datasets/catalog"
)

// emnistSet is one split of EMNIST. Its images are stored by columns. The classes of
// byclass are digits, capitals and small letters; in bymerge and balanced those small
// letters that look like their capitals are one class with them; letters has small and
// capital ones together, with labels from 1.
func emnistSet(split string) idxSet {
	const digits, capitals = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	stem := "emnist-" + split
	m := idxSet{
		name: catalog.NameEMNIST + ":" + split, key: catalog.NameEMNIST, transposed: true, folder: "EMNIST",
		parts: []idxPart{
			{Train, stem + "-train-images", stem + "-train-labels"},
			{Test, stem + "-test-images", stem + "-test-labels"},
		},
	}
	classes := digits // of digits and mnist
	switch split {
	case "letters":
		classes, m.first = capitals, 1
	case "byclass":
		classes = digits + capitals + strings.ToLower(capitals)
	case "bymerge", "balanced":
		classes = digits + capitals + "abdefghnqrt"
	}
	m.classes = strings.Split(classes, "")
	return m
}
