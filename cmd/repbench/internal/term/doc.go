// Package term writes results as text for a terminal: term.Linear is what
// "repbench eval linear" prints. It measures and decides nothing.
package term
