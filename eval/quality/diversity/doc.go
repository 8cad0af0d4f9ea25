// Package diversity says how unlike each other the rows of one set are: the Vendi scores and
// the effective rank RankMe.
package diversity
