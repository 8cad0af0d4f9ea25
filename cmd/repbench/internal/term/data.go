package term

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"repbench/datasets/catalog"
)

// Inventory are the data sets on this machine.
func Inventory(inv catalog.Inventory) string {
	var b strings.Builder
	b.WriteString(DataSets(inv.Sets))
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

// DataSets is a table of data sets, and where they are.
func DataSets(known []catalog.SetInfo) string {
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

// FileChecks are the files of data sets with what their checksums say.
func FileChecks(checks []catalog.FileCheck) string {
	if len(checks) == 0 {
		return "there are no data sets in the cache folder\n"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "STATE\tDATA SET\tSIZE\tFILE\tREASON")
	for _, f := range checks {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.State, f.Set, megabytes(f.Bytes), f.Path, f.Reason)
	}
	w.Flush()
	return b.String()
}
