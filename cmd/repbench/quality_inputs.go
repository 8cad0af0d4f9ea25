package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/labels"
	"repbench/internal/npy"
)

// inputs opens the sets. They are valid until the folder is closed.
func (f qualityFlags) inputs(read store.ReadOptions, s quality.Settings) (*store.Folder, quality.Inputs, error) {
	if f.logits == "" && slices.Equal(s.Metrics, []string{metric.NameClassifierScore}) {
		f.logits, f.testLogits = f.gen, cmp.Or(f.testLogits, f.test)
	}
	folder, sets, err := read.Sets(f.real, f.gen, f.test, f.logits, f.testLogits)
	if err != nil {
		return nil, quality.Inputs{}, err
	}
	if err := store.SameSpaces(f.real, f.gen, f.test); err != nil {
		folder.Close()
		return nil, quality.Inputs{}, err
	}
	var in quality.Inputs
	for i, x := range []*matrix.View{&in.Real, &in.Generated, &in.Test, &in.Logits, &in.TestLogits} {
		if *x, err = sets[i].View(); err != nil {
			break
		}
	}
	if err == nil && f.testLabels != "" {
		in.TestLabels, err = labels.Read(f.testLabels)
	}
	if err != nil {
		folder.Close()
		return nil, in, err
	}
	return folder, in, nil
}

// given reads the random choices that were made elsewhere.
func (f qualityFlags) given(s *quality.Settings) error {
	if f.kidRows != "" {
		real, gen, err := pairOfFiles("kid-rows", f.kidRows)
		if err != nil {
			return err
		}
		if s.Given.KIDReal, err = rowLists(real); err != nil {
			return err
		}
		if s.Given.KIDGenerated, err = rowLists(gen); err != nil {
			return err
		}
	}
	if f.fdinfRows != "" {
		rows, sizes, err := pairOfFiles("fdinf-rows", f.fdinfRows)
		if err != nil {
			return err
		}
		if s.Given.FDInfinityRows, err = listsOfSizes(rows, sizes); err != nil {
			return err
		}
	}
	var err error
	if f.perm != "" {
		if s.Given.FLDPermutation, err = labels.Read(f.perm); err != nil {
			return err
		}
	}
	if f.directions != "" {
		s.Given.Directions, err = floats(f.directions)
	}
	return err
}

// pairOfFiles are the two files that a flag names.
func pairOfFiles(flag, text string) (string, string, error) {
	a, b, found := strings.Cut(text, ",")
	if !found || a == "" || b == "" || strings.Contains(b, ",") {
		return "", "", usageError{fmt.Errorf("--%s %s: give two files, separated by a comma", flag, text)}
	}
	return a, b, nil
}

// rowLists reads S×R row numbers; of R, one list.
func rowLists(path string) ([][]int32, error) {
	shape, all, err := labels.ReadArray(path)
	if err != nil {
		return nil, err
	}
	if len(shape) == 1 {
		shape = []int{1, shape[0]}
	}
	if len(shape) != 2 {
		return nil, fmt.Errorf("%s has shape %v, want subsets and their rows, S×R", path, shape)
	}
	lists := make([][]int32, shape[0])
	for i := range lists {
		lists[i] = all[i*shape[1] : (i+1)*shape[1]]
	}
	return lists, nil
}

// listsOfSizes reads lists of row numbers that lie one after another, of the sizes that
// another file holds.
func listsOfSizes(rowsPath, sizesPath string) ([][]int32, error) {
	_, rows, err := labels.ReadArray(rowsPath)
	if err != nil {
		return nil, err
	}
	_, sizes, err := labels.ReadArray(sizesPath)
	if err != nil {
		return nil, err
	}
	var lists [][]int32
	left := rows
	for i, n := range sizes {
		if n < 0 || int(n) > len(left) {
			return nil, fmt.Errorf("%s: size %d is %d, of %d row numbers of %s that are left", sizesPath, i, n, len(left), rowsPath)
		}
		lists, left = append(lists, left[:n]), left[n:]
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("the sizes of %s add up to %d, %s holds %d row numbers", sizesPath, len(rows)-len(left), rowsPath, len(rows))
	}
	return lists, nil
}

// floats reads a matrix of float64 or float32 as lists of float64, one for each row.
func floats(path string) ([][]float64, error) {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 2 || h.Elements() > math.MaxInt32 {
		return nil, fmt.Errorf("%s has shape %v, want directions and their elements, S×D", path, h.Shape)
	}
	var data []float64
	switch h.DType {
	case npy.Float64:
		_, data, err = npy.Read[float64](path)
	case npy.Float32:
		var single []float32
		_, single, err = npy.Read[float32](path)
		for _, v := range single {
			data = append(data, float64(v))
		}
	default:
		err = fmt.Errorf("%s holds %s, want float64 or float32", path, h.DType)
	}
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(data, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return nil, fmt.Errorf("%s: row %d, column %d is %g: a direction is a vector of length 1", path, i/h.Shape[1], i%h.Shape[1], data[i])
	}
	rows := make([][]float64, h.Shape[0])
	for i := range rows {
		rows[i] = data[i*h.Shape[1] : (i+1)*h.Shape[1]]
	}
	return rows, nil
}
