package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// peakSums returns the number of independent sums: enough for two additions per cycle with a
// latency of four or five cycles, and as many as the registers hold besides the factors.
func peakSums(s isa) int {
	if s.bytes == 64 {
		return 28
	}
	return 12
}

// peak writes the kernel that computes only fused multiply-adds.
func peak(s isa) {
	name := "spin" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(n int)")
	build.Doc(fmt.Sprintf("%s does n rounds of %d fused multiply-adds of whole vectors, in registers.", name, peakSums(s)))
	n := build.Load(build.Param("n"), build.GP64())
	half := s.vec()
	build.VBROADCASTSS(constantData(0x3f000000), half)
	sums := s.zero(peakSums(s))
	build.Label(name + "Loop")
	for _, x := range sums {
		build.VFMADD231PS(half, half, x)
	}
	build.DECQ(n)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}
