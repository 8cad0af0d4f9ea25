// Package metric holds what all metrics of sample quality share: their names, the options of a
// computation, the checks of sets, random halves and the random streams of a seed.
package metric
