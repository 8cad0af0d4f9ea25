package pool

import "sync/atomic"

// job is one call of Run. Its tasks are divided into shares, one for each thread. A thread does
// its own share first, so that the values of one step are often in the cache of the core that
// reads them in the next one, and then takes tasks from the ends of other shares.
type job struct {
	n        int64
	f        func(int)
	seats    atomic.Int64 // helpers that may still join
	shares   []share
	finished atomic.Int64
	done     chan struct{} // closed when all tasks have ended
	panicked atomic.Pointer[any]
}

// newJob divides n tasks into shares.
func newJob(n int, f func(int), shares int) *job {
	j := &job{n: int64(n), f: f, shares: make([]share, shares), done: make(chan struct{})}
	j.seats.Store(int64(shares - 1))
	for i := range j.shares {
		j.shares[i].set(i*n/shares, (i+1)*n/shares)
	}
	return j
}

// join takes a seat, if one is left.
func (j *job) join() bool { return j.seats.Load() > 0 && j.seats.Add(-1) >= 0 }

// work runs tasks until none is left; the thread's own share is the one with its number.
func (j *job) work(thread int) {
	for own := thread < len(j.shares); own; {
		i := 0
		if i, own = j.shares[thread].first(); own {
			j.task(i)
		}
	}
	for other := range j.shares {
		for {
			i, ok := j.shares[(thread+other)%len(j.shares)].last()
			if !ok {
				break
			}
			j.task(i)
		}
	}
}

func (j *job) task(i int) {
	defer func() {
		if v := recover(); v != nil {
			j.panicked.CompareAndSwap(nil, &v)
		}
		if j.finished.Add(1) == j.n {
			close(j.done)
		}
	}()
	if j.panicked.Load() == nil {
		j.f(i)
	}
}

// wait returns when all tasks have ended.
func (j *job) wait() {
	if !poll(patient, func() bool { return j.finished.Load() == j.n }) {
		<-j.done
	}
}
