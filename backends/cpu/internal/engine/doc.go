// Package engine records graphs, compiles them for their shapes and runs them:
// it implements the interfaces of package compute for package cpu.
//
// # Recording
//
// Every Function has a shadow, a function of the portable backend. An operation
// is first made on the shadow, which checks its arguments, infers shapes and
// finds an equal operation made before. An Op then records the arguments and a function
// that makes the same operation on any other function. Graphs with an axis of unknown
// size run entirely on their shadow.
//
// # Compiling
//
// compile drops operations that no output needs, computes values that depend only on constants,
// decides which elementwise values are computed together (partition) and turns
// every other operation into steps. Its entry in lowerings makes the steps. If the entry is
// missing or declines, a step runs the operation alone on the portable backend (fallback).
// A lowering sees the operation's nodes and may look through their producers;
// lazy operations get steps only when another operation needs their value.
//
// # Memory
//
// Values are dense, row-major arrays. Temporaries share one arena, laid out by
// liveness (plan). A step may name pairs of a result and an operand that may share
// memory. A change of shape alone needs no step: the value is the same. An output has
// its own memory, or takes the memory of a donated input where possible.
//
// # Invariants
//
// A step reads and writes only its values. Values that are needed at the same time do
// not overlap, except the two of such a pair, whose operand no later step reads. Running
// a program does not change it, so that several goroutines may run it at once.
package engine

//go:generate go run ./gen
