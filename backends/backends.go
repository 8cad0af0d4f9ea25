package backends

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers "go"

	"repbench/backends/cpu"
	"repbench/internal/simd"
)

// Names of the backends that Open knows beside paths of plugins.
const (
	Auto    = "auto"
	CPU     = cpu.Name
	Go      = "go"
	XLACPU  = "xla:cpu"
	XLACUDA = "xla:cuda"

	xlaPrefix = "xla:"
)

// ErrMissing is wrapped by the error of Open when a backend is known but its
// plugin, its device, or its support in this binary is missing.
var ErrMissing = errors.New("backend not available")

// ErrUnknown is wrapped by the error of Open for a name that no backend has.
var ErrUnknown = errors.New("unknown backend")

// Backend is an open compute backend with the name it was resolved to.
type Backend struct {
	// Compute is what graphs are compiled for.
	Compute compute.Backend
	// Spec is the resolved name, never "auto", with what decides the order in
	// which sums are rounded: "cpu+avx512" names the vector instructions of the
	// CPU backend, "go+simd" the portable backend in a binary built with
	// GOEXPERIMENT=simd.
	Spec string
}

// Open opens the backend of that name; "" means auto.
//
// An unknown name is an error that lists the known ones; a known one that
// cannot run here is an error wrapping ErrMissing.
func Open(name string) (*Backend, error) {
	if name == "" || name == Auto {
		name = resolveAuto()
	}
	asked := config(name)
	switch {
	case name == CPU, name == Go:
	case strings.HasPrefix(name, xlaPrefix) && len(name) > len(xlaPrefix):
		plugin, err := resolveXLA(strings.TrimPrefix(name, xlaPrefix))
		if err != nil {
			return nil, fmt.Errorf("backend %s: %w", name, err)
		}
		asked = xlaPrefix + plugin
	default:
		return nil, fmt.Errorf("%w %q: use %s, %s, %s, %s, %s or xla:/path/to/plugin.so",
			ErrUnknown, name, Auto, CPU, Go, XLACPU, XLACUDA)
	}
	b, err := compute.NewWithConfig(asked)
	if err != nil && strings.HasPrefix(name, xlaPrefix) {
		return nil, fmt.Errorf("backend %s: %w: %v; --backend %s does without it", name, ErrMissing, err, CPU)
	}
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w: %v", name, ErrMissing, err)
	}
	switch name {
	case Go:
		name += simdSuffix
	case CPU:
		name += "+" + simd.Level().String()
	}
	return &Backend{Compute: b, Spec: name}, nil
}

// noTF32 is the option of XLA backends with which float32 products keep all
// their bits on NVIDIA GPUs, which otherwise round factors to ten.
const noTF32 = "tf32=false"

// OpenExact is Open for numbers that are reported: XLA backends compute in full
// float32, unless the name has an option about tf32 itself. In one process this
// holds for all XLA backends opened afterwards.
func OpenExact(name string) (*Backend, error) {
	if name == "" || name == Auto {
		name = resolveAuto()
	}
	if strings.HasPrefix(name, xlaPrefix) && len(name) > len(xlaPrefix) && !strings.Contains(name, "tf32") {
		name += "," + noTF32
	}
	return Open(name)
}

// resolveAuto is XLA on CUDA where a GPU and the plugin are found, else cpu.
func resolveAuto() string {
	if hasNVIDIA() {
		if _, err := resolveXLA("cuda"); err == nil {
			return XLACUDA
		}
	}
	return CPU
}

func hasNVIDIA() bool {
	_, err := os.Stat("/dev/nvidiactl")
	return err == nil
}

// XLA reports whether the backend is XLA, on whatever device.
func (b *Backend) XLA() bool { return strings.HasPrefix(b.Spec, xlaPrefix) }

// Portable reports whether the backend is GoMLX's portable one, for which
// graphs are lowered differently (see train.Lowering).
func (b *Backend) Portable() bool { return b.Spec == Go+simdSuffix }

// config is what the compute module is asked for. The portable backend runs
// its operations one after another, each on all cores: run side by side, as it
// does by default, they can wait for each other for ever (seen with v0.1.3: a
// goroutine in workerspool.WaitToStart that nobody wakes).
func config(name string) string {
	if name == Go {
		return Go + ":ops_sequential"
	}
	return name
}
