package main

import "github.com/spf13/cobra"

func (a *app) bench() *cobra.Command {
	return group("bench", "Run suites of cells: encoders, data sets, protocols and seeds",
		a.benchPlan(), a.benchRun(), a.benchCell(), a.benchStatus(), a.benchCancel(),
		a.benchRecord(), a.benchCompare(), a.benchMore(), a.benchTrend(),
		a.benchExport())
}
