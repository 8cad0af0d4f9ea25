package engine

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"repbench/internal/memory"
)

// Function records the operations of a function or closure. Each operation is first made on the
// function's shadow, a function of the portable backend.
type Function struct {
	builder *Builder
	parent  *Function // of a closure
	name    string
	shadow  compute.Function

	ops        []*Op
	parameters []*Node
	captures   []*Node // CapturedValue nodes
	outputs    []*Node // set by Return
	nodes      map[compute.Value]*Node
	dynamic    bool // some shape is known only when the function runs
	// fed are the shadow's parameters: nil for a parameter, the value of a constant that the
	// shadow does not hold itself. Only the main function has such constants.
	fed []*Buffer
	// Of a function that computes a part of another for some images: alone says that one thread
	// runs it, shared are the values that the other function needs too.
	alone    bool
	shared   map[*Node]bool
	compiled *program
}

var _ compute.Function = (*Function)(nil)

func newFunction(b *Builder, parent *Function, name string, shadow compute.Function) *Function {
	return &Function{builder: b, parent: parent, name: name, shadow: shadow, nodes: map[compute.Value]*Node{}}
}

// Name implements compute.Function.
func (f *Function) Name() string { return f.name }

// Builder implements compute.Function.
func (f *Function) Builder() compute.Builder { return f.builder }

// Parent implements compute.Function.
func (f *Function) Parent() compute.Function {
	if f.parent == nil {
		return nil
	}
	return f.parent
}

// open returns an error if operations can no longer be added to the function.
func (f *Function) open(what string) error {
	if f.builder.compiled {
		return errors.Errorf("cpu: %s: computation %q is compiled already", what, f.builder.name)
	}
	return nil
}

// Closure implements compute.Function.
func (f *Function) Closure() (compute.Function, error) {
	if err := f.open("Closure"); err != nil {
		return nil, err
	}
	shadow, err := f.shadow.Closure()
	if err != nil {
		return nil, err
	}
	return newFunction(f.builder, f, "", shadow), nil
}

// Shape implements compute.Function.
func (f *Function) Shape(v compute.Value) (shapes.Shape, error) {
	n, ok := v.(*Node)
	if !ok || n == nil {
		return shapes.Shape{}, errors.Errorf("cpu: a value of type %T does not belong to this backend", v)
	}
	return n.shape, nil
}

// Parameter implements compute.Function.
func (f *Function) Parameter(name string, shape shapes.Shape, sharding *compute.ShardingSpec) (compute.Value, error) {
	if err := f.open("Parameter"); err != nil {
		return nil, err
	}
	v, err := f.shadow.Parameter(name, shape, sharding)
	if err != nil {
		return nil, err
	}
	op := &Op{kind: compute.OpTypeParameter, args: []any{name}}
	n := f.add(op, []compute.Value{v}, []shapes.Shape{shape.Clone()})[0]
	f.parameters = append(f.parameters, n)
	f.fed = append(f.fed, nil)
	return n, nil
}

