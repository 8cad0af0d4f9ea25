package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"repbench/reports"
	"repbench/reports/record"
)

// A record is put into a file, and a report is made from it.
func Example() {
	dir, err := os.MkdirTemp("", "reports")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	line := `{"kind":"linear","id":"demo","encoder":{"spec":"pixels"},"data":{"name":"shapes"},` +
		`"linear":{"protocol":"l2svm","C":0.01,"test_accuracy":0.25,"test_accuracy_ci95":[0.22,0.28],"reported_on":"test"}}`
	records, err := record.Parse(strings.NewReader(line), "demo")
	if err != nil {
		fmt.Println(err)
		return
	}
	path := filepath.Join(dir, "records.jsonl")
	if err := record.Add(path, records...); err != nil {
		fmt.Println(err)
		return
	}
	in, err := reports.Load([]string{path})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := reports.Write(in, filepath.Join(dir, "report"), reports.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	html, err := os.ReadFile(filepath.Join(dir, "report", "index.html"))
	fmt.Println(err, strings.Contains(string(html), "25.00\u00a0%"))
	// Output: <nil> true
}
