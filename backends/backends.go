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

// Names that Open accepts, besides paths of plugins.
const (
	Auto    = "auto"
	CPU     = cpu.Name
	Go      = "go"
	XLACPU  = "xla:cpu"
	XLACUDA = "xla:cuda"

	xlaPrefix = "xla:"
)

// ErrMissing is wrapped by the error of Open if a backend is known but its plugin, its device,
// or its support in this binary is missing.
var ErrMissing = errors.New("backend not available")

// ErrUnknown is wrapped by the error of Open for an unknown name.
var ErrUnknown = errors.New("unknown backend")

// Backend is an open compute backend with the name it was resolved to.
type Backend struct {
	// Compute is the backend that graphs are compiled for.
	Compute compute.Backend
	// Spec is the resolved name, never "auto", with the properties that decide the order in
	// which sums are rounded. "cpu+avx512" names the vector instructions of the CPU backend;
	// "go+simd" is the portable backend in a binary built with GOEXPERIMENT=simd.
	Spec string
}

// Open opens the backend with the given name; "" means auto.
//
// An unknown name gives an error that lists the known names; a known backend that cannot run
// here gives an error wrapping ErrMissing.
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
		return nil, fmt.Errorf("backend %s: %w: %v; use --backend %s instead", name, ErrMissing, err, CPU)
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

// noTF32 is the option of XLA backends that keeps all bits of float32 products on NVIDIA GPUs.
// Without it the GPU rounds the factors to ten bits.
const noTF32 = "tf32=false"

// OpenExact is Open for results that are reported: XLA backends compute in full float32, unless
// the name already has an option about tf32. This setting then holds for all XLA backends that
// the process opens later.
func OpenExact(name string) (*Backend, error) {
	if name == "" || name == Auto {
		name = resolveAuto()
	}
	if strings.HasPrefix(name, xlaPrefix) && len(name) > len(xlaPrefix) && !strings.Contains(name, "tf32") {
		name += "," + noTF32
	}
	return Open(name)
}

// resolveAuto returns XLA on CUDA if a GPU and the plugin are found, else cpu.
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

// XLA reports whether the backend is XLA, on any device.
func (b *Backend) XLA() bool { return strings.HasPrefix(b.Spec, xlaPrefix) }

// Portable reports whether the backend is GoMLX's portable one, for which
// convolutions are written differently (see convolution.Lowering).
func (b *Backend) Portable() bool { return b.Spec == Go+simdSuffix }

// config returns the configuration string for the compute module. The portable backend runs its
// operations one after another, each on all cores. By default it runs operations side by side,
// which can deadlock (seen with v0.1.3: a goroutine waits in workerspool.WaitToStart and is
// never woken).
func config(name string) string {
	if name == Go {
		return Go + ":ops_sequential"
	}
	return name
}
