package memorisation

import (
	"repbench/eval"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
	"repbench/eval/memorisation/threesample"
)

// Result is the outcome of a run against one training set.
type Result struct {
	// Metric says what distances are compared: "correlation", "pixels", "euclidean", …
	Metric string `json:"metric"`
	// Score is the score of an image.
	Score nearest.Score `json:"score"`
	// Encoder made the features compared; "": the images themselves are compared.
	Encoder string `json:"encoder,omitempty"`
	// WithEncoder made the features of a second test of the same images, whose p-values are
	// taken together with the first by CombineTwo; "": there was none.
	WithEncoder string `json:"with_encoder,omitempty"`
	// TrainRows is the number of training images.
	TrainRows int `json:"train_rows"`
	// Null are the held-out images that the scores are judged by.
	Null Null `json:"null"`
	// Generated is the number of generated images.
	Generated int `json:"generated"`
	// Flagged are the images selected at the false discovery rate, the most suspicious first.
	Flagged []Flag `json:"flagged"`
	// FDR is the false discovery rate of Flagged.
	FDR float64 `json:"fdr"`
	// SmallestFindable is the smallest number of images that could have been selected with a
	// null of this size.
	SmallestFindable int `json:"smallest_findable"`
	// FlaggedAt1 is the share of generated images with p ≤ 0.01; 0 where ControlLevel is set.
	FlaggedAt1 float64 `json:"flagged_at_1"`
	// FlaggedAt5 is the share of generated images with p ≤ 0.05.
	FlaggedAt5 float64 `json:"flagged_at_5"`
	// CopyRate is the share of generated images that are copies, estimated at DetectionLevel.
	CopyRate pvalues.Rate `json:"copy_rate"`
	// UpperBound95 is the share of copies, of the kinds that this setting can see, that is not
	// exceeded with 95 % confidence; nil without controls.
	UpperBound95 *float64 `json:"upper_bound95,omitempty"`
	// Controls says for each kind of planted copies whether this setting sees it; nil: none
	// were planted.
	Controls map[string]Control `json:"controls,omitempty"`
	// ControlLevel is the level of p at which CopyRate, Controls and FalseAlarms count where the
	// null is too small for pvalues.CopyAlpha: the smallest p-value that it allows; 0: CopyAlpha.
	ControlLevel float64 `json:"control_level,omitempty"`
	// FalseAlarms are the flagged ones among held-out images that are not in the null; nil: none were kept.
	FalseAlarms *FalseAlarms `json:"false_alarms,omitempty"`
	// OwnNull judges the scores by scores of the same images against held-out ones; nil: not done.
	OwnNull *pvalues.OwnNull `json:"own_null,omitempty"`
	// ZU is the z of the three-sample test, the same as ThreeSample.ZU.
	ZU float64 `json:"z_u"`
	// ThreeSample is the test of the distances of generated images against the distances of held-out
	// ones, as a whole.
	ThreeSample threesample.ThreeSample `json:"three_sample"`
	// CT is the three-sample test by cells; nil: not done, a warning says why.
	CT *threesample.CT `json:"c_t,omitempty"`
	// AuthPct is the percentage of authentic images, see AuthenticShare; nil: not done.
	AuthPct *Beside `json:"authpct,omitempty"`
	// YoonShare is the share of images with a ratio d₁/d₂ below 1/3; nil: not done.
	YoonShare *Beside `json:"yoon_share,omitempty"`
	// TargetDecoy compares how often the nearest image is a training image and how often it is
	// a held-out one; nil: not done.
	TargetDecoy *nearest.TargetDecoy `json:"target_decoy,omitempty"`
	// DiscriminatorGap compares the discriminator's logits of training and held-out images; nil:
	// there is no discriminator.
	DiscriminatorGap *ranks.Gap `json:"discriminator_gap,omitempty"`
	// NND are mean distances of held-out images from the nearest generated ones; nil: not done.
	NND *nearest.NND `json:"nnd,omitempty"`
	// NEff is the effective number of the nearest training images of the generated ones, see
	// EffectiveNumber.
	NEff float64 `json:"n_eff"`
	// Verdict is what follows from all of this.
	Verdict Verdict `json:"verdict"`
	// Warnings say what limits the result.
	Warnings []string `json:"warnings"`
	// GeneratedName says what the generated images are: a file, a folder or a generator.
	GeneratedName string `json:"generated_name"`
	// Histogram has the scores of all kinds of images in bins; nil: not done.
	Histogram *Histogram `json:"histogram,omitempty"`

	// Seed drew the controls and the cells.
	Seed uint64 `json:"seed"`
	// Seconds is the time that the run took.
	Seconds float64 `json:"seconds"`
	// PeakRSSBytes is the largest memory of the process; 0 where the system does not tell.
	PeakRSSBytes int64 `json:"peak_rss_bytes"`

	// Images are all generated images with their p-values, in their order.
	Images []Flag `json:"-"`
	// Examples are images to look at, with their nearest training images.
	Examples []Example `json:"-"`
}

