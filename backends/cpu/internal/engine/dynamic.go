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
	fed     []*Buffer // of the main function
}

func (b *Builder) compileDynamic() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	return &dynamicExecutable{e, b.backend, b.main.fed}, nil
}

// Inputs implements compute.Executable.
func (e *dynamicExecutable) Inputs() (names []string, inputShapes []shapes.Shape) {
	all, allShapes := e.Executable.Inputs()
	for i, b := range e.fed {
		if b == nil {
			names, inputShapes = append(names, all[i]), append(inputShapes, allShapes[i])
		}
	}
	return names, inputShapes
}

// Execute implements compute.Executable.
func (e *dynamicExecutable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) (outputs []compute.Buffer, err error) {
	defer recovered(&err)
	if names, _ := e.Inputs(); len(names) != len(inputs) {
		return nil, errors.Errorf("cpu: %d inputs given, but the computation has %d", len(inputs), len(names))
	}
	portable := make([]compute.Buffer, 0, len(e.fed))
	for i, in := range inputs {
		b, ok := in.(*Buffer)
		if !ok || b == nil || b.backend != e.backend {
			return nil, errors.Errorf("cpu: input %d is a %T, which is not a buffer of this backend", i, in)
		}
		if err := b.alive(); err != nil {
			return nil, errors.WithMessagef(err, "input %d", i)
		}
		if portable, err = e.feed(portable, b); err != nil {
			return nil, err
		}
		if i < len(donate) && donate[i] {
			b.donate(false)
		}
	}
	if portable, err = e.feed(portable, nil); err != nil {
		return nil, err
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

// feed appends copies of the constants that come next, and of the input after them unless it is
// nil.
func (e *dynamicExecutable) feed(to []compute.Buffer, in *Buffer) ([]compute.Buffer, error) {
	for len(to) < len(e.fed) {
		b := e.fed[len(to)]
		last := b == nil
		if last {
			b = in
		}
		if b == nil {
			return to, nil
		}
		copied, err := upload(e.backend.portable, b.bytes, b.shape)
		if err != nil {
			return nil, err
		}
		if to = append(to, copied); last {
			break
		}
	}
	return to, nil
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
