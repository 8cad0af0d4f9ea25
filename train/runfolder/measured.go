package runfolder

import "fmt"

// What a number in metrics.jsonl that was measured in the course of a training is of.
type Of string

// A name without a suffix is of held-out images.
const (
	// OfHeldOut is of held-out images beside generated ones.
	OfHeldOut Of = ""
	// OfTraining is of training images beside generated ones.
	OfTraining Of = "_train"
	// OfReal is of held-out images beside training images in place of generated ones: what a
	// generator of new images of the data would have.
	OfReal Of = "_real"
)

// NNDSizes are the numbers of generated images for which NND can be measured.
func NNDSizes() []int { return []int{1000, 10_000, 100_000} }

// NND is the name of the mean distance to the nearest of n generated images.
func NND(n int, of Of) string { return fmt.Sprintf("nnd_%d%s", n, of) }

// NNC is the name of the share of held-out images whose nearest of n generated images, which have
// classes, has another class.
func NNC(n int) string { return fmt.Sprintf("nnc_%d", n) }

// Frechet is the name of the Fréchet distance.
func Frechet(of Of) string { return "frechet" + string(of) }

// MeasureSeconds is the name of the time that a measurement took. It is no part of the time of
// the training.
const MeasureSeconds = "measure_seconds"

// measuredNames are the names of all numbers that can be measured, with what they are of.
func measuredNames() map[string]Of {
	out := map[string]Of{}
	for _, of := range []Of{OfHeldOut, OfTraining, OfReal} {
		for _, n := range NNDSizes() {
			out[NND(n, of)] = of
		}
		out[Frechet(of)] = of
	}
	for _, n := range NNDSizes() {
		out[NNC(n)] = OfHeldOut
	}
	return out
}
