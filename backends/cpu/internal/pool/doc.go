// Package pool runs the tasks of parallel loops on a fixed number of threads.
//
// The division of a loop into tasks must depend only on the sizes of the loop, not on
// the number of threads, and each task must write only its own results. The results are
// then the same for any number of threads and any timing.
//
//	p := pool.New(0) // as many threads as GOMAXPROCS
//	defer p.Close()
//	p.Run(rows, func(i int) { work(i) })
package pool
