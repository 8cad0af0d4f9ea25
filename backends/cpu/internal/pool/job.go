package pool

import "sync/atomic"

// job is one call of Run. Its tasks are divided into shares, one for each thread. A thread does
// its own share first, so that the values of one step are often in the cache of the core that
// reads them in the next one, and then takes tasks from the ends of other shares. What threads
// write lies in cache lines of their own as long as they have tasks: a line that two cores write
// costs as much as a small task.
type job struct {
	n        int64
	f        func(int)
	shares   []share
	done     chan struct{} // closed when all tasks have ended
	panicked atomic.Pointer[any]

	_        [64]byte
	finished atomic.Int64
}

// newJob divides n tasks into shares.
func newJob(n int, f func(int), shares int) *job {
	j := &job{n: int64(n), f: f, shares: make([]share, shares), done: make(chan struct{})}
	for i := range j.shares {
		j.shares[i].set(i*n/shares, (i+1)*n/shares)
	}
	return j
}

// work runs tasks until none is left; the thread's own share is the one with its number, which
// is less than the number of shares.
func (j *job) work(thread int) {
	for !j.tasks(thread) {
	}
}

// tasks is work until a task panics; it reports whether none is left.
func (j *job) tasks(thread int) (all bool) {
	count := int64(0)
	defer func() {
		if v := recover(); v != nil {
			j.panicked.CompareAndSwap(nil, &v)
		}
		if count > 0 && j.finished.Add(count) == j.n {
			close(j.done)
		}
	}()
	for {
		i, ok := j.take(thread)
		if !ok {
			return true
		}
		count++
		if j.panicked.Load() == nil {
			j.f(i)
		}
	}
}

// take returns the next task for a thread.
func (j *job) take(thread int) (task int, ok bool) {
	task, ok = j.shares[thread].first()
	for other := 1; !ok && other < len(j.shares); other++ {
		task, ok = j.shares[(thread+other)%len(j.shares)].last()
	}
	return task, ok
}

// wait returns when all tasks have ended.
func (j *job) wait() {
	if !poll(patient, func() bool { return j.finished.Load() == j.n }) {
		<-j.done
	}
}
