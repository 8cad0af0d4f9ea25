// Package cpu is a backend of GoMLX for CPUs, written in Go and Go assembly:
// packed matrix products, convolutions without intermediate matrices, fused
// elementwise operations, and memory that is planned when a graph is compiled.
//
// Importing it registers the backend "cpu" with package compute:
//
//	backend, err := compute.NewWithConfig("cpu")           // all threads
//	backend, err := compute.NewWithConfig("cpu:threads=2")
//
// The backend uses the kernels of the best instruction set of the machine (AVX-512,
// AVX2, or plain Go); the variable REPBENCH_SIMD selects another one. Results have the
// same bits for any number of threads and in every run. Between instruction sets they
// differ in the last bits.
//
// Operations that this package has no kernels for run on the portable backend of package
// compute, one operation at a time. docs/backend.md describes the design.
package cpu
