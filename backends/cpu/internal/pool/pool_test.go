package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunDoesEveryTaskOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 7} {
		p := New(threads)
		for _, n := range []int{0, 1, 2, 3, 100, 10_000} {
			counts := make([]int32, n)
			p.Run(n, func(i int) { atomic.AddInt32(&counts[i], 1) })
			for i, c := range counts {
				if c != 1 {
					t.Fatalf("%d threads, %d tasks: task %d ran %d times", threads, n, i, c)
				}
			}
		}
		p.Close()
		p.Close()
	}
}

func TestNestedAndConcurrentRuns(t *testing.T) {
	p := New(3)
	defer p.Close()
	var total atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				p.Run(5, func(int) { p.Run(4, func(int) { total.Add(1) }) })
			}
		})
	}
	wg.Wait()
	if want := int64(8 * 50 * 5 * 4); total.Load() != want {
		t.Errorf("%d inner tasks ran, want %d", total.Load(), want)
	}
}

func TestPanicReachesTheCaller(t *testing.T) {
	p := New(2)
	defer p.Close()
	for range 20 {
		func() {
			defer func() {
				if v := recover(); v != "task 3" {
					t.Errorf("recovered %v, want the value that task 3 panicked with", v)
				}
			}()
			p.Run(100, func(i int) {
				if i == 3 {
					panic("task 3")
				}
			})
			t.Error("Run returned after a panic")
		}()
	}
	var n atomic.Int32
	p.Run(10, func(int) { n.Add(1) })
	if n.Load() != 10 {
		t.Errorf("after a panic %d of 10 tasks ran", n.Load())
	}
}

func TestHelpersEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	New(5).Close()
	_ = New(5) // dropped
	for range 100 {
		runtime.GC()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after the pools were gone", before, runtime.NumGoroutine())
}

// The tasks of a step take 80 µs on one thread; the gap is a step on one thread.
func BenchmarkRun(b *testing.B) {
	work := func(d time.Duration) {
		for begin := time.Now(); time.Since(begin) < d; {
		}
	}
	for _, gap := range []time.Duration{0, 20 * time.Microsecond, 200 * time.Microsecond} {
		b.Run(gap.String(), func(b *testing.B) {
			p := New(0)
			defer p.Close()
			for b.Loop() {
				work(gap)
				p.Run(16, func(int) { work(5 * time.Microsecond) })
			}
		})
	}
}

// Helpers sleep when there is nothing to do, and a later Run wakes them up.
func TestHelpersSleepAndWake(t *testing.T) {
	p := New(3)
	defer p.Close()
	for range 3 {
		for begin := time.Now(); !p.board.beds[1].taken.Load() || !p.board.beds[2].taken.Load(); time.Sleep(time.Millisecond) {
			if time.Since(begin) > 10*time.Second {
				t.Fatal("the helpers do not sleep")
			}
		}
		var ran atomic.Int32
		p.Run(3, func(int) {
			ran.Add(1)
			for begin := time.Now(); ran.Load() < 3; runtime.Gosched() { // all three tasks at once
				if time.Since(begin) > 10*time.Second {
					t.Errorf("%d of 3 threads work", ran.Load())
					return
				}
			}
		})
	}
}
