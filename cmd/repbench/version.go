package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/internal/simd"
	"repbench/internal/version"
)

// versionCommand prints what repbench --version prints, and takes --json.
func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the CPU backend",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": version.Version, "commit": version.Commit(), "cpu": "cpu+" + simd.Level().String()}
			return a.print(v, "repbench version "+versionText()+"\n")
		},
	}
}

// versionText is the version with the commit and the CPU backend.
func versionText() string {
	return fmt.Sprintf("%s (commit %s, CPU backend cpu+%s)", version.Version, version.Commit(), simd.Level())
}
