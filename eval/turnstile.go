package eval

import "sync"

// turnstile lets the tasks of tasks.Do through one at a time in ascending
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
