package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
)

// reductionKernel is a kernel that folds an array into one value.
type reductionKernel struct {
	name, what string
	start      uint32 // bits of the neutral value
	op         func(e *emitter, a, b group) group
}

func reductions() []reductionKernel {
	return []reductionKernel{
		{"sum", "sum", 0, (*emitter).add2},
		{"maxOf", "largest", negativeInf, (*emitter).max},
		{"minOf", "smallest", positiveInf, (*emitter).min},
	}
}

// accumulators is the number of vectors that a reduction accumulates in.
const accumulators = 4

// reduction writes a kernel that distributes the vectors among four accumulators, folds these
// in pairs, and then folds the lanes in halves.
func reduction(s isa, r reductionKernel) {
	name := r.name + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(a *float32, n int) float32")
	build.Doc(fmt.Sprintf("%s returns the %s of a[i] for i < n.", name, r.what))
	build.Pragma("noescape")
	l := startLoop(s, name, []string{"a"})
	e := l.e
	start := e.bits(r.start)
	acc := e.copies(start, accumulators)
	l.run(accumulators, func(count int, masked bool) {
		x := l.load(0, count, masked)
		if masked && r.start != 0 {
			x = l.replaceRest(x, start)
		}
		for u, v := range r.op(e, acc[:count], x) {
			build.VMOVAPS(v, acc[u])
		}
	})
	half := r.op(e, acc[:2], acc[2:])
	v := r.op(e, half[:1], half[1:])
	v = e.lanes(v, r.op)
	build.VZEROUPPER()
	build.Store(v[0].AsX(), build.ReturnIndex(0))
	build.RET()
}

// replaceRest sets the lanes of x beyond the end of the array to start.
func (l *loop) replaceRest(x group, start value) group {
	r := l.e.copies(start, 1)
	if l.e.wide() {
		build.VMOVAPS(x[0], l.tailMask, r[0])
	} else {
		build.VBLENDVPS(l.tailMask, x[0], r[0], r[0])
	}
	return r
}
