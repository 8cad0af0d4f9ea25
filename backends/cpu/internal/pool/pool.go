package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Pool is a number of threads: the caller of Run, and helpers that wait for work. Several
// goroutines may use it at once.
type Pool struct {
	threads int
	jobs    chan *job
	close   func()
}

// New returns a pool of the given number of threads, or GOMAXPROCS if threads is 0 or less.
func New(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	jobs := make(chan *job, 4*threads)
	p := &Pool{threads: threads, jobs: jobs, close: sync.OnceFunc(func() { close(jobs) })}
	for range threads - 1 {
		go help(jobs)
	}
	// The helpers hold the channel and not the pool, so that they also end when a pool is
	// dropped without Close.
	runtime.AddCleanup(p, func(end func()) { end() }, p.close)
	return p
}

// help works on jobs as they arrive. After a job it polls for the next one for a while before
// it sleeps: waking up takes longer than most jobs of a small network.
func help(jobs <-chan *job) {
	for j := range jobs {
		j.work()
		for begin := time.Now(); len(jobs) == 0 && time.Since(begin) < awake; {
			for range spins {
				if len(jobs) > 0 {
					break
				}
			}
		}
	}
}

// awake is the time for which a helper polls before it sleeps.
const awake = 100 * time.Microsecond

// Threads returns the number of threads.
func (p *Pool) Threads() int { return p.threads }

// Close ends the helpers. Run must not be called after it.
func (p *Pool) Close() { p.close() }

// Run calls f(i) for every i from 0 to n-1 and returns when all calls are done. Free threads
// begin tasks in rising order. f may call Run itself. If a task panics, no further task is
// begun, and Run panics with the same value when the running tasks have ended.
func (p *Pool) Run(n int, f func(i int)) {
	if n <= 1 || p.threads == 1 {
		for i := range n {
			f(i)
		}
		return
	}
	j := &job{n: int64(n), f: f, done: make(chan struct{})}
	for range min(p.threads, n) - 1 {
		select {
		case p.jobs <- j:
		default: // The helpers are busy; the caller works alone.
		}
	}
	j.work()
	j.wait()
	if v := j.panicked.Load(); v != nil {
		panic(*v)
	}
}

// job is one call of Run.
type job struct {
	n        int64
	f        func(int)
	next     atomic.Int64 // the next task to begin
	finished atomic.Int64
	done     chan struct{} // closed when all tasks have ended
	panicked atomic.Pointer[any]
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

// spins is the number of times that wait polls before it sleeps: some microseconds, about as
// long as waking up takes.
const spins = 2000

func (j *job) wait() {
	for range spins {
		if j.finished.Load() == j.n {
			return
		}
	}
	<-j.done
}
