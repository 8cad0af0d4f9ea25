package knn

import (
	"sync"
	"sync/atomic"
)

// parallel calls do(worker, i) for every i in [0, n) on up to threads
// goroutines, each with a worker number of its own below threads.
func parallel(threads, n int, do func(worker, i int)) {
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
