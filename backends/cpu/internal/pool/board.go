package pool

import "sync/atomic"

// board is where callers of Run post their jobs and helpers look for them.
type board struct {
	slots    [8]atomic.Pointer[job]
	sleeping atomic.Int64
	wake     chan struct{}
	closed   atomic.Bool
	places   *places
}

// post shows a job to the helpers until remove is called. If too many jobs are posted already,
// the caller works alone.
func (b *board) post(j *job) (remove func()) {
	for i := range b.slots {
		s := &b.slots[i]
		if s.Load() != nil || !s.CompareAndSwap(nil, j) {
			continue
		}
		b.call(j.seats.Load())
		return func() { s.Store(nil) }
	}
	return func() {}
}

// call wakes at most n sleeping helpers.
func (b *board) call(n int64) {
	for range min(n, b.sleeping.Load()) {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
}

// help works on jobs, as the thread of this number, until the board is closed.
func (b *board) help(thread int) {
	work := func() bool { return b.work(thread) }
	for !b.closed.Load() {
		if poll(awake, work) {
			continue
		}
		// A job that is posted from here on finds this helper asleep and wakes it.
		b.places.sleep(thread)
		b.sleeping.Add(1)
		if !work() {
			<-b.wake
		}
		b.sleeping.Add(-1)
	}
}

// work takes part in one posted job. It reports false if no job has a seat.
func (b *board) work(thread int) bool {
	for i := range b.slots {
		if j := b.slots[i].Load(); j != nil && j.join() {
			b.places.arrive(thread)
			j.work(thread)
			return true
		}
	}
	return b.closed.Load()
}

func (b *board) close() {
	if !b.closed.Swap(true) {
		close(b.wake)
	}
}
