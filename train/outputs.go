package train

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// Outputs are the newest scalars that updates returned, by name. They stay on the device until
// Read copies them.
type Outputs map[string]*tensors.Tensor

// Take replaces outputs with newer ones and frees the old ones.
func (o Outputs) Take(newer map[string]*tensors.Tensor) error {
	for name, t := range newer {
		if old := o[name]; old != nil {
			if err := old.FinalizeAll(); err != nil {
				return err
			}
		}
		o[name] = t
	}
	return nil
}

// Read copies the outputs to the host. A value that is not finite gives an error wrapping
// ErrDiverged.
func (o Outputs) Read() (map[string]float64, error) {
	out := make(map[string]float64, len(o))
	for name, t := range o {
		v, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if math.IsNaN(float64(v[0])) || math.IsInf(float64(v[0]), 0) {
			return nil, fmt.Errorf("%w: %s is %g; a smaller learning rate, or another seed, may help", ErrDiverged, name, v[0])
		}
		out[name] = float64(v[0])
	}
	return out, nil
}

// Restore sets the outputs to the values of a checkpoint, so that a resumed run writes the same
// log.
func (o Outputs) Restore(values map[string]float64) {
	for name, v := range values {
		o[name] = tensors.FromScalar(float32(v))
	}
}
