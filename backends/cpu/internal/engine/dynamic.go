package engine

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"
)

// dynamicExecutable runs a computation with axes of unknown size entirely on the portable
// backend.
type dynamicExecutable struct {
	compute.Executable
	backend *Backend
}

func (b *Builder) compileDynamic() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	return &dynamicExecutable{e, b.backend}, nil
}

// Execute implements compute.Executable.
func (e *dynamicExecutable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) (outputs []compute.Buffer, err error) {
	defer recovered(&err)
	portable := make([]compute.Buffer, len(inputs))
	for i, in := range inputs {
		b, ok := in.(*Buffer)
		if !ok || b == nil || b.backend != e.backend {
			return nil, errors.Errorf("cpu: input %d is a %T, which is not a buffer of this backend", i, in)
		}
		if err := b.alive(); err != nil {
			return nil, errors.WithMessagef(err, "input %d", i)
		}
		if portable[i], err = upload(e.backend.portable, b.bytes, b.shape); err != nil {
			return nil, err
		}
		if i < len(donate) && donate[i] {
			b.donate(false)
		}
	}
	results, err := e.Executable.Execute(portable, nil, device)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		b, err := e.backend.adopt(r)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, b)
	}
	return outputs, nil
}

// adopt copies a buffer of the portable backend and frees it.
func (b *Backend) adopt(r compute.Buffer) (*Buffer, error) {
	var s shapes.Shape
	s, err := r.Shape()
	if err != nil {
		return nil, err
	}
	buffer := b.newBuffer(s)
	return buffer, download(buffer.bytes, r)
}
