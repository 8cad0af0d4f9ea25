package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"repbench/reports"
)

// Words of --fonts that are no folders.
const (
	systemFonts = "system"
	noFonts     = "none"
)

// addFonts adds the flag that says which fonts a PDF may take.
func addFonts(c *cobra.Command, fonts *string) {
	c.Flags().StringVar(fonts, "fonts", systemFonts,
		"fonts that draw names in report.pdf whose scripts its own fonts lack: "+systemFonts+" (those installed), "+noFonts+" or a folder")
}

// parseFonts are the fonts that --fonts names.
func parseFonts(s string) (*reports.Fonts, error) {
	switch s {
	case systemFonts:
		return reports.SystemFonts(), nil
	case noFonts:
		return nil, nil
	}
	if info, err := os.Stat(s); err != nil || !info.IsDir() {
		return nil, usageError{fmt.Errorf("--fonts %s is no folder; give a folder of .ttf, .otf or .ttc files, %s or %s", s, systemFonts, noFonts)}
	}
	return reports.FontsIn(s), nil
}
