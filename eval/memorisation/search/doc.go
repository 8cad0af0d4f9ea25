// Package search finds the nearest images or rows of features of each query, keeps what long
// searches found in files, and goes on from these files when a search is started again.
package search
