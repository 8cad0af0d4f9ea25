package webpage_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing/fstest"

	"repbench/internal/webpage"
)

func Example() {
	// A program embeds its files: //go:embed page; fs.Sub(embedded, "page").
	files := fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>double</title>")}}
	type number struct{ N int }
	double := func(_ context.Context, in number) (number, error) { return number{2 * in.N}, nil }
	page, err := webpage.New(webpage.Options{Files: files, Routes: []webpage.Route{
		{Method: "POST", Path: "api/double", Handle: webpage.JSON(double)},
	}})
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
	for _, body := range []string{`{"N": 21}`, `{"M": 21}`} {
		answer, err := http.Post(page.URL()+"api/double", "application/json", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		text, err := io.ReadAll(answer.Body)
		fmt.Println(answer.StatusCode, string(text), err, answer.Body.Close())
	}
	stop()
	fmt.Println(<-done)
	// Output:
	// 200 {"N":42} <nil> <nil>
	// 400 {"error":"the request is not the JSON that is wanted: json: unknown field \"M\""} <nil> <nil>
	// <nil>
}
