package engine

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/pkg/errors"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// Name is the name of the backend.
const Name = "cpu"

// Backend implements compute.Backend. Several goroutines may use it at once.
type Backend struct {
	pool       *pool.Pool
	multiplier *matmul.Multiplier
	portable   compute.Backend
	memory     sync.Map // number of bytes -> *sync.Pool of []byte
	arenas     *memory.Arenas
	reserved   sync.Map // first address of a stored buffer -> *stored
	finalized  atomic.Bool
	alone      *Backend // the same with one thread, the caller's
}

var _ compute.Backend = (*Backend)(nil)

// New opens the backend. config is empty or "threads=N"; without it the number of threads is
// GOMAXPROCS.
func New(config string) (*Backend, error) {
	threads := 0
	for _, option := range strings.Split(config, ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "":
		case "threads":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return nil, errors.Errorf("cpu: threads=%q: want a number from 1", value)
			}
			threads = n
		default:
			return nil, errors.Errorf("cpu: unknown option %q: want threads=N", option)
		}
	}
	// Operations of the portable backend that run side by side can deadlock (seen with v0.1.3).
	portable, err := gobackend.New("ops_sequential")
	if err != nil {
		return nil, errors.Wrap(err, "cpu: opening the portable backend")
	}
	p := pool.New(threads)
	b := &Backend{pool: p, multiplier: matmul.New(p, simd.MatrixTile()), portable: portable, arenas: &memory.Arenas{}}
	b.alone = newAlone(b)
	return b, nil
}

// Name implements compute.Backend.
func (b *Backend) Name() string { return Name }

// String implements compute.Backend.
func (b *Backend) String() string { return Name }

// Description implements compute.Backend.
func (b *Backend) Description() string {
	return fmt.Sprintf("CPU backend of repbench: %s kernels, %d threads", simd.Level(), b.pool.Threads())
}

// NumDevices implements compute.Backend: there is one device.
func (b *Backend) NumDevices() int { return 1 }

// DeviceDescription implements compute.Backend.
func (b *Backend) DeviceDescription(compute.DeviceNum) string { return b.Description() }

// Capabilities implements compute.Backend. It returns the capabilities of the portable backend,
// which runs the operations that this package has no kernels for.
func (b *Backend) Capabilities() compute.Capabilities { return b.portable.Capabilities() }

// Builder implements compute.Backend.
func (b *Backend) Builder(name string) compute.Builder { return newBuilder(b, name) }

// Finalize implements compute.Backend.
func (b *Backend) Finalize() {
	if !b.finalized.Swap(true) {
		b.pool.Close()
		b.portable.Finalize()
		b.memory.Clear()
		b.arenas.Close()
	}
}

// IsFinalized implements compute.Backend.
func (b *Backend) IsFinalized() bool { return b.finalized.Load() }
