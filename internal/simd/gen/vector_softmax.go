package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// softmaxKernels writes the two passes of a softmax that follow the search for the largest value.
func softmaxKernels(s isa) {
	expSumKernel(s)
	scaleKernel(s)
}

// broadcast returns a vector of an argument.
func (e *emitter) broadcast(name string) group {
	x, v := build.XMM(), e.group(1)
	build.Load(build.Param(name), x)
	build.VBROADCASTSS(x, v[0])
	return v
}

// same repeats a vector n times without copying it.
func same(v group, n int) group {
	g := make(group, n)
	for u := range g {
		g[u] = v[0]
	}
	return g
}

// expSumKernel writes the kernel of ExpSum. Its sum has as many accumulators as the loop has
// vectors; they are added up in order, and then the lanes in halves.
func expSumKernel(s isa) {
	name := "expSum" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst, a *float32, shift float32, n int) float32")
	build.Doc(name + " sets dst[i] = e^(a[i] - shift) for i < n and returns the sum of dst.")
	build.Pragma("noescape")
	l := startLoop(s, name, []string{"dst", "a"})
	e := l.e
	unroll := 3
	if !e.wide() {
		unroll = 2
	}
	shift := e.broadcast("shift")
	low, zero := e.c(expLow), e.bits(0)
	f := exponential(e)
	acc := e.copies(zero, unroll)
	l.run(unroll, func(count int, masked bool) {
		y := f(e.atLeast(low, e.sub(l.load(1, count, masked), same(shift, count))))
		l.store(y, masked)
		if masked {
			y = l.replaceRest(y, zero)
		}
		for u, v := range e.add(acc[:count], y) {
			build.VMOVAPS(v, acc[u])
		}
	})
	v := acc[:1]
	for u := 1; u < unroll; u++ {
		v = e.add(v, acc[u:u+1])
	}
	v = e.lanes(v, (*emitter).add2)
	build.VZEROUPPER()
	build.Store(v[0].AsX(), build.ReturnIndex(0))
	build.RET()
}

func (e *emitter) add2(a, b group) group { return e.add(a, b) }

// lanes folds the lanes of a vector in halves; the result is in all lanes.
func (e *emitter) lanes(v group, op func(e *emitter, a, b group) group) group {
	if e.wide() {
		for _, order := range []uint64{swapHalves, swapNeighbours} {
			turned := e.group(1)
			build.VSHUFF32X4(operand.Imm(order), v[0], v[0], turned[0])
			v = op(e, v, turned)
		}
	} else {
		turned := e.group(1)
		build.VPERM2F128(operand.Imm(1), v[0], v[0], turned[0])
		v = op(e, v, turned)
	}
	for _, order := range []uint64{swapHalves, swapNeighbours} {
		v = op(e, v, e.imm(build.VPERMILPS, order, v))
	}
	return v
}

// scaleKernel writes the kernel of Scale.
func scaleKernel(s isa) {
	name := "scale" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst, a *float32, factor float32, n int)")
	build.Doc(name + " sets dst[i] = a[i]·factor for i < n.")
	build.Pragma("noescape")
	l := startLoop(s, name, []string{"dst", "a"})
	factor := l.e.broadcast("factor")
	l.run(4, func(count int, masked bool) {
		l.store(l.e.mul(l.load(1, count, masked), same(factor, count)), masked)
	})
	build.VZEROUPPER()
	build.RET()
}
