package engine

import (
	"github.com/pkg/errors"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// emitStage emits the step that runs a stage for all images.
func (c *compiler) emitStage(op *Op) error {
	reads, err := c.valuesOf(op.inputs)
	if err != nil {
		return err
	}
	var writes []*value
	for _, n := range op.outputs {
		writes = append(writes, c.newValue(n, inArena))
	}
	p, runs := op.stage.fn.compiled, op.stage.batch/op.stage.images
	c.program.inner = append(c.program.inner, p)
	c.do(step{name: "layers by images", reads: reads, writes: writes, run: func(f *frame) error {
		return f.runStage(p, runs, reads, writes)
	}})
	return nil
}

// runStage runs a program once for each run of its reads and writes. If every thread has a run, a run
// has one thread.
func (f *frame) runStage(p *program, runs int, reads, writes []*value) error {
	b := f.backend
	if b.pool.Threads() <= runs {
		b = b.alone
	}
	failed := make([]error, runs)
	f.backend.pool.Run(runs, func(i int) {
		failed[i] = p.runInto(b, f.piece(reads, i, runs), f.piece(writes, i, runs))
	})
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// piece returns the i-th of n equal pieces of values.
func (f *frame) piece(vs []*value, i, n int) [][]byte {
	pieces := make([][]byte, len(vs))
	for k, v := range vs {
		each := v.bytes / n
		pieces[k] = f.memory[v.id][i*each : (i+1)*each : (i+1)*each]
	}
	return pieces
}

// runInto runs a program on the threads of b, with outputs in the given memory.
func (p *program) runInto(b *Backend, inputs, outputs [][]byte) error {
	f := &frame{backend: b, memory: make([][]byte, len(p.values))}
	lent, err := b.arenas.Take(max(p.arena, 1))
	if err != nil {
		return errors.WithMessage(err, "cpu")
	}
	defer lent.Give()
	for _, v := range p.values {
		switch {
		case v.place == inArena && v.storage != nil:
			f.memory[v.id] = lent.Bytes()[v.offset : v.offset+v.bytes : v.offset+v.bytes]
		case v.place == inInput:
			f.memory[v.id] = inputs[v.input]
		case v.place == inProgram:
			f.memory[v.id] = v.constant
		}
	}
	for i, o := range p.outputs {
		if !o.copied {
			f.memory[o.value.id] = outputs[i]
		}
	}
	for i := range p.steps {
		if err := p.steps[i].run(f); err != nil {
			return err
		}
	}
	for i, o := range p.outputs {
		if o.copied {
			copy(outputs[i], f.memory[o.value.id])
		}
	}
	return nil
}

// newAlone returns a backend with one thread, the caller's, that shares the memory of b.
func newAlone(b *Backend) *Backend {
	p := pool.New(1)
	return &Backend{pool: p, multiplier: matmul.New(p, simd.MatrixTile()), portable: b.portable, arenas: b.arenas}
}
