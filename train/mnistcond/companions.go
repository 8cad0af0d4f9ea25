package mnistcond

import (
	"fmt"
	"slices"
)

// Limits of the images that a batch with companions keeps.
const (
	// mostOfClass is the most images of a class in a batch.
	mostOfClass = 100
	// streamCompanions is where the batches of draws begin that companions take their z from, far above
	// the batches of samples.
	streamCompanions = 1 << 40
)

// Companied generates the images of z, N×100 row-major, with these labels as if they stood in batches of
// all classes. Batch normalisation takes the statistics of a batch: images of a few classes that are
// alone in theirs are normalised as the generator never saw it, and lose their classes. So classes with
// fewer images than the most frequent one are filled up to it, with z drawn by d; these companions are
// not returned. Labels that hold as many images of each class need none. A batch has at most 100 images
// of a class; batch number b of d draws its companions.
func (s *Sampler) Companied(z []float32, labels []int32, d Draws, b int64) (Samples, error) {
	n := len(labels)
	out := Samples{Data: make([]float32, n*Side*Side), Labels: labels, N: n}
	if len(z) != n*ZDim {
		return out, fmt.Errorf("z has %d values; %d samples of %s want %d×%d", len(z), n, Name, n, ZDim)
	}
	if err := CheckLabels("labels of samples", labels, n); err != nil {
		return out, err
	}
	for part, rows := range byClass(labels) {
		var batchZ []float32
		var batchLabels []int32
		for _, i := range rows {
			batchZ, batchLabels = append(batchZ, z[i*ZDim:(i+1)*ZDim]...), append(batchLabels, labels[i])
		}
		more := missing(batchLabels)
		batchZ = append(batchZ, d.Z(streamCompanions+b*int64(n)+int64(part), len(more))...)
		made, err := s.Images(batchZ, append(batchLabels, more...))
		if err != nil {
			return out, err
		}
		for k, i := range rows {
			copy(out.Data[i*Side*Side:(i+1)*Side*Side], made.Data[k*Side*Side:])
		}
	}
	return out, nil
}

// byClass divides images into batches of at most mostOfClass images of each class, in their order.
func byClass(labels []int32) [][]int {
	var batches [][]int
	var counts [Classes]int
	for i, label := range labels {
		b := counts[label] / mostOfClass
		counts[label]++
		if b == len(batches) {
			batches = append(batches, nil)
		}
		batches[b] = append(batches[b], i)
	}
	return batches
}

// missing are the labels that fill each class up to the most frequent one.
func missing(labels []int32) []int32 {
	var counts [Classes]int
	for _, label := range labels {
		counts[label]++
	}
	most := slices.Max(counts[:])
	var more []int32
	for class, n := range counts {
		for range most - n {
			more = append(more, int32(class))
		}
	}
	return more
}

// HasAll reports whether every class is among the labels.
func HasAll(labels []int32) bool {
	for class := range int32(Classes) {
		if !slices.Contains(labels, class) {
			return false
		}
	}
	return true
}
