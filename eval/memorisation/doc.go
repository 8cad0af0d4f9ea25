// Package memorisation says whether a generator copies its training images.
//
// A generated image is compared with its nearest training images; a score, small where the
// image is suspiciously near, is judged beside the scores of held-out images: real images that
// the generator was not trained on. From the scores follow a p-value for each image, the
// images selected at a false discovery rate, the copy rate, and the statistics of the
// literature (Z_U, C_T, AuthPct, nearest-neighbour distances). Controls planted among the
// images say which kinds of copies the setting can see at all.
//
// The rooms below hold the parts: search finds nearest images, nearest makes scores of them,
// pvalues judges the scores, ranks and threesample compare sets as a whole, plant makes the
// copies that serve as controls. Their statistics are pure functions of neighbour lists and scores.
// They hold no state, do not depend on the order of images, and run on any number of goroutines
// at once.
//
//	scored, err := nearest.Scores(nearest.Ratio, near, nearest.TrainNear{})
//	p := pvalues.PValues(null.Values, scored.Values)
//	found := pvalues.BenjaminiHochberg(p, 0.1)
//
// Run does all of it, from images or features to a verdict: it draws the null and the controls,
// plants copies, searches, and fills a Result. Images are bytes N×H×W×C; generated, training and
// held-out images have one size, and no held-out image is a training image.
//
//	in := memorisation.Inputs{Generated: generated, Train: train, HeldOut: heldOut}
//	result, err := memorisation.Run(ctx, in, memorisation.Options{Control: 20, Seed: 1})
package memorisation
