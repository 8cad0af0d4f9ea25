// Package plant makes copies of training images of known kinds (exact, mirrored, moved, …), which
// a detector of copies should find.
package plant
