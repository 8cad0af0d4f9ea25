package progress_test

import (
	"fmt"
	"os"

	"repbench/internal/progress"
)

func ExampleNew() {
	task := progress.New(os.Stdout).Start("decode", 3, "images")
	for range 3 {
		task.Add(1)
	}
	task.Done() // under two seconds: nothing was shown
	fmt.Println("ready")
	// Output: ready
}
