package memory

import (
	"fmt"
	"sync"
)

// storePiece is the size in bytes of the pieces that a Store asks the system for; what is not given
// out of the last one is never touched and takes no memory.
const storePiece = 64 << 20

// Store gives out memory for values that live as long as each other, such as the weights of a
// network, outside the heap of the garbage collector where the system allows it. Small values share
// huge pages: a value that has pages of its own takes longer to touch first, and to find at each
// use. Several goroutines may use it at once. The zero value is empty.
type Store struct {
	mu     sync.Mutex
	wholes [][]byte
	rest   []byte
	freed  bool
}

// Bytes returns n zero bytes at a multiple of 64 bytes.
func (s *Store) Bytes(n int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.freed {
		return nil, fmt.Errorf("%d MiB of memory from a store that was freed", n>>20)
	}
	if n > len(s.rest) {
		made, err := mapped(max(n, storePiece))
		if err != nil {
			return nil, fmt.Errorf("%d MiB of memory for constants: %w", n>>20, err)
		}
		s.wholes = append(s.wholes, made.whole)
		if len(made.bytes)-n <= len(s.rest) { // the piece that has more left is used on
			return made.bytes[:n:n], nil
		}
		s.rest = made.bytes
	}
	b := s.rest[:n:n]
	s.rest = s.rest[min((n+line-1)/line*line, len(s.rest)):]
	return b, nil
}

// Floats is Bytes for n float32 values.
func (s *Store) Floats(n int) ([]float32, error) {
	b, err := s.Bytes(4 * n)
	return floatsOf(b), err
}

// Free returns the memory to the system. It must not be used after that; a second call does
// nothing.
func (s *Store) Free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.wholes {
		unmap(w)
	}
	s.wholes, s.rest, s.freed = nil, nil, true
}