// Null describes held-out images.
type Null struct {
	// Kind says what they are: the name of a split, a folder or a file.
	Kind string `json:"kind"`
	// Rows is their number.
	Rows int `json:"rows"`
	// NearDuplicates are the images of the null with a ratio d₁/d₂ below 1/3: they have a near duplicate
	// among the training images, and decide the smallest p-values.
	NearDuplicates []Pair `json:"near_duplicates,omitempty"`
}

// Pair is an image and the training image nearest to it.
type Pair struct {
	// Image is the index of the image in its set.
	Image int `json:"image"`
	// ImageID is its id or file; "": it has none.
	ImageID string `json:"image_id,omitempty"`
	// Train is the row of the nearest training image, TrainID its id.
	Train int32 `json:"train"`
	// TrainID is the id of the training image; "": it has none.
	TrainID string `json:"train_id,omitempty"`
	// Score is the score of the image.
	Score float64 `json:"score"`
	// Distance is the distance of the two by the metric.
	Distance float64 `json:"distance"`
	// GreyLevels is the root mean square difference of the two as matched, in grey levels a
	// pixel; 0 for features.
	GreyLevels float64 `json:"grey_levels,omitempty"`
	// Mirrored says that the mirror image of the image matched, Offset where its window lies
	// (rows down, columns right).
	Mirrored bool `json:"mirrored"`
	// Offset is the offset of the window that matched: dy, dx.
	Offset [2]int `json:"offset"`
}

// Flag is a generated image that is selected.
type Flag struct {
	Pair
	// P is its p-value.
	P float64 `json:"p"`
}

// Control says how well one kind of planted copies is seen.
type Control struct {
	// AUC is the probability that a copy has a smaller score than a held-out image.
	AUC float64 `json:"auc"`
	// Detected is the share of the copies at the threshold used, SourceFound the share whose
	// nearest training image is their source.
	Detected float64 `json:"detected"`
	// SourceFound is the share of copies whose nearest training image is their source.
	SourceFound float64 `json:"source_found"`
	// DetectedCI95 is the interval of Detected after Wilson, N the number of copies.
	DetectedCI95 eval.Interval `json:"detected_ci95"`
	// N is the number of copies.
	N int `json:"n"`
}

// FalseAlarms is the share of held-out images, outside the null, that are flagged.
type FalseAlarms struct {
	// Nominal is the level of the test, Measured the share flagged at it.
	Nominal float64 `json:"nominal"`
	// Measured is the share of held-out images that are flagged.
	Measured float64 `json:"measured"`
	// Lo and Hi are the ends of the interval of Measured after Wilson.
	Lo float64 `json:"lo"`
	// Hi is the upper end of the interval.
	Hi float64 `json:"hi"`
	// N is the number of held-out images.
	N int `json:"n"`
	// NullRows is the number of images of the null that they were judged by; 0: not known, as
	// in results of versions before it was stored.
	NullRows int `json:"null_rows,omitempty"`
}

// Beside is a number of the generated images beside the same number of held-out ones.
type Beside struct {
	// Generated is the number of the generated images.
	Generated float64 `json:"generated"`
	// HeldOut is the number of the held-out images.
	HeldOut float64 `json:"held_out"`
}

// DetectionLevel is the level of p at which the copy rate, planted copies and false alarms count.
func (r *Result) DetectionLevel() float64 {
	if r.ControlLevel > 0 {
		return r.ControlLevel
	}
	return pvalues.CopyAlpha
}
