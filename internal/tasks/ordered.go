package tasks

import "sync"

// Ordered lets the tasks of tasks.Do through one at a time in ascending
// order, so that sums are added up in an order that does not depend on the
// number of threads.
type Ordered struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
}

// NewOrdered returns one that lets task 0 through first.
func NewOrdered() *Ordered {
	t := new(Ordered)
	t.cond = sync.NewCond(&t.mu)
	return t
}

// Pass runs do for task i after it has run for all tasks below i.
func (t *Ordered) Pass(i int, do func()) {
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
