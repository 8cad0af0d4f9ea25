// Package tasks distributes work among goroutines.
package tasks

import (
	"sync"
	"sync/atomic"
)

// Do calls do(worker, i) for every i in [0, n), on up to threads goroutines, and returns after
// the last call. Each goroutine has its own worker number, from 0 to threads-1. Tasks are
// started in ascending order. The result of a task must not depend on the worker that runs it.
func Do(threads, n int, do func(worker, i int)) {
	if threads = min(threads, n); threads <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range threads {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(w, i)
			}
		})
	}
	wg.Wait()
}
