// Package ranks has the statistics that compare two lists of numbers by the order of their
// values alone: Mann and Whitney's U, its z, the area under the curve of a detector, and the gap
// of a discriminator between training and held-out images.
package ranks
