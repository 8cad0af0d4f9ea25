package pool

import (
	"runtime"
	"time"
)

// Pool is a number of threads: the caller of Run, and helpers that wait for work. Several
// goroutines may use it at once.
type Pool struct {
	threads int
	board   *board
}

// New returns a pool of the given number of threads, or GOMAXPROCS if threads is 0 or less.
func New(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	b := newBoard(threads)
	p := &Pool{threads: threads, board: b}
	for i := range threads - 1 {
		go b.help(i + 1)
	}
	// The helpers hold the board and not the pool, so that they also end when a pool is
	// dropped without Close.
	runtime.AddCleanup(p, (*board).close, b)
	return p
}

// Threads returns the number of threads.
func (p *Pool) Threads() int { return p.threads }

// Close ends the helpers. Run must not be called after it.
func (p *Pool) Close() { p.board.close() }

// Run calls f(i) for every i from 0 to n-1, fewer than 2³¹, and returns when all calls are done.
// Every thread begins with its share of the range: the caller with the first. f may call Run itself. If a task panics, no further task is
// begun, and Run panics with the same value when the running tasks have ended.
func (p *Pool) Run(n int, f func(i int)) {
	if n <= 1 || p.threads == 1 {
		for i := range n {
			f(i)
		}
		return
	}
	j := newJob(n, f, min(p.threads, n))
	p.board.places.arrive(0)
	remove := p.board.post(j)
	j.work(0)
	remove()
	j.wait()
	if v := j.panicked.Load(); v != nil {
		panic(*v)
	}
}

// Times for which a thread polls before it sleeps. Waking a thread up takes longer than most
// steps of a small network, so that helpers stay awake between the steps of a graph.
const (
	awake   = time.Millisecond       // a helper without a job
	patient = 300 * time.Microsecond // a caller whose last tasks run on other threads
	// polls is the number of polls between two looks at the clock, where other goroutines get
	// their turn: some microseconds.
	polls = 1000
	// pauses is the number of these looks after which threads of any process get theirs.
	pauses = 4
)

// poll waits until found returns true, and returns false if that takes longer than limit. Now and
// then other goroutines, and threads that wait for this processor, get their turn.
func poll(limit time.Duration, found func() bool) bool {
	begin := time.Now()
	for i := 1; ; i++ {
		for range polls {
			if found() {
				return true
			}
		}
		if time.Since(begin) > limit {
			return false
		}
		runtime.Gosched()
		if i%pauses == 0 {
			yield()
		}
	}
}
