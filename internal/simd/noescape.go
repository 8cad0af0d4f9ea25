package simd

import "unsafe"

// noescape returns p, hidden from the compiler's escape analysis. The analysis must assume that
// a function called through a variable keeps its arguments, and would move arrays on a caller's
// stack to the heap. No kernel keeps its arguments. Pointer checks, which -race switches on,
// would call a function while p is held as a number, and such a call may move the stack that p
// points to.
//
//go:nosplit
//go:nocheckptr
func noescape[T any](p *T) *T {
	x := uintptr(unsafe.Pointer(p))
	return *(**T)(unsafe.Pointer(&x))
}
