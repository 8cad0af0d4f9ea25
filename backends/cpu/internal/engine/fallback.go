package engine

import (
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"
)

// fallback makes a step that runs one operation on the portable backend.
func (c *compiler) fallback(op *Op) error {
	operands := op.operands()
	portable, err := c.fn.builder.backend.single(op)
	if err != nil {
		return err
	}
	reads, err := c.valuesOf(operands)
	if err != nil {
		return err
	}
	var writes []*value
	for _, n := range op.outputs {
		writes = append(writes, c.newValue(n, inArena))
	}
	c.do(step{name: "portable " + op.kind.String(), reads: reads, writes: writes, run: func(f *frame) error {
		in, out := make([][]byte, len(reads)), make([][]byte, len(writes))
		for i, v := range reads {
			in[i] = f.bytes(v)
		}
		for i, v := range writes {
			out[i] = f.bytes(v)
		}
		return portable.run(out, in)
	}})
	return nil
}

// single is a computation of the portable backend.
type single struct {
	backend    compute.Backend
	executable compute.Executable
	inputs     []shapes.Shape
}

// single compiles one operation on the portable backend. The inputs of the computation are the
// operation's operands.
func (b *Backend) single(op *Op) (*single, error) {
	builder := b.portable.Builder(op.kind.String())
	main := builder.Main()
	s := &single{backend: b.portable}
	known := map[*Node]compute.Value{}
	for _, n := range op.operands() {
		v, err := main.Parameter("", n.shape, nil)
		if err != nil {
			return nil, err
		}
		known[n] = v
		s.inputs = append(s.inputs, n.shape)
	}
	values, err := remake(main, op, known)
	if err != nil {
		return nil, err
	}
	if err := main.Return(values, nil); err != nil {
		return nil, err
	}
	s.executable, err = builder.Compile()
	return s, err
}

// remake makes op on t; known holds the values of the nodes that it needs.
func remake(t compute.Function, op *Op, known map[*Node]compute.Value) ([]compute.Value, error) {
	in := make([]compute.Value, len(op.inputs))
	for i, n := range op.inputs {
		if n != nil {
			in[i] = known[n]
		}
	}
	if len(op.bodies) == 0 {
		return op.replay(t, in)
	}
	bodies := make([]compute.Function, len(op.bodies))
	for i, b := range op.bodies {
		var err error
		if bodies[i], err = remakeFunction(t, b, known); err != nil {
			return nil, err
		}
	}
	return remakeControl(t, op, bodies, in)
}

// remakeFunction makes a closure of t with the operations of f.
func remakeFunction(t compute.Function, f *Function, outer map[*Node]compute.Value) (compute.Function, error) {
	closure, err := t.Closure()
	if err != nil {
		return nil, err
	}
	known := map[*Node]compute.Value{}
	for _, n := range f.parameters {
		if known[n], err = closure.Parameter(n.op.args[0].(string), n.shape, nil); err != nil {
			return nil, err
		}
	}
	for _, op := range f.ops {
		switch op.kind {
		case compute.OpTypeParameter:
		case compute.OpTypeCapturedValue:
			known[op.outputs[0]] = outer[op.captured]
		case compute.OpTypeConstant:
			if err := op.constant.fill(); err != nil {
				return nil, err
			}
			flat, err := op.constant.Data()
			if err != nil {
				return nil, err
			}
			if known[op.outputs[0]], err = closure.Constant(flat, op.constant.shape.Dimensions...); err != nil {
				return nil, err
			}
		default:
			values, err := remake(closure, op, known)
			if err != nil {
				return nil, err
			}
			for i, n := range op.outputs {
				known[n] = values[i]
			}
		}
	}
	outputs := make([]compute.Value, len(f.outputs))
	for i, n := range f.outputs {
		outputs[i] = known[n]
	}
	return closure, closure.Return(outputs, nil)
}

// run executes on copies of the inputs and copies the results to out.
func (s *single) run(out, in [][]byte) error {
	buffers, donate := make([]compute.Buffer, len(in)), make([]bool, len(in))
	for i, b := range in {
		var err error
		if buffers[i], err = upload(s.backend, b, s.inputs[i]); err != nil {
			return err
		}
		donate[i] = true
	}
	results, err := s.executable.Execute(buffers, donate, 0)
	if err != nil {
		return err
	}
	for i, r := range results {
		if err := download(out[i], r); err != nil {
			return err
		}
	}
	return nil
}

// upload copies bytes into a buffer of another backend.
func upload(to compute.Backend, b []byte, s shapes.Shape) (compute.Buffer, error) {
	if len(b) == 0 {
		return to.BufferFromFlatData(0, dtypes.MakeAnySlice(s.DType, 0), s)
	}
	return to.BufferFromFlatData(0, dtypes.UnsafeAnySliceFromBytes(unsafe.Pointer(&b[0]), s.DType, s.Size()), s)
}

// download copies the content of a buffer of another backend and frees it.
func download(dst []byte, b compute.Buffer) error {
	s, err := b.Shape()
	if err != nil {
		return err
	}
	flat, err := b.Data()
	if err != nil {
		return err
	}
	src, err := flatBytes(flat, s)
	if err != nil {
		return err
	}
	if len(src) != len(dst) {
		return errors.Errorf("cpu: internal error: a result %s of %d bytes for %d", s, len(src), len(dst))
	}
	copy(dst, src)
	return b.Finalize()
}
