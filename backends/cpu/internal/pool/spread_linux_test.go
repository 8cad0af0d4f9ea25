package pool

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A thread that meets another one on its processor moves, and may afterwards run where it could.
func TestLeave(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, after unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	if before.Count() < 2 {
		t.Skip("one processor")
	}
	moved := false
	for range 20 { // the system may move it back at any time
		p := newPlaces(2)
		for range every {
			p.arrive(0)
		}
		at := p.cpus[0].Load()
		for range every {
			p.arrive(1)
		}
		moved = moved || p.cpus[1].Load() != at
	}
	if !moved {
		t.Error("the second thread stays on the processor of the first")
	}
	if err := unix.SchedGetaffinity(0, &after); err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("allowed processors are now %v, were %v", after, before)
	}
}
