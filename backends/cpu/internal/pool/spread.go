package pool

import (
	"sync/atomic"
	"time"
)

// places are the processors that the threads of a pool run on. Threads that poll never sleep, and
// Linux may leave two of them on one processor for seconds while another one is idle: each then
// runs half of the time.
type places struct {
	cpus  []atomic.Int32 // by thread; nowhere while it sleeps
	turns []turn
}

// turn counts the jobs of one thread. It fills a cache line, so that threads do not share one.
type turn struct {
	n     atomic.Uint32
	moved time.Time // when the thread left a processor last; only the thread uses it
	_     [32]byte
}

// nowhere is the processor of a thread that sleeps, or that cannot be asked for.
const nowhere = -1

// A thread checks its processor once in every jobs. After it left one it stays for at least rest.
const (
	every = 16
	rest  = 20 * time.Millisecond
)

func newPlaces(threads int) *places {
	p := &places{cpus: make([]atomic.Int32, threads), turns: make([]turn, threads)}
	for i := range p.cpus {
		p.cpus[i].Store(nowhere)
	}
	return p
}

// arrive notes now and then where a thread runs. A helper leaves if a thread with a lower number
// runs there too.
func (p *places) arrive(thread int) {
	if p.turns[thread].n.Add(1)%every != 0 {
		return
	}
	cpu := currentCPU()
	p.cpus[thread].Store(cpu)
	if cpu == nowhere {
		return
	}
	var taken []int32
	met := false
	for i := range thread {
		if c := p.cpus[i].Load(); c != nowhere {
			taken = append(taken, c)
			met = met || c == cpu
		}
	}
	if t := &p.turns[thread]; met && time.Since(t.moved) > rest {
		t.moved = time.Now()
		leave(taken)
		p.cpus[thread].Store(currentCPU())
	}
}

// sleep notes that a thread runs nowhere.
func (p *places) sleep(thread int) { p.cpus[thread].Store(nowhere) }
