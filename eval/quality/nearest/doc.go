// Package nearest holds the metrics that look at nearest rows: precision, recall, density and
// coverage (prdc.go, from the balls of balls.go), the realism score of single rows, and the
// two-sample test by nearest neighbours. Package neighbours searches.
package nearest
