// Package oracle has what the tests of memorisation share: random sets of rows, the nearest rows
// by their definition, and the comparison with a reference value.
package oracle
