// Package backends opens the compute backend that runs the graphs.
//
// A backend is named as on the command line:
//
//	auto          XLA on a CUDA GPU where plugin and GPU are found, else cpu
//	cpu           this project's backend, Go and Go assembly (package cpu)
//	go            GoMLX's portable backend, pure Go
//	xla:cpu       XLA for the CPU (needs its plugin)
//	xla:cuda      XLA for NVIDIA GPUs (needs its plugin; the one of JAX is found)
//	xla:/p/x.so   any PJRT plugin by its path
//
// Nothing is ever downloaded: a plugin that is missing is an error that says
// what to install. Binaries built with CGO_ENABLED=0 have no XLA.
package backends
