// Package store reads and writes folders of features: for each split a matrix N×D
// (<split>_features.npy), labels and names of images, and one meta.json that describes
// them (docs/features.md). Nothing else spells the names of these files.
//
//	f, err := store.OpenFolder("features/svhn-on-cifar10")
//	m, err := f.Split("train")
//
// Arrays opens matrices and labels that were made elsewhere in the same form. A matrix
// that does not fit into the memory it is allowed is a memory map (ReadOptions).
package store
