// Package latent has the figures that move through z: a numbered grid of samples, walks between
// them, vector arithmetic, and turns along a direction. Each has scores and controls
// (docs/inside.md); none writes a file.
//
// Vectors z are float32, row-major N×Z; images are [N, H, W, C] in [-1, 1].
package latent
