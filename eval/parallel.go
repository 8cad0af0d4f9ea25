package eval

import (
	"sync"
	"sync/atomic"
)

// parallel calls do(worker, i) for every i in [0, n), on up to threads
// goroutines, each with a worker number of its own below threads. Tasks are
// handed out in ascending order. What a task computes must not depend on the
// worker that does it.
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

// turnstile lets the tasks of parallel through one at a time in ascending
// order, so that sums are added up in an order that does not depend on the
// number of threads.
type turnstile struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
}

func newTurnstile() *turnstile {
	t := new(turnstile)
	t.cond = sync.NewCond(&t.mu)
	return t
}

// pass runs do for task i after it has run for all tasks below i.
func (t *turnstile) pass(i int, do func()) {
	t.mu.Lock()
	for t.next != i {
		t.cond.Wait()
	}
	t.mu.Unlock()
	do()
	t.mu.Lock()
	t.next++
	t.mu.Unlock()
	t.cond.Broadcast()
}
