// Package live is the site of "repbench serve": it shows what lies below a folder, while it is being
// made: suites as a grid, training runs with their curves and samples, comparisons of two sides of a
// suite, trends over commits, and reports (docs/serve.md).
//
//	site, err := live.New(live.Options{Dir: "experiments"})
//	page, err := site.Page("127.0.0.1:8080")
//	err = page.Listen()
//	fmt.Println(page.URL())
//	err = page.Serve(ctx) // until ctx is done
//	err = site.Close()
//
// The site only reads. It shows the folders that a walk below Dir finds, which follows no links; what a
// request names is looked up among them, and files are opened through os.Root, so that nothing outside
// is reached. Each page is made from files when it is asked for; what is kept in memory is bounded, and
// only saves reading a file again that did not change.
//
// Pages need no scripts. With scripts a page receives its part that changes as server-sent events: the
// server makes it anew every 2 seconds and sends it where it differs.
package live
