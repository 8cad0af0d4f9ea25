// Package backends opens the compute backend that runs the graphs.
//
// A backend is named as on the command line:
//
//	auto          XLA on a CUDA GPU if the plugin and a GPU are found, else cpu
//	cpu           this project's backend, Go and Go assembly (package cpu)
//	go            GoMLX's portable backend, pure Go
//	xla:cpu       XLA for the CPU (needs its plugin)
//	xla:cuda      XLA for NVIDIA GPUs (needs its plugin; the plugin installed by JAX is found)
//	xla:/p/x.so   any PJRT plugin by its path
//
// This package downloads nothing: if a plugin is missing, the error says what to install.
// Binaries built with CGO_ENABLED=0 have no XLA.
package backends
