package engine

import (
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"
)

// Executable is a compiled computation. Several goroutines may execute it at once.
type Executable struct {
	backend *Backend
	fn      *Function

	mu      sync.Mutex
	program *program // nil after Finalize
	runs    int      // that have begun and not ended
}

var _ compute.Executable = (*Executable)(nil)

// Finalize implements compute.Executable. Constants and weights are freed when the last run has
// ended.
func (e *Executable) Finalize() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.program != nil && e.runs == 0 {
		e.program.free()
	}
	e.program = nil
}

// begin returns the program for a run, which end must follow, or nil after Finalize.
func (e *Executable) begin() *program {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.program != nil {
		e.runs++
	}
	return e.program
}

// end ends a run of the program.
func (e *Executable) end(p *program) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.runs--; e.runs == 0 && e.program == nil {
		p.free()
	}
}

// Inputs implements compute.Executable.
func (e *Executable) Inputs() (names []string, inputShapes []shapes.Shape) {
	for _, n := range e.fn.parameters {
		names = append(names, n.op.args[0].(string))
		inputShapes = append(inputShapes, n.shape)
	}
	return names, inputShapes
}

// Outputs implements compute.Executable.
func (e *Executable) Outputs() (outputShapes []shapes.Shape) {
	for _, n := range e.fn.outputs {
		outputShapes = append(outputShapes, n.shape)
	}
	return outputShapes
}

// Execute implements compute.Executable.
func (e *Executable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) (outputs []compute.Buffer, err error) {
	defer recovered(&err)
	p := e.begin()
	if p == nil {
		return nil, errors.New("cpu: the executable was finalized")
	}
	defer e.end(p)
	buffers, err := e.check(inputs, donate)
	if err != nil {
		return nil, err
	}
	memory := make([][]byte, len(buffers))
	donated := make([]bool, len(buffers))
	for i, b := range buffers {
		memory[i] = b.bytes
		donated[i] = i < len(donate) && donate[i] && !repeated(buffers, i)
	}
	results, taken, err := p.run(memory, donated)
	for i, b := range buffers {
		if i < len(donate) && donate[i] {
			b.donate(taken[i])
		}
	}
	if err != nil {
		return nil, err
	}
	for i, n := range e.fn.outputs {
		outputs = append(outputs, &Buffer{backend: e.backend, shape: n.shape.Clone(), bytes: results[i]})
	}
	return outputs, nil
}

// repeated reports whether buffer i occurs more than once.
func repeated(buffers []*Buffer, i int) bool {
	for j, b := range buffers {
		if j != i && b == buffers[i] {
			return true
		}
	}
	return false
}

// donate ends the life of a buffer; taken says that an output now uses its memory.
func (b *Buffer) donate(taken bool) {
	if !b.freed.Swap(true) {
		if !taken {
			b.backend.give(b.bytes)
		}
		b.bytes = nil
	}
}

// check returns the inputs as buffers of this backend with the right shapes.
func (e *Executable) check(inputs []compute.Buffer, donate []bool) ([]*Buffer, error) {
	if e.backend.IsFinalized() {
		return nil, errors.New("cpu: the backend was finalized")
	}
	if len(inputs) != len(e.fn.parameters) {
		return nil, errors.Errorf("cpu: %d inputs given, but the computation has %d", len(inputs), len(e.fn.parameters))
	}
	if len(donate) > 0 && len(donate) != len(inputs) {
		return nil, errors.Errorf("cpu: %d marks of donation for %d inputs", len(donate), len(inputs))
	}
	buffers := make([]*Buffer, len(inputs))
	for i, in := range inputs {
		b, ok := in.(*Buffer)
		if !ok || b == nil || b.backend != e.backend {
			return nil, errors.Errorf("cpu: input %d is a %T, which is not a buffer of this backend", i, in)
		}
		if err := b.alive(); err != nil {
			return nil, errors.WithMessagef(err, "input %d", i)
		}
		if want := e.fn.parameters[i].shape; !b.shape.Equal(want) {
			return nil, errors.Errorf("cpu: input %d (%v) has shape %s, want %s", i, e.fn.parameters[i].op.args[0], b.shape, want)
		}
		buffers[i] = b
	}
	return buffers, nil
}
