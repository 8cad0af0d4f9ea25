package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"repbench/datasets"
)

func (a *app) data() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "List, fetch and prepare data sets",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command \"data %s\"", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.dataList(), a.dataFetch(), a.dataPrepare())
	return c
}

func (a *app) dataList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show the data sets known, and which are on this machine",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			known := datasets.List(a.dataOptions())
			return a.print(known, dataTable(known))
		},
	}
}

func dataTable(known []datasets.Known) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "DATA SET\tHERE\tSIZE\tWHAT")
	for _, k := range known {
		here, size := "no", ""
		switch {
		case k.Present && k.Path != "":
			here, size = k.Path, fmt.Sprintf("%.1f MB", float64(k.Bytes)/1e6)
		case k.Present:
			here = "built in"
		case k.Fetchable:
			here = "repbench data fetch " + k.Name
		case k.URL != "":
			here = "get it from " + k.URL
		default:
			here = "give its path"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.Name, here, size, k.Description)
	}
	w.Flush()
	return b.String()
}

func (a *app) dataFetch() *cobra.Command {
	return &cobra.Command{
		Use:   "fetch SET",
		Short: "Download a data set into the cache folder and verify it",
		Args:  exactly(1, "the name of one data set"),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := datasets.Fetch(c.Context(), args[0], a.dataOptions())
			if err != nil {
				return err
			}
			return a.print(map[string]string{"name": args[0], "path": path}, path+"\n")
		},
	}
}
