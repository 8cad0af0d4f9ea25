// Package threesample asks whether generated rows are nearer to training rows than held-out rows
// are, in the whole space (CompareThreeSamples) and by cells of it (MeasureCT, with k-means in
// principal components where no cells are given).
//
// The package has k-means and principal components of its own beside the encoders'
// (features/internal/kmeans, features/internal/pca). The algorithms differ, so that shared code would
// change results or slow one of them down:
//
//   - Cells are few, and their rows may come in any order: k-means++ whose draws depend on the values
//     of the rows alone, ten starts of which the best counts, float64, and an end when the centres
//     stand still, as scikit-learn has it. A dictionary has thousands of centroids of whitened patches:
//     one start near the origin, float32 in vector registers, an end when no patch moves; a centroid
//     without patches is drawn anew.
//   - C_T takes the first 64 components of float32 features and iterates until the variance of the last
//     one changes by less than 1e-6. The encoder takes all directions that are asked for of byte images,
//     from sums of whole numbers that are exact on every backend, to 1e-10.
//
// Both take eigenvalues from gonum; covariances of features are in internal/dense.
package threesample
