package page_test

import (
	"bytes"
	"fmt"

	"repbench/reports/internal/page"
)

// One document in its three forms.
func Example() {
	d := page.Document{Title: "Report", Sections: []page.Section{{
		ID: "summary", Title: "Summary", Blocks: []page.Block{page.Text("Nothing <yet>.")},
	}}}
	html, err := page.HTML(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	pdf, err := page.PDF(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	md, files, err := page.Markdown(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Contains(html, []byte("Nothing &lt;yet&gt;.")), string(pdf[:5]), bytes.Contains(md, []byte("## Summary")), len(files), "files beside")
	// Output: true %PDF- true 0 files beside
}
