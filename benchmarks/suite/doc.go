// Package suite has suites: files that name encoders, data sets, protocols and seeds, and the folders
// in which their cells are computed (docs/suites.md).
//
// A cell is one evaluation of one encoder on one data set. All state of a suite is files in its
// folder: a cell is done when its record.json is there, which is written last. So any number of
// processes on any number of machines can work on one folder, and the same command always goes on.
//
//	s, err := suite.Parse(text, "small.toml")
//	folder, change, err := suite.Prepare(ctx, s, "out", m)
//	for _, c := range folder.Cells() {
//		err = folder.Run(ctx, c.Index, suite.RunOptions{Machine: m})
//	}
package suite
