// Package engine records graphs, compiles them for their shapes and runs them:
// it implements the interfaces of package compute for package cpu.
//
// # Recording
//
// Every Function has a shadow, a function of the portable backend. An operation
// is first made on the shadow, which checks its arguments, infers shapes and
// finds an equal operation made before; beside it stands an Op with the
// arguments and a function that makes it again on any other function. Graphs with
// an axis of unknown size run wholly on their shadow.
//
// # Compiling
//
// compile drops what no output needs, computes what depends on constants alone,
// decides which elementwise values are computed together (partition) and turns
// every other operation into steps: by its entry in lowerings, or, where that is
// missing or declines, by running it alone on the portable backend (fallback).
// A lowering sees the operation's nodes and may look through their producers;
// those that are lazy get steps only when something asks for their value.
//
// # Memory
//
// Values are dense, row-major arrays. Temporaries share one arena, laid out by
// liveness (plan); a step may name pairs of a result and an operand that may lie
// in the same memory. Changes of shape alone are no steps: the value is the same.
// An output has memory of its own, that of a donated input where it can.
//
// # Invariants
//
// A step reads and writes nothing but its values. No two values that are needed
// at once overlap, but for such a pair, whose operand nothing reads later. A
// program is not changed by running it, so that several goroutines may.
package engine

//go:generate go run ./gen
