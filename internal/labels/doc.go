// Package labels reads the classes of rows from NumPy files and checks them: the
// one check for every command that takes labels.
//
// The labels of rows to fit on are 0 … K-1, each with at least one row, so that
// what is sized by K is no larger than the rows are many. Errors say what the
// labels are and the line of NumPy that makes them so.
package labels
