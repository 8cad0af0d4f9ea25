// Package pool runs the tasks of parallel loops on a fixed number of threads.
//
// A loop is cut into tasks by its sizes alone, never by the number of threads,
// and a task writes only what belongs to it: results are then the same whatever
// the number of threads and their timing.
//
//	p := pool.New(0) // as many threads as GOMAXPROCS
//	defer p.Close()
//	p.Run(rows, func(i int) { work(i) })
package pool
