package fusion

import (
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// job is one run of a plan.
type job struct {
	*plan
	serial  uint64           // different for every run of a plan; never 0
	memory  []unsafe.Pointer // of the operands
	windows []float64        // the shared windows, task by task
	do      func(t int)
}

func newJob(p *plan) *job {
	j := &job{plan: p, memory: make([]unsafe.Pointer, len(p.operands)), windows: make([]float64, p.n*p.shared)}
	j.do = j.task
	return j
}

// run computes the outputs from the inputs.
func (p *plan) run(threads *pool.Pool, in, out []unsafe.Pointer) {
	j := p.jobs.Get().(*job)
	j.serial = p.serial.Add(1)
	copy(j.memory, in)
	copy(j.memory[p.inputs:], out)
	threads.Run(p.n, j.do)
	j.combine(threads)
	clear(j.memory)
	p.jobs.Put(j)
}

func (j *job) task(t int) {
	w := j.workers.Get().(*worker)
	w.task(j, t)
	j.workers.Put(w)
}

// window returns the window of task t for a shared reduction.
func (j *job) window(r *reduction, t int) []float64 {
	return j.windows[t*j.shared+r.first:][:r.size]
}

// combinePart is the number of elements of a window that one task combines. Work up to
// smallCombine is done without other threads.
const (
	combinePart  = 512
	smallCombine = 1 << 14
)

// combine adds up the shared windows, in the order of the tasks, and stores them.
func (j *job) combine(threads *pool.Pool) {
	for _, r := range j.reductions {
		if !r.shared {
			continue
		}
		if j.n*r.size <= smallCombine {
			j.combineRange(r, 0, r.size)
		} else {
			threads.Run(ceilDiv(r.size, combinePart), func(i int) {
				j.combineRange(r, i*combinePart, min(r.size, (i+1)*combinePart))
			})
		}
		j.storeShared(r)
	}
}

// combineRange adds elements lo to hi of each window to the first window with the same
// elements.
func (j *job) combineRange(r *reduction, lo, hi int) {
	for t, leader := range r.leader {
		if t == leader {
			continue
		}
		dst, src := j.window(r, leader)[lo:hi], j.window(r, t)[lo:hi]
		for i, x := range src {
			r.kind.add(&dst[i], x)
		}
	}
}

// storeShared stores the combined windows.
func (j *job) storeShared(r *reduction) {
	w := j.workers.Get().(*worker)
	w.job = j
	for t, leader := range r.leader {
		if t == leader {
			w.span(w.loops, t, w.start, w.count)
			w.storeWindow(r, j.window(r, t))
		}
	}
	w.job = nil
	j.workers.Put(w)
}
