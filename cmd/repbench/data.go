package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"repbench/datasets/catalog"
)

func (a *app) data() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "List, fetch, verify, bundle, prepare and de-duplicate data sets",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command \"data %s\"", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.dataList(), a.dataFetch(), a.dataVerify(), a.dataBundle(), a.dataUnbundle(), a.dataPrepare(), a.dataDedup())
	return c
}

func (a *app) dataList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show the data sets known, which are on this machine, and when they were verified",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			inv := catalog.TakeInventory(a.dataOptions().Options)
			return a.print(inv, inventoryText(inv))
		},
	}
}

func inventoryText(inv catalog.Inventory) string {
	var b strings.Builder
	b.WriteString(dataTable(inv.Sets))
	if len(inv.Prepared) > 0 {
		b.WriteString("\n")
		w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "PREPARED\tSIZE\tSPLITS")
		for _, p := range inv.Prepared {
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.Path, megabytes(p.Bytes), strings.Join(p.Splits, ", "))
		}
		w.Flush()
	}
	if inv.Cache != "" {
		fmt.Fprintf(&b, "\ncache %s: %s\n", inv.Cache, megabytes(inv.Bytes))
	}
	return b.String()
}

func dataTable(known []catalog.SetInfo) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "DATA SET\tHERE\tSIZE\tVERIFIED\tWHAT")
	for _, k := range known {
		size := ""
		if k.Path != "" {
			size = megabytes(k.Bytes)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.Name, whereText(k), size, dayText(k.Verified), k.Description)
	}
	w.Flush()
	return b.String()
}

// whereText is the path of a set, or what to do to have it.
func whereText(k catalog.SetInfo) string {
	switch {
	case k.Present && k.Path != "":
		return k.Path
	case k.Present:
		return "built in"
	case k.PartBytes > 0:
		return fmt.Sprintf("repbench data fetch %s (%s are there)", k.Name, megabytes(k.PartBytes))
	case len(k.Missing) > 0:
		return fmt.Sprintf("repbench data fetch %s (%d files are missing)", k.Name, len(k.Missing))
	case k.Fetchable:
		return "repbench data fetch " + k.Name
	case k.URL != "":
		return "get it from " + k.URL
	}
	return "give its path"
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// dayText is a date and time, or nothing.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}
