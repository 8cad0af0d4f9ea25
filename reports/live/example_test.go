package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"repbench/reports/live"
)

func Example() {
	dir, err := os.MkdirTemp("", "experiments")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	site, err := live.New(live.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := site.Page("127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err = page.Listen(); err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error, 1)
	go func() {
		err := page.Serve(ctx) // until ctx is done
		done <- err
	}()
	answer, err := http.Get(page.URL() + "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, strings.Contains(string(text), "No run folders are below this folder yet"), err, answer.Body.Close())
	stop()
	err = <-done
	fmt.Println(err)
	err = site.Close()
	fmt.Println(err)
	// Output:
	// 200 true <nil> <nil>
	// <nil>
	// <nil>
}
