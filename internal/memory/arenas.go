package memory

import (
	"fmt"
	"slices"
	"sync"
)

// Arenas lends large pieces of memory. Where the system allows it they are outside the heap of
// the garbage collector. The collector lets the heap grow to twice its live size, so that an
// arena in the heap would cost twice its memory.
type Arenas struct {
	mu     sync.Mutex
	free   []arena // sorted by size
	closed bool
}

// arena is aligned memory and the mapping that contains it.
type arena struct{ bytes, whole []byte }

// Arena is memory with arbitrary content, to be given back once.
type Arena struct {
	arena
	from *Arenas
}

// Bytes returns the memory, which begins at a multiple of 64 bytes.
func (a *Arena) Bytes() []byte { return a.bytes }

// Take lends at least n bytes. A free piece that is too small is replaced by a larger one, so
// that the number of pieces never exceeds the largest number lent at the same time.
func (s *Arenas) Take(n int) (*Arena, error) {
	s.mu.Lock()
	i, _ := slices.BinarySearchFunc(s.free, n, func(a arena, n int) int { return len(a.bytes) - n })
	var found, old arena
	switch {
	case i < len(s.free):
		found = s.free[i]
		s.free = slices.Delete(s.free, i, i+1)
	case i > 0:
		old = s.free[i-1]
		s.free = s.free[:i-1]
	}
	s.mu.Unlock()
	if found.bytes != nil {
		return &Arena{found, s}, nil
	}
	unmap(old.whole)
	made, err := mapped(n)
	if err != nil {
		return nil, fmt.Errorf("%d MiB of memory for temporaries: %w", n>>20, err)
	}
	return &Arena{made, s}, nil
}

// Give returns the memory to its Arenas.
func (a *Arena) Give() {
	s := a.from
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		unmap(a.whole)
		return
	}
	i, _ := slices.BinarySearchFunc(s.free, len(a.bytes), func(a arena, n int) int { return len(a.bytes) - n })
	s.free = slices.Insert(s.free, i, a.arena)
}

// Close returns all memory to the system; memory that is still lent is returned when it is
// given back.
func (s *Arenas) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.free {
		unmap(a.whole)
	}
	s.free, s.closed = nil, true
}
