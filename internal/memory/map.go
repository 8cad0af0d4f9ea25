package memory

import "sync"

// Map returns n bytes outside the heap of the garbage collector, where the system allows it, and a
// function that returns them to the system, which may be called again; the bytes must not be used
// after it. They are for large values that live shortly: the collector would let as much garbage
// pile up as there is live memory.
func Map(n int) (b []byte, release func(), err error) {
	made, err := mapped(n)
	if err != nil {
		return nil, nil, err
	}
	return made.bytes, sync.OnceFunc(func() { unmap(made.whole) }), nil
}

// Reserve returns n bytes of addresses, if the system gives any without memory behind them; they
// must not be read or written. Release gives them back.
func Reserve(n int) (b []byte, release func(), ok bool) {
	b, ok = reserved(n)
	return b, sync.OnceFunc(func() { unmap(b) }), ok
}
