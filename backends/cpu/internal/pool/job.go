package pool

import "sync/atomic"

// job is one call of Run.
type job struct {
	n        int64
	f        func(int)
	seats    atomic.Int64 // helpers that may still join
	next     atomic.Int64 // the next task to begin
	finished atomic.Int64
	done     chan struct{} // closed when all tasks have ended
	panicked atomic.Pointer[any]
}

// join takes a seat, if one is left and a task too.
func (j *job) join() bool {
	return j.seats.Load() > 0 && j.next.Load() < j.n && j.seats.Add(-1) >= 0
}

// work runs tasks until none is left.
func (j *job) work() {
	for {
		i := j.next.Add(1) - 1
		if i >= j.n {
			return
		}
		j.task(int(i))
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
