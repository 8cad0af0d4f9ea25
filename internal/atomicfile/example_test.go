package atomicfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/internal/atomicfile"
)

func ExampleCreate() {
	dir, err := os.MkdirTemp("", "atomicfile")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "greeting.txt")

	f, err := atomicfile.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	if _, err := f.Write([]byte("hello\n")); err != nil {
		fmt.Println(err)
		return
	}
	_, err = os.Stat(path)
	fmt.Println("before Commit, missing:", os.IsNotExist(err))
	if err := f.Commit(); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(path)
	fmt.Printf("after: %q %v\n", text, err)
	// Output:
	// before Commit, missing: true
	// after: "hello\n" <nil>
}
