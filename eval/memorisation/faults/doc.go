// Package faults names the kinds of errors that the statistics of memorisation return.
package faults
