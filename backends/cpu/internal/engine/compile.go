package engine

import (
	"github.com/gomlx/compute"
	"github.com/pkg/errors"
)

// compiler translates a function into a program.
type compiler struct {
	fn      *Function
	program *program
	values  map[*Node]*value
	uses    map[*Node]int // uses by live operations and as outputs
	emitted map[*Op]bool
	folded  map[*Node][]byte // values of nodes that depend on constants alone
	groups  map[*Node]*group // fused elementwise operations, by root
	stored  map[*Node]bool   // elementwise values that have memory
	hosts   map[*Node]*group // the epilogues of products
	// epilogues are the epilogues of hosts that are being emitted.
	epilogues map[*Node]*epilogue
	// parts are the values that are written, or lie, as columns of a wider one; wholes are the
	// values that concatenations fill with them.
	parts   map[*Node]located
	wholes  map[*Node]*value
	viewed  map[*Op]bool   // operations that are read through views
	loading []func() error // tasks that pack weights, for the end
}

func compile(f *Function) (*program, error) {
	if f.outputs == nil {
		return nil, errors.Errorf("cpu: function %q has no outputs: Return was not called", f.name)
	}
	c := &compiler{
		fn: f, program: newProgram(f.builder.backend), values: map[*Node]*value{},
		uses: map[*Node]int{}, emitted: map[*Op]bool{}, folded: map[*Node][]byte{},
		hosts: map[*Node]*group{}, epilogues: map[*Node]*epilogue{}, parts: map[*Node]located{}, wholes: map[*Node]*value{}, viewed: map[*Op]bool{},
	}
	for i, n := range append(append([]*Node(nil), f.parameters...), f.captures...) {
		v := c.newValue(n, inInput)
		v.input = i
		c.program.inputs = append(c.program.inputs, v)
	}
	live := c.live()
	c.fold(live)
	c.partition(live)
	c.concatenations(live)
	c.views(live)
	for _, op := range live {
		if err := c.schedule(op); err != nil {
			return nil, err
		}
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	c.plan()
	return c.program, nil
}

// live returns the operations that the outputs depend on, in order. It counts the uses of every
// node.
func (c *compiler) live() []*Op {
	needed := map[*Op]bool{}
	for _, n := range c.fn.outputs {
		c.uses[n]++
		needed[n.op] = true
	}
	var ops []*Op
	for i := len(c.fn.ops) - 1; i >= 0; i-- {
		op := c.fn.ops[i]
		if !needed[op] {
			continue
		}
		ops = append(ops, op)
		for _, n := range op.operands() {
			c.uses[n]++
			needed[n.op] = true
		}
	}
	for i, j := 0, len(ops)-1; i < j; i, j = i+1, j-1 {
		ops[i], ops[j] = ops[j], ops[i]
	}
	return ops
}

// newValue makes the value of a node.
func (c *compiler) newValue(n *Node, at place) *value {
	v := &value{id: len(c.program.values), bytes: size(n.shape), place: at, last: -1}
	c.program.values = append(c.program.values, v)
	c.values[n] = v
	return v
}

// value returns the value of a node. It emits the steps that compute it, if they do not exist
// yet.
func (c *compiler) value(n *Node) (*value, error) {
	if v := c.values[n]; v != nil {
		return v, nil
	}
	if _, ok := c.folded[n]; ok {
		return c.keep(n)
	}
	if err := c.emit(n); err != nil {
		return nil, err
	}
	v := c.values[n]
	if p, ok := c.parts[n]; ok && v == nil {
		return c.dense(n, p), nil
	}
	if v == nil {
		return nil, errors.Errorf("cpu: internal error: %s made no value", n.op.kind)
	}
	return v, nil
}

// keep makes the value of a constant, in memory of the program's own.
func (c *compiler) keep(n *Node) (*value, error) {
	v := c.newValue(n, inProgram)
	v.constant = c.folded[n]
	k := n.op.constant
	if k == nil || k.stored == nil && k.unmap == nil {
		return v, nil
	}
	var err error
	if v.constant, err = c.program.store.Bytes(v.bytes); err != nil {
		return nil, errors.WithMessage(err, "cpu")
	}
	if k.stored != nil && c.folded[n] == nil {
		return v, c.program.backend.readTo(v.constant, n.shape, k.stored)
	}
	copy(v.constant, c.folded[n])
	return v, nil
}

// valuesOf calls value for several nodes.
func (c *compiler) valuesOf(ns []*Node) ([]*value, error) {
	vs := make([]*value, len(ns))
	for i, n := range ns {
		var err error
		if vs[i], err = c.value(n); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

// lazy lists the operations whose steps are emitted only when another operation needs their
// value: that operation may read their inputs directly instead.
var lazy = map[compute.OpType]bool{compute.OpTypeReverse: true, compute.OpTypeBroadcastInDim: true, compute.OpTypePad: true}

// schedule emits an operation at its place in the function, if it needs steps that do not exist
// yet.
func (c *compiler) schedule(op *Op) error {
	if lazy[op.kind] || c.viewed[op] {
		return nil
	}
	for _, n := range op.outputs {
		if _, folded := c.folded[n]; folded || c.uses[n] == 0 || c.values[n] != nil {
			continue
		}
		if g, fused := c.groups[n]; fused && !g.endsWith(n) {
			continue
		}
		if c.inlined(n) || c.hosts[n] != nil {
			continue
		}
		if err := c.emit(n); err != nil {
			return err
		}
	}
	return nil
}

// emit emits the steps that compute n.
func (c *compiler) emit(n *Node) error {
	if g := c.groups[n]; g != nil {
		return c.emitGroup(g)
	}
	op := n.op
	if c.emitted[op] {
		return nil
	}
	c.emitted[op] = true
	if op.stage != nil {
		return c.emitStage(op)
	}
	if lower := lowerings[op.kind]; lower != nil {
		done, err := lower(c, op)
		if done || err != nil {
			return errors.WithMessagef(err, "%s", op.kind)
		}
	}
	return errors.WithMessagef(c.fallback(op), "%s", op.kind)
}

// lowering emits the steps of an operation. It returns false, without emitting steps, if it
// does not support the operation's types or arguments.
type lowering func(c *compiler, op *Op) (bool, error)

// lowerings lists the operations that are implemented here. It does not change after the
// package is initialised.
var lowerings map[compute.OpType]lowering

func init() {
	lowerings = map[compute.OpType]lowering{
		compute.OpTypeReshape:             lowerAlias,
		compute.OpTypeIdentity:            lowerAlias,
		compute.OpTypeSchedulingBarrier:   lowerAlias,
		compute.OpTypeOptimizationBarrier: lowerBarrier,
		compute.OpTypeCall:                lowerCall,
		compute.OpTypeIf:                  lowerIf,
		compute.OpTypeWhile:               lowerWhile,
		compute.OpTypeConvGeneral:         lowerConv,
		compute.OpTypeDotGeneral:          lowerDot,
		compute.OpTypeTranspose:           lowerTranspose,
		compute.OpTypeBroadcastInDim:      lowerBroadcast,
		compute.OpTypeSlice:               lowerSlice,
		compute.OpTypeReverse:             lowerReverse,
		compute.OpTypeConcatenate:         lowerConcatenate,
		compute.OpTypePad:                 lowerPad,
		compute.OpTypeReduceWindow:        lowerReduceWindow,
		compute.OpTypeFusedSoftmax:        lowerSoftmax,
	}
}

// do appends a step. The values that it writes must have been made by newValue.
func (c *compiler) do(s step) {
	c.program.steps = append(c.program.steps, s)
}

// lowerAlias lets the output share the memory of the first input.
func lowerAlias(c *compiler, op *Op) (bool, error) {
	v, err := c.value(op.inputs[0])
	if err != nil {
		return false, err
	}
	c.values[op.outputs[0]] = v
	return true, nil
}

func lowerBarrier(c *compiler, op *Op) (bool, error) {
	vs, err := c.valuesOf(op.inputs)
	if err != nil {
		return false, err
	}
	for i, v := range vs {
		c.values[op.outputs[i]] = v
	}
	return true, nil
}

// finish sets up the outputs: a temporary becomes the memory of the first output that needs it.
func (c *compiler) finish() error {
	for _, n := range c.fn.outputs {
		v, err := c.value(n)
		if err != nil {
			return err
		}
		own := v.place == inArena
		if own {
			v.place = inOutput
		}
		c.program.outputs = append(c.program.outputs, output{value: v, copied: !own})
	}
	return nil
}
