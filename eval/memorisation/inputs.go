package memorisation

import (
	"context"
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/search"
	"repbench/eval/memorisation/threesample"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Set is a set of images, or of rows of features where there are no images.
type Set struct {
	// Name says what the images are in results and messages: "test", a file or a folder.
	Name string
	// IDs are the names of the images; nil: they are numbered from 0.
	IDs []string
	// Images are the pixels; N = 0: there are only features.
	Images datasets.Images
	// Features are the rows of a set without images.
	Features matrix.View
}

// Len is the number of images or rows.
func (s Set) Len() int { return max(s.Images.N, s.Features.N) }

// ID names image i, by its number "test/0017" or by its name in the set, with the set's where it
// does not begin with that: "test/cat/1.png".
func (s Set) ID(i int) string {
	if s.IDs == nil {
		return fmt.Sprintf("%s/%04d", s.Name, i)
	}
	if id := s.IDs[i]; strings.HasPrefix(id, s.Name+"/") || strings.HasPrefix(id, s.Name+":") {
		return id
	}
	return s.Name + "/" + s.IDs[i]
}

// Features are the images of a run as an encoder sees them, rows in the order of the images.
type Features struct {
	// Encoder names the encoder; "" of features from files.
	Encoder string
	// Generated, Train, HeldOut and Negative are the rows of the sets of Inputs.
	Generated, Train, HeldOut, Negative matrix.View
	// Encode makes rows of further images, the planted copies; nil: none can be made.
	Encode func(ctx context.Context, images datasets.Images) (matrix.View, error)
}

// Inputs are what a run compares.
type Inputs struct {
	// Generated are the images of the generator, Train the images that it was trained on.
	Generated, Train Set
	// HeldOut are real images that the generator was not trained on. The null and, unless
	// Negative is given, the negative controls are drawn from them.
	HeldOut Set
	// Negative are real images, no part of HeldOut, to measure false alarms on; empty: a
	// quarter of HeldOut, at most DefaultNegatives.
	Negative Set
	// Encoder compares the images in its features; nil: the images themselves are compared.
	Encoder *Features
	// With is a second test of the same images in the features of an encoder; nil: none.
	With *Features
	// Logits asks the generator's discriminator about training and held-out images; nil: there is
	// none.
	Logits func(ctx context.Context) (Logits, error)
	// Cells are the cells of C_T, HeldOut with one for each image of Inputs.HeldOut, and
	// Centroids the centres of such cells; nil both: k-means makes them.
	Cells *threesample.Cells
	// Centroids are the centres of cells in the space of C_T.
	Centroids *matrix.View
	// Range is the range of pixels in which NND is stated.
	Range nearest.PixelRange
}

// Logits are what a discriminator says to images, large where it takes them for real.
type Logits struct {
	// Train and HeldOut have one logit for each image that the discriminator was shown.
	Train, HeldOut []float64
}

// Sizes that Options has where nothing is set.
const (
	DefaultControl   = 200  // planted copies of a kind
	DefaultNull      = 2000 // images of the null
	DefaultNegatives = 1000 // negative controls
	DefaultFDR       = 0.05 // false discovery rate
	// Kept is the number of nearest training images kept of each image.
	Kept = nearest.Wide
)

// Options say how a run compares. The zero value is the default but for Control, of which 0
// plants none.
type Options struct {
	// Metric is the distance of two images; 0: Correlation, for features Euclidean.
	Metric search.Metric
	// WithMetric is the distance in the features of the second test; 0: Euclidean.
	WithMetric search.Metric
	// Score is what is made of the distances.
	Score nearest.Score
	// Control is the number of planted copies of each kind; 0: none, and then nothing shows what
	// the setting can see.
	Control int
	// Null is the number of held-out images of the null; 0: DefaultNull, or as many as there are.
	Null int
	// FDR is the false discovery rate at which images are selected; 0: DefaultFDR.
	FDR float64
	// Seed draws the null, the controls, the folds and the cells.
	Seed uint64
	// Threads is the number of goroutines; 0: all processors that Go may use.
	Threads int
	// MaxMemory bounds the memory of a search beside the images; 0: about 300 MB.
	MaxMemory int64
	// Keep is a folder in which finished parts of long searches are kept, so that a run that was
	// stopped goes on; "": they are not kept.
	Keep string
	// Progress receives how far the searches are; nil: nobody does.
	Progress progress.Reporter

	// keepAll keeps short searches, too; tests set it.
	keepAll bool
}

// withDefaults returns o with its defaults in place for images or features.
func (o Options) withDefaults(features bool) Options {
	if o.Metric == search.DefaultMetric {
		o.Metric = search.Correlation
		if features {
			o.Metric = search.Euclidean
		}
	}
	if o.WithMetric == search.DefaultMetric {
		o.WithMetric = search.Euclidean
	}
	if o.Null == 0 {
		o.Null = DefaultNull
	}
	if o.FDR == 0 {
		o.FDR = DefaultFDR
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// Validate says which option is out of range, or nil.
func (o Options) Validate() error {
	switch {
	case o.Metric < search.DefaultMetric || o.Metric > search.Cosine:
		return fmt.Errorf("metric %d is none", int(o.Metric))
	case o.WithMetric != search.DefaultMetric && !o.WithMetric.OfFeatures():
		return fmt.Errorf("the metric of the second test is %s; features are compared by %s or %s", o.WithMetric, search.Euclidean, search.Cosine)
	case o.Score < 0 || o.Score >= nearest.ScoreCount:
		return fmt.Errorf("score %d is none", int(o.Score))
	case o.Control < 0:
		return fmt.Errorf("%d planted copies of a kind: give 0 for none, or more", o.Control)
	case o.Null < 0:
		return fmt.Errorf("a null of %d images: give 0 for the default, or more", o.Null)
	case !(o.FDR >= 0 && o.FDR < 1):
		return fmt.Errorf("a false discovery rate of %g: it must be above 0 and below 1", o.FDR)
	case o.Threads < 0 || o.MaxMemory < 0:
		return fmt.Errorf("%d threads and %d bytes of memory: neither may be negative", o.Threads, o.MaxMemory)
	}
	return nil
}
