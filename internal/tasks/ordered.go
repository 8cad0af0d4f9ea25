package tasks

import "sync"

// Ordered lets the tasks of tasks.Do pass one at a time in ascending order, so that sums are
// added up in an order independent of the number of threads.
type Ordered struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
}

// NewOrdered returns an Ordered that lets task 0 pass first.
func NewOrdered() *Ordered {
	t := new(Ordered)
	t.cond = sync.NewCond(&t.mu)
	return t
}

// Pass calls do for task i when it has returned for all tasks below i.
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
