package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"repbench/reports"
)

func (a *app) report() *cobra.Command {
	var out, fontNames string
	c := &cobra.Command{
		Use:   "report RUNS-OR-RECORDS... --out DIR",
		Short: "Write index.html, report.pdf, report.md and records.jsonl",
		Long: `Write the pages of a report, index.html, report.pdf and report.md, and records.jsonl, the
results that they show. Any number may be named of

  run folders      training curves, sample sheets, settings, and the results in the folder
  folders          with a records.jsonl: what eval and memorization write (--out)
  .jsonl files     of records (--record)`,
		Example: `  repbench report runs/a features/a copies --out report`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{fmt.Errorf("name run folders, feature folders or .jsonl files of records")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "out"); err != nil {
				return err
			}
			fonts, err := parseFonts(fontNames)
			if err != nil {
				return err
			}
			in, err := reports.Load(args)
			if err != nil {
				return err
			}
			if err := reports.Write(in, out, reports.Options{Fonts: fonts}); err != nil {
				return err
			}
			page, notes := filepath.Join(out, "index.html"), reports.Notes(in, fonts)
			a.showNotes(out, notes)
			v := map[string]any{"report": page, "records": len(in.Records), "runs": len(in.Runs)}
			if len(notes) > 0 {
				v["notes"] = notes
			}
			return a.print(v, page+"\n")
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder to write")
	addFonts(c, &fontNames)
	return c
}
