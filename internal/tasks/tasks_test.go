package tasks

import (
	"sync/atomic"
	"testing"
)

// TestDo: each task is done once, by a worker that does one thing at a time.
func TestDo(t *testing.T) {
	for _, threads := range []int{-1, 0, 1, 3, 50} {
		for _, n := range []int{0, 1, 2, 40} {
			done := make([]atomic.Int64, n)
			busy := make([]atomic.Bool, max(1, threads))
			Do(threads, n, func(worker, i int) {
				if !busy[worker].CompareAndSwap(false, true) {
					t.Errorf("%d threads, %d tasks: worker %d does two things at once", threads, n, worker)
				}
				done[i].Add(1)
				busy[worker].Store(false)
			})
			for i := range done {
				if v := done[i].Load(); v != 1 {
					t.Errorf("%d threads, %d tasks: task %d was done %d times", threads, n, i, v)
				}
			}
		}
	}
}
