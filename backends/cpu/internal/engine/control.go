package engine

import (
	"github.com/gomlx/compute"
	"github.com/pkg/errors"
)

// bodies checks the functions that are passed to an operation.
func (f *Function) bodies(what string, fs ...compute.Function) ([]*Function, error) {
	bodies := make([]*Function, len(fs))
	for i, fn := range fs {
		b, ok := fn.(*Function)
		if !ok || b == nil || b.builder != f.builder {
			return nil, errors.Errorf("cpu: %s: function %d is a %T, which does not belong to this computation", what, i, fn)
		}
		if b.outputs == nil {
			return nil, errors.Errorf("cpu: %s: function %d has no outputs: Return was not called", what, i)
		}
		bodies[i] = b
	}
	return bodies, nil
}

// control records an operation that calls functions.
func (f *Function) control(kind compute.OpType, args []any, fs []compute.Function, inputs []compute.Value) ([]*Node, error) {
	bodies, err := f.bodies(kind.String(), fs...)
	if err != nil {
		return nil, err
	}
	op := &Op{kind: kind, args: args, bodies: bodies}
	return f.recordOp(op, inputs, func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		shadows := make([]compute.Function, len(bodies))
		for i, b := range bodies {
			shadows[i] = b.shadow
		}
		return remakeControl(t, op, shadows, in)
	})
}

// remakeControl makes an operation that calls functions on t.
func remakeControl(t compute.Function, op *Op, bodies []compute.Function, in []compute.Value) ([]compute.Value, error) {
	switch op.kind {
	case compute.OpTypeCall:
		return t.Call(bodies[0], in...)
	case compute.OpTypeIf:
		return t.If(in[0], bodies[0], bodies[1])
	case compute.OpTypeWhile:
		return t.While(bodies[0], bodies[1], in...)
	case compute.OpTypeSort:
		return t.Sort(bodies[0], op.args[0].(int), op.args[1].(bool), in...)
	}
	return nil, errors.Errorf("cpu: internal error: %s takes no functions", op.kind)
}

// Call implements compute.Function.
func (f *Function) Call(fn compute.Function, inputs ...compute.Value) ([]compute.Value, error) {
	return all(f.control(compute.OpTypeCall, nil, []compute.Function{fn}, inputs))
}

// If implements compute.Function.
func (f *Function) If(pred compute.Value, yes, no compute.Function) ([]compute.Value, error) {
	return all(f.control(compute.OpTypeIf, nil, []compute.Function{yes, no}, []compute.Value{pred}))
}

// While implements compute.Function.
func (f *Function) While(cond, body compute.Function, state ...compute.Value) ([]compute.Value, error) {
	return all(f.control(compute.OpTypeWhile, nil, []compute.Function{cond, body}, state))
}

// Sort implements compute.Function.
func (f *Function) Sort(comparator compute.Function, axis int, stable bool, inputs ...compute.Value) ([]compute.Value, error) {
	return all(f.control(compute.OpTypeSort, []any{axis, stable}, []compute.Function{comparator}, inputs))
}

// controlled is an operation that calls functions, ready to run: its inputs and the values that
// each function captures.
type controlled struct {
	programs []*program
	inputs   []*value
	captured [][]*value
	writes   []*value
}

// lowerControl compiles the functions of op and calls run for its step.
func lowerControl(c *compiler, op *Op, run func(f *frame, x *controlled) ([][]byte, error)) (bool, error) {
	x := &controlled{}
	var err error
	if x.inputs, err = c.valuesOf(op.inputs); err != nil {
		return false, err
	}
	reads := append([]*value(nil), x.inputs...)
	for _, b := range op.bodies {
		p, err := compile(b)
		if err != nil {
			return false, err
		}
		captured, err := c.valuesOf(b.outer())
		if err != nil {
			return false, err
		}
		x.programs, x.captured = append(x.programs, p), append(x.captured, captured)
		c.program.inner = append(c.program.inner, p)
		reads = append(reads, captured...)
	}
	for _, n := range op.outputs {
		x.writes = append(x.writes, c.newValue(n, inArena))
	}
	c.do(step{name: op.kind.String(), reads: reads, writes: x.writes, run: func(f *frame) error {
		results, err := run(f, x)
		if err != nil {
			return err
		}
		for i, v := range x.writes {
			copy(f.bytes(v), results[i])
			f.backend.give(results[i])
		}
		return nil
	}})
	return true, nil
}

// call runs function i on the given inputs; if donate is true, the inputs before the captured
// values are donated.
func (x *controlled) call(f *frame, i int, inputs [][]byte, donate bool) ([][]byte, error) {
	in, donated := make([][]byte, 0, len(inputs)+len(x.captured[i])), make([]bool, len(inputs)+len(x.captured[i]))
	for j, b := range inputs {
		in = append(in, b)
		donated[j] = donate
	}
	for _, v := range x.captured[i] {
		in = append(in, f.bytes(v))
	}
	out, taken, err := x.programs[i].run(in, donated)
	if donate {
		for j, b := range inputs {
			if !taken[j] {
				f.backend.give(b)
			}
		}
	}
	return out, err
}

func (x *controlled) state(f *frame) [][]byte {
	in := make([][]byte, len(x.inputs))
	for i, v := range x.inputs {
		in[i] = f.bytes(v)
	}
	return in
}

func lowerCall(c *compiler, op *Op) (bool, error) {
	return lowerControl(c, op, func(f *frame, x *controlled) ([][]byte, error) {
		return x.call(f, 0, x.state(f), false)
	})
}

func lowerIf(c *compiler, op *Op) (bool, error) {
	return lowerControl(c, op, func(f *frame, x *controlled) ([][]byte, error) {
		if x.state(f)[0][0] != 0 {
			return x.call(f, 0, nil, false)
		}
		return x.call(f, 1, nil, false)
	})
}

func lowerWhile(c *compiler, op *Op) (bool, error) {
	return lowerControl(c, op, func(f *frame, x *controlled) ([][]byte, error) {
		state := x.state(f)
		for i, b := range state {
			state[i] = append(f.backend.take(len(b))[:0], b...)
		}
		for {
			goOn, err := x.call(f, 0, state, false)
			if err != nil {
				return nil, err
			}
			again := goOn[0][0] != 0
			f.backend.give(goOn[0])
			if !again {
				return state, nil
			}
			if state, err = x.call(f, 1, state, true); err != nil {
				return nil, err
			}
		}
	})
}
