// Package sliced computes distances of two sets by their projections onto directions, and the
// closed form that approximates such a distance.
package sliced
