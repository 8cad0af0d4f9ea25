// Package cpu is a backend of GoMLX for CPUs, written in Go and Go assembly:
// packed matrix products and convolutions without intermediate matrices, fused
// elementwise operations, and memory that is planned when a graph is compiled.
//
// Importing it registers the backend "cpu" with package compute:
//
//	backend, err := compute.NewWithConfig("cpu")           // all threads
//	backend, err := compute.NewWithConfig("cpu:threads=2")
//
// The kernels are those of the best instruction set that the machine has
// (AVX-512, AVX2, or plain Go); REPBENCH_SIMD asks for another one. Results are
// the same bits for any number of threads, and from run to run; they differ in
// the last bits between instruction sets.
//
// Whatever has no form of its own here runs on the portable backend of package
// compute, one operation at a time. The design is told in docs/backend.md.
package cpu
