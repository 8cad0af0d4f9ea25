package datasets

import (
	"strings"

	"repbench/datasets/catalog"
)

// emnistSet returns one split of EMNIST. Its images are stored by columns. The classes of
// byclass are digits, capitals and small letters. In bymerge and balanced, small letters that
// look like their capitals share a class with them. In letters, small and capital letters share
// a class, and labels start at 1.
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
