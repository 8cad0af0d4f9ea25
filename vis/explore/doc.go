// Package explore is the page of "repbench explore": it shows the samples of a generator in the
// user's browser, where one picks and draws what the figures of package vis take as numbers and
// files: the points of a walk, exemplars for arithmetic and turns, boxes for forgetting, a picture
// to invert. With each result the page shows the command that writes the same.
//
//	e, err := explore.New(explore.Options{Generator: g, Pool: pool, Command: explore.Command{Spec: spec}})
//	page, err := e.Page("127.0.0.1:0")
//	err = page.Listen()
//	fmt.Println(page.URL())
//	err = page.Serve(ctx) // until ctx is done
//	e.Close()
//
// The generator is opened once, with fixed statistics, so that an image depends on its own z
// alone. The server works on one request at a time. A newer request of a kind, such as the next
// place of a slider, takes the place of an older one of the same page, which ends at once or at
// its next batch.
package explore
