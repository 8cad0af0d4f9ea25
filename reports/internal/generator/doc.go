// Package generator draws what was found about a generator: the blocks of a report on copies of
// training images, with their pairs, and on the quality of samples.
package generator
