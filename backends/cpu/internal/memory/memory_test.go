package memory

import (
	"testing"
	"unsafe"
)

func TestAlignment(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 1000, 1 << 20, 1<<20 + 1, 3 << 20} {
		f := Floats(n)
		if len(f) != n || cap(f) != n {
			t.Fatalf("%d floats asked for, %d given with room for %d", n, len(f), cap(f))
		}
		if n > 0 && uintptr(unsafe.Pointer(&f[0]))%line != 0 {
			t.Errorf("%d floats lie at %p, not at a multiple of %d", n, &f[0], line)
		}
		for i, v := range f {
			if v != 0 {
				t.Fatalf("float %d of %d is %g, not zero", i, n, v)
			}
		}
	}
}