// Constant implements compute.Function.
func (f *Function) Constant(flat any, dims ...int) (compute.Value, error) {
	if err := f.open("Constant"); err != nil {
		return nil, err
	}
	if x, ok := flat.([]float32); ok {
		s := f.builder.backend.storedAt(x)
		if (4*len(x) > foldLimit || s != nil) && f == f.builder.main {
			return f.held(x, dims)
		}
		if s != nil {
			return nil, errors.New("cpu: Constant: a stored buffer in a function that is not the main one")
		}
	}
	v, err := f.shadow.Constant(flat, dims...)
	if err != nil {
		return nil, err
	}
	if n := f.nodes[v]; n != nil {
		return n, nil
	}
	shape, err := f.shadow.Shape(v)
	if err != nil {
		return nil, err
	}
	c, err := f.constant(v, flat, shape)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// held records a large constant, whose place on the shadow a parameter takes: the shadow would
// copy the values, and compare them with other constants.
func (f *Function) held(flat []float32, dims []int) (compute.Value, error) {
	shape := shapes.Make(dtypes.Float32, dims...)
	if shape.Size() != len(flat) {
		return nil, errors.Errorf("cpu: Constant: %d values for shape %s with %d", len(flat), shape, shape.Size())
	}
	v, err := f.shadow.Parameter(fmt.Sprintf("constant %d of %s", len(f.fed), f.builder.name), shape, nil)
	if err != nil {
		return nil, err
	}
	buffer := &Buffer{backend: f.builder.backend, shape: shape.Clone(), stored: f.builder.backend.storedAt(flat)}
	if buffer.stored == nil {
		if buffer, err = f.builder.backend.mappedCopy(flat, shape); err != nil {
			return nil, err
		}
	}
	f.fed = append(f.fed, buffer)
	return f.add(&Op{kind: compute.OpTypeConstant, constant: buffer}, []compute.Value{v}, []shapes.Shape{shape})[0], nil
}

// mappedCopy returns a buffer outside the heap, for a value that is needed until the function is
// compiled. It is freed by release, or when the buffer is garbage.
func (b *Backend) mappedCopy(flat []float32, s shapes.Shape) (*Buffer, error) {
	src, err := flatBytes(flat, s)
	if err != nil {
		return nil, err
	}
	m, unmap, err := memory.Map(len(src))
	if err != nil {
		return nil, errors.Wrapf(err, "cpu: a constant of %d MiB", len(src)>>20)
	}
	copy(m, src)
	buffer := &Buffer{backend: b, shape: s.Clone()}
	buffer.own(m, unmap)
	return buffer, nil
}

// own gives the buffer memory outside the heap.
func (b *Buffer) own(m []byte, unmap func()) {
	b.bytes, b.unmap = m, unmap
	runtime.AddCleanup(b, func(end func()) { end() }, unmap)
}

// release drops the values of constants: a compiled program holds what it still needs.
func (f *Function) release() {
	for _, op := range f.ops {
		if op.constant != nil && op.constant.unmap != nil {
			op.constant.unmap()
		}
		op.constant = nil
	}
	f.fed = nil
}

// constant records a constant that is v on the shadow.
func (f *Function) constant(v compute.Value, flat any, shape shapes.Shape) (*Node, error) {
	buffer, err := f.builder.backend.copyOf(flat, shape)
	if err != nil {
		return nil, err
	}
	return f.add(&Op{kind: compute.OpTypeConstant, constant: buffer}, []compute.Value{v}, []shapes.Shape{shape})[0], nil
}

// Return implements compute.Function.
func (f *Function) Return(outputs []compute.Value, shardings []*compute.ShardingSpec) (err error) {
	defer recovered(&err)
	ns, err := f.inputs("Return", outputs)
	if err != nil {
		return err
	}
	if err := f.shadow.Return(shadows(ns), shardings); err != nil {
		return err
	}
	f.outputs = ns
	return nil
}

// record makes an operation, or finds an equal one that was made before.
func (f *Function) record(kind compute.OpType, args []any, inputs []compute.Value, replay replayFunc) ([]*Node, error) {
	return f.recordOp(&Op{kind: kind, args: args, replay: replay}, inputs, replay)
}

// recordOp is record for an operation that is made on the shadow in another way than on other
// functions.
func (f *Function) recordOp(op *Op, inputs []compute.Value, shadow replayFunc) (ns []*Node, err error) {
	defer recovered(&err)
	op.inputs, err = f.inputs(op.kind.String(), inputs)
	if err != nil {
		return nil, err
	}
	values, err := shadow(f.shadow, shadows(op.inputs))
	if err != nil {
		return nil, err
	}
	known := make([]*Node, len(values))
	outputs := make([]shapes.Shape, len(values))
	for i, v := range values {
		if known[i] = f.nodes[v]; known[i] == nil {
			if outputs[i], err = f.shadow.Shape(v); err != nil {
				return nil, err
			}
		}
	}
	if !slices.Contains(known, nil) {
		return known, nil
	}
	return f.add(op, values, outputs), nil
}

// add appends op with its outputs.
func (f *Function) add(op *Op, values []compute.Value, outputs []shapes.Shape) []*Node {
	op.fn = f
	for i, v := range values {
		n := &Node{op: op, index: i, shape: outputs[i], shadow: v}
		op.outputs = append(op.outputs, n)
		f.nodes[v] = n
		f.dynamic = f.dynamic || n.shape.IsDynamic()
	}
	for _, b := range op.bodies {
		f.dynamic = f.dynamic || b.dynamic
	}
	f.ops = append(f.ops, op)
	return op.outputs
}

// inputs checks values and captures values of enclosing functions.
func (f *Function) inputs(what string, values []compute.Value) ([]*Node, error) {
	if err := f.open(what); err != nil {
		return nil, err
	}
	ns := make([]*Node, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		n, ok := v.(*Node)
		if !ok || n == nil {
			return nil, errors.Errorf("cpu: %s: input %d is a %T, a value of another backend", what, i, v)
		}
		if n.op.fn.builder != f.builder {
			return nil, errors.Errorf("cpu: %s: input %d belongs to another computation, %q", what, i, n.op.fn.builder.name)
		}
		if ns[i] = f.local(n); ns[i] == nil {
			return nil, errors.Errorf("cpu: %s: input %d belongs to a function that does not enclose this one", what, i)
		}
	}
	return ns, nil
}

// local returns n as a node of f, capturing it from an enclosing function; nil if n belongs to
// neither.
func (f *Function) local(n *Node) *Node {
	if n.op.fn == f {
		return n
	}
	if f.parent == nil {
		return nil
	}
	outer := f.parent.local(n)
	if outer == nil {
		return nil
	}
	for _, c := range f.captures {
		if c.op.captured == outer {
			return c
		}
	}
	op := &Op{kind: compute.OpTypeCapturedValue, captured: outer, fn: f}
	c := &Node{op: op, shape: outer.shape, shadow: outer.shadow}
	op.outputs = []*Node{c}
	f.ops = append(f.ops, op)
	f.captures = append(f.captures, c)
	f.dynamic = f.dynamic || c.shape.IsDynamic()
	return c
}

// outer returns the nodes of the parent that f captures.
func (f *Function) outer() []*Node {
	ns := make([]*Node, len(f.captures))
	for i, c := range f.captures {
		ns[i] = c.op.captured
	}
	return ns
}

func shadows(ns []*Node) []compute.Value {
	vs := make([]compute.Value, len(ns))
	for i, n := range ns {
		if n != nil {
			vs[i] = n.shadow
		}
	}
	return vs
}

// recovered converts a panic to an error: the portable backend panics on some misuse of its
// graphs.
func recovered(err *error) {
	if v := recover(); v != nil {
		if e, ok := v.(error); ok {
			*err = fmt.Errorf("cpu: %w", e)
			return
		}
		*err = errors.Errorf("cpu: %v", v)
	}
}
