package pool_test

import (
	"fmt"

	"repbench/backends/cpu/internal/pool"
)

// Each task writes only its own result.
func ExamplePool_Run() {
	p := pool.New(0)
	defer p.Close()
	squares := make([]int, 5)
	work := func(i int) { squares[i] = i * i }
	p.Run(len(squares), func(i int) { work(i) })
	fmt.Println(squares)
	// Output: [0 1 4 9 16]
}
