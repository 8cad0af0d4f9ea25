package cpu

import (
	"github.com/gomlx/compute"

	"repbench/backends/cpu/internal/engine"
)

// Name is the name under which the backend is registered with compute.
const Name = engine.Name

func init() { compute.Register(Name, New) }

// New opens the backend. config is empty, or "threads=N" to use N threads instead of
// GOMAXPROCS; any other text is an error.
func New(config string) (compute.Backend, error) {
	b, err := engine.New(config)
	if err != nil {
		return nil, err
	}
	return b, nil
}
