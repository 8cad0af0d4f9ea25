// Package labels reads the classes of rows from NumPy files and checks them, for every
// command that accepts labels.
//
// The labels of rows to fit on are 0 … K-1, each with at least one row, so that memory
// proportional to K is at most proportional to the number of rows. Errors describe the
// labels and give the NumPy expression that corrects them.
package labels
