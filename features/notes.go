package features

import (
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/features/store"
)

// notes are what a reader of a number made from these features must know, in
// plain words: what the encoder has seen, what a feature depends on, and how the
// images were read.
func (e *Encoder) notes(ds *datasets.Dataset) []string {
	var notes []string
	switch kind, _, _ := strings.Cut(e.Spec, ":"); {
	case e.trainedOn != nil && e.trainedOn.DataHash == ds.Hash:
		note := fmt.Sprintf("The encoder was trained for %d updates on the training images of this very data set, without labels.", e.trainedOn.Steps)
		if ds.Name == "cifar10" {
			note += " The paper's encoder was trained on ImageNet-1k and never saw CIFAR-10, so this is another experiment than the paper's."
		}
		notes = append(notes, note)
	case e.trainedOn != nil:
		notes = append(notes, fmt.Sprintf("The encoder was trained for %d updates on %s, without labels.", e.trainedOn.Steps, e.trainedOn.Data))
	case kind == kindTheano:
		notes = append(notes, "The encoder is the SVHN model that the paper's authors trained and released in 2015. "+
			"It is not the ImageNet-1k model behind the paper's result on CIFAR-10, which was not released.")
	case kind == kindONNX:
		notes = append(notes, "The encoder was brought as an ONNX file. What it was trained on, and whether it has seen these images, is not known here.")
	case kind == kindRandom:
		notes = append(notes, "The encoder was never trained: its weights are random.")
	}
	if e.Options.BatchNorm == store.Batch && e.WeightsHash != "" {
		notes = append(notes, fmt.Sprintf("Batch normalisation used the statistics of each batch of %d images: "+
			"a feature depends on the batch size and on the neighbours of its image.", e.Options.BatchSize))
	}
	return append(notes, ds.Notes...)
}

// trainingSeed is the seed behind what the encoder has learned or drawn, nil where there
// is none or it is not known.
func (e *Encoder) trainingSeed() *uint64 {
	switch kind, _, _ := strings.Cut(e.Spec, ":"); {
	case e.trainedOn != nil:
		return &e.trainedOn.Seed
	case kind == kindRandom, kind == kindKMeans, kind == kindDeep:
		return e.Options.Seed
	}
	return nil
}
