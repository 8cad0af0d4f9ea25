package pool

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// currentCPU returns the number of the processor that this thread runs on, or nowhere.
func currentCPU() int32 {
	var cpu uint32
	if _, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return nowhere
	}
	return int32(cpu)
}

// leave moves this thread to an allowed processor that is not in taken, if there is one. The
// thread is bound to the others for a moment only: afterwards it may run where it could before.
func leave(taken []int32) {
	runtime.LockOSThread() // so that no other goroutine and no new thread is bound
	defer runtime.UnlockOSThread()
	var all unix.CPUSet
	if unix.SchedGetaffinity(0, &all) != nil {
		return
	}
	free := all
	for _, cpu := range taken {
		free.Clear(int(cpu))
	}
	if free.Count() > 0 && unix.SchedSetaffinity(0, &free) == nil {
		_ = unix.SchedSetaffinity(0, &all) // allowed before, and therefore again
	}
}

// yield lets other threads that wait for this processor run.
func yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
