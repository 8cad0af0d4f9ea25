package pool

import "sync/atomic"

// board is where callers of Run post their jobs and helpers look for them.
type board struct {
	slots  [8]atomic.Pointer[job]
	beds   []bed // by thread; the caller's is not used
	closed atomic.Bool
	places *places
}

// bed is where a helper sleeps.
type bed struct {
	taken atomic.Bool
	wake  chan struct{}
	_     [48]byte // a bed has a cache line to itself
}

func newBoard(threads int) *board {
	b := &board{beds: make([]bed, threads), places: newPlaces(threads)}
	for i := range b.beds {
		b.beds[i].wake = make(chan struct{}, 1)
	}
	return b
}

// post shows a job to the helpers until remove is called. If too many jobs are posted already,
// the caller works alone.
func (b *board) post(j *job) (remove func()) {
	for i := range b.slots {
		s := &b.slots[i]
		if s.Load() != nil || !s.CompareAndSwap(nil, j) {
			continue
		}
		for thread := 1; thread < len(j.shares); thread++ {
			b.beds[thread].call()
		}
		return func() { s.Store(nil) }
	}
	return func() {}
}

// call wakes a helper if it sleeps.
func (b *bed) call() {
	if b.taken.Load() {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
}

// help works on jobs, as the thread of this number, until the board is closed.
func (b *board) help(thread int) {
	var last *job
	work := func() bool { return b.work(thread, &last) }
	bed := &b.beds[thread]
	for !b.closed.Load() {
		if poll(awake, work) {
			continue
		}
		// A job that is posted from here on finds this helper asleep and wakes it.
		b.places.sleep(thread)
		bed.taken.Store(true)
		if !work() {
			last = nil // may be freed
			<-bed.wake
		}
		bed.taken.Store(false)
	}
}

// work takes part in a posted job that has a share for the thread, other than its last one. It
// reports false if there is none.
func (b *board) work(thread int, last **job) bool {
	for i := range b.slots {
		if j := b.slots[i].Load(); j != nil && j != *last && thread < len(j.shares) {
			*last = j
			b.places.arrive(thread)
			j.work(thread)
			return true
		}
	}
	return b.closed.Load()
}

// close ends the helpers.
func (b *board) close() {
	b.closed.Store(true)
	for i := range b.beds {
		b.beds[i].call()
	}
}
