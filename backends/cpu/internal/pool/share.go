package pool

import "sync/atomic"

// share is a range of tasks that have not begun. Its owner takes the first, other threads the
// last of them.
type share struct {
	ends atomic.Uint64 // the first task in the upper half, the end in the lower one
	_    [56]byte      // a share has a cache line to itself
}

func (s *share) set(from, to int) { s.ends.Store(uint64(from)<<32 | uint64(to)) }

func (s *share) first() (task int, ok bool) {
	for {
		ends := s.ends.Load()
		from, to := ends>>32, ends&(1<<32-1)
		if from >= to {
			return 0, false
		}
		if s.ends.CompareAndSwap(ends, ends+1<<32) {
			return int(from), true
		}
	}
}

func (s *share) last() (task int, ok bool) {
	for {
		ends := s.ends.Load()
		from, to := ends>>32, ends&(1<<32-1)
		if from >= to {
			return 0, false
		}
		if s.ends.CompareAndSwap(ends, ends-1) {
			return int(to - 1), true
		}
	}
}
