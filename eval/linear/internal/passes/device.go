package passes

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
)

// DefaultDeviceMemory is the memory, in bytes, that a fit takes of a device when
// DeviceOptions does not say.
const DefaultDeviceMemory = 4 << 30

// DeviceOptions names the backend that makes the products of a fit with its matrix. The
// zero value is the CPU, which reads the matrix where it lies (package
// internal/simd). See docs/svm.md for what is computed where and how exactly.
type DeviceOptions struct {
	// Backend is a name that backends.Open knows, such as "xla:cuda"; "": none.
	Backend string
	// Memory is the most, in bytes, that a fit takes of the device; 0:
	// defaultDeviceMemory. A matrix that fits is sent there once, another one in
	// blocks of rows at every pass.
	Memory int64
}

// Validate says which option is out of range; nil: none.
func (d DeviceOptions) Validate() error {
	switch {
	case d.Memory < 0:
		return fmt.Errorf("%d bytes of device memory: must not be negative", d.Memory)
	case d.Memory > 0 && d.Backend == "":
		return fmt.Errorf("%d bytes of device memory without a device to take them from", d.Memory)
	}
	return nil
}

// OpenedDevice is an open Device. Its graphs are compiled once for each shape, for all
// the fits that share it.
type OpenedDevice struct {
	name    string
	memory  int64
	backend *backends.Backend
	// scores takes rows [R, D] float32 and vectors [K, D] to products [R, K], sums
	// rows [R, D] and weights [R, K] to sums [K, D], both in the type of the second.
	scores, sums *graph.Exec
}

// Open opens the backend and prepares the graphs.
func (d DeviceOptions) Open() (*OpenedDevice, error) {
	b, err := backends.OpenExact(d.Backend)
	if err != nil {
		return nil, fmt.Errorf("device for the products: %w", err)
	}
	dev := &OpenedDevice{name: b.Spec, memory: d.Memory, backend: b}
	if dev.memory == 0 {
		dev.memory = DefaultDeviceMemory
	}
	dev.scores, err = graph.NewExec(b.Compute, func(x, w *graph.Node) *graph.Node {
		return graph.DotGeneral(graph.ConvertDType(x, w.DType()), []int{1}, nil, w, []int{1}, nil)
	})
	if err != nil {
		return nil, dev.wrap(err)
	}
	dev.sums, err = graph.NewExec(b.Compute, func(x, s *graph.Node) *graph.Node {
		return graph.DotGeneral(s, []int{0}, nil, graph.ConvertDType(x, s.DType()), []int{0}, nil)
	})
	if err != nil {
		dev.scores.Finalize()
		return nil, dev.wrap(err)
	}
	dev.scores.SetMaxCache(-1) // a shape each for the layers, in two types
	dev.sums.SetMaxCache(-1)
	return dev, nil
}

// Close frees the compiled graphs.
func (d *OpenedDevice) Close() {
	d.scores.Finalize()
	d.sums.Finalize()
}

func (d *OpenedDevice) wrap(err error) error { return fmt.Errorf("device %s: %w", d.name, err) }

// upload makes a float32 tensor on the device alone, filled by fill.
func (d *OpenedDevice) upload(rows, columns int, fill func(flat []float32)) (*tensors.Tensor, error) {
	t, err := filled(rows, columns, fill)
	if err != nil {
		return nil, err
	}
	return t, t.ToDevice(d.backend.Compute, 0)
}
